"""`gas load` against a running service."""

import re
import subprocess

from client import Client
from conftest import GAS, ROOT, sample


def load(service, *arguments):
    return subprocess.run(
        [GAS, "load", *map(str, arguments), "--data-directory", service.data], cwd=ROOT, capture_output=True, text=True,
        timeout=120)


def test_jobs_are_submitted_at_the_rate_and_all_end(service):
    client = Client(service).sign_up()
    answer = load(
        service, sample("mtdna-small.vcf"), "--account", client.email, "--jobs", 12, "--per-minute", 360, "--wait", 60)
    assert answer.returncode == 0, answer.stderr + answer.stdout
    said = re.search(r"12 jobs submitted in ([\d.]+) s: 12 completed, 0 failed, 0 not ended", answer.stdout)
    assert said, answer.stdout
    assert 1.8 <= float(said[1]) < 20
    assert re.search(r"from submission to end: median [\d.]+ s, 95th percentile [\d.]+ s, longest [\d.]+ s", answer.stdout)
    assert service.statuses() == {"COMPLETED": 12}
    service.wait_for_end(12)
    assert len(service.mails()) == 12
    assert "mtdna-small.vcf" in client.get("/annotations").text


def test_what_cannot_be_meant_is_refused(service):
    client = Client(service).sign_up()
    vcf = sample("mtdna-small.vcf")
    for arguments, said in [
        ([vcf, "--account", "nobody@example.org"], "There is no account 'nobody@example.org'"),
        ([vcf, "--account", client.email, "--jobs", 10001], "1 to 10000"),
        ([ROOT / "missing.vcf", "--account", client.email], "There is no file"),
        ([vcf, "--account", client.email, "--web-public-url", "https://gas.example.org"], "give '--anywhere'"),
    ]:
        answer = load(service, *arguments)
        assert answer.returncode != 0 and said in answer.stderr, answer.stderr
    assert service.statuses() == {}
