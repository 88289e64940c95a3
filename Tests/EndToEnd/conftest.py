"""Starts the real program on loopback, with a data folder of its own, and stops it."""

import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import subprocess
import time

import pytest
import requests

ROOT = pathlib.Path(__file__).resolve().parents[2]
GAS = ROOT / ".build" / "release" / "gas"
OUR_SAMPLES = ROOT / "Reference" / "samples"
SHARED = ROOT.parent / "shared" / "data"

needs_servers = pytest.mark.skipif(
    not (shutil.which("psql") and shutil.which("radosgw")),
    reason="needs PostgreSQL and Ceph's gateway, which 'make setup-test' installs")
needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason="needs the real data beside the repository, which a clone alone does not have")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Service:
    """One running `gas` process."""

    program = GAS

    def __init__(self, data, role="serve", settings=None, scheme="https", port=None, folder=ROOT):
        self.data = pathlib.Path(data)
        self.port = port or free_port()
        self.url = f"{scheme}://localhost:{self.port}"
        self.role = role
        self.folder = folder
        self.settings = settings or {}
        # Variables besides our own.
        self.environment = {}
        self.process = None
        # The program makes its certificate at first start.
        self.authority = str(self.data / "tls" / "certificate.pem") if scheme == "https" else False
        self.log = self.data.parent / f"{self.data.name}-{role}.log"

    def command(self, *verb):
        """How the program is called, and with which environment."""
        flags = {"data-directory": self.data, "web-port": self.port, "web-host": "127.0.0.1", **self.settings}
        arguments = [part for name, value in flags.items() for part in (f"--{name}", str(value))]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GAS_")}
        return {"args": [self.program, *verb, *arguments], "cwd": self.folder, "env": environment | self.environment}

    def run(self, *verb):
        """Runs another command of the program with the same settings."""
        return subprocess.run(**self.command(*verb), capture_output=True, text=True, timeout=120)

    def start(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(**self.command(self.role), stdout=log, stderr=log)
        if self.role in ("serve", "web", "farm"):
            self.wait_until_ready()
        return self

    def wait_until_ready(self, seconds=30):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise AssertionError(f"gas ended with {self.process.returncode}:\n{self.log_text()[-3000:]}")
            try:
                with requests.Session() as session:
                    session.trust_env = False
                    if session.get(self.url + "/readyz", verify=self.authority, timeout=2).ok:
                        return
            except (requests.RequestException, OSError):
                pass
            time.sleep(0.05)
        raise AssertionError(f"gas was not ready within {seconds} s:\n{self.log_text()[-3000:]}")

    def stop(self, seconds=40):
        """Asks it to end.  Returns its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)

    def kill(self):
        self.process.kill()
        self.process.wait(10)

    def log_text(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def rows(self, statement, *arguments):
        with sqlite3.connect(f"file:{self.data}/gas.sqlite?mode=ro", uri=True, timeout=10) as database:
            return database.execute(statement, arguments).fetchall()

    def statuses(self):
        return dict(self.rows("SELECT job_status, count(*) FROM annotations GROUP BY job_status"))

    def mails(self):
        return sorted((self.data / "outbox").glob("*.eml"))

    def wait_for_end(self, jobs, seconds=60):
        """Waits until so many jobs have ended and their mails are there.  Returns the statuses."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            statuses = self.statuses()
            ended = sum(statuses.get(name, 0) for name in ("COMPLETED", "FAILED"))
            if ended >= jobs and len(self.mails()) >= ended:
                return statuses
            time.sleep(0.1)
        raise AssertionError(f"{jobs} jobs did not end within {seconds} s: {self.statuses()}, {len(self.mails())} mails")


@pytest.fixture
def make_service(tmp_path):
    """Starts services with `make_service(settings={...})`; all are stopped at the end."""
    started = []

    def make(role="serve", data=None, settings=None, scheme="https", port=None):
        service = Service(data or tmp_path / "data", role, settings, scheme, port)
        started.append(service)
        return service.start()

    yield make
    for service in started:
        if service.process and service.process.poll() is None:
            service.stop()


@pytest.fixture
def service(make_service):
    return make_service()


def sample(name):
    """A sample VCF: one of ours, or one of the real ones."""
    path = OUR_SAMPLES / name
    return path if path.exists() else SHARED / "samples" / name
