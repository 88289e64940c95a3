"""The service with AWS's services around it, which others' servers take the place of: moto (DynamoDB, SNS, SQS, STS, IAM), Ceph's
gateway (S3) and PostgreSQL.  boto3 looks at all of it from outside."""

import collections
import json
import os
import subprocess

import boto3
import pytest

from conftest import GAS, ROOT, Service
from moto_rig import MotoRig
from postgres_rig import PostgresRig
from radosgw_rig import RadosgwRig
from test_results import FAST

PROFILE = ROOT / "deploy" / "profiles" / "aws.yaml"
REGION = "us-east-1"
ACCOUNT = "123456789012"
TABLE = "gas_annotations"
BUCKETS = ("gas-inputs", "gas-results", "gas-archive")
SEALING_KEY = "sealing-" * 5


class AWSRig:
    """All servers."""

    def __init__(self, folders):
        self.moto = MotoRig(folders.mktemp("moto")).start()
        self.radosgw = None
        self.postgres = None
        self.admin = None
        try:
            self.radosgw = RadosgwRig(folders.mktemp("radosgw")).start()
            self.postgres = PostgresRig(folders.mktemp("postgres"))
        except BaseException:
            self.stop()
            raise

    def stop(self):
        for server in (self.postgres, self.radosgw, self.moto):
            if server:
                server.stop()

    @property
    def keys(self):
        return {"AWS_ACCESS_KEY_ID": self.radosgw.access_key, "AWS_SECRET_ACCESS_KEY": self.radosgw.secret_key}

    @property
    def settings(self):
        """What the profile cannot know: where everything is, and that all is on this machine."""
        return {
            "config": PROFILE, "aws-endpoint": self.moto.url, "aws-endpoint-s3": self.radosgw.url,
            "postgres-url": f"file:{self.postgres.secret}", "sign-in-sealing-key": SEALING_KEY, "web-plain-http": "false",
            "web-trusted-proxies": "", "mail-transport": "outbox",
            # Ceph's gateway has no class for archives, and PostgreSQL's password is in its address.
            "archive-store": "objects", "postgres-password-secret": "", "mail-sender-address": "gas@localhost.localdomain"}

    def empty(self):
        """As at the beginning: nothing made, nothing stored."""
        self.moto.reset()
        self.postgres.query("DROP DATABASE IF EXISTS gas WITH (FORCE)", database="postgres")
        self.postgres.query("CREATE DATABASE gas", database="postgres")
        s3 = self.client("s3")
        for bucket in [entry["Name"] for entry in s3.list_buckets()["Buckets"]]:
            for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
                for entry in page.get("Contents", []):
                    s3.delete_object(Bucket=bucket, Key=entry["Key"])
            s3.delete_bucket(Bucket=bucket)

    def client(self, service, make=boto3.client, url=None):
        """boto3's."""
        url, keys = (url or self.radosgw.url, self.keys) if service == "s3" else (self.moto.url, self.admin or self.keys)
        return make(
            service, endpoint_url=url, region_name=REGION, aws_access_key_id=keys["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=keys["AWS_SECRET_ACCESS_KEY"])

    def add_user(self, name, policy):
        """A user of IAM's, and the keys of theirs, which the S3 server knows, too."""
        iam = self.client("iam")
        iam.create_user(UserName=name)
        iam.put_user_policy(UserName=name, PolicyName=name, PolicyDocument=json.dumps(policy))
        key = iam.create_access_key(UserName=name)["AccessKey"]
        self.radosgw.add_key(key["AccessKeyId"], key["SecretAccessKey"])
        return {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}

    def authorize(self):
        """From now on moto checks signatures and permissions; boto3 here keeps all of them."""
        self.admin = self.add_user("admin", {
            "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
        self.moto.authorize()

    def trust(self):
        """moto checks nothing any more."""
        self.moto.trust()
        self.admin = None

    def gas(self, data, *arguments, settings=None, keys=None):
        """Runs a command of the program."""
        values = {"data-directory": data, "web-host": "127.0.0.1", "web-public-url": "https://localhost:4433",
                  **self.settings, **(settings or {})}
        flags = [part for name, value in values.items() for part in (f"--{name}", str(value))]
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("GAS_", "AWS_"))}
        return subprocess.run(
            [GAS, *arguments, *flags], cwd=ROOT, env=environment | (keys or self.keys), capture_output=True, text=True,
            timeout=120)

    def prepare(self, data, settings=None):
        done = self.gas(data, "aws", "init", settings=settings)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def items(self):
        """Every job as boto3 sees it."""
        table = self.client("dynamodb", boto3.resource).Table(TABLE)
        return [item for item in table.scan(ConsistentRead=True)["Items"] if item["job_id"] != "deployment"]


class AWSService(Service):
    """A `gas` process at AWS."""

    def __init__(self, rig, data, role="serve", settings=None, keys=None, **options):
        super().__init__(data, role, {**rig.settings, **(settings or {})}, **options)
        self.settings["web-public-url"] = self.url
        self.environment = keys or rig.keys
        self.rig = rig

    def count(self, attribute):
        return dict(collections.Counter(item[attribute] for item in self.rig.items()))

    def statuses(self):
        return self.count("job_status")

    def rows(self, statement, *arguments):
        """What the tests of results ask of every service."""
        assert statement == "SELECT result_state, count(*) FROM annotations GROUP BY result_state"
        return self.count("result_state").items()

    def requests(self):
        """How often it asked AWS for what, as its log says."""
        counts = collections.Counter()
        for line in self.log_text().splitlines():
            if '"AWS request"' in line:
                entry = json.loads(line)
                counts[f"{entry['service']} {entry['operation']}"] += 1
        return counts


@pytest.fixture(scope="module")
def rig(tmp_path_factory):
    running = AWSRig(tmp_path_factory)
    yield running
    running.stop()


@pytest.fixture
def make(rig, tmp_path):
    """Starts services on what `gas aws init` has made; all are stopped at the end."""
    rig.empty()
    rig.prepare(tmp_path / "data", settings=FAST)
    started = []

    def start(role="serve", settings=None, data=None, **options):
        service = AWSService(rig, data or tmp_path / "data", role, {**FAST, **(settings or {})}, **options)
        started.append(service)
        return service.start()

    yield start
    rig.trust()
    for service in started:
        if service.process and service.process.poll() is None:
            assert service.stop() == 0, service.log_text()[-3000:]
