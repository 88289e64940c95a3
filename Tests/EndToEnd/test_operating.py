"""What operators do: numbers for Prometheus, dead letters, announcements, the farm's page."""

import json
import os
import sqlite3
import subprocess
import time

import pytest
import requests

from browser import SCREENSHOTS, chromium, page_of
from client import Client, Forms
from conftest import GAS, ROOT, free_port, sample
from farm_rig import HAPROXY, make_farm
from visitors import Visitors

CONTENT = sample("mtdna-small.vcf").read_bytes()


def admin(service, *words):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GAS_")}
    return subprocess.run(
        [GAS, "admin", *words, "--data-directory", str(service.data)], cwd=ROOT, env=environment, capture_output=True,
        text=True, timeout=60)


def numbers(port):
    """Every number of a process, by its name with its labels; and the whole text."""
    deadline = time.monotonic() + 10
    with requests.Session() as session:
        session.trust_env = False
        while True:
            try:
                answer = session.get(f"http://127.0.0.1:{port}/metrics", timeout=10)
                break
            except requests.ConnectionError:
                assert time.monotonic() < deadline, "nobody listens"
                time.sleep(0.1)
    assert answer.ok and answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = [line.rsplit(" ", 1) for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in lines}, answer.text


def test_numbers_for_prometheus_tell_what_happened(make_service):
    port = free_port()
    service = make_service(settings={"metrics-port": port})
    client = Client(service).sign_up()
    for index in range(3):
        client.wait(client.submit(f"{index}.vcf", CONTENT))
    client.wait(client.submit("bad.vcf", b"this is no VCF\n"))
    service.wait_for_end(4)
    assert client.get("/no-such-page").status_code == 404
    values, text = numbers(port)
    assert values['gas_jobs_ended_total{status="COMPLETED"}'] == 3
    assert values['gas_jobs_ended_total{status="FAILED"}'] == 1
    assert values['gas_jobs{status="COMPLETED"}'] == 3
    assert values['gas_mails_total{outcome="sent"}'] == 4
    assert values["gas_annotated_variants_total"] >= values["gas_annotated_records_total"] > 0
    assert values["gas_annotation_seconds_count"] == 3
    assert values['gas_queue_messages{queue="job-requests",state="ready"}'] == 0
    assert values['gas_dead_letters{queue="job-requests"}'] == 0
    assert values['gas_messages_total{queue="job-requests",outcome="done"}'] == 4
    assert values['gas_http_requests_total{method="GET",route="/annotations/{id}",status="200"}'] >= 4
    assert values['gas_http_requests_total{method="GET",route="NotFound",status="404"}'] == 1
    assert values['gas_http_request_seconds_bucket{route="/annotate",le="+Inf"}'] == \
        values['gas_http_request_seconds_count{route="/annotate"}']
    assert values["process_resident_memory_bytes"] > 10_000_000
    assert client.email not in text
    with requests.Session() as session:
        session.trust_env = False
        session.verify = service.authority
        assert session.get(service.url + "/metrics", timeout=10).status_code == 404, "not on the pages' port"


def test_a_job_that_its_owner_cancels_is_no_lost_lease(make_service):
    port = free_port()
    service = make_service(settings={
        "metrics-port": port, "annotator-engine": "command", "annotator-command-line": "sleep 60",
        "annotator-heartbeat-seconds": 0.2})
    client = Client(service).sign_up()
    job = client.submit("slow.vcf", CONTENT)

    def status():
        return service.rows("SELECT job_status FROM annotations")[0][0]

    def wait_for(condition):
        deadline = time.monotonic() + 20
        while not condition():
            assert time.monotonic() < deadline
            time.sleep(0.1)

    wait_for(lambda: status() == "RUNNING")
    shown = admin(service, "jobs", "--status", "running").stdout
    assert "slow.vcf" in shown and "  with " in shown
    form = Forms(client.get(job).text).find(lambda form: form["action"].endswith("/cancel"))
    assert client.post(form["action"], data=form["fields"]).ok
    wait_for(lambda: status() == "CANCELLED")
    # Its request is done with once the annotator has let go of it.
    wait_for(lambda: numbers(port)[0].get('gas_messages_total{queue="job-requests",outcome="done"}') == 1)
    values, _ = numbers(port)
    assert values['gas_jobs_ended_total{status="CANCELLED"}'] == values['gas_jobs{status="CANCELLED"}'] == 1
    assert values.get("gas_leases_lost_total", 0) == 0


