"""The adapters of AWS against servers that others wrote: the conformance suites of the ports."""

import os
import subprocess

import pytest

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


def test_mail_through_ses(moto):
    run_suite("SESTests", moto.environment, 3)


def test_secrets_of_secrets_manager(moto):
    run_suite("SecretTests", moto.environment, 7)


def test_jobs_on_dynamodb(moto):
    run_suite("JobTests", moto.environment, 4)


def test_objects_on_a_real_s3_server(radosgw):
    run_suite("ObjectTests", radosgw.environment, 4)
