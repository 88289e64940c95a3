"""`gas doctor` with everything well, and with each thing broken."""

import json
import os
import subprocess

import pytest
from aiosmtpd.controller import Controller

from aws_rig import ACCOUNT, REGION, TABLE, rig  # noqa: F401 (fixture)
from conftest import GAS, ROOT, free_port, needs_servers
from stripe_rig import StripeRig
from test_mail import Receiver, certificate, smtp  # noqa: F401 (fixtures)


def doctor(data, cwd=ROOT, **settings):
    flags = [part for name, value in {"data_directory": data, **settings}.items()
             for part in (f"--{name.replace('_', '-')}", str(value))]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("GAS_", "AWS_"))}
    return subprocess.run([GAS, "doctor", *flags], cwd=cwd, env=environment, capture_output=True, text=True, timeout=120)


def is_wrong(answer, *parts):
    """Status 1, and one line that begins with 'wrong' holds all the parts."""
    assert answer.returncode == 1, answer.stdout + answer.stderr
    lines = [line for line in answer.stdout.splitlines() if line.startswith("wrong")]
    assert any(all(part in line for part in parts) for line in lines), answer.stdout
    assert "not." in answer.stdout.splitlines()[-1]


class TestOneMachine:
    def test_all_is_well(self, tmp_path):
        answer = doctor(tmp_path / "data")
        assert answer.returncode == 0, answer.stdout + answer.stderr
        assert "wrong" not in answer.stdout and "All" in answer.stdout.splitlines()[-1]
        for name in ("data folder", "database", "bucket gas-inputs", "bucket gas-results", "outbox", "assemblies"):
            assert f"{name}" in answer.stdout

    def test_a_data_folder_that_is_none(self, tmp_path):
        (tmp_path / "data").write_text("a file")
        is_wrong(doctor(tmp_path / "data"), "data folder", "cannot be")

    def test_a_database_that_is_none(self, tmp_path):
        (tmp_path / "data").mkdir()
        (tmp_path / "data" / "gas.sqlite").write_bytes(b"nonsense" * 1000)
        is_wrong(doctor(tmp_path / "data"), "database in the data folder")

    def test_no_assembly(self, tmp_path):
        is_wrong(doctor(tmp_path / "data", annotator_sources=""), "assemblies", "are none")

    def test_an_administrator_without_an_account(self, tmp_path):
        answer = doctor(tmp_path / "data", admins="root@example.org")
        is_wrong(answer, "the setting admins", "root@example.org", "has no account")
        assert "let its owner open the account" in answer.stdout

    def test_a_mail_server_that_is_away(self, tmp_path):
        is_wrong(doctor(tmp_path / "data", mail_transport="smtp", mail_smtp_port=free_port()), "mail server localhost")

    def test_a_mail_server_that_is_well_and_one_that_refuses_the_password(self, tmp_path, smtp):  # noqa: F811
        settings = {name.replace("-", "_"): value for name, value in smtp(Receiver()).items()}
        answer = doctor(tmp_path / "data", **settings)
        assert answer.returncode == 0 and "well   the mail server localhost" in answer.stdout, answer.stdout
        is_wrong(doctor(tmp_path / "data", **{**settings, "mail_smtp_password": "another-password"}), "mail server localhost")

    def test_a_mail_server_without_the_encryption_that_is_asked_for(self, tmp_path):
        controller = Controller(Receiver(), hostname="127.0.0.1", port=free_port())
        controller.start()
        try:
            is_wrong(doctor(tmp_path / "data", mail_transport="smtp", mail_smtp_port=controller.port), "mail server localhost")
        finally:
            controller.stop()

    def test_an_identity_provider_that_is_away(self, tmp_path):
        (tmp_path / "gas.yaml").write_text(
            f"sign-in:\n  providers: lab\n  provider:\n    lab:\n      title: Lab\n      issuer: https://localhost:{free_port()}\n"
            "      client-id: gas\n      client-secret: anything-at-all\n")
        is_wrong(doctor(tmp_path / "data", cwd=ROOT, config=tmp_path / "gas.yaml"), "identity provider lab")

    def test_a_price_that_stripe_does_not_know(self, tmp_path, certificate):  # noqa: F811
        rig = StripeRig(tmp_path).start(certificate[1])
        try:
            settings = {name.replace("-", "_"): value for name, value in rig.settings().items()}
            answer = doctor(tmp_path / "data", **settings)
            assert answer.returncode == 0 and "well   Stripe" in answer.stdout, answer.stdout
            is_wrong(doctor(tmp_path / "data", **{**settings, "payments_stripe_price": "nothing"}), "Stripe", "nothing")
        finally:
            rig.stop()
        is_wrong(doctor(tmp_path / "data", **settings), "Stripe")

    def test_a_certificate_that_has_ended_or_has_no_key(self, tmp_path):
        key, chain = tmp_path / "key.pem", tmp_path / "chain.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost", "-keyout", key,
             "-out", chain], check=True, capture_output=True)
        tls = {"web_certificate": chain, "web_private_key": key}
        assert doctor(tmp_path / "data", **tls).returncode == 0
        is_wrong(doctor(tmp_path / "data", **{**tls, "web_private_key": tmp_path / "none.pem"}), "certificate", "no readable key")
        request = tmp_path / "request.pem"
        subprocess.run(["openssl", "req", "-new", "-key", key, "-subj", "/CN=localhost", "-out", request], check=True,
                       capture_output=True)
        subprocess.run(["openssl", "x509", "-req", "-in", request, "-signkey", key, "-days", "-1", "-out", chain], check=True,
                       capture_output=True)
        is_wrong(doctor(tmp_path / "data", **tls), "certificate", "ended on")


