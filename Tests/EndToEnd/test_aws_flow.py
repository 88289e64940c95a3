"""The whole service at AWS, in a browser and out of it, on the servers that take AWS's place."""

import concurrent.futures
import random
import re
import statistics
import time

import pytest

from aws_rig import BUCKETS, make, rig  # noqa: F401 (fixtures)
from browser import chromium, page_of, screenshot
from client import Client
from conftest import Service, needs_servers, sample
from test_crashes import insist
from test_main_job import SAMPLES, annotate, download, sign_up
from test_results import WINDOW, change_plan, download_all, states, wait_for_mails, wait_for_states
from test_your_data import delete_account

CONTENT = sample("mtdna-small.vcf").read_bytes()

pytestmark = needs_servers


def test_free_then_premium_in_a_browser(make, rig, tmp_path):
    service = make()
    with chromium() as browser, page_of(browser) as page:
        sign_up(page, service.url)
        page.goto(service.url + "/annotate")
        policy = page.context.request.get(service.url + "/annotate").headers["content-security-policy"]
        assert f"form-action 'self' {rig.radosgw.url};" in policy
        uploads = []
        page.on("request", lambda request: uploads.append(request.url) if request.method == "POST" else None)

        # Names that S3 and its redirects have to carry.
        odd = tmp_path / "Ada + Co 50% ü.vcf"
        odd.write_bytes(sample(SAMPLES[0]).read_bytes())
        first = annotate(page, service.url, odd)
        assert uploads[-1].startswith(rig.radosgw.url), "the browser uploads to S3 by itself"
        assert page.get_by_text("Download ends in").is_visible()
        screenshot(page, "aws-result-free")
        links = []
        page.on("request", lambda request: links.append(request.url) if rig.radosgw.url in request.url else None)
        saved = download(page, page.locator("#download"))
        assert saved.suggested_filename == "Ada + Co 50% ü.annot.vcf"
        saved.save_as(tmp_path / "first.vcf")
        first_bytes = (tmp_path / "first.vcf").read_bytes()
        assert b"CSQ=" in first_bytes
        link = links[-1]
        assert page.context.request.get(link).status == 200

        # The window ends.
        page.locator("#upgrade", has_text="upgrade to Premium for download").wait_for(timeout=60_000)
        assert page.context.request.get(link).status in (403, 404), "an old signed link gives nothing"
        page.locator("#log").click()
        page.wait_for_url(re.compile("/log$"))
        assert "rCRS" in page.locator("main").inner_text()
        wait_for_states(service, {"ARCHIVED": 1}, seconds=60)
        page.goto(service.url + "/annotations")
        assert page.locator("tbody tr", has_text="archived: upgrade to download").count() == 1

        # One more, then Premium: it stays, and the archived one comes back as it was.
        second = annotate(page, service.url, sample(SAMPLES[1]))
        page.goto(service.url + "/subscribe")
        page.locator("#subscribe").click()
        page.wait_for_url(re.compile("/subscribe/done$"))
        page.goto(first)
        page.locator("#download").wait_for(timeout=60_000)
        screenshot(page, "aws-result-restored")
        download(page, page.locator("#download")).save_as(tmp_path / "again.vcf")
        assert (tmp_path / "again.vcf").read_bytes() == first_bytes
        page.goto(second)
        assert page.locator("#download").count() == 1
        wait_for_states(service, {"AVAILABLE": 2})
        subjects = wait_for_mails(service, 4)
        assert len(subjects) == len(set(subjects)) == 4
        time.sleep(WINDOW + 1)
        assert states(service) == {"AVAILABLE": 2}, "Premium's results stay"
        complaints = [text for text in page.watcher.complaints if "403" not in text]
        assert complaints == []
    # Nothing is kept beside AWS.
    assert not (service.data / "gas.sqlite").exists() and not (service.data / "objects").exists()


def test_a_policy_is_held_by_the_store(make, rig):
    service = make()
    client = Client(service).sign_up()
    action, fields = client.upload_form()
    assert action.startswith(rig.radosgw.url)
    for content, change in [(b"x" * 200_000, {}), (CONTENT, {"key": "gas/somebody/else~a.vcf"})]:
        answer = client.upload((action, {**fields, **change}), "a.vcf", content)
        assert 400 <= answer.status_code < 500, answer.text
    # The upload of somebody else is not taken.
    other = Client(service).sign_up()
    taken = other.upload(other.upload_form(), "b.vcf", CONTENT)
    refused = client.get(taken.headers["Location"], allow_redirects=False)
    assert refused.status_code == 403


def test_roles_run_one_each_on_machines_that_share_nothing(make, tmp_path):
    roles = ("annotator", "notifier", "archiver", "restorer", "thawer", "sweeper")
    web = make("web", data=tmp_path / "machine-web")
    others = [make(role, data=tmp_path / f"machine-{role}") for role in roles]
    client = Client(web).sign_up()
    paths = [client.submit(f"{index}.vcf", CONTENT) for index in range(5)]
    for path in paths:
        client.wait(path)
    before = download_all(client, paths)
    assert all(b"CSQ=" in result for result in before)
    wait_for_states(web, {"ARCHIVED": 5})
    change_plan(client, "/subscribe")
    wait_for_states(web, {"AVAILABLE": 5})
    assert download_all(client, paths) == before
    for service in [web, *others]:
        assert service.stop() == 0, service.log_text()[-3000:]


