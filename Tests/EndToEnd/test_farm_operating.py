"""What the operator of a farm does and meets: upgrades, certificates, ports that are taken, limits, logs."""

import contextlib
import json
import os
import pathlib
import resource
import shlex
import signal
import ssl
import subprocess
import time

import pytest
import requests

from conftest import GAS, ROOT, free_port
from farm_rig import HAPROXY, make_farm

pytestmark = pytest.mark.skipif(not os.path.exists(HAPROXY), reason="needs Debian's package haproxy")


def begin_farm(data, *flags, port=None, **options):
    """Runs a farm that is to refuse, until it ends."""
    return subprocess.run(
        [GAS, "farm", "--data-directory", str(data), "--web-port", str(port or free_port()), *map(str, flags)], cwd=ROOT,
        capture_output=True, text=True, timeout=60, **options)


def refusal(answer):
    """The one sentence, which stands in the log as everything else does."""
    assert answer.returncode == 1, answer.stderr
    lines = [json.loads(line) for line in answer.stderr.splitlines()]
    assert lines[-1]["level"] == "critical", answer.stderr
    return lines[-1]["message"]


def make_certificate(folder, name):
    key, chain = folder / "key.pem", folder / "chain.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "90", "-subj", f"/CN={name}", "-addext",
         "subjectAltName=DNS:localhost", "-keyout", key, "-out", chain], check=True, capture_output=True)
    return chain, key


def served(farm):
    return ssl.get_server_certificate(("127.0.0.1", farm.service.port))


def is_renewed(farm, names):
    return (farm.sizes() == {"web": 2, "annotator": 2, "utility": 1}
            and not names & {instance["name"] for instance in farm.instances(phase=None)})


def names(farm):
    return {instance["name"] for instance in farm.instances(phase=None)}


def test_what_keeps_a_farm_from_working_is_said_at_once(tmp_path):
    answer = begin_farm(tmp_path / "data", "--farm-haproxy", "/nowhere/haproxy")
    assert "/nowhere/haproxy is not there" in refusal(answer)
    status = pathlib.Path("/proc/self/status").read_text()
    may_raise = int(status.split("CapEff:")[1].split()[0], 16) >> 24 & 1
    if not may_raise:
        answer = begin_farm(
            tmp_path / "data", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096)))
        assert "needs 8100 open files, and the limit here is 4096" in refusal(answer)


def test_a_second_farm_does_not_share_the_port(make_service, tmp_path):
    farm = make_farm(make_service, tmp_path)
    begin = time.monotonic()
    answer = begin_farm(tmp_path / "other", "--web-host", "127.0.0.1", port=farm.service.port)
    assert f"The port {farm.service.port} of 127.0.0.1 is taken" in refusal(answer)
    assert time.monotonic() - begin < 15
    assert "noreuseport" in (farm.service.data / "farm" / "haproxy.cfg").read_text()


def test_a_restart_starts_what_the_path_leads_to_and_takes_the_new_certificate(make_service, tmp_path, monkeypatch):
    old, new, link = tmp_path / "gas-1", tmp_path / "gas-2", tmp_path / "gas"
    note = tmp_path / "started"
    old.mkdir()
    (old / "gas").symlink_to(GAS)
    new.mkdir()
    (new / "gas").write_text(f'#!/bin/sh\necho "$1" >> {shlex.quote(str(note))}\nexec {GAS} "$@"\n')
    (new / "gas").chmod(0o755)
    link.symlink_to(old)
    monkeypatch.setattr("conftest.Service.program", link / "gas")
    chain, key = make_certificate(tmp_path, "first")
    monkeypatch.setattr("conftest.Service.wait_until_ready", lambda self: None)
    farm = make_farm(make_service, tmp_path, settings={"web-certificate": chain, "web-private-key": key})
    first, before = served(farm), names(farm)

    make_certificate(tmp_path, "second")
    (tmp_path / "fresh").symlink_to(new)
    (tmp_path / "fresh").rename(link)
    assert farm.command("restart").returncode == 0
    farm.wait(lambda: is_renewed(farm, before), "a new farm", 90)
    assert sorted(note.read_text().split()) == ["annotator", "annotator", "utility", "web", "web"]
    second = served(farm)
    assert second != first and second.strip() in chain.read_text()

    # A certificate without its key is refused, also by a load balancer that is started anew.
    good = key.read_bytes()
    make_certificate(tmp_path, "third")
    key.write_bytes(good)
    farm.service.process.send_signal(signal.SIGHUP)
    farm.wait(lambda: "The certificate cannot be used" in farm.service.log_text(), "a refusal", 20)
    assert served(farm) == second
    balancer = farm.state()["balancer"]["id"]
    os.kill(balancer, signal.SIGKILL)
    farm.wait(lambda: (farm.state().get("balancer") or {}).get("id") not in (None, balancer), "another balancer", 10)
    farm.wait(lambda: is_served(farm), "TLS", 10)
    assert served(farm) == second
    assert "load balancer: process" in farm.command("status").stdout


def is_served(farm):
    with contextlib.suppress(OSError):
        return bool(served(farm))


def test_a_configuration_that_cannot_start_takes_nobody_away(make_service, tmp_path):
    settings = tmp_path / "gas.yaml"
    settings.write_text("annotator:\n  concurrency: 2\n")
    farm = make_farm(make_service, tmp_path, settings={"config": settings})
    before = names(farm)
    settings.write_text("annotator:\n  concurrency: none\n")
    farm.service.process.send_signal(signal.SIGHUP)
    farm.wait(lambda: sum(event["kind"] == "failed" for event in farm.state()["events"]) >= 6, "failures", 60)
    assert before <= {instance["name"] for instance in farm.instances()}
    lines = [json.loads(line) for line in farm.service.log_text().splitlines() if "annotator.concurrency" in line]
    assert {line["process"].split("-")[0] for line in lines} == {"web", "annotator", "utility"}
    settings.write_text("annotator:\n  concurrency: 1\n")
    farm.wait(lambda: is_renewed(farm, before), "a new farm", 120)


def test_without_a_web_server_the_answer_is_ours(make_service, tmp_path):
    farm = make_farm(make_service, tmp_path)
    with requests.Session() as session:
        session.trust_env = False
        session.verify = farm.service.authority
        expected = session.get(farm.service.url + "/nowhere").headers
        for instance in farm.instances("web"):
            os.kill(instance["process"]["id"], signal.SIGSTOP)
        deadline = time.monotonic() + 40
        while (answer := session.get(farm.service.url + "/healthz")).status_code != 503:
            assert time.monotonic() < deadline
            time.sleep(0.1)
    assert "not there for the moment" in answer.text
    for name in ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy",
                 "Cache-Control", "X-Frame-Options"):
        assert answer.headers[name] == expected[name], name


def test_each_line_of_the_log_says_whose_it_is_and_an_ordinary_stop_warns_of_nothing(make_service, tmp_path):
    farm = make_farm(make_service, tmp_path)
    requests.get(farm.service.url + "/", verify=farm.service.authority, timeout=20)
    running = names(farm)
    assert farm.service.stop() == 0
    lines = [json.loads(line) for line in farm.service.log_text().splitlines() if line.startswith("{")]
    assert {line["process"] for line in lines if "process" in line} == running
    assert [line for line in lines if line["level"] in ("warning", "error", "critical")] == []
