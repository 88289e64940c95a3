"""`gas doctor` with everything well, and with each thing broken."""

import json
import os
import subprocess

import boto3
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
        answer = doctor(tmp_path / "data", **tls)
        assert answer.returncode == 0 and f"note   the certificate {chain} ends on" in answer.stdout, answer.stdout
        is_wrong(doctor(tmp_path / "data", **{**tls, "web_private_key": tmp_path / "none.pem"}), "certificate", "no readable key")
        request = tmp_path / "request.pem"
        subprocess.run(["openssl", "req", "-new", "-key", key, "-subj", "/CN=localhost", "-out", request], check=True,
                       capture_output=True)
        subprocess.run(["openssl", "x509", "-req", "-in", request, "-signkey", key, "-days", "-1", "-out", chain], check=True,
                       capture_output=True)
        is_wrong(doctor(tmp_path / "data", **tls), "certificate", "ended on")

    def test_a_load_balancer_that_is_not_where_it_is_said_to_be(self, tmp_path):
        is_wrong(doctor(tmp_path / "data", farm_haproxy="/nowhere/haproxy"), "load balancer of a farm", "/nowhere/haproxy")


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
        ("another retention", lambda self, rig: rig.client("sqs").set_queue_attributes(
            QueueUrl=self.queue(rig, "gas_notify-dead-letters"), Attributes={"MessageRetentionPeriod": "345600"}),
         ("queue gas_notify-dead-letters", "345600 s instead of 1209600 s")),
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

    def test_a_table_of_another_shape(self, rig, look, tmp_path):
        dynamodb = rig.client("dynamodb")
        dynamodb.delete_table(TableName=TABLE)
        dynamodb.create_table(
            TableName=TABLE, KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}], BillingMode="PAY_PER_REQUEST")
        answer = look()
        is_wrong(answer, TABLE, "has the key id instead of job_id")
        is_wrong(answer, TABLE, "has no index user_id_index")
        # Keys cannot be changed, and saying that all is made would be untrue.
        made = rig.gas(tmp_path / "data", "aws", "init")
        assert made.returncode == 1 and f"table {TABLE}" not in made.stdout, made.stdout
        assert "has the key id instead of job_id" in made.stderr and "take another name" in made.stderr

    def test_a_table_without_indexes_gets_them(self, rig, look, tmp_path):
        dynamodb = rig.client("dynamodb")
        dynamodb.delete_table(TableName=TABLE)
        dynamodb.create_table(
            TableName=TABLE, KeySchema=[{"AttributeName": "job_id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "job_id", "AttributeType": "S"}],
            ProvisionedThroughput={"ReadCapacityUnits": 3, "WriteCapacityUnits": 4})
        dynamodb.put_item(TableName=TABLE, Item={"job_id": {"S": "a"}})
        is_wrong(look(), TABLE, "has no index user_id_index")
        rig.prepare(tmp_path / "data")
        assert look().returncode == 0
        table = dynamodb.describe_table(TableName=TABLE)["Table"]
        assert len(table["GlobalSecondaryIndexes"]) == 6 and table["ItemCount"] == 1
        assert table["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"]["WriteCapacityUnits"] == 4

    def test_what_others_have_added_stays(self, rig, look, tmp_path):
        """Rules, statements and announcements of other names."""
        moto = {"aws-endpoint-s3": rig.moto.url, "archive-store": "glacier"}
        s3, sqs, sns = rig.client("s3", url=rig.moto.url), rig.client("sqs"), rig.client("sns")
        rig.prepare(tmp_path / "data", settings=moto)
        queue, topic = self.queue(rig, "gas_notify"), self.arn("sns", "gas_thaw")
        other = {"Sid": "others", "Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sqs:ReceiveMessage",
                 "Resource": self.arn("sqs", "gas_notify"), "Condition": {"Bool": {"aws:SecureTransport": "true"}}}
        policy = json.loads(sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["Policy"])["Attributes"]["Policy"])
        assert [statement["Sid"] for statement in policy["Statement"]] == ["topics"]
        policy["Statement"].insert(0, other)
        sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": json.dumps(policy)})
        admits = json.loads(sns.get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"])
        guest = {"Sid": "guest", "Effect": "Allow", "Principal": {"AWS": "210987654321"}, "Action": "sns:Subscribe",
                 "Resource": topic}
        admits["Statement"] = [entry for entry in admits["Statement"] if entry["Sid"] != "account"] + [guest]
        sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(admits))
        s3.put_bucket_lifecycle_configuration(Bucket="gas-archive", LifecycleConfiguration={"Rules": [
            {"ID": "others", "Filter": {"Prefix": "logs/<&>"}, "Status": "Enabled", "Expiration": {"Days": 9}},
            {"ID": "unfinished-uploads", "Filter": {"Prefix": ""}, "Status": "Disabled",
             "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 99}}]})
        s3.put_bucket_notification_configuration(Bucket="gas-archive", NotificationConfiguration={"QueueConfigurations": [
            {"Id": "others", "QueueArn": self.arn("sqs", "gas_notify"), "Events": ["s3:ObjectCreated:*"]}]})
        for _ in range(2):
            rig.prepare(tmp_path / "data", settings=moto)
            found = json.loads(sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["Policy"])["Attributes"]["Policy"])
            assert other in found["Statement"] and {entry["Sid"] for entry in found["Statement"]} == {"others", "topics"}
            found = json.loads(sns.get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"])
            assert guest in found["Statement"]
            assert {"guest", "announcements", "account"} <= {entry["Sid"] for entry in found["Statement"]}
            rules = {rule["ID"]: rule for rule in s3.get_bucket_lifecycle_configuration(Bucket="gas-archive")["Rules"]}
            assert set(rules) == {"others", "unfinished-uploads"} and rules["unfinished-uploads"]["Status"] == "Enabled"
            assert rules["others"]["Expiration"]["Days"] == 9 and rules["others"]["Filter"]["Prefix"] == "logs/<&>"
            announced = s3.get_bucket_notification_configuration(Bucket="gas-archive")
            assert [entry["Id"] for entry in announced["QueueConfigurations"]] == ["others"]
            assert [entry["TopicArn"] for entry in announced["TopicConfigurations"]] == [topic]

    def test_what_aws_refuses_is_named_at_the_terminal(self, rig, look, tmp_path):
        keys = rig.add_user("poor", {
            "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"}]})
        rig.authorize()
        try:
            made = rig.gas(tmp_path / "data", "aws", "init", keys=keys)
            assert made.returncode == 1
            for part in ("topic gas_job_requests cannot be made", "CreateTopic", "AccessDenied", "status 403", "Permit it"):
                assert part in made.stderr, made.stderr
            started = rig.gas(tmp_path / "data", "serve", keys={**rig.keys, "AWS_SECRET_ACCESS_KEY": "another"})
        finally:
            rig.trust()
        assert started.returncode == 1, started.stderr
        for part in ("AWS sts GetCallerIdentity", "InvalidClientTokenId", "Look at the credentials"):
            assert part in started.stderr, started.stderr

    def test_a_bucket_of_somebody_elses(self, rig, look, tmp_path):
        # Of moto's accounts, the one of another key.
        other = rig.client("s3", url=rig.moto.url)
        role = rig.client("sts").assume_role(RoleArn="arn:aws:iam::210987654321:role/other", RoleSessionName="other")
        keys = role["Credentials"]
        other = boto3.client("s3", endpoint_url=rig.moto.url, region_name=REGION, aws_access_key_id=keys["AccessKeyId"],
                             aws_secret_access_key=keys["SecretAccessKey"], aws_session_token=keys["SessionToken"])
        other.create_bucket(Bucket="gas-inputs")
        made = rig.gas(tmp_path / "data", "aws", "init", settings={"aws-endpoint-s3": rig.moto.url})
        assert made.returncode == 1 and "belongs to a bucket of somebody else's" in made.stderr, made.stderr
        assert "Take another name" in made.stderr

    def test_another_region(self, rig, look):
        answer = look({"aws-region": "eu-central-1"})
        is_wrong(answer, TABLE, "does not exist in eu-central-1")
        is_wrong(answer, "queue gas_notify", "does not exist in eu-central-1")

    def test_no_credentials_and_wrong_ones(self, rig, look):
        answer = look(keys={"AWS_EC2_METADATA_DISABLED": "true"})
        is_wrong(answer, TABLE, "no AWS credentials", "the environment", "the profile default")
        assert "Put credentials where they are looked for" in answer.stdout
        # What is wrong is not mended by making anything anew.
        assert "Run 'gas aws init'" not in answer.stdout
        is_wrong(look(keys={**rig.keys, "AWS_SECRET_ACCESS_KEY": "another"}), "bucket gas-inputs", "credentials or permissions")

    def test_aws_is_away(self, rig, look):
        nowhere = f"http://127.0.0.1:{free_port()}"
        answer = look({"aws-endpoint": nowhere, "aws-retries": 1})
        assert "Look at the network" in answer.stdout and "Run 'gas aws init'" not in answer.stdout
        is_wrong(answer, TABLE, "cannot be reached")
        is_wrong(answer, "AWS account", "cannot be reached")
        assert "well   the bucket gas-inputs" in answer.stdout, "one thing does not hide another"
        is_wrong(look({"aws-endpoint-s3": nowhere, "aws-retries": 1}), "bucket gas-inputs", "cannot be reached")

    def test_an_address_that_is_none(self, rig, look):
        # A host of a typo's, and encryption where there is none.
        answer = look({"aws-endpoint": "http://sqs.us-esat-1.invalid", "aws-retries": 0})
        is_wrong(answer, TABLE, "cannot be reached", "NoSuchHost")
        assert "Look at aws.region and aws.endpoint" in answer.stdout
        answer = look({"aws-endpoint": rig.moto.url.replace("http:", "https:"), "aws-retries": 0})
        is_wrong(answer, TABLE, "cannot be reached", "NoTLS")
        assert "https where the server speaks http" in answer.stdout

    def test_no_region(self, rig, look):
        answer = look({"aws-region": ""})
        is_wrong(answer, "AWS", "no region is named")
        # What AWS has nothing to do with is well all the same.
        assert "well   the PostgreSQL database" in answer.stdout

    def test_an_archive_at_aws_and_objects_on_this_machine(self, rig, look):
        answer = look({"objects-store": "files", "archive-store": "glacier", "aws-endpoint-s3": rig.moto.url})
        is_wrong(answer, "the bucket gas-archive", "does not exist")
        assert "well   the bucket gas-archive" not in answer.stdout
        assert "well   the bucket gas-inputs" in answer.stdout

    def test_a_bucket_that_keeps_what_was_deleted(self, rig, look):
        rig.client("s3").put_bucket_versioning(Bucket="gas-results", VersioningConfiguration={"Status": "Enabled"})
        try:
            answer = look()
        finally:
            # An emptied bucket with versions cannot be deleted.
            s3 = rig.client("s3")
            s3.put_bucket_versioning(Bucket="gas-results", VersioningConfiguration={"Status": "Suspended"})
            versions = s3.list_object_versions(Bucket="gas-results")
            for entry in versions.get("Versions", []) + versions.get("DeleteMarkers", []):
                s3.delete_object(Bucket="gas-results", Key=entry["Key"], VersionId=entry["VersionId"])
        assert answer.returncode == 0, answer.stdout
        assert "note   the bucket gas-results keeps deleted and replaced objects" in answer.stdout
        assert "note   the bucket gas-inputs" not in answer.stdout

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
