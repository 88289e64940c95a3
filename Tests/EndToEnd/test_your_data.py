"""People's data is theirs: everything exported, and deleted so that no file remembers it."""

import io
import json
import os
import re
import sqlite3
import subprocess
import threading
import time
import zipfile

import pytest
import requests

from browser import accessibility_violations, chromium, html_errors, page_of, screenshot
from client import Client, Forms
from conftest import GAS, ROOT, sample
from test_main_job import PASSWORD, annotate, sign_up

CANARY = "Zylophonquark"
FAST = {"sweeper-interval-seconds": 1, "sweeper-patience-seconds": 1, "sweeper-housekeeping-seconds": 60,
        "plans-free-download-window-seconds": 2, "web-upload-policy-seconds": 10, "annotator-lease-seconds": 2,
        "annotator-heartbeat-seconds": 0.5, "queues-visibility-seconds": 1}


def gas(service, *arguments, expected=0):
    answer = subprocess.run(
        [GAS, *arguments, "--data-directory", str(service.data)], cwd=ROOT, capture_output=True, text=True, timeout=60,
        env={name: value for name, value in os.environ.items() if not name.startswith("GAS_")})
    assert answer.returncode == expected, answer.stderr
    return answer.stdout if expected == 0 else answer.stderr


def canary_file():
    """A small VCF with the canary in its header, its ids and its samples."""
    lines = sample("mtdna-small.vcf").read_text().splitlines()
    lines.insert(1, f"##source={CANARY}")
    return ("\n".join(lines) + "\n").encode()


def found(service, text):
    """Every file of the data folder, free pages and logs of the database included, that holds the text."""
    needles = [text.encode(), text.lower().encode(), text.upper().encode(), text.encode("utf-16-le")]
    return [str(path) for path in service.data.rglob("*") if path.is_file()
            and any(needle in path.read_bytes() for needle in needles)]


def delete_account(client):
    form = Forms(client.get("/profile/delete").text).find(lambda form: form["action"] == "/profile/delete")
    answer = client.post("/profile/delete", data={**form["fields"], "password": client.password})
    assert answer.ok and "Your account is deleted" in answer.text, answer.text
    return answer


def named_client(service):
    client = Client(service)
    client.email = f"{CANARY.lower()}@example.org"
    return client.sign_up(name=f"{CANARY} Smith")


def answer_readme(answer):
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return archive.read("README.txt").decode()


