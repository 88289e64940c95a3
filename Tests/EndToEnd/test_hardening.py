"""What somebody sends who wants no annotation: HTTP that is none, slow clients, forged headers, floods."""

import json
import re
import time

import pytest
import requests

from client import Client, Forms
from conftest import sample
from raw import connect, exchange, is_open, read_all, statuses

PROXY = {"web-plain-http": "true", "web-trusted-proxies": "127.0.0.1"}
SECURITY_HEADERS = ("x-content-type-options", "content-security-policy", "referrer-policy", "x-frame-options",
                    "cross-origin-opener-policy", "cross-origin-resource-policy", "cache-control")


def post(body, *headers):
    """A form to /login as it would be, but for the headers."""
    lines = ["POST /login HTTP/1.1", "Host: localhost", "Content-Type: application/x-www-form-urlencoded", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


# An address that nobody else asks for: each request is a line of the log, whatever became of it.
SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"


def requests_of(service):
    """The lines of the log about requests."""
    return [line for line in service.log_text().splitlines() if '"message":"request"' in line]


@pytest.mark.parametrize("name, request_bytes", [
    # Two lengths that differ, a length and chunks, chunks that are not the last coding, and spellings that one
    # server reads as chunked and another does not (RFC 9112 section 6.3).
    ("two lengths", post(b"0123456789" + SMUGGLED, "Content-Length: 10", f"Content-Length: {10 + len(SMUGGLED)}")),
    ("CL.TE", post(b"0\r\n\r\n" + SMUGGLED, "Content-Length: 5", "Transfer-Encoding: chunked")),
    ("TE.CL", post(b"0\r\n\r\n" + SMUGGLED, "Transfer-Encoding: chunked", f"Content-Length: {5 + len(SMUGGLED)}")),
    ("TE twice", post(b"0\r\n\r\n" + SMUGGLED, "Transfer-Encoding: chunked", "Transfer-Encoding: identity")),
    ("TE not last", post(b"0\r\n\r\n" + SMUGGLED, "Transfer-Encoding: chunked, gzip")),
    ("TE misspelt", post(b"0\r\n\r\n" + SMUGGLED, "Transfer-Encoding: xchunked")),
    ("space before colon", post(b"0123456789" + SMUGGLED, "Content-Length : 10")),
    ("folded", post(b"0\r\n\r\n" + SMUGGLED, "X: y\r\n Transfer-Encoding: chunked", "Content-Length: 5")),
    ("negative length", post(SMUGGLED, "Content-Length: -1")),
    ("length with sign", post(b"0123456789" + SMUGGLED, "Content-Length: +10")),
    ("length list", post(b"0123456789" + SMUGGLED, "Content-Length: 10, 10")),
    ("bad chunk size", post(b"0x0\r\n\r\n" + SMUGGLED, "Transfer-Encoding: chunked")),
    ("huge chunk size", post(b"FFFFFFFFFFFFFFFFF\r\n" + SMUGGLED, "Transfer-Encoding: chunked")),
])
def test_nothing_is_smuggled(service, name, request_bytes):
    """Whatever is unclear ends the connection: at most one answer, and the hidden request is never carried out."""
    data, _ = exchange(service, request_bytes + SMUGGLED)
    assert len(statuses(data)) <= 1, (name, data)
    assert b"404" not in data, (name, data)
    assert all(400 <= status < 500 for status in statuses(data)), (name, data)
    assert not any("/smuggled" in line for line in requests_of(service)), name
    # That it would stand there had it been carried out.
    exchange(service, SMUGGLED)
    assert sum("/smuggled" in line for line in requests_of(service)) == 1


@pytest.mark.parametrize("garbage", [
    b"\x16\x03\x01\x02\x00\x01\x00", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\0" * 100 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nX\0Y: z\r\n\r\n", b"GET /%00%0d%0aSet-Cookie:x HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + b"X: " + b"y" * 20_000 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + b"".join(b"X%d: y\r\n" % number for number in range(3000)) + b"\r\n",
    b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
])
def test_what_is_not_http_is_refused_with_the_security_headers(service, garbage):
    data, _ = exchange(service, garbage)
    assert all(400 <= status < 500 for status in statuses(data)), data
    if statuses(data):
        head = data.split(b"\r\n\r\n")[0].decode().lower()
        for name in SECURITY_HEADERS:
            assert name in head, head
        assert "no-store" in head and "default-src 'none'" in head, head
        assert "set-cookie" not in head
    assert requests.get(service.url + "/healthz", verify=service.authority, timeout=5).ok


def test_answers_below_the_pages_insist_on_https_too(make_service):
    service = make_service(settings={"web-public-url": "https://gas.example.org"})
    for garbage in (b"GET\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"):
        data, _ = exchange(service, garbage)
        assert b"strict-transport-security: max-age=" in data.lower(), data


@pytest.mark.parametrize("lines, expected", [
    (["GET /healthz HTTP/1.1"], 400), (["GET /healthz HTTP/1.1", "Host: a", "Host: a"], 400),
    (["GET /healthz HTTP/1.1", "Host: a", "hOST: b"], 400), (["GET /healthz HTTP/1.1", "Host: a b"], 400),
    (["GET /healthz HTTP/1.1", "Host: a/b"], 400), (["GET /healthz HTTP/1.1", "Host: user@a"], 400),
    (["GET /healthz HTTP/1.1", "Host: a, b"], 400), (["GET /healthz HTTP/1.0", "Host: a", "Host: b"], 400),
    (["GET /healthz HTTP/1.1", "Host: gas.example.org:4433"], 200), (["GET /healthz HTTP/1.1", "Host: [::1]:4433"], 200),
    (["GET /healthz HTTP/1.1", "Host:"], 200), (["GET /healthz HTTP/1.0"], 200),
])
def test_it_is_clear_which_host_is_meant(service, lines, expected):
    """RFC 9112 section 3.2: one Host with HTTP/1.1, and whatever is unclear ends the connection."""
    request = "\r\n".join(lines).encode() + b"\r\n\r\n"
    data, is_closed = exchange(service, request + (SMUGGLED if expected == 400 else b""))
    assert statuses(data) == [expected], data
    assert is_closed or expected == 200


def test_a_form_that_is_too_large_is_refused_before_it_comes(service):
    form = "POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    start = time.monotonic()
    data, is_closed = exchange(service, f"{form}Content-Length: 1000000000\r\n\r\n".encode())
    assert statuses(data) == [413] and is_closed and time.monotonic() - start < 3
    # Without a length it is refused as soon as it is too large.
    with connect(service) as connection:
        connection.sendall(f"{form}Transfer-Encoding: chunked\r\n\r\n".encode())
        try:
            for _ in range(100):
                connection.sendall(b"4000\r\n" + b"a" * 0x4000 + b"\r\n")
        except OSError:
            pass
        data, is_closed = read_all(connection)
        assert is_closed and statuses(data) in ([413], [])
    assert Client(service).sign_up()


@pytest.mark.parametrize("method", ["TRACE", "PUT", "OPTIONS", "DELETE", "PATCH", "CONNECT", "BREW"])
def test_other_methods_do_nothing(service, method):
    for path in ("/", "/login", "/annotations", "/objects/gas-inputs", "/nowhere"):
        target = path if method != "CONNECT" else "localhost:1"
        data, _ = exchange(service, f"{method} {target} HTTP/1.1\r\nHost: localhost\r\nX-Canary: yes\r\n\r\n".encode())
        assert statuses(data) in ([405], [404], [400], [501]), (method, path, data)
        assert b"X-Canary" not in data
        assert b"access-control-allow" not in data.lower()


@pytest.mark.parametrize("path", ["/", "/nowhere", "/login/x", "/annotations", "/objects/gas-inputs"])
def test_no_body_follows_the_answer_to_head(service, path):
    """It would be taken for the next answer of the connection."""
    data, _ = exchange(
        service, f"HEAD {path} HTTP/1.1\r\nHost: localhost\r\n\r\nGET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    head, _, rest = data.partition(b"\r\n\r\n")
    assert rest.startswith(b"HTTP/1.1 200"), (head, rest[:200])


def test_every_answer_has_the_security_headers_and_no_cors(service):
    client = Client(service).sign_up()
    path = client.submit("a.vcf", sample("mtdna-small.vcf").read_bytes())
    client.wait(path)
    answers = [client.get(address, headers={"Origin": "https://evil.example"}, allow_redirects=False) for address in (
        "/", "/login", "/privacy", "/nowhere", "/annotations", path, path + "/log", path + "/files/log",
        path + "/files/nothing", "/admin", "/profile/activity", "/objects/gas-inputs/none", "/assets/gas.css", "/healthz")]
    answers.append(client.post("/login", data={"csrf": "x"}))
    answers.append(client.post("/logout", data="{}", headers={"Content-Type": "application/json"}))
    for answer in answers:
        for name in SECURITY_HEADERS:
            assert name in answer.headers, (answer.url, name)
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert not any(name.lower().startswith("access-control") for name in answer.headers), answer.url
        assert "server" not in {name.lower() for name in answer.headers}


def test_slow_clients_are_cut_off(make_service):
    service = make_service(settings={
        "web-head-seconds": 1, "web-body-period-seconds": 1, "web-body-period-bytes": 100,
        "web-idle-connection-seconds": 30})
    with connect(service) as head, connect(service) as body, connect(service) as silent:
        head.sendall(b"GET / HTTP/1.1\r\n")
        body.sendall(b"POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n")
        deadline = time.monotonic() + 8
        while time.monotonic() < deadline and (is_open(head) or is_open(body) or is_open(silent)):
            for connection, byte in ((head, b"X"), (body, b"y")):
                try:
                    connection.sendall(byte)
                except OSError:
                    pass
            time.sleep(0.2)
        assert not is_open(head) and not is_open(body) and not is_open(silent)
        assert time.monotonic() < deadline
    # Who is slow but not that slow gets through: 25 bytes each 100 ms.
    with connect(service) as steady:
        steady.sendall(b"POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n"
                       b"Content-Type: application/x-www-form-urlencoded\r\n\r\n")
        for _ in range(40):
            steady.sendall(b"y" * 25)
            time.sleep(0.1)
        data, _ = read_all(steady)
        assert statuses(data) == [403]


def test_four_hundred_slow_connections_leave_room_for_others(make_service):
    service = make_service(settings={"web-head-seconds": 5})
    slow = [connect(service) for _ in range(400)]
    try:
        for connection in slow:
            connection.sendall(b"GET / HTTP/1.1\r\nX-a: ")
        times = []
        for _ in range(20):
            start = time.monotonic()
            assert requests.get(service.url + "/", verify=service.authority, timeout=5).ok
            times.append(time.monotonic() - start)
        print(f"slowest page beside 400 slow connections: {max(times):.3f} s")
        assert max(times) < 2
    finally:
        for connection in slow:
            connection.close()


def behind(service, address, path="/", **headers):
    return requests.get(
        service.url + path, headers={"X-Forwarded-For": address, **headers}, timeout=5, allow_redirects=False)


def test_forwarded_addresses_count_only_from_a_trusted_proxy(make_service, tmp_path):
    limits = {"web-requests-per-address": 20, "web-request-window-seconds": 600}
    trusting = make_service(settings={**PROXY, **limits}, scheme="http", data=tmp_path / "trusting")
    answers = [behind(trusting, "203.0.113.5").status_code for _ in range(30)]
    assert answers[:20] == [200] * 20 and set(answers[20:]) == {429}
    refused = behind(trusting, "203.0.113.5", "/nowhere")
    assert refused.status_code == 429 and int(refused.headers["Retry-After"]) >= 1
    # Another client goes on; what a client writes before the proxy's own entry is not believed.
    assert behind(trusting, "203.0.113.6").ok
    assert behind(trusting, "198.51.100.1, 203.0.113.5").status_code == 429
    assert behind(trusting, "garbage, 203.0.113.5").status_code == 429
    assert behind(trusting, "203.0.113.5, garbage").ok, "nobody's word: it is the proxy itself"
    # One IPv6 customer is one client.
    codes = [behind(trusting, f"2001:db8:0:1::{number:x}").status_code for number in range(25)]
    assert codes.count(429) == 5

    doubting = make_service(settings={"web-plain-http": "true", **limits}, scheme="http", data=tmp_path / "doubting")
    assert {behind(doubting, "203.0.113.5").status_code for _ in range(30)} == {200}


def test_plain_http_before_a_trusted_proxy_is_sent_to_https(make_service):
    service = make_service(
        settings={**PROXY, "web-public-url": "https://gas.example.org"}, scheme="http")
    sent = behind(service, "203.0.113.5", "/annotate?x=1", **{"X-Forwarded-Proto": "http"})
    assert sent.status_code == 308 and sent.headers["Location"] == "https://gas.example.org/annotate?x=1"
    secure = behind(service, "203.0.113.5", "/", **{"X-Forwarded-Proto": "https"})
    assert secure.ok and secure.headers["Strict-Transport-Security"] == "max-age=31536000"
    form = requests.post(service.url + "/login", headers={"X-Forwarded-Proto": "http"}, data={}, timeout=5)
    assert form.status_code == 403 and "without encryption" in form.text


def test_accounts_opened_from_one_address_are_limited(make_service):
    service = make_service(settings={**PROXY, "sign-in-sign-ups-per-address": 2}, scheme="http")

    def open_account(address, number):
        client = Client(service)
        client.http.headers["X-Forwarded-For"] = address
        client.email = f"somebody-{number}-{address}@example.org"
        form = Forms(client.get("/signup").text).find(lambda form: "password" in form["fields"])
        return client.post("/signup", data={**form["fields"], "name": "A", "email": client.email, "institution": "",
                                            "password": client.password}, allow_redirects=False)

    assert [open_account("203.0.113.5", number).status_code for number in range(3)] == [303, 303, 429]
    assert open_account("203.0.113.6", 0).status_code == 303
    entries = service.rows("SELECT kind, address FROM audit ORDER BY number")
    assert ("account-created", "203.0.113.5") in entries


FORGED = '\r\n{"level":"critical","message":"forged"}\n2026-01-01T00:00:00+0000 critical forged\x1b[31m\u202e\u2028\x85'


@pytest.mark.parametrize("log_format", ["json", "text"])
def test_log_lines_cannot_be_forged(make_service, log_format):
    """What comes from outside, in a path, a form and a file's name, begins no line, and speaks to no terminal."""
    # What another program says of a file goes to the log.
    service = make_service(settings={
        "log-format": log_format, "log-level": "trace", "annotator-engine": "command", "annotator-maximum-attempts": 1,
        "annotator-command-line": r"""sh -c 'printf "no\r\302\205\342\200\250se\342\200\256nse" >&2; exit 3'"""})
    exchange(service, b"GET /%0d%0a%7B%22level%22:%22critical%22%7D%1b%5B31m%e2%80%ae HTTP/1.1\r\nHost: a\r\n"
                      b"User-Agent: x\xe2\x80\xae\r\n\r\n")
    # Not proper HTTP; whether it is refused or answered, it must not stand there as it is.
    exchange(service, b"GET /\xe2\x80\xaewolla\xc2\x85 HTTP/1.1\r\nHost: a\r\n\r\n")
    exchange(service, b"GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: x\x1b[31m\r\n\r\n")
    client = Client(service)
    form = Forms(client.get("/login").text).find(lambda form: form["action"] == "/login")
    refused = client.post("/login", data={**form["fields"], "email": "a" + FORGED, "password": "p" + FORGED})
    assert refused.status_code == 401, "the address was read"
    client.sign_up()
    client.get("/annotations/" + requests.utils.quote("x" + FORGED))
    client.get("/annotate/job", params={"bucket": "b" + FORGED, "key": "k" + FORGED})
    client.wait(client.submit("f" + FORGED.replace("\r\n", " ").replace("\n", " ") + ".vcf", b"no VCF" + FORGED.encode()))
    service.stop()
    lines = service.log_text().split("\n")
    assert lines.pop() == ""
    # Before that stands the greeting for who sits at the terminal.
    begun = next(number for number, line in enumerate(lines) if "%0d%0a" in line)
    assert len(lines) - begun > 20
    for line in lines[begun:]:
        if log_format == "json":
            entry = json.loads(line)
            assert {"time", "level", "logger", "message"} <= entry.keys() and entry["level"] != "critical", line
        else:
            assert re.match(r"\d{4}-\d\d-\d\dT\S+ (trace|debug|info|notice|warning|error) gas", line), line
    assert "\\u{202E}" in service.log_text().replace("\\\\", "\\"), "that something came so far"
    # A line end within a line is none for a program that knows only \n; for people it is.
    assert not any(sign in service.log_text() for sign in "\x1b\u202e\u2028\x85\r")
