"""HTTP as no client library would send it: bytes over a socket."""

import socket
import ssl
import time


def connect(service, timeout=10):
    plain = socket.create_connection(("127.0.0.1", service.port), timeout=timeout)
    if not service.url.startswith("https:"):
        return plain
    context = ssl.create_default_context(cafile=service.authority)
    return context.wrap_socket(plain, server_hostname="localhost")


def read_all(connection, seconds=5):
    """Reads until the server closes, or says nothing for a while.  Returns the bytes and whether it closed."""
    deadline = time.monotonic() + seconds
    data = b""
    connection.settimeout(0.2)
    while time.monotonic() < deadline:
        try:
            piece = connection.recv(65536)
        except (TimeoutError, ssl.SSLWantReadError):
            if data and b"\r\n\r\n" in data:
                return data, False
            continue
        except (ConnectionResetError, BrokenPipeError, ssl.SSLError):
            return data, True
        if not piece:
            return data, True
        data += piece
    return data, False


def exchange(service, request, seconds=5):
    with connect(service) as connection:
        connection.sendall(request)
        return read_all(connection, seconds)


def statuses(data):
    """The status codes of all answers in what came back, in order."""
    return [int(line.split(b" ")[1]) for line in data.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]


def is_open(connection):
    """Whether the server has not closed the connection."""
    connection.settimeout(0)
    try:
        return connection.recv(65536) != b""
    except (BlockingIOError, ssl.SSLWantReadError):
        return True
    except OSError:
        return False
    finally:
        connection.settimeout(10)
