"""Visitors that ask for a page again and again, each on a connection of its own, and count what comes of it."""

import threading
import time

import requests


class Visitors:
    """Asks for `path` about `rate` times a second until it is left."""

    def __init__(self, service, rate, threads=4, path="/"):
        self.url = service.url + path
        self.authority = service.authority
        self.pause = threads / rate
        self.answers = 0
        self.failures = []
        self.ended = threading.Event()
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.visit) for _ in range(threads)]

    def visit(self):
        with requests.Session() as session:
            session.trust_env = False
            session.verify = self.authority
            due = time.monotonic()
            while not self.ended.is_set():
                try:
                    answer = session.get(self.url, timeout=20)
                    failure = None if answer.status_code == 200 else answer.status_code
                except requests.RequestException as error:
                    failure = repr(error)
                with self.lock:
                    self.answers += 1
                    if failure is not None:
                        self.failures.append((round(time.time(), 2), failure))
                due = max(due + self.pause, time.monotonic() - 1)
                time.sleep(max(0, due - time.monotonic()))

    def __enter__(self):
        self.begin = time.monotonic()
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        for thread in self.threads:
            thread.join(60)
        self.seconds = time.monotonic() - self.begin
