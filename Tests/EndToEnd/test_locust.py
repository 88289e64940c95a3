"""The load of `deploy/load/locustfile.py`: people of both kinds come through without a failure, and it keeps within its bounds."""

import csv
import subprocess
import sys

import pytest

from conftest import ROOT


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
    # What was uploaded was annotated.
    uploads = int(rows["upload"]["Request Count"]) if "upload" in rows else 0
    assert service.wait_for_end(uploads).get("COMPLETED", 0) == uploads


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
