"""Mail through a real SMTP server, with encryption and sign-in, and with servers that refuse."""

import email
import email.policy
import ssl
import subprocess
import time

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from client import Client
from conftest import free_port, sample


class Receiver:
    """Keeps what it receives; refuses the first deliveries as told."""

    def __init__(self, refusals=()):
        self.refusals = list(refusals)
        self.attempts = 0
        self.envelopes = []

    async def handle_DATA(self, server, session, envelope):
        self.attempts += 1
        if self.refusals:
            return self.refusals.pop(0)
        self.envelopes.append(envelope)
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    isRight = isinstance(data, LoginPassword) and (data.login, data.password) == (b"gas", b"canary-secret")
    return AuthResult(success=isRight)


@pytest.fixture
def certificate(tmp_path):
    key, chain = tmp_path / "smtp-key.pem", tmp_path / "smtp-chain.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", chain],
        check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    return context, chain


@pytest.fixture
def smtp(certificate):
    controllers = []

    def start(receiver):
        controller = Controller(
            receiver, hostname="127.0.0.1", port=free_port(), tls_context=certificate[0], require_starttls=True,
            authenticator=authenticate, auth_required=True)
        controller.start()
        controllers.append(controller)
        return {
            "mail-transport": "smtp", "mail-smtp-host": "localhost", "mail-smtp-port": controller.port,
            "mail-smtp-user": "gas", "mail-smtp-password": "canary-secret",
            "mail-smtp-authorities": certificate[1],
        }

    yield start
    for controller in controllers:
        controller.stop()


def wait_for(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def run_job(service, name="sample.vcf"):
    client = Client(service).sign_up(name="Zoë \"Zed\" Müller")
    client.wait(client.submit(name, sample("mtdna-small.vcf").read_bytes()))
    return client


def test_mail_is_sent_encrypted_and_signed_in(make_service, smtp):
    receiver = Receiver()
    service = make_service(settings=smtp(receiver))
    client = run_job(service, "Fälle \"2026\".vcf")
    wait_for(lambda: receiver.envelopes)
    envelope = receiver.envelopes[0]
    assert envelope.rcpt_tos == [client.email]
    message = email.message_from_bytes(envelope.content, policy=email.policy.default)
    assert message["Subject"] == "Fälle \"2026\".vcf is annotated"
    assert message["To"].addresses[0].display_name == "Zoë \"Zed\" Müller"
    text = message.get_body(("plain",)).get_content()
    html = message.get_body(("html",)).get_content()
    for body in (text, html):
        assert f"{service.url}/annotations/" in body
    assert "Müller" in text and "Müller" in html
    assert not message.defects
    assert "canary-secret" not in service.log_text()


def test_a_passing_refusal_is_repeated_and_one_mail_arrives(make_service, smtp):
    receiver = Receiver(["451 Try again later"])
    service = make_service(settings=smtp(receiver))
    run_job(service)
    wait_for(lambda: receiver.envelopes, seconds=60)
    assert receiver.attempts == 2
    wait_for(lambda: service.rows("SELECT 1 FROM annotations WHERE notify_time IS NOT NULL"))


def test_a_final_refusal_is_not_repeated(make_service, smtp):
    receiver = Receiver(["550 No such user"] * 5)
    service = make_service(settings=smtp(receiver))
    run_job(service)
    wait_for(lambda: service.rows("SELECT 1 FROM annotations WHERE notify_time IS NOT NULL"))
    time.sleep(2)
    assert receiver.attempts == 1
    assert "refused" in service.log_text()


def test_an_untrusted_server_gets_nothing(make_service, smtp):
    receiver = Receiver()
    settings = smtp(receiver)
    del settings["mail-smtp-authorities"]
    service = make_service(settings=settings)
    run_job(service)
    wait_for(lambda: "The mail server did not take the mail" in service.log_text())
    assert receiver.attempts == 0
