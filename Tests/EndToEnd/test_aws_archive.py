"""Glacier in both its forms, SES and Secrets Manager behind the settings that choose them: the life of a result, mails, a password
that is rotated, and the doctor's eye on each."""

import json

import pytest

from aws_rig import AWSService, rig  # noqa: F401 (fixture)
from client import Client
from conftest import needs_servers, sample
from test_aws_outside import wait_for
from test_doctor import is_wrong
from test_results import FAST, change_plan, download_all, wait_for_states

CONTENT = sample("mtdna-small.vcf").read_bytes()
SENDER = "gas@example.org"
# moto is done with a retrieval at once, and says so to nobody: what people are told of it is when the sweeper asks.
GLACIER = {"archive-glacier-expedited-seconds": 3, "archive-glacier-standard-seconds": 3}
MAIL = {"mail-transport": "ses", "mail-sender-address": SENDER}

pytestmark = needs_servers


@pytest.fixture
def make(rig, tmp_path):
    rig.empty()
    started = []

    def start(settings):
        rig.client("sesv2").create_email_identity(EmailIdentity=SENDER)
        rig.prepare(tmp_path / "data", settings={**FAST, **settings})
        service = AWSService(rig, tmp_path / "data", settings={**FAST, **settings})
        started.append(service)
        well = service.run("doctor")
        assert well.returncode == 0, well.stdout + well.stderr
        return service.start()

    yield start
    for service in started:
        if service.process and service.process.poll() is None:
            assert service.stop() == 0, service.log_text()[-3000:]


def test_a_vault_and_mails_by_ses(make, rig):
    """moto tells the same tree hash of every archive, so that what comes back must be refused: the owner is told, and nothing is
    removed.  That the right bytes are taken is tried on a stage, in Tests/GASAWSTests."""
    service = make({"archive-store": "vault", **GLACIER, **MAIL})
    client = Client(service).sign_up()
    path = client.submit("a.vcf", CONTENT)
    client.wait(path)
    wait_for_states(service, {"ARCHIVED": 1})
    archived = rig.items()[0]["results_file_archive_id"]
    change_plan(client, "/subscribe")
    wait_for(lambda: "could not be restored" in client.get(path).text, service.log_text()[-2000:], seconds=60)
    wait_for_states(service, {"ARCHIVED": 1})
    assert rig.items()[0]["results_file_archive_id"] == archived
    wait_for(lambda: len(rig.moto.mails()) >= 3, rig.moto.mails())
    assert all(client.email in mail["to"] for mail in rig.moto.mails())
    assert any(mail["subject"] == "a.vcf is annotated" for mail in rig.moto.mails())
    assert service.mails() == []


def test_s3s_class_glacier(make, rig):
    # Ceph's gateway has no such class, so that moto takes S3's place here, too.
    settings = {"archive-store": "glacier", "aws-endpoint-s3": rig.moto.url, **GLACIER}
    service = make(settings)
    s3 = rig.client("s3", url=rig.moto.url)
    client = Client(service).sign_up()
    path = client.submit("a.vcf", CONTENT)
    client.wait(path)
    before = download_all(client, [path])
    assert b"CSQ=" in before[0]
    wait_for_states(service, {"ARCHIVED": 1})
    stored = s3.list_objects_v2(Bucket="gas-archive")["Contents"]
    assert [entry["StorageClass"] for entry in stored if entry["Key"] != "gas/.deployment"] == ["GLACIER"]
    change_plan(client, "/subscribe")
    wait_for_states(service, {"AVAILABLE": 1}, seconds=90)
    assert download_all(client, [path]) == before


@pytest.mark.parametrize("settings, change, parts", [
    ({"archive-store": "vault"}, lambda rig: rig.client("glacier").delete_vault(vaultName="gas"),
     ("vault gas", "does not exist")),
    ({"archive-store": "glacier"}, lambda rig: rig.client("s3", url=rig.moto.url).put_bucket_notification_configuration(
        Bucket="gas-archive", NotificationConfiguration={}), ("archive in the bucket gas-archive", "does not announce")),
    (MAIL, lambda rig: rig.client("sesv2").delete_email_identity(EmailIdentity=SENDER),
     (f"sender {SENDER}", "is not verified")),
    (MAIL, lambda rig: rig.moto.sandbox.touch(), (f"sender {SENDER}", "sandbox", "request production access")),
])
def test_the_doctor_sees_what_is_wrong(rig, tmp_path, settings, change, parts):
    rig.empty()
    settings = {**settings, "aws-endpoint-s3": rig.moto.url}
    rig.client("sesv2").create_email_identity(EmailIdentity=SENDER)
    rig.prepare(tmp_path / "data", settings=settings)
    assert rig.gas(tmp_path / "data", "doctor", settings=settings).returncode == 0
    try:
        change(rig)
        is_wrong(rig.gas(tmp_path / "data", "doctor", settings=settings), *parts)
    finally:
        rig.moto.sandbox.unlink(missing_ok=True)


def test_a_password_in_secrets_manager_that_is_rotated(make, rig, tmp_path):
    rig.empty()
    secrets = rig.client("secretsmanager")
    secrets.create_secret(Name="gas-database", SecretString=json.dumps({"username": "rotated", "password": "first-k3y-of-all"}))
    rig.postgres.query("DROP ROLE IF EXISTS rotated")
    rig.postgres.query("CREATE ROLE rotated LOGIN SUPERUSER PASSWORD 'first-k3y-of-all'")
    address = rig.postgres.url.split("@")[1]
    settings = {"postgres-url": f"postgresql://rotated@{address}", "postgres-password-secret": "gas-database#password"}
    service = make(settings)
    client = Client(service).sign_up()
    client.wait(client.submit("a.vcf", CONTENT))
    rig.postgres.query("ALTER ROLE rotated PASSWORD 'second-k3y-of-all'")
    secrets.put_secret_value(
        SecretId="gas-database", SecretString=json.dumps({"username": "rotated", "password": "second-k3y-of-all"}))
    rig.postgres.restart()
    client.wait(client.submit("b.vcf", CONTENT))
    assert "k3y" not in service.log_text()
    audit = service.run("audit", "verify")
    assert audit.returncode == 0, audit.stderr
    secrets.delete_secret(SecretId="gas-database", ForceDeleteWithoutRecovery=True)
    is_wrong(service.run("doctor"), "PostgreSQL", "gas-database")
