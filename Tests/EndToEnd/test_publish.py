"""A release published with the AWS CLI, as the guide says, to moto."""

import hashlib
import io
import os
import shlex
import subprocess
import zipfile

import boto3
import pytest
import yaml

from conftest import ROOT
from deployment import TEMPLATES
from flat_template import Loader
from moto_rig import MotoRig

CLI = ROOT / ".venv" / "aws" / "bin"
REGION = "eu-west-1"

pytestmark = pytest.mark.skipif(not CLI.is_dir(), reason="needs the AWS CLI, which 'make setup-test' installs")


def test_publish(tmp_path):
    dist = tmp_path / "dist"
    dist.mkdir()
    content = b"a release"
    sha256 = hashlib.sha256(content).hexdigest()
    (dist / "gas-9.9.9-x86_64.tar.gz").write_bytes(content)
    (dist / "gas-9.9.9-x86_64.tar.gz.sha256").write_text(f"{sha256}  gas-9.9.9-x86_64.tar.gz\n")
    with zipfile.ZipFile(tmp_path / "lambda.zip", "w") as package:
        package.writestr("bootstrap", "#!/bin/sh")
    authorities = tmp_path / "authorities.pem"
    authorities.write_text("authorities")
    moto = MotoRig(tmp_path).start()
    try:
        environment = {
            "PATH": f"{CLI}:{os.environ['PATH']}", "HOME": str(tmp_path), "AWS_REGION": REGION, "AWS_ENDPOINT_URL": moto.url,
            "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "not-a-secret", "GAS_DIST": str(dist),
            "GAS_LAMBDA": str(tmp_path / "lambda.zip"), "GAS_RDS_AUTHORITIES": authorities.as_uri()}
        # Twice: a new release goes the same way, into the bucket that is there.
        for _ in range(2):
            done = subprocess.run([ROOT / "deploy/aws/publish"], env=environment, capture_output=True, text=True, timeout=300)
            assert done.returncode == 0, done.stderr
        command = shlex.split(done.stdout.replace("\\\n", " "))
        parameters = dict(word.split("=", 1) for word in command[command.index("--parameter-overrides") + 1:])
        bucket = parameters["ReleaseBucket"]
        assert bucket == f"gas-releases-123456789012-{REGION}"
        assert parameters["ReleaseSha256"] == sha256 and parameters["ReleaseKey"] == f"gas-9.9.9-x86_64-{sha256[:12]}.tar.gz"
        assert 2 <= int(parameters["ZoneCount"]) <= 6
        s3 = boto3.client("s3", endpoint_url=moto.url, region_name=REGION, aws_access_key_id="a", aws_secret_access_key="b")

        def stored(key):
            return s3.get_object(Bucket=bucket, Key=key)["Body"].read()

        assert stored(parameters["ReleaseKey"]) == content
        assert stored("rds.pem") == b"authorities"
        with zipfile.ZipFile(io.BytesIO(stored(parameters["NotifierKey"]))) as package:
            assert set(package.namelist()) == {"bootstrap", "rds.pem"} and package.read("rds.pem") == b"authorities"
        assert all(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values())
        # Every nested template lies where the packaged one says.
        left, seen = [(dist / "gas.yaml").read_text()], set()
        while left:
            template = yaml.load(left.pop(), Loader=Loader)
            for resource in template["Resources"].values():
                if resource["Type"] == "AWS::CloudFormation::Stack":
                    address = resource["Properties"]["TemplateURL"]
                    seen.add(address)
                    left.append(stored(address.split(f"/{bucket}/", 1)[1]).decode())
        assert len(seen) == len(list(TEMPLATES.glob("*.yaml"))) - 1
    finally:
        moto.stop()


def test_a_release_that_changed_since_is_not_published(tmp_path):
    (tmp_path / "gas-9.9.9-x86_64.tar.gz").write_bytes(b"another")
    (tmp_path / "gas-9.9.9-x86_64.tar.gz.sha256").write_text(f"{hashlib.sha256(b'one').hexdigest()}  gas-9.9.9-x86_64.tar.gz\n")
    done = subprocess.run(
        [ROOT / "deploy/aws/publish", "bucket"], capture_output=True, text=True,
        env={"PATH": f"{CLI}:{os.environ['PATH']}", "GAS_DIST": str(tmp_path), "AWS_REGION": REGION})
    assert done.returncode != 0 and "FAILED" in done.stderr + done.stdout
