"""The whole life of a result, as a person sees it: Free, the end of the window, Premium, back from the archive."""

import concurrent.futures
import email
import email.policy
import gzip
import os
import pathlib
import random
import re
import sqlite3
import subprocess
import time

import pytest

from browser import accessibility_violations, chromium, html_errors, page_of, screenshot
from client import Client, Forms
from conftest import Service, sample
from test_crashes import insist
from test_main_job import SAMPLES, annotate, download, sign_up

WINDOW = 8
FAST = {
    "plans-free-download-window-seconds": WINDOW, "archive-expedited-seconds": 4, "archive-standard-seconds": 6,
    "sweeper-interval-seconds": 1, "sweeper-patience-seconds": 3, "queues-visibility-seconds": 3, "notifier-lease-seconds": 3,
    "queues-backoff-seconds": 0.2,
}


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


def states(service):
    return dict(service.rows("SELECT result_state, count(*) FROM annotations GROUP BY result_state"))


def wait_for_states(service, expected, seconds=60):
    deadline = time.monotonic() + seconds
    while states(service) != expected:
        assert time.monotonic() < deadline, f"{states(service)} instead of {expected}\n{service.log_text()[-3000:]}"
        time.sleep(0.1)


def wait_for_mails(service, count, seconds=20):
    deadline = time.monotonic() + seconds
    while len(service.mails()) < count:
        assert time.monotonic() < deadline, f"{len(service.mails())} mails instead of {count}"
        time.sleep(0.1)
    return [email.message_from_bytes(path.read_bytes(), policy=email.policy.default)["Subject"]
            for path in service.mails()]


def stored_bytes(service):
    """Bytes of results in the result store and in the archive, as files."""
    blobs = {name for (name,) in service.rows(
        "SELECT blob FROM objects WHERE bucket = 'gas-results' AND key LIKE '%.annot.vcf'")}
    store = sum((service.data / "objects" / "blobs" / name).stat().st_size for name in blobs)
    archive = sum(path.stat().st_size for path in (service.data / "archive" / "contents").iterdir())
    return store, archive


def result_bytes(page, tmp_path, name):
    target = tmp_path / name
    download(page, page.locator("#download")).save_as(target)
    return target.read_bytes()


def test_free_then_premium_in_a_browser(make_service, browser, tmp_path):
    service = make_service(settings=FAST)
    with page_of(browser) as page:
        sign_up(page, service.url)
        sources = []

        # Run jobs as Free, and download within the window.
        first = annotate(page, service.url, sample(SAMPLES[0]))
        assert page.locator(".countdown").inner_text() != ""
        assert page.get_by_text("Download ends in").is_visible()
        screenshot(page, "result-free")
        sources.append(page.context.request.get(first).text())
        links = []
        page.on("request", lambda request: links.append(request.url) if "/objects/" in request.url else None)
        first_bytes = result_bytes(page, tmp_path, "first.vcf")
        second = annotate(page, service.url, sample(SAMPLES[1]))
        second_bytes = result_bytes(page, tmp_path, "second.vcf")
        link = links[0]
        assert page.context.request.get(link).status == 200
        before = stored_bytes(service)

        # The window ends: the link turns into the offer by itself, and the log is still there.
        page.locator("#upgrade", has_text="upgrade to Premium for download").wait_for(timeout=30_000)
        assert page.locator("#download").count() == 0
        old = page.context.request.get(link)
        assert old.status in (403, 404), "an old signed link gives nothing"
        wait_for_states(service, {"ARCHIVED": 2})
        page.reload()
        assert accessibility_violations(page) == []
        screenshot(page, "result-archived")
        sources.append(page.context.request.get(second).text())
        page.locator("#log").click()
        page.wait_for_url(re.compile("/log$"))
        assert "rCRS" in page.locator("main").inner_text()
        for address in (first, second):
            refused = page.context.request.get(address + "/files/result")
            assert refused.status == 403 and "Premium brings it back" in refused.text()
        page.goto(service.url + "/annotations")
        assert page.locator("tbody tr", has_text="archived: upgrade to download").count() == 2
        screenshot(page, "annotations-archived")
        subjects = wait_for_mails(service, 4)
        assert sorted(subject for subject in subjects if "archived" in subject) == sorted(
            f"The result of {name} was archived" for name in SAMPLES)
        after = stored_bytes(service)
        assert before[0] == len(first_bytes) + len(second_bytes) and before[1] == 0
        assert after[0] == 0 and 0 < after[1] < before[0] / 3
        print(f"bytes in result store and archive: {before} within the window, {after} after it")

        # One more job, then upgrade from where the page offers it.
        third = annotate(page, service.url, sample(SAMPLES[0]))
        third_bytes = result_bytes(page, tmp_path, "third.vcf")
        page.goto(second)
        page.locator("#upgrade").click()
        page.wait_for_url(re.compile("/subscribe$"))
        assert accessibility_violations(page) == []
        sources.append(page.context.request.get(page.url).text())
        screenshot(page, "subscribe")
        page.locator("#subscribe").click()
        page.wait_for_url(re.compile("/subscribe/done$"))
        assert "You have the Premium plan now" in page.locator("main").inner_text()
        assert accessibility_violations(page) == []
        sources.append(page.context.request.get(page.url).text())
        screenshot(page, "subscribed")

        # The recent result is still there; the archived ones come back, as they were.
        page.goto(second)
        page.get_by_text("being restored, expected by").wait_for()
        screenshot(page, "result-restoring")
        page.goto(third)
        assert result_bytes(page, tmp_path, "third-again.vcf") == third_bytes
        page.goto(second)
        page.locator("#download").wait_for(timeout=30_000)
        assert result_bytes(page, tmp_path, "second-again.vcf") == second_bytes
        page.goto(first)
        page.locator("#download").wait_for(timeout=30_000)
        assert result_bytes(page, tmp_path, "first-again.vcf") == first_bytes
        wait_for_states(service, {"AVAILABLE": 3})
        subjects = wait_for_mails(service, 7)
        assert sorted(subject for subject in subjects if "is back" in subject) == sorted(
            f"The result of {name} is back" for name in SAMPLES)
        time.sleep(WINDOW + 1)
        assert states(service) == {"AVAILABLE": 3}, "Premium's results stay"

        # Cancel: the window counts from now.
        page.goto(service.url + "/profile")
        page.get_by_text("Cancel Premium", exact=True).click()
        assert accessibility_violations(page) == []
        screenshot(page, "profile-premium")
        page.locator("#unsubscribe").click()
        page.wait_for_url(re.compile("cancelled=1"))
        assert "You have the Free plan now." in page.locator("main").inner_text()
        page.goto(first)
        assert page.locator("#download").count() == 1
        wait_for_states(service, {"ARCHIVED": 3})
        complaints = [text for text in page.watcher.complaints if "403" not in text]
        assert complaints == []
    assert html_errors(sources, tmp_path) == 0
    assert "secret" not in service.log_text().lower()