@needs_servers
class TestAWS:
    @pytest.fixture
    def look(self, rig, tmp_path):
        """What the doctor says after `gas aws init`, with settings changed or not."""
        rig.empty()
        rig.prepare(tmp_path / "data")
        return lambda settings=None, keys=None: rig.gas(tmp_path / "data", "doctor", settings=settings, keys=keys)

    def queue(self, rig, name):
        return rig.client("sqs").get_queue_url(QueueName=name)["QueueUrl"]

    def arn(self, service, name):
        return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{name}"

    def test_all_is_well_and_making_it_again_changes_nothing(self, rig, look, tmp_path):
        for _ in range(2):
            answer = look()
            assert answer.returncode == 0, answer.stdout + answer.stderr
            for name in (f"table {TABLE}", "AWS account", "topic gas_thaw", "queue gas_archive", "bucket gas-archive", "PostgreSQL"):
                assert f"well   the {name}" in answer.stdout, answer.stdout
            rig.prepare(tmp_path / "data")

    @pytest.mark.parametrize("name, change, parts", [
        ("a table that is gone", lambda self, rig: rig.client("dynamodb").delete_table(TableName=TABLE),
         (TABLE, "does not exist")),
        ("a topic that is gone", lambda self, rig: rig.client("sns").delete_topic(TopicArn=self.arn("sns", "gas_job_results")),
         ("topic gas_job_results", "does not exist")),
        ("a subscription that is gone", lambda self, rig: [
            rig.client("sns").unsubscribe(SubscriptionArn=entry["SubscriptionArn"])
            for entry in rig.client("sns").list_subscriptions_by_topic(
                TopicArn=self.arn("sns", "gas_job_results"))["Subscriptions"] if entry["Endpoint"].endswith("gas_notify")],
         ("topic gas_job_results", "does not tell", "gas_notify")),
        ("a queue that is gone", lambda self, rig: rig.client("sqs").delete_queue(QueueUrl=self.queue(rig, "gas_restore")),
         ("queue gas_restore ", "does not exist")),
        ("another delay", lambda self, rig: rig.client("sqs").set_queue_attributes(
            QueueUrl=self.queue(rig, "gas_archive"), Attributes={"DelaySeconds": "7"}),
         ("queue gas_archive", "7 s instead of 300 s")),
        ("no dead letters", lambda self, rig: rig.client("sqs").set_queue_attributes(
            QueueUrl=self.queue(rig, "gas_thaw"), Attributes={"RedrivePolicy": ""}),
         ("queue gas_thaw", "dead letters")),
        ("dead letters too soon", lambda self, rig: rig.client("sqs").set_queue_attributes(
            QueueUrl=self.queue(rig, "gas_thaw"), Attributes={"RedrivePolicy": json.dumps({
                "deadLetterTargetArn": self.arn("sqs", "gas_thaw-dead-letters"), "maxReceiveCount": "3"})}),
         ("queue gas_thaw", "after 3 deliveries")),
        ("a policy that lets nobody in", lambda self, rig: rig.client("sqs").set_queue_attributes(
            QueueUrl=self.queue(rig, "gas_notify"), Attributes={"Policy": ""}),
         ("queue gas_notify", "lets the topic")),
        ("a bucket that is gone", lambda self, rig: rig.client("s3").delete_bucket(Bucket="gas-results"),
         ("bucket gas-results", "does not exist")),
    ])
    def test_a_thing_that_is_wrong_is_named_and_made_right(self, rig, look, tmp_path, name, change, parts):
        change(self, rig)
        answer = look()
        is_wrong(answer, *parts)
        assert "Run 'gas aws init'" in answer.stdout
        rig.prepare(tmp_path / "data")
        assert look().returncode == 0, name

    def test_a_table_of_another_shape(self, rig, look):
        dynamodb = rig.client("dynamodb")
        dynamodb.delete_table(TableName=TABLE)
        dynamodb.create_table(
            TableName=TABLE, KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}], BillingMode="PAY_PER_REQUEST")
        answer = look()
        is_wrong(answer, TABLE, "has the key id instead of job_id")
        is_wrong(answer, TABLE, "has no index user_id_index")

    def test_another_region(self, rig, look):
        answer = look({"aws-region": "eu-central-1"})
        is_wrong(answer, TABLE, "does not exist in eu-central-1")
        is_wrong(answer, "queue gas_notify", "does not exist in eu-central-1")

    def test_no_credentials_and_wrong_ones(self, rig, look):
        is_wrong(look(keys={"AWS_EC2_METADATA_DISABLED": "true"}), TABLE, "no AWS credentials")
        is_wrong(look(keys={**rig.keys, "AWS_SECRET_ACCESS_KEY": "another"}), "bucket gas-inputs", "credentials or permissions")

    def test_aws_is_away(self, rig, look):
        nowhere = f"http://127.0.0.1:{free_port()}"
        answer = look({"aws-endpoint": nowhere, "aws-retries": 1})
        is_wrong(answer, TABLE, "cannot be reached")
        is_wrong(answer, "AWS account", "cannot be reached")
        assert "well   the bucket gas-inputs" in answer.stdout, "one thing does not hide another"
        is_wrong(look({"aws-endpoint-s3": nowhere, "aws-retries": 1}), "bucket gas-inputs", "cannot be reached")

    def test_postgres_is_away_or_refuses_or_is_not_up_to_date(self, rig, look, tmp_path):
        secret = tmp_path / "url"
        secret.write_text(f"postgresql://gas:gas@127.0.0.1:{free_port()}/gas")
        answer = look({"postgres-url": f"file:{secret}"})
        is_wrong(answer, "PostgreSQL database")
        assert "well   the queue gas_notify" in answer.stdout
        secret.write_text(rig.postgres.url.rsplit("/", 1)[0] + "/nothing")
        is_wrong(look({"postgres-url": f"file:{secret}"}), "PostgreSQL database")
        is_wrong(look({"postgres-migrate": "false"}), "PostgreSQL database", "gas migrate")

    def test_a_key_that_may_do_too_little(self, rig, look):
        keys = rig.add_user("poor", {
            "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"}]})
        rig.authorize()
        try:
            answer = look(keys=keys)
        finally:
            rig.trust()
        assert f"well   the table {TABLE}" in answer.stdout
        is_wrong(answer, "queue gas_notify", "permissions", "sqs")
        is_wrong(answer, "topic gas_thaw", "permissions", "sns")