def test_jobs_are_listed_at_the_terminal(make_service):
    service = make_service()
    client = Client(service).sign_up()
    client.wait(client.submit("good.vcf", CONTENT))
    bad = [client.submit(f"bad-{index}.vcf", b"this is no VCF\n") for index in range(2)]
    service.wait_for_end(3)
    lines = admin(service, "jobs").stdout.splitlines()
    assert [line.split("  ")[1] for line in lines] == [path.rsplit("/", 1)[1] for path in reversed(bad)]
    assert all("  ended " in line and "VCF" in line for line in lines)
    assert "good.vcf" in admin(service, "jobs", "--status", "completed", "--limit", "1").stdout
    assert admin(service, "jobs", "--status", "lost").returncode == 64
    noted = subprocess.run(
        [GAS, "audit", "list", "--data-directory", str(service.data)], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert noted.stdout.count("jobs FAILED (at the terminal)") == 1


def test_dead_letters_are_sent_again_from_the_terminal(make_service):
    service = make_service()
    client = Client(service).sign_up()
    client.wait(client.submit("a.vcf", CONTENT))
    service.wait_for_end(1)
    with sqlite3.connect(service.data / "gas.sqlite", timeout=10) as database:
        for index in range(3):
            database.execute(
                "INSERT INTO messages (queue, message_id, body, sent, due, receive_count) VALUES (?, ?, ?, ?, ?, 0)",
                ("job-requests-dead-letters", f"letter-{index}", json.dumps({"job_id": "gone", "user_id": "nobody"}).encode(),
                 1, 1))
    assert "3 dead letters" in admin(service, "status").stdout
    shown = admin(service, "dead-letters", "job-requests").stdout
    assert shown.count('"job_id": "gone"') == 3 and "letter-2" in shown
    time.sleep(2.5)
    assert admin(service, "dead-letters", "job-requests", "--replay").stdout.startswith("3 sent back")
    deadline = time.monotonic() + 20
    while service.rows("SELECT count(*) FROM messages WHERE queue LIKE 'job-requests%'") != [(0,)]:
        assert time.monotonic() < deadline, "a request for a job that is gone is dealt with by dropping it"
        time.sleep(0.1)
    other = admin(service, "dead-letters", "no-such-queue")
    assert other.returncode == 1 and "job-requests" in other.stderr


def test_an_announcement_closes_the_service_and_opens_it_again(make_service):
    service = make_service(settings={"web-announcement-seconds": 0})
    client = Client(service).sign_up()
    form = client.upload_form()
    assert admin(service, "announce", "New disks on <Sunday>.").returncode == 0
    assert "New disks on &lt;Sunday&gt;." in client.get("/annotations").text
    assert admin(service, "announce", "Back at noon.", "--close").returncode == 0
    for path in ("/", "/annotations", "/annotate"):
        answer = client.get(path)
        assert answer.status_code == 503 and "Back at noon." in answer.text and answer.headers["Retry-After"]
    assert client.upload(form, "a.vcf", CONTENT).status_code == 503
    assert client.get("/readyz").ok and Client(service).get("/login").ok
    assert admin(service, "announce", "", "--close").returncode == 1
    assert admin(service, "announce", "").returncode == 0
    assert client.get("/annotations").ok
    client.wait(client.submit("a.vcf", CONTENT))
    verified = subprocess.run(
        [GAS, "audit", "list", "--data-directory", str(service.data)], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert verified.stdout.count("announcement-changed") == 3


@pytest.mark.skipif(not os.path.exists(HAPROXY), reason="needs Debian's package haproxy")
def test_administrators_see_the_farm_in_a_browser(make_service, tmp_path):
    # The account is opened before its address is named.
    service = make_service(data=tmp_path / "data")
    root = Client(service)
    root.email = "root@example.org"
    root.sign_up()
    assert service.stop() == 0
    farm = make_farm(
        make_service, tmp_path, web_out=20, maximum=3,
        settings={"admins": root.email, "metrics-port": free_port()})
    with Visitors(farm.service, rate=20):
        farm.wait(lambda: len(farm.instances("web")) == 3, "a third web server")
    farm.kill(farm.instances("annotator")[0])
    farm.wait(lambda: len(farm.instances("annotator")) == 2, "another annotator", 10)
    for instance in farm.instances():
        values, _ = numbers(instance["metricsPort"])
        assert ("gas_jobs{status=\"PENDING\"}" in values) == (instance["role"] == "utility")
    time.sleep(3)
    with chromium() as browser:
        for name, options in (("farm", {}), ("farm-dark", {"dark": True}), ("farm-telephone", {"width": 375})):
            with page_of(browser, **options) as page:
                page.goto(farm.service.url + "/login")
                page.fill("#email", "root@example.org")
                page.fill("#password", Client.password)
                page.click("main button[type=submit]")
                page.goto(farm.service.url + "/admin/farm")
                page.wait_for_selector("canvas")
                assert page.locator("canvas").count() == 4
                text = page.inner_text("main")
                assert "2 to 3: web-out" in text and "web-1" in text and "it does not run" not in text
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
                assert page.watcher.complaints == []
                if SCREENSHOTS:
                    page.screenshot(path=f"{SCREENSHOTS}/{name}.png", full_page=True)
        with page_of(browser, javascript=False) as page:
            page.goto(farm.service.url + "/login")
            page.fill("#email", "root@example.org")
            page.fill("#password", Client.password)
            page.click("main button[type=submit]")
            page.goto(farm.service.url + "/admin/farm")
            assert page.locator("#farm-history tbody tr").count() > 2
            assert page.locator("#farm-history").is_visible()