def test_a_free_user_who_chooses_a_large_file_sees_why_and_the_way(service, browser, tmp_path):
    large = tmp_path / "large.vcf"
    large.write_text("##fileformat=VCFv4.2\n" + "#" * 160_000)
    with page_of(browser) as page:
        sign_up(page, service.url)
        page.goto(service.url + "/annotate")
        assert "150 KB" in page.locator("#limit").inner_text()
        posted = []
        page.on("request", lambda request: posted.append(request.url) if request.method == "POST" else None)
        page.get_by_label("Choose a VCF file").set_input_files(large)
        assert "150 KB" in page.locator("#file-message").inner_text()
        page.locator("#upgrade").click()
        page.wait_for_url(re.compile("/subscribe$"))
        assert posted == []
        page.locator("#subscribe").click()
        page.wait_for_url(re.compile("/subscribe/done$"))
        page.goto(service.url + "/annotate")
        page.get_by_label("Choose a VCF file").set_input_files(large)
        assert page.locator("#upgrade").count() == 0


def test_pages_of_results_fit_a_telephone(make_service, browser):
    service = make_service(settings=FAST)
    with page_of(browser, width=375, height=760) as page:
        sign_up(page, service.url)
        job = annotate(page, service.url, sample(SAMPLES[0]))
        for wait in (None, "#upgrade"):
            if wait:
                page.locator(wait).wait_for(timeout=30_000)
            assert page.evaluate("document.documentElement.scrollWidth") <= 375
        for address in ("/subscribe", "/profile", "/annotations"):
            page.goto(service.url + address)
            page.wait_for_timeout(400)
            assert page.evaluate("document.documentElement.scrollWidth") <= 375, address
            assert accessibility_violations(page) == [], address
        page.goto(service.url + "/subscribe")
        screenshot(page, "subscribe-telephone")


def change_plan(client, path):
    """Clicks the button of a page that posts to `path`."""
    page = "/subscribe" if path == "/subscribe" else "/profile"
    form = Forms(client.get(page).text).find(lambda form: form["action"] == path)
    answer = client.post(path, data=form["fields"])
    assert answer.ok, answer.text


def download_all(client, paths):
    return [client.get(path + "/files/result").content for path in paths]