def test_killed_at_any_moment_nothing_is_lost(make, rig, tmp_path):
    """kill -9 while jobs are annotated, while results go to the archive, and while they come back."""
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    jobs = 20
    settings = {"annotator-lease-seconds": 3, "annotator-heartbeat-seconds": 0.5, "annotator-maximum-attempts": 50}
    service = make(settings=settings)
    client = Client(service).sign_up()

    def kill(times):
        for _ in range(times):
            time.sleep(chance.uniform(0.1, 1.2))
            service.kill()
            service.start()

    change_plan(client, "/subscribe")
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        paths = list(pool.map(lambda index: client.submit(f"{index}.vcf", CONTENT), range(jobs)))
    kill(5)
    assert service.wait_for_end(jobs, seconds=120) == {"COMPLETED": jobs}
    before = download_all(client, paths)
    assert all(len(result) > len(CONTENT) for result in before)
    insist(lambda: client.get("/profile"))
    change_plan(client, "/unsubscribe")
    time.sleep(WINDOW - 1)
    kill(6)
    wait_for_states(service, {"ARCHIVED": jobs}, seconds=120)
    insist(lambda: client.get("/subscribe"))
    change_plan(client, "/subscribe")
    kill(6)
    wait_for_states(service, {"AVAILABLE": jobs}, seconds=180)
    assert download_all(client, paths) == before
    told = [mail.read_text().split("Message-ID: ")[1].split("\n")[0] for mail in service.mails()]
    assert len(told) == len(set(told)), "nobody is told twice"


def test_an_account_goes_with_all_that_belongs_to_it(make, rig):
    service = make()
    client = Client(service).sign_up()
    paths = [client.submit(f"{index}.vcf", CONTENT) for index in range(2)]
    for path in paths:
        client.wait(path)
    wait_for_states(service, {"ARCHIVED": 2})
    account = rig.items()[0]["user_id"]
    delete_account(client)
    s3 = rig.client("s3")
    deadline = time.monotonic() + 60
    while True:
        keys = [entry["Key"] for bucket in BUCKETS
                for entry in s3.list_objects_v2(Bucket=bucket).get("Contents", []) if account in entry["Key"]]
        if not keys and not rig.items():
            return
        assert time.monotonic() < deadline, keys
        time.sleep(0.5)


def seconds_to_the_end(client, count):
    times = []
    for index in range(count):
        form = client.upload_form()
        begin = time.monotonic()
        location = client.upload(form, f"{index}.vcf", CONTENT).headers["Location"]
        page = client.get(location)
        path = page.url
        while 'data-status="COMPLETED"' not in page.text:
            page = client.get(path)
            time.sleep(0.01)
        times.append(time.monotonic() - begin)
    return times


def test_what_a_job_asks_of_aws_and_how_long_it_takes(make, rig, tmp_path):
    """Counted for the life of a job, and printed; compared with the same on one machine."""
    service = make(settings={"log-level": "debug", "sweeper-interval-seconds": 3600, "archive-expedited-seconds": 0})
    client = Client(service).sign_up()
    client.wait(client.submit("warm.vcf", CONTENT))
    wait_for_states(service, {"ARCHIVED": 1})
    jobs = 10

    def counted(action):
        before = service.requests()
        action()
        time.sleep(1)
        return service.requests() - before

    idle = counted(lambda: time.sleep(20))
    times = []
    first = counted(lambda: (
        times.extend(seconds_to_the_end(client, jobs)), wait_for_states(service, {"ARCHIVED": jobs + 1})))
    second = counted(lambda: (
        change_plan(client, "/subscribe"), wait_for_states(service, {"AVAILABLE": jobs + 1})))
    for title, counts, share in [("idle, in 20 s", idle, 1), ("until archived, per job", first, jobs),
                                 ("restored, per job", second, jobs + 1)]:
        print(title + ":")
        for name, count in sorted(counts.items()):
            print(f"  {name}: {count / share:.1f}")
    sizes = [sum(len(name) + len(str(value)) for name, value in item.items()) for item in rig.items()]
    print(f"a job has about {statistics.mean(sizes):.0f} bytes in DynamoDB")
    embedded = Service(tmp_path / "embedded").start()
    try:
        other = Client(embedded).sign_up()
        other.wait(other.submit("warm.vcf", CONTENT))
        here = seconds_to_the_end(other, jobs)
    finally:
        embedded.stop()
    print(f"from upload to COMPLETED, median of {jobs}: {statistics.median(times):.3f} s at AWS's stand-ins, "
          f"{statistics.median(here):.3f} s on one machine")
    assert "dynamodb Scan" not in first + second
    assert first["sns Publish"] <= 3 * jobs and first["s3 PutObject"] <= 5 * jobs
