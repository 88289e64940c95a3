"""The backup that docs/operations.md tells people to make, made under load and restored elsewhere."""

import os
import re
import shutil
import sqlite3
import subprocess
import threading
import time

from client import Client
from conftest import ROOT, sample
from test_results import FAST, WINDOW, change_plan


def documented_commands():
    """The shell commands of the section about backups."""
    section = (ROOT / "docs" / "operations.md").read_text().split("\n## Backup\n")[1].split("\n## ")[0]
    return re.search(r"```sh\n(.*?)```", section, re.DOTALL).group(1)


def back_up(folder, path=None):
    """Runs the commands as written, in the folder that holds `data`; programs are looked for in `path` first."""
    environment = os.environ | ({"PATH": f"{path}:{os.environ['PATH']}"} if path else {})
    subprocess.run(["bash", "-euc", documented_commands()], cwd=folder, env=environment, check=True, timeout=60)
    return folder / "backup"


def restore(backup, data):
    """Puts the copy into an empty data folder, as the same section says."""
    shutil.copytree(backup, data, symlinks=True)


def test_a_backup_under_load_loses_nothing_that_was_accepted(make_service, tmp_path):
    service = make_service()
    client = Client(service).sign_up()
    content = sample("mtdna-sample.vcf").read_bytes()
    accepted, stop = [], threading.Event()

    def submit():
        while not stop.is_set() and len(accepted) < 60:
            accepted.append((time.monotonic(), client.submit(f"load-{len(accepted)}.vcf", content)))

    loader = threading.Thread(target=submit)
    loader.start()
    while len(accepted) < 5:
        time.sleep(0.02)
    before = len(accepted)
    backup = back_up(tmp_path)
    stop.set()
    loader.join(60)
    assert before >= 5 and len(accepted) > before, "jobs were accepted before and after the backup began"
    service.kill()

    with sqlite3.connect(backup / "gas.sqlite") as copy:
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    restore(backup, tmp_path / "restored")
    again = make_service(data=tmp_path / "restored")
    visitor = Client(again)
    visitor.email = client.email
    visitor.sign_in()
    for _, page in accepted[:before]:
        assert 'data-status="COMPLETED"' in visitor.wait(page, 60)
        result = visitor.get(page + "/files/result")
        assert result.ok and "CSQ=" in result.text
    # Jobs that came between the beginning and the copy of the database are there too; objects of later ones are swept.
    known = again.rows("SELECT job_id FROM annotations")
    assert {page.rsplit("/", 1)[1] for _, page in accepted[:before]} <= {row[0] for row in known}
    deadline = time.monotonic() + 60
    while set(again.statuses()) != {"COMPLETED"} and time.monotonic() < deadline:
        time.sleep(0.1)
    assert again.statuses() == {"COMPLETED": len(known)}


def test_a_backup_while_results_move_to_the_archive_loses_none(make_service, tmp_path):
    """Results are archived after the database was copied, and while the files are."""
    service = make_service(settings=FAST)
    client = Client(service).sign_up()
    content = sample("mtdna-sample.vcf").read_bytes()
    begin = time.monotonic()
    pages = [client.submit(f"early-{index}.vcf", content) for index in range(4)]
    time.sleep(max(0, begin + WINDOW - 4 - time.monotonic()))
    pages += [client.submit(f"late-{index}.vcf", content) for index in range(4)]
    for page in pages:
        client.wait(page)
    # As if the database were large: what is some seconds old at its copy is archived before the files are copied.
    slow = tmp_path / "slow"
    slow.mkdir()
    (slow / "sqlite3").write_text(f'#!/bin/sh\n{shutil.which("sqlite3")} "$@"\nsleep 5\n')
    (slow / "sqlite3").chmod(0o755)
    backup = back_up(tmp_path, slow)
    with sqlite3.connect(backup / "gas.sqlite") as copy:
        copied = dict(copy.execute("SELECT job_id, result_state FROM annotations").fetchall())
    moved = [job for job, state in service.rows("SELECT job_id, result_state FROM annotations")
             if copied[job] == "AVAILABLE" and state == "ARCHIVED"]
    assert len(copied) == len(pages) and len(moved) >= 4, "results were archived after the database was copied"
    service.kill()

    restore(backup, tmp_path / "restored")
    again = make_service(
        data=tmp_path / "restored", settings={**FAST, "plans-free-download-window-seconds": 86_400})
    visitor = Client(again)
    visitor.email = client.email
    visitor.sign_in()
    for job in moved:
        result = visitor.get(f"/annotations/{job}/files/result")
        assert result.ok and "CSQ=" in result.text, result.status_code
    # Those that were archived already come back.
    change_plan(visitor, "/subscribe")
    deadline = time.monotonic() + 60
    while {state for (state,) in again.rows("SELECT result_state FROM annotations")} != {"AVAILABLE"}:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    for page in pages:
        assert "CSQ=" in visitor.get(page + "/files/result").text
