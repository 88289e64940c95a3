"""The adapters of AWS against servers that others wrote: the conformance suites of the ports."""

import email
import email.policy
import hashlib
import os
import subprocess

import boto3
import pytest
import requests

from conftest import ROOT
from moto_rig import MotoRig
from radosgw_rig import RadosgwRig


@pytest.fixture(scope="module")
def moto(tmp_path_factory):
    rig = MotoRig(tmp_path_factory.mktemp("moto")).start()
    yield rig
    rig.stop()


@pytest.fixture(scope="module")
def radosgw(tmp_path_factory):
    rig = RadosgwRig(tmp_path_factory.mktemp("radosgw")).start()
    yield rig
    rig.stop()


def run_suite(name, environment, rules):
    """Runs one of the Swift suites; at least so many tests must pass and none may be skipped."""
    result = subprocess.run(
        ["scripts/swift-test", "-c", "release", "--skip-build", "--filter", f"GASAWSTests.{name}"], cwd=ROOT,
        env=os.environ | environment, capture_output=True, text=True, timeout=600)
    assert result.returncode == 0, result.stdout[-8000:]
    assert "skipped" not in result.stdout, result.stdout[-8000:]
    assert result.stdout.count("passed after") >= rules, result.stdout[-8000:]


def test_messaging_on_sns_and_sqs(moto):
    run_suite("MessagingTests", moto.environment, 5)


def test_archives_in_glacier(moto):
    run_suite("MotoArchiveTests", moto.environment, 2)
    # AWS's own library reads what we left there.
    s3, glacier = (boto3.client(service, endpoint_url=moto.url, region_name="us-east-1", aws_access_key_id="a",
                                aws_secret_access_key="b") for service in ("s3", "glacier"))
    buckets = [bucket["Name"] for bucket in s3.list_buckets()["Buckets"] if bucket["Name"].startswith("archive-")]
    read = noted = 0
    for bucket in buckets:
        [announced] = s3.get_bucket_notification_configuration(Bucket=bucket)["TopicConfigurations"]
        assert announced["Events"] == ["s3:ObjectRestore:Completed"]
        for item in s3.list_objects_v2(Bucket=bucket).get("Contents", []):
            assert item["StorageClass"] == "GLACIER"
            head = s3.head_object(Bucket=bucket, Key=item["Key"])
            if "Restore" in head:
                # Of what is not restored moto tells no tags.
                tags = s3.get_object_tagging(Bucket=bucket, Key=item["Key"])["TagSet"]
                noted += {"gas-job", "gas-retrieval"} <= {tag["Key"] for tag in tags}
                body = s3.get_object(Bucket=bucket, Key=item["Key"])["Body"].read()
                damaged = body == b"other bytes"
                assert damaged or hashlib.sha256(body).hexdigest() == head["Metadata"]["gas-sha256"]
                read += not damaged
    assert read >= 8 and noted >= 8
    assert any(vault["VaultName"].startswith("vault-") for vault in glacier.list_vaults()["VaultList"])


def test_mail_through_ses(moto):
    run_suite("SESTests", moto.environment, 3)
    with requests.Session() as session:
        session.trust_env = False
        sent = session.get(moto.url + "/moto-api/data.json", timeout=20).json()["ses"]["RawMessage"]
    assert len(sent) >= 8
    for message in (email.message_from_string(one["raw_data"], policy=email.policy.default) for one in sent):
        assert not message.defects
        assert message["From"].addresses[0].addr_spec == "gas@example.org"
        assert message["From"].addresses[0].display_name == 'GAS "Ü"'
        assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
        assert message.get_body(("plain",)).get_content().strip() == "The text."


def test_secrets_of_secrets_manager(moto):
    run_suite("SecretTests", moto.environment, 7)


def test_jobs_on_dynamodb(moto):
    run_suite("JobTests", moto.environment, 4)


def test_objects_on_a_real_s3_server(radosgw):
    run_suite("ObjectTests", radosgw.environment, 4)
