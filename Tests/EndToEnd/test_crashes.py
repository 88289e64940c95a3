"""kill -9 at random moments while jobs are submitted and annotated: none is lost, nobody is told twice."""

import concurrent.futures
import random
import sqlite3
import time

import requests

from client import Client
from conftest import Service, sample

JOBS = 200
KILLS = 20


def insist(action, seconds=120):
    """Repeats what fails only because the service is down at the moment."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            answer = action()
            if answer.status_code < 500:
                return answer
        except requests.RequestException:
            pass
        assert time.monotonic() < deadline, "the service did not come back"
        time.sleep(0.1)


def submit_insistently(client, content):
    """Repeats each step with the same signed form, so that it stays one job."""
    insist(lambda: client.get("/annotate"))
    form = None
    while form is None:
        try:
            form = client.upload_form()
        except (requests.RequestException, StopIteration):
            time.sleep(0.1)
    uploaded = insist(lambda: client.upload(form, "sample.vcf", content))
    assert uploaded.status_code == 303, uploaded.text
    submitted = insist(lambda: client.get(uploaded.headers["Location"], allow_redirects=False))
    assert submitted.status_code == 303, submitted.text


def test_no_job_is_lost_and_nobody_is_told_twice(tmp_path):
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    settings = {
        "annotator-lease-seconds": 2, "annotator-heartbeat-seconds": 0.5, "queues-visibility-seconds": 2, "notifier-lease-seconds": 2,
        "annotator-maximum-attempts": 50,
        "sweeper-interval-seconds": 2, "sweeper-patience-seconds": 4,
    }
    service = Service(tmp_path / "data", settings=settings).start()
    content = sample("mtdna-sample.vcf").read_bytes()
    client = Client(service).sign_up()
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        submissions = [pool.submit(submit_insistently, client, content) for _ in range(JOBS)]
        for _ in range(KILLS):
            time.sleep(chance.uniform(0.1, 1.5))
            service.kill()
            service.start()
        for submission in submissions:
            submission.result(timeout=240)
    statuses = service.wait_for_end(JOBS, seconds=120)
    time.sleep(1)
    mails = service.mails()
    assert service.stop() == 0
    assert statuses == {"COMPLETED": JOBS}
    assert len(mails) == JOBS
    assert len({mail.read_text().split("Message-ID: ")[1].split("\n")[0] for mail in mails}) == JOBS
    with sqlite3.connect(service.data / "gas.sqlite") as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("SELECT count(*) FROM annotations WHERE notify_time IS NULL").fetchone() == (0,)