def test_everything_is_exported(service):
    client = named_client(service)
    paths = [client.submit(f"{CANARY} {number} äöü.vcf", canary_file()) for number in range(2)]
    for path in paths:
        client.wait(path)
    result = client.get(paths[0] + "/files/result").content
    form = Forms(client.get("/profile").text).find(lambda form: form["action"] == "/profile/export")
    answer = client.post("/profile/export", data=form["fields"])
    assert answer.headers["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        profile = json.loads(archive.read("profile.json"))
        assert profile["name"] == f"{CANARY} Smith" and profile["email"] == client.email
        jobs = json.loads(archive.read("jobs.json"))
        assert len(jobs) == 2 and {job["job_status"] for job in jobs} == {"COMPLETED"}
        activity = json.loads(archive.read("activity.json"))
        assert {"account-created", "download", "export"} <= {entry["kind"] for entry in activity}
        assert len(json.loads(archive.read("sessions.json"))) == 1
        for path in paths:
            folder = "jobs/" + path.split("/")[-1]
            files = {name.split("/")[2]: name for name in names if name.startswith(folder)}
            assert set(files) == {"input", "result", "log", "summary"}
            assert archive.read(files["input"]) == canary_file()
        first = next(name for name in names if name.startswith(f"jobs/{paths[0].split('/')[-1]}/result/"))
        assert archive.read(first) == result
        assert "missing.txt" not in names
    assert "missing.txt  " in answer_readme(answer)
    # Somebody else's click does nothing.
    assert client.post("/profile/export", data={"csrf": "guessed"}).status_code == 403
    assert client.get("/profile/export").status_code == 405


def test_a_deleted_account_leaves_no_trace_on_the_disk(make_service):
    """Jobs in every state: completed, archived, failed, running; sessions, mails, an upload that nobody submitted."""
    service = make_service(settings=FAST)
    other = Client(service).sign_up("Somebody Else")
    kept = other.submit("kept.vcf", sample("mtdna-small.vcf").read_bytes())
    other.wait(kept)
    client = named_client(service)
    client.submit(f"{CANARY}.vcf", canary_file())
    client.submit(f"{CANARY}-broken.vcf", f"##fileformat=VCFv4.2\n{CANARY}\n".encode())
    service.wait_for_end(3)
    deadline = time.monotonic() + 30
    while ("ARCHIVED",) not in service.rows(
            "SELECT result_state FROM annotations WHERE input_file_name LIKE ?", f"{CANARY}%"):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    late_form = client.upload_form()
    assert client.upload(client.upload_form(), f"{CANARY}-unsubmitted.vcf", canary_file()).status_code == 303
    client.submit(f"{CANARY}-last.vcf", canary_file())
    assert len(found(service, CANARY)) >= 3, "the search finds what is there"
    account = service.rows("SELECT id FROM accounts WHERE email = ?", client.email)[0][0]

    delete_account(client)
    assert client.get("/annotations", allow_redirects=False).status_code == 303
    assert client.upload(late_form, f"{CANARY}-late.vcf", canary_file()).status_code == 403
    # What a worker had in hand in that moment it drops when it notices.
    deadline = time.monotonic() + 20
    while (left := found(service, CANARY)) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert left == []

    # Later nothing has come back, and the id is forgotten.
    deadline = time.monotonic() + 40
    while service.rows("SELECT count(*) FROM deletions") != [(0,)]:
        assert time.monotonic() < deadline, service.log_text()[-2000:]
        time.sleep(0.5)
    assert found(service, CANARY) == []
    for table, column in (("accounts", "id"), ("annotations", "user_id"), ("sessions", "account_id")):
        assert service.rows(f"SELECT count(*) FROM {table} WHERE {column} = ?", account) == [(0,)], table
    kinds = [kind for (kind,) in service.rows("SELECT kind FROM audit WHERE account_id = ? OR about_id = ?", account, account)]
    assert kinds[-2:] == ["deletion-begun", "account-deleted"]
    # Somebody else has lost nothing.
    assert other.get(kept + "/log").ok
    assert service.stop() == 0
    assert found(service, CANARY) == []
    assert CANARY.lower() not in service.log_text().lower(), "logs name nobody and no file"


def test_killed_in_the_middle_a_deletion_is_completed(make_service):
    service = make_service(settings=FAST)
    client = named_client(service)
    for number in range(8):
        client.submit(f"{CANARY}-{number}.vcf", canary_file())
    service.wait_for_end(8)
    form = Forms(client.get("/profile/delete").text).find(lambda form: form["action"] == "/profile/delete")
    asker = threading.Thread(target=lambda: try_post(client, form))
    asker.start()
    deadline = time.monotonic() + 10
    while service.rows("SELECT count(*) FROM deletions") == [(0,)]:
        assert time.monotonic() < deadline
        time.sleep(0.002)
    service.kill()
    asker.join(10)
    service.start()
    deadline = time.monotonic() + 30
    while (left := found(service, CANARY)):
        assert time.monotonic() < deadline, left
        time.sleep(0.2)
    assert service.rows("SELECT count(*) FROM annotations") == [(0,)]


def try_post(client, form):
    try:
        client.post("/profile/delete", data={**form["fields"], "password": client.password})
    except requests.RequestException:
        pass


def test_what_is_not_in_an_export_is_said(make_service):
    """Results that are in the archive are named, with what to do; their logs are there."""
    service = make_service(settings=FAST)
    client = Client(service).sign_up()
    path = client.submit("a.vcf", sample("mtdna-small.vcf").read_bytes())
    client.wait(path)
    deadline = time.monotonic() + 30
    while service.rows("SELECT result_state FROM annotations") != [("ARCHIVED",)]:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    form = Forms(client.get("/profile").text).find(lambda form: form["action"] == "/profile/export")
    answer = client.post("/profile/export", data=form["fields"])
    job = path.split("/")[-1]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert {name.split("/")[2] for name in archive.namelist() if name.startswith("jobs/")} == {"input", "log", "summary"}
        missing = archive.read("missing.txt").decode()
    assert missing.startswith(f"jobs/{job}/result/: is in the archive") and "Premium brings it back" in missing


def test_the_audit_log_is_proven_whole_or_not(service):
    client = named_client(service)
    client.submit("a.vcf", canary_file())
    whole = gas(service, "audit", "verify")
    number, seal = re.search(r"the last is (\d+):([0-9a-f]{64})", whole).groups()
    assert int(number) >= 1
    client.get("/profile/activity")
    path = client.submit("b.vcf", canary_file())
    client.wait(path)
    client.get(path + "/files/log")
    assert "is whole" in gas(service, "audit", "verify", "--noted", f"{number}:{seal}")
    listed = gas(service, "audit", "list", "--kind", "download", "--json")
    assert [json.loads(line)["kind"] for line in listed.splitlines()] == ["download"]
    odd = gas(service, "audit", "list", "--kind", "odd", expected=1)
    assert odd.startswith("gas: There is no kind 'odd'. Kinds are: account-created") and "invalid" not in odd
    assert f"Entry {number} is as it was noted." in gas(service, "audit", "verify", "--noted", f"{number}:{seal}")
    assert "'17' is not what 'gas audit verify' prints" in gas(service, "audit", "verify", "--noted", "17", expected=1)
    assert service.stop() == 0

    def change(*statements):
        with sqlite3.connect(service.data / "gas.sqlite") as database:
            for statement in statements:
                database.execute(statement)

    for statement in ("UPDATE audit SET address = '1.2.3.4'", "DELETE FROM audit WHERE number > 1"):
        try:
            change(statement)
            raise AssertionError("the table let itself be changed")
        except sqlite3.IntegrityError as error:
            assert "audit log" in str(error)
    assert gas(service, "audit", "protect") == "Nothing is missing.\n"
    change("DROP TRIGGER audit_is_never_shortened", "DELETE FROM audit WHERE number = (SELECT max(number) FROM audit)")
    gone = service.run("audit", "verify")
    assert gone.returncode == 1 and "was removed: audit_is_never_shortened. Find out by whom" in gone.stderr
    last = gone.stdout
    doctor = service.run("doctor").stdout
    assert "wrong  the audit log lacks its guard audit_is_never_shortened" in doctor
    assert "is whole" in last, "a chain without its end is a chain"
    cut = int(re.search(r"(\d+) entries", last).group(1)) + 1
    assert f"was cut off: it ends with entry {cut - 1}, and entry {cut} was noted before." in gas(
        service, "audit", "verify", "--noted", f"{cut}:{'0' * 64}", expected=1)
    assert f"broken at entry {cut - 1}: its seal is not the one that was noted" in gas(
        service, "audit", "verify", "--noted", f"{cut - 1}:{'0' * 64}", expected=1)
    assert gas(service, "audit", "protect") == "Put back: audit_is_never_shortened.\n"
    assert f"{cut} entries" in gas(service, "audit", "verify"), "that it was put back is noted"
    assert "guards-restored" in gas(service, "audit", "list", "--limit", "1")
    with pytest.raises(sqlite3.IntegrityError):
        change("DELETE FROM audit")
    change("DROP TRIGGER audit_is_never_changed", "UPDATE audit SET address = '1.2.3.4' WHERE number = 1")
    assert "broken at entry 1: it does not say" in gas(service, "audit", "verify", expected=1)


def test_uploads_go_when_their_time_is_over(make_service):
    """The day itself is tried with a clock that is moved; here the setting is wired, and said on the page."""
    service = make_service(settings={"retention-input-days": 30})
    client = Client(service).sign_up()
    assert "30 days after their annotation has ended" in client.get("/privacy").text


def test_pages_about_your_data_and_of_administrators(make_service, tmp_path):
    settings = {"admins": "grace@example.org"}
    service = make_service()
    with chromium() as browser, page_of(browser) as page:
        sign_up(page, service.url, "grace@example.org")
        annotate(page, service.url, sample("mtdna-small.vcf"))
        # The address is named once the account is there. No page is open while the service is away.
        page.goto("about:blank")
        service.stop()
        service.settings = settings
        service.start()
        sources = []
        for name, address in (("profile", "/profile"), ("activity", "/profile/activity"), ("delete", "/profile/delete"),
                              ("privacy", "/privacy"), ("admin", "/admin"), ("accounts", "/admin/accounts"),
                              ("audit", "/admin/audit")):
            page.goto(service.url + address)
            assert page.locator("h1").count() == 1
            assert accessibility_violations(page) == [], address
            screenshot(page, f"data-{name}")
            sources.append(page.context.request.get(service.url + address).text())
        page.goto(service.url + "/admin/accounts")
        page.locator("tbody a").first.click()
        page.locator("h2", has_text="1 annotation").wait_for()
        assert accessibility_violations(page) == []
        screenshot(page, "data-account")
        sources.append(page.content())
        page.goto(service.url + "/profile")
        with page.expect_download() as waiting:
            page.locator("#export").click()
        waiting.value.save_as(tmp_path / "all.zip")
        assert zipfile.ZipFile(tmp_path / "all.zip").testzip() is None
        page.set_viewport_size({"width": 375, "height": 760})
        for address in ("/profile/activity", "/admin", "/admin/accounts", "/admin/audit", "/privacy", "/profile/delete"):
            page.goto(service.url + address)
            assert page.evaluate("document.documentElement.scrollWidth") <= 375, address
            assert accessibility_violations(page) == [], address
            screenshot(page, f"data-telephone-{address.strip('/').replace('/', '-')}")
        page.goto(service.url + "/profile/delete")
        page.get_by_label("Current password").fill(PASSWORD)
        page.locator("#delete").click()
        page.get_by_role("heading", name="Your account is deleted").wait_for()
        assert accessibility_violations(page) == []
        screenshot(page, "data-deleted")
        assert page.watcher.complaints == []
    assert html_errors(sources, tmp_path) == 0
