"""The notifier as a function of AWS Lambda, called by a server that plays the Runtime API."""

import json
import os
import pathlib
import subprocess
import time

import pytest

from client import Client
from conftest import GAS, ROOT, free_port, sample
from lambda_rig import RuntimeAPI, batch, failures

CONTENT = sample("mtdna-small.vcf").read_bytes()


@pytest.fixture
def runtime():
    api = RuntimeAPI()
    yield api
    api.stop()


@pytest.fixture
def function(runtime):
    """Starts the function, as AWS does: without arguments of ours, all settings in the environment."""
    started = []

    def start(data, command=(GAS, "lambda", "notifier"), cwd=ROOT, **settings):
        environment = {"PATH": os.environ["PATH"], "AWS_LAMBDA_RUNTIME_API": runtime.address,
                       "GAS_DATA_DIRECTORY": str(data), "_HANDLER": "notifier"}
        environment |= {f"GAS_{name}": str(value) for name, value in settings.items()}
        started.append(subprocess.Popen(command, cwd=cwd, env=environment, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True))
        return started[-1]

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=10)


@pytest.fixture
def site(make_service):
    """A service without a notifier, and somebody who uses it."""
    web = make_service("web")
    make_service("annotator", data=web.data)
    return web, Client(web).sign_up()


def job(client, name):
    path = client.submit(name, CONTENT)
    client.wait(path)
    return path.split("/")[-1]


def message(web, identifier):
    [(owner,)] = web.rows("SELECT user_id FROM annotations WHERE job_id = ?", identifier)
    return json.dumps({"job_id": identifier, "user_id": owner, "job_status": "COMPLETED"})


def test_one_mail_for_each_message_and_once(site, runtime, function):
    web, client = site
    function(web.data)
    messages = [message(web, job(client, f"{number}.vcf")) for number in range(3)]
    assert failures(runtime.call(batch(*messages))) == []
    assert len(web.mails()) == 3
    # The same messages again, twice in one batch.
    assert failures(runtime.call(batch(*messages, *messages))) == []
    assert len(web.mails()) == 3


def test_only_what_failed_comes_back(site, runtime, function):
    """A batch with a message that is dealt with, one that never can be, and one whose job has not ended."""
    web, client = site
    process = function(web.data)
    good = message(web, job(client, "good.vcf"))
    waiting = json.dumps({"job_id": "nobody-knows", "user_id": "nobody", "job_status": "COMPLETED"})
    assert failures(runtime.call(batch(good, "no message at all", waiting))) == []
    assert len(web.mails()) == 1
    assert web.rows("SELECT count(*) FROM messages WHERE queue LIKE '%notify%dead%'") == [(1,)]
    assert process.poll() is None


def test_what_cannot_be_sent_now_comes_back(site, runtime, function):
    web, client = site
    settings = {"MAIL_TRANSPORT": "smtp", "MAIL_SMTP_HOST": "127.0.0.1", "MAIL_SMTP_PORT": free_port(),
                "MAIL_SMTP_SECURITY": "none", "NOTIFIER_LEASE_SECONDS": 1}
    process = function(web.data, **settings)
    identifier = job(client, "a.vcf")
    event = batch(message(web, identifier), "no message at all")
    assert failures(runtime.call(event)) == ["m0"]
    # A later call, when mail works again.
    assert runtime.waiting.wait(10)
    runtime.events.put(None)
    assert process.wait(20) == 1
    function(web.data)
    deadline = time.monotonic() + 20
    while failures(runtime.call(batch(message(web, identifier)))):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert len(web.mails()) == 1


def test_an_event_of_something_else_is_an_error(site, runtime, function):
    web, client = site
    process = function(web.data)
    kind, body = runtime.call({"Records": [{"eventSource": "aws:s3"}]})
    assert kind == "error" and body["errorType"] == "GAS.invalid"
    assert "no batch of messages" in body["errorMessage"]
    # And the function goes on.
    assert failures(runtime.call(batch(message(web, job(client, "a.vcf"))))) == []
    assert process.poll() is None


def test_a_wrong_setting_is_told_at_the_start(runtime, function, tmp_path):
    process = function(tmp_path / "data", MAIL_SENDER_ADDRESS="nobody")
    kind, body = runtime.answers.get(timeout=20)
    assert kind == "init" and "mail.sender-address" in body["errorMessage"]
    assert process.wait(20) == 1


def test_elsewhere_it_says_where_it_belongs():
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    result = subprocess.run([GAS, "lambda", "notifier"], env=environment, capture_output=True, text=True, timeout=20)
    assert result.returncode == 1 and "within AWS Lambda alone" in result.stderr


def test_the_file_for_aws_has_everything(site, runtime, function, tmp_path):
    """The packed program runs by what is in the file alone, down to the C library."""
    packed, folder = tmp_path / "lambda.zip", tmp_path / "task"
    subprocess.run(["scripts/make-lambda", GAS, packed], cwd=ROOT, check=True, capture_output=True, timeout=300)
    subprocess.run(["unzip", "-q", packed, "-d", folder], check=True, timeout=120)
    # What AWS takes: 250 MB unpacked.
    assert sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) < 250_000_000
    web, client = site
    process = function(web.data, command=("./bootstrap",), cwd=folder)
    assert failures(runtime.call(batch(message(web, job(client, "a.vcf"))))) == []
    assert len(web.mails()) == 1
    maps = pathlib.Path(f"/proc/{process.pid}/maps").read_text().splitlines()
    loaded = {line.split(maxsplit=5)[5] for line in maps if ".so" in line}
    assert loaded and all(path.startswith(str(folder)) for path in loaded), loaded
