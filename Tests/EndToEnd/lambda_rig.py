"""The Lambda Runtime API on loopback: hands out events one after the other, and keeps what is answered."""

import json
import queue
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BASE = "/2018-06-01/runtime"


class RuntimeAPI:
    """A server that plays AWS Lambda.  Answers are `(kind, body)`: kind is `response`, `error` or `init`."""

    def __init__(self, seconds=20):
        self.events = queue.Queue()
        self.answers = queue.Queue()
        self.seconds = seconds
        self.waiting = threading.Event()
        rig = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                assert self.path == f"{BASE}/invocation/next", self.path
                rig.waiting.set()
                event = rig.events.get()
                rig.waiting.clear()
                if event is None:
                    return self.reply(410, b"")
                deadline = int((time.time() + rig.seconds) * 1000)
                self.reply(200, json.dumps(event).encode(), {
                    "Lambda-Runtime-Aws-Request-Id": str(uuid.uuid4()), "Lambda-Runtime-Deadline-Ms": str(deadline),
                    "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:us-east-1:1:function:notifier"})

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                parts = self.path.removeprefix(BASE).strip("/").split("/")
                rig.answers.put(("init" if parts[0] == "init" else parts[-1], json.loads(body)))
                self.reply(202, b"{}")

            def reply(self, status, body, headers=None):
                self.send_response(status)
                for name, value in ({"Content-Length": str(len(body))} | (headers or {})).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def call(self, event, seconds=30):
        """Calls the function, and waits for its answer."""
        self.events.put(event)
        return self.answers.get(timeout=seconds)

    def stop(self):
        self.events.put(None)
        self.server.shutdown()
        self.server.server_close()


def batch(*bodies):
    """An event as SQS's event source makes it; the messages are called m0, m1 and so on."""
    return {"Records": [
        {"messageId": f"m{number}", "receiptHandle": f"r{number}", "body": body, "eventSource": "aws:sqs",
         "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": str(int(time.time() * 1000))},
         "messageAttributes": {}, "eventSourceARN": "arn:aws:sqs:us-east-1:1:notify", "awsRegion": "us-east-1"}
        for number, body in enumerate(bodies)]}


def failures(answer):
    """The messages that are to come back."""
    kind, body = answer
    assert kind == "response", answer
    return [item["itemIdentifier"] for item in body["batchItemFailures"]]
