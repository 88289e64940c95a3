"""Instances set up by the templates' own user data, on machines with Debian 12 and nothing else, without a hand."""

import hashlib
import json
import os
import shutil
import subprocess
import time
import urllib.parse

import boto3
import pytest
import requests

from clean_root import make_machine, needs_clean_root  # noqa: F401
from conftest import ROOT, free_port
from deployment import values
from instance_rig import InstanceRig
from moto_rig import MotoRig
from postgres_rig import PostgresRig
from test_release import Machine, pack

pytestmark = [
    needs_clean_root,
    pytest.mark.skipif(not shutil.which("psql"), reason="needs PostgreSQL, which 'make setup-test' installs"),
]
SEALING_KEY = 'a key with "quotes", a $ and a \\ in it, of forty and more characters'


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    return pack(tmp_path_factory.mktemp("release")).read_bytes()


@pytest.fixture
def moto(tmp_path):
    rig = MotoRig(tmp_path).start()
    yield rig
    rig.stop()


@pytest.fixture
def postgres(tmp_path):
    rig = PostgresRig(tmp_path)
    yield rig
    rig.stop()


@pytest.fixture
def around(release, postgres):
    rig = InstanceRig(
        files={"gas-releases/gas.tar.gz": release,
               "gas-releases/rds.pem": (postgres.folder / "certificate.pem").read_bytes()},
        secrets={"<DatabaseSettings>": json.dumps({"GAS_SIGN_IN_SEALING_KEY": SEALING_KEY, "NOT_OURS": "x"})})
    yield rig
    rig.stop()
    assert rig.refused == []


def user_data(group, release, postgres, port=4433, password="arn:aws:secretsmanager:us-east-1:123456789012:secret:rds"):
    """The script as the launch template has it, with this test's port in place of the standard one."""
    database = urllib.parse.urlsplit(postgres.url)
    found = values(ReleaseSha256=hashlib.sha256(release).hexdigest(), known={
        "ObjectsInputs": "gas-inputs", "ObjectsResults": "gas-results", "ObjectsArchive": "gas-archive", "Logs": "/gas/gas",
        "DatabaseDatabase.Endpoint.Address": database.hostname, "DatabaseDatabase.Endpoint.Port": database.port,
        "DatabaseDatabase.MasterUserSecret.SecretArn": password})
    text = found.resources()[f"{group}Template"]["LaunchTemplateData"]["UserData"]
    return text.replace("gas-web@4433", f"gas-web@{port}")


def boot(make_machine, around, moto, script):  # noqa: F811
    """A machine that runs a script when it is told to, as cloud-init does with user data."""
    machine = make_machine(variables={
        "AWS_EC2_METADATA_SERVICE_ENDPOINT": around.url, "AWS_ENDPOINT_URL_S3": around.url, "AWS_ENDPOINT_URL": around.url,
        "GAS_AWS_ENDPOINT": moto.url, "WATCH_SECONDS": "0.5", "LOG_SECONDS": "0.5", "READY_INTERVAL": "1"})
    (machine.root / "root/user-data").write_text(script)
    (machine.root / "root/user-data").chmod(0o700)
    (machine.root / "etc/systemd/system/user-data.service").write_text(
        "[Service]\nType=oneshot\nExecStart=/root/user-data\n")
    machine.run("systemctl daemon-reload")
    return machine


def wait_for(condition, machine, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, machine.journal()
        time.sleep(0.2)


def make_buckets(moto):
    for bucket in ("gas-inputs", "gas-results", "gas-archive"):
        requests.put(f"{moto.url}/{bucket}", timeout=10).raise_for_status()


def make_queues(moto, tmp_path):
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("GAS_", "AWS_"))}
    subprocess.run(
        [ROOT / ".build/release/gas", "aws", "init", "--aws-region", "us-east-1", "--jobs-store", "dynamodb",
         "--queues-transport", "aws", "--data-directory", str(tmp_path / "init")],
        env=environment | moto.environment, check=True, capture_output=True)


def ready(status="SUCCESS"):
    """What CloudFormation is told when an instance works."""
    return {"Version": "2010-05-15", "StackName": "arn:aws:cloudformation:us-east-1:123456789012:stack/gas-Nested-1/2",
            "LogicalResourceId": "Group", "UniqueId": "i-0123456789abcdef0", "Status": status}


