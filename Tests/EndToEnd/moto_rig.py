"""moto: a server that takes the place of AWS's services, on loopback.  Its S3 checks nothing, so that it serves for storage
classes alone; all else of S3 is radosgw's."""

import email
import email.policy
import os
import pathlib
import subprocess
import sys
import time

import requests

from conftest import free_port


class MotoRig:
    """One running server, empty at the start."""

    services = ("sqs", "sns", "sts", "dynamodb", "s3", "glacier", "ses", "secretsmanager")

    def __init__(self, folder):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "moto.log"
        # While this is there, SES's account is in the sandbox.
        self.sandbox = folder / "sandbox"
        self.process = None

    def start(self, seconds=60):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, pathlib.Path(__file__).with_name("moto_server.py"), "-H", "127.0.0.1", "-p", str(self.port)],
                env=os.environ | {"GAS_MOTO_SANDBOX": str(self.sandbox)}, stdout=log, stderr=log)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.log.read_text()
            try:
                with requests.Session() as session:
                    session.trust_env = False
                    if session.get(self.url + "/moto-api/data.json", timeout=2).ok:
                        return self
            except requests.RequestException:
                time.sleep(0.1)
        raise AssertionError(f"moto was not ready within {seconds} s:\n{self.log.read_text()[-3000:]}")

    def reset(self):
        """Forgets everything."""
        self.post("/moto-api/reset")

    def authorize(self):
        """From now on every request needs a signature of a known key, and a policy that permits it."""
        self.post("/moto-api/reset-auth", "0")

    def trust(self):
        """Asks for no signature any more."""
        self.post("/moto-api/reset-auth", "inf")

    def post(self, path, body=""):
        with requests.Session() as session:
            session.trust_env = False
            session.post(self.url + path, data=body, timeout=10).raise_for_status()

    def mails(self):
        """What SES has sent: to whom, and with which subject."""
        with requests.Session() as session:
            session.trust_env = False
            sent = session.get(self.url + "/moto-api/data.json", timeout=10).json()["ses"].get("RawMessage", [])
        mails = []
        for entry in sent:
            message = email.message_from_string(entry["raw_data"], policy=email.policy.default)
            mails.append({"to": str(message["To"]), "subject": str(message["Subject"])})
        return mails

    def stop(self):
        self.process.terminate()
        self.process.wait(10)

    @property
    def environment(self):
        return {f"GAS_AWS_ENDPOINT_{service.upper()}": self.url for service in self.services} | {
            "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "not-a-secret"}
