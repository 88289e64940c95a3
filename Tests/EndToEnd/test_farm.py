"""The farm: real processes behind a real HAProxy, killed, scaled and replaced while people use it."""

import collections
import concurrent.futures
import os
import random
import signal
import subprocess
import time

import pytest

from client import Client
from conftest import GAS, ROOT, sample
from farm_rig import HAPROXY, make_farm
from test_crashes import submit_insistently
from visitors import Visitors

CONTENT = sample("mtdna-small.vcf").read_bytes()
# An annotator that was killed is noticed by its lease; the tests do not wait for the standard one.
LEASES = {
    "annotator-lease-seconds": 3, "annotator-heartbeat-seconds": 1, "queues-visibility-seconds": 3,
    "notifier-lease-seconds": 3, "sweeper-interval-seconds": 2, "sweeper-patience-seconds": 4,
    "annotator-maximum-attempts": 50}

pytestmark = pytest.mark.skipif(not os.path.exists(HAPROXY), reason="needs Debian's package haproxy")


def is_running(process):
    try:
        with open(f"/proc/{process}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_killed_web_server_fails_no_request_and_is_replaced(make_service, tmp_path):
    farm = make_farm(make_service, tmp_path)
    victim = farm.instances("web")[0]
    with Visitors(farm.service, rate=200) as visitors:
        time.sleep(2)
        farm.kill(victim)
        seconds = farm.wait(
            lambda: len(farm.instances("web")) == 2 and victim["name"] not in [i["name"] for i in farm.instances("web")],
            "another web server", 10)
        time.sleep(2)
    print(f"{visitors.answers} requests, {visitors.answers / visitors.seconds:.0f} a second, "
          f"{len(visitors.failures)} failed, replaced after {seconds:.1f} s")
    assert visitors.failures == []
    assert visitors.answers / visitors.seconds > 100


def test_when_all_are_killed_no_job_is_lost(make_service, tmp_path):
    farm = make_farm(make_service, tmp_path, settings=LEASES)
    client = Client(farm.service).sign_up()
    jobs = [client.submit(f"{index}.vcf", CONTENT) for index in range(40)]
    names = {instance["name"] for instance in farm.instances()}
    with Visitors(farm.service, rate=50) as visitors:
        for instance in farm.instances():
            farm.kill(instance)
        seconds = farm.wait(
            lambda: farm.sizes() == {"web": 2, "annotator": 2, "utility": 1}
            and not names & {instance["name"] for instance in farm.instances()}, "a new farm", 20)
        time.sleep(1)
    print(f"all replaced after {seconds:.1f} s, {len(visitors.failures)} of {visitors.answers} requests failed")
    assert seconds < 10
    assert farm.service.wait_for_end(len(jobs), seconds=120) == {"COMPLETED": len(jobs)}
    time.sleep(1)
    assert len(farm.service.mails()) == len(jobs)


def test_an_annotator_that_is_killed_in_the_middle_of_jobs_loses_none(make_service, tmp_path):
    farm = make_farm(make_service, tmp_path, settings=LEASES)
    client = Client(farm.service).sign_up()
    for index in range(60):
        client.submit(f"{index}.vcf", CONTENT)
        if index % 15 == 7:
            farm.kill(farm.instances("annotator")[0])
            farm.wait(lambda: len(farm.instances("annotator")) == 2, "another annotator", 10)
    assert farm.service.wait_for_end(60, seconds=120) == {"COMPLETED": 60}
    assert len(farm.service.mails()) == 60


def test_it_grows_under_load_and_shrinks_after_it(make_service, tmp_path):
    farm = make_farm(
        make_service, tmp_path, web_out=150, web_in=20, annotators_out=4, annotators_in=2, maximum=4, settings=LEASES)
    client = Client(farm.service).sign_up()
    jobs = 0
    with Visitors(farm.service, rate=100) as visitors:
        begin = time.monotonic()
        while farm.sizes() != {"web": 4, "annotator": 4, "utility": 1}:
            assert time.monotonic() - begin < 60, farm.sizes()
            client.submit(f"{jobs}.vcf", CONTENT)
            jobs += 1
            time.sleep(0.2)
        time.sleep(5)
        assert len(farm.instances("web", None)) == 4, "the maximum is kept"
    assert visitors.failures == []
    # While it shrinks, some go on asking, too few to keep it large.
    with Visitors(farm.service, rate=2, threads=2) as visitors:
        farm.wait_until_whole(60)
        time.sleep(3)
        assert farm.sizes() == {"web": 2, "annotator": 2, "utility": 1}, "the minimum is kept"
    assert visitors.failures == []
    assert farm.service.wait_for_end(jobs, seconds=60) == {"COMPLETED": jobs}
    texts = [event["text"] for event in farm.state()["events"]]
    for start in ("2 to 3: web-out", "3 to 4: web-out", "4 to 3: web-in", "3 to 2: annotators-in"):
        assert any(text.startswith(start) for text in texts), start
    status = farm.command("status")
    assert status.returncode == 0 and "web: 2 at work, 2 wanted (2 to 4)" in status.stdout, status.stdout


def test_every_process_is_replaced_while_people_use_it(make_service, tmp_path):
    farm = make_farm(make_service, tmp_path, settings=LEASES)
    client = Client(farm.service).sign_up()
    old = {instance["name"] for instance in farm.instances()}
    with Visitors(farm.service, rate=100) as visitors:
        for index in range(10):
            client.submit(f"{index}.vcf", CONTENT)
        assert farm.command("restart").returncode == 0
        farm.wait(lambda: farm.sizes() == {"web": 2, "annotator": 2, "utility": 1}
                  and not old & {instance["name"] for instance in farm.instances(phase=None)}, "a new farm", 90)
    assert visitors.failures == []
    assert farm.service.wait_for_end(10, seconds=60) == {"COMPLETED": 10}
    assert client.get("/annotations").ok, "the session outlived the servers"


def test_a_large_upload_and_a_live_page_pass_through(make_service, tmp_path):
    farm = make_farm(make_service, tmp_path, settings={**LEASES, "plans-free-upload-limit": 50_000_000})
    client = Client(farm.service).sign_up()
    lines = sample("mtdna-sample.vcf").read_text().splitlines(keepends=True)
    body = [line for line in lines if not line.startswith("#")]
    large = "".join([line for line in lines if line.startswith("#")] + body * (100_000 // len(body))).encode()
    path = client.submit("large.vcf", large)
    with client.get(path + "/events", stream=True) as feed:
        assert feed.ok and next(feed.iter_lines()) is not None
    client.wait(path, seconds=60)
    assert len(client.get(path + "/files/result").content) > len(large)


def test_the_balancer_is_replaced_too_and_a_farm_that_was_killed_leaves_nothing_in_the_way(make_service, tmp_path):
    farm = make_farm(make_service, tmp_path)
    first = farm.state()["balancer"]["id"]
    os.kill(first, signal.SIGKILL)
    farm.wait(lambda: farm.state().get("balancer") and farm.state()["balancer"]["id"] != first, "another balancer", 10)
    farm.service.wait_until_ready()
    assert Client(farm.service).get("/").ok

    second = subprocess.run(
        [GAS, "farm", "--data-directory", str(farm.service.data), "--web-port", "1"], cwd=ROOT, capture_output=True,
        text=True, timeout=60)
    assert second.returncode != 0 and "A farm runs already" in second.stderr, second.stderr

    left = [instance["process"]["id"] for instance in farm.instances(phase=None)] + [farm.state()["balancer"]["id"]]
    farm.service.kill()
    farm.service.start()
    farm.wait_until_whole()
    assert [process for process in left if is_running(process)] == []
    assert farm.service.stop() == 0
    assert farm.instances(phase=None) == []
    assert "not running" in farm.command("status").stdout
    assert farm.command("restart").returncode != 0


def test_stopping_under_load_loses_no_job(make_service, tmp_path):
    farm = make_farm(make_service, tmp_path)
    client = Client(farm.service).sign_up()
    for index in range(30):
        client.submit(f"{index}.vcf", CONTENT)
    assert farm.service.stop() == 0
    assert farm.service.statuses().get("RUNNING", 0) == 0
    farm.service.start()
    assert farm.service.wait_for_end(30, seconds=90) == {"COMPLETED": 30}


def test_a_minute_of_killing_at_random_loses_no_job(make_service, tmp_path):
    """Every second or two some process of the farm is killed, HAProxy too, while people ask and submit."""
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    # A second old is steady here: else the farm would take so many deaths for a fault of the program, and pause.
    farm = make_farm(make_service, tmp_path, settings=LEASES)
    client = Client(farm.service).sign_up()
    kills = collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(2) as pool, Visitors(farm.service, rate=20) as visitors:
        jobs = []
        end = time.monotonic() + 60
        while time.monotonic() < end:
            jobs.append(pool.submit(submit_insistently, client, CONTENT))
            time.sleep(chance.uniform(0.5, 2))
            victim = chance.choice(farm.instances() + [{"role": "balancer", "process": farm.state().get("balancer")}])
            if victim["process"]:
                try:
                    farm.kill(victim)
                    kills[victim["role"]] += 1
                except ProcessLookupError:
                    pass
        for job in jobs:
            job.result(timeout=240)
    farm.wait_until_whole(90)
    print(f"killed {dict(kills)}; {len(visitors.failures)} of {visitors.answers} requests failed; {len(jobs)} jobs")
    assert set(kills) == {"web", "annotator", "utility", "balancer"}
    assert farm.service.wait_for_end(len(jobs), seconds=180) == {"COMPLETED": len(jobs)}
    time.sleep(1)
    mails = [mail.read_text().split("Message-ID: ")[1].split("\n")[0] for mail in farm.service.mails()]
    assert len(mails) == len(set(mails)) == len(jobs)