def test_a_web_server(make_machine, around, moto, postgres, release, tmp_path):  # noqa: F811
    make_buckets(moto)
    make_queues(moto, tmp_path)
    port = free_port()
    # As RDS keeps it.
    secret = urllib.parse.urlsplit(postgres.url).password
    arn = boto3.client(
        "secretsmanager", endpoint_url=moto.url, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
    ).create_secret(Name="rds!db-1", SecretString=json.dumps({"username": "gas", "password": secret}))["ARN"]
    machine = boot(make_machine, around, moto, user_data("Web", release, postgres, port, arn))
    machine.run("systemctl start user-data || { journalctl --no-pager -u user-data >&2; exit 1; }", seconds=400)
    Machine(machine, port).wait_until_ready()
    assert around.called("cloudformation", "SignalResource") == [ready()]
    # Accounts are in PostgreSQL, whose certificate was verified; secrets are in memory and nowhere else.
    assert postgres.query("SELECT count(*) FROM accounts") == [("0",)]
    assert machine.run("stat -c '%a %U' /run/gas/secrets.env") == "600 root"
    assert machine.run("findmnt -no FSTYPE -T /run/gas") == "tmpfs"
    pid = machine.run(f"systemctl show -P MainPID gas-web@{port}")
    variables = machine.run(f"tr '\\0' '\\n' < /proc/{pid}/environ").splitlines()
    assert f"GAS_SIGN_IN_SEALING_KEY={SEALING_KEY}" in variables
    assert not any(line.startswith("NOT_OURS") for line in variables)
    assert machine.run(f"grep -rlF {secret} /etc /opt /var /home /root || true") == ""
    # What it logs arrives, in order, once.
    def lines():
        return [event for batch in around.called("logs", "PutLogEvents") for event in batch["logEvents"]]

    wait_for(lambda: any(f"gas-web@{port}.service" in event["message"] for event in lines()), machine)
    assert around.called("logs", "CreateLogStream") == [
        {"logGroupName": "/gas/gas", "logStreamName": "i-0123456789abcdef0"}]
    times = [event["timestamp"] for event in lines()]
    assert times == sorted(times)
    messages = [event["message"] for event in lines() if "gas-web@" in event["message"] and "{" in event["message"]]
    assert len(messages) == len(set(messages))
    # Told to go, it ends its work and says so.
    around.lifecycle_state = "Terminated"
    wait_for(lambda: around.called("autoscaling", "CompleteLifecycleAction"), machine)
    assert around.called("autoscaling", "CompleteLifecycleAction")[0] == {
        "Version": "2011-01-01", "AutoScalingGroupName": "gas-gas-web", "LifecycleHookName": "drain",
        "InstanceId": "i-0123456789abcdef0", "LifecycleActionResult": "CONTINUE"}
    assert machine.run(f"systemctl show -P ActiveState -P Result gas-web@{port}").split() == ["success", "inactive"]


def test_an_annotator(make_machine, around, moto, postgres, release, tmp_path):  # noqa: F811
    make_buckets(moto)
    make_queues(moto, tmp_path)
    machine = boot(make_machine, around, moto, user_data("Annotators", release, postgres))
    machine.run("systemctl start user-data || { journalctl --no-pager -u user-data >&2; exit 1; }", seconds=400)
    machine.wait_until("systemctl is-active -q gas-annotator@1")
    assert around.called("cloudformation", "SignalResource") == [ready()]
    # It knows nothing of the database.
    assert machine.run("grep -ic postgres /etc/gas/*.env /run/gas/secrets.env || true").replace(":0", "").split() == [
        "/etc/gas/gas.env", "/etc/gas/instance.env", "/run/gas/secrets.env"]
    assert {parameters["SecretId"] for parameters in around.called("secretsmanager", "GetSecretValue")} == {"<DatabaseSettings>"}
    # While a job is in hand, the group may not choose it; after that it may again.
    def protections():
        return [call["ProtectedFromScaleIn"] for call in around.called("autoscaling", "SetInstanceProtection")]

    assert protections() == []
    machine.run("install -d -o gas /var/lib/gas/work /var/lib/gas/work/some-job-1")
    wait_for(lambda: protections() == ["true"], machine)
    machine.run("rmdir /var/lib/gas/work/some-job-1")
    wait_for(lambda: protections() == ["true", "false"], machine)
    assert around.called("autoscaling", "SetInstanceProtection")[0] == {
        "Version": "2011-01-01", "AutoScalingGroupName": "gas-gas-ann", "InstanceIds.member.1": "i-0123456789abcdef0",
        "ProtectedFromScaleIn": "true"}
    # After it was switched off and on, everything is as before, with secrets fetched anew.
    fetched = len(around.called("secretsmanager", "GetSecretValue"))
    machine.run("systemctl stop 'gas-*' aws-gas-secrets && rm -r /run/gas && systemctl start gas-annotator@1")
    machine.wait_until("systemctl is-active -q gas-annotator@1")
    assert len(around.called("secretsmanager", "GetSecretValue")) == fetched + 1


def test_another_release_than_the_one_named_is_refused(make_machine, around, moto, postgres, release):  # noqa: F811
    script = user_data("Web", release, postgres)
    around.files["gas-releases/gas.tar.gz"] = release[:-1] + bytes([release[-1] ^ 1])
    machine = boot(make_machine, around, moto, script)
    assert machine.run("systemctl start user-data && echo started || true") == ""
    assert "gas.tar.gz: FAILED" in machine.run("journalctl --no-pager -q -u user-data")
    assert machine.run("ls /opt/gas /opt/gas-releases 2>/dev/null | grep -v tar.gz || true") in ("", "/opt/gas-releases:")