def test_expedited_refused_falls_back_to_standard(make_service):
    service = make_service(settings={**FAST, "archive-expedited-refusal-share": 1, "archive-standard-seconds": 30})
    client = Client(service).sign_up()
    path = client.submit("a.vcf", sample("mtdna-small.vcf").read_bytes())
    wait_for_states(service, {"ARCHIVED": 1})
    change_plan(client, "/subscribe")
    wait_for_states(service, {"RESTORING": 1})
    deadline = time.monotonic() + 10
    while "Standard" not in client.get(path).text:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert service.rows("SELECT retrieval_tier FROM annotations") == [("Standard",)]


def test_roles_of_the_archive_run_one_each(make_service):
    web = make_service("web", settings=FAST)
    roles = ("annotator", "notifier", "archiver", "restorer", "thawer", "sweeper")
    others = [make_service(role, data=web.data, settings=FAST) for role in roles]
    client = Client(web).sign_up()
    paths = [client.submit(f"{index}.vcf", sample("mtdna-small.vcf").read_bytes()) for index in range(5)]
    for path in paths:
        client.wait(path)
    before = download_all(client, paths)
    wait_for_states(web, {"ARCHIVED": 5})
    change_plan(client, "/subscribe")
    wait_for_states(web, {"AVAILABLE": 5})
    assert download_all(client, paths) == before
    for service in [web, *others]:
        assert service.stop() == 0


def test_killed_at_any_moment_no_result_is_lost(tmp_path):
    """kill -9 while results go to the archive and come back."""
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    jobs = 40
    service = Service(tmp_path / "data", settings=FAST).start()
    client = Client(service).sign_up()
    content = sample("mtdna-sample.vcf").read_bytes()
    change_plan(client, "/subscribe")
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        paths = list(pool.map(lambda index: client.submit(f"{index}.vcf", content), range(jobs)))
    service.wait_for_end(jobs)
    before = download_all(client, paths)
    assert all(len(result) > len(content) for result in before)

    def kill(times):
        for _ in range(times):
            time.sleep(chance.uniform(0.05, 0.7))
            service.kill()
            service.start()

    change_plan(client, "/unsubscribe")
    time.sleep(WINDOW - 1)
    kill(8)
    wait_for_states(service, {"ARCHIVED": jobs}, seconds=120)
    insist(lambda: client.get("/subscribe"))
    change_plan(client, "/subscribe")
    kill(8)
    wait_for_states(service, {"AVAILABLE": jobs}, seconds=120)
    assert download_all(client, paths) == before
    assert service.stop() == 0
    with sqlite3.connect(service.data / "gas.sqlite") as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_full_disk_delays_archiving_and_loses_nothing(make_service, tmp_path):
    folder = tmp_path / "archive"
    folder.mkdir()
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(folder)], capture_output=True, text=True)
    if mount.returncode != 0:
        pytest.skip(f"a small disk cannot be mounted here: {mount.stderr.strip()}")
    try:
        service = make_service(settings={**FAST, "archive-directory": folder})
        client = Client(service).sign_up()
        path = client.submit("a.vcf", sample("mtdna-sample.vcf").read_bytes())
        client.wait(path)
        before = client.get(path + "/files/result").content
        wait_for_states(service, {"ARCHIVING": 1})
        deadline = time.monotonic() + 15
        while "The disk is full" not in service.log_text():
            assert time.monotonic() < deadline, service.log_text()[-2000:]
            time.sleep(0.1)
        assert states(service) == {"ARCHIVING": 1}
        subprocess.run(["mount", "-o", "remount,size=16m", str(folder)], check=True)
        wait_for_states(service, {"ARCHIVED": 1}, seconds=90)
        change_plan(client, "/subscribe")
        wait_for_states(service, {"AVAILABLE": 1})
        assert client.get(path + "/files/result").content == before
        assert service.stop() == 0
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_damaged_archive_is_told_and_kept(make_service):
    service = make_service(settings=FAST)
    client = Client(service).sign_up()
    path = client.submit("a.vcf", sample("mtdna-small.vcf").read_bytes())
    wait_for_states(service, {"ARCHIVED": 1})
    archived = next((service.data / "archive" / "contents").iterdir())
    assert gzip.decompress(archived.read_bytes()).startswith(b"##fileformat=VCF")
    damaged = bytearray(archived.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    archived.write_bytes(damaged)
    change_plan(client, "/subscribe")
    deadline = time.monotonic() + 30
    while "could not be restored" not in client.get(path).text:
        assert time.monotonic() < deadline, service.log_text()[-2000:]
        time.sleep(0.2)
    assert states(service) == {"ARCHIVED": 1}
    assert archived.exists()
