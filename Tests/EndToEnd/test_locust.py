"""The load of `deploy/load/locustfile.py`: people of both kinds come through without a failure, and it keeps within its bounds."""

import csv
import subprocess
import sys
import time

import pytest
import requests

from conftest import ROOT, free_port


def locust(*options, seconds=60):
    return subprocess.run(
        [sys.executable, "-m", "locust", "-f", ROOT / "deploy/load/locustfile.py", "--headless", "--only-summary", *options],
        capture_output=True, text=True, timeout=seconds, stdin=subprocess.DEVNULL)


def test_people_come_through(service, tmp_path):
    done = locust("-u", "8", "-r", "8", "-t", "12s", "--host", service.url, "--csv", str(tmp_path / "load"))
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    with (tmp_path / "load_stats.csv").open() as file:
        rows = {row["Name"]: row for row in csv.DictReader(file)}
    assert {name for name in rows if name != "Aggregated"} >= {"/", "/assets", "/signup (sent)", "/annotations"}
    assert rows["Aggregated"]["Failure Count"] == "0"
    assert int(rows["Aggregated"]["Request Count"]) > 50
    # What was uploaded was annotated. Of each person one more upload may have come in when time was up, which locust does not count.
    uploads = int(rows["upload"]["Request Count"]) if "upload" in rows else 0
    (jobs,) = service.rows("SELECT count(*) FROM annotations")[0]
    assert uploads <= jobs <= uploads + 8
    assert service.wait_for_end(jobs) == ({"COMPLETED": jobs} if jobs else {})


@pytest.mark.parametrize("options, reason", [
    (["--host", "https://gas.example.org"], "is not this machine"),
    (["--host", "https://localhost.example.org"], "is not this machine"),
    (["--host", "https://192.0.2.1:4433", "--allow-host", "192.0.2.2"], "is not this machine"),
    (["-u", "101"], "more than --most-users allows"),
])
def test_bounds(options, reason):
    done = locust("-t", "1s", *options)
    assert done.returncode != 0
    assert reason in done.stdout + done.stderr


@pytest.fixture
def web_page():
    """Locust with its own web page; gives a function that starts a run there, and one that says what it does."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "locust", "-f", ROOT / "deploy/load/locustfile.py", "--web-host", "127.0.0.1", "--web-port",
         str(port), "--most-users", "5"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    session = requests.Session()
    session.trust_env = False
    url = f"http://127.0.0.1:{port}"

    def state():
        return session.get(url + "/stats/requests", timeout=10).json()["state"]

    def swarm(**form):
        return session.post(url + "/swarm", data={"user_count": 1, "spawn_rate": 1} | form, timeout=10).json()

    deadline = time.monotonic() + 30
    while True:
        try:
            state()
            break
        except requests.RequestException:
            assert process.poll() is None and time.monotonic() < deadline, "locust does not serve its page"
            time.sleep(0.2)
    yield swarm, state
    process.terminate()
    process.wait(20)


def test_bounds_hold_on_the_page_of_locust(web_page):
    swarm, state = web_page
    for form, reason in (
            ({"host": "https://gas.example.org", "run_time": "5s"}, "is not this machine"),
            ({"host": "https://localhost:4433@gas.example.org", "run_time": "5s"}, "is not this machine"),
            ({"host": "", "run_time": "5s"}, "No host is not this machine"),
            ({"user_count": 6, "run_time": "5s"}, "more than --most-users allows"),
            ({"most_users": 50, "user_count": 6, "run_time": "5s"}, "more than --most-users allows"),
            ({"allow_host": "gas.example.org", "host": "https://gas.example.org", "run_time": "5s"}, "is not this machine"),
            ({}, "how long")):
        answer = swarm(**form)
        assert answer["success"] is False and reason in answer["message"], form
        assert state() == "ready"
    assert swarm(host="https://127.0.0.1:9", user_count=1, run_time="2s")["success"] is True
    deadline = time.monotonic() + 20
    while state() != "stopped":
        assert time.monotonic() < deadline, "the run does not end"
        time.sleep(0.2)
