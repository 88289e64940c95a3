"""The main job in a real browser: sign up, drop a VCF, watch, see charts, read the log, download, get a mail."""

import email
import email.policy
import re

import pytest

from browser import accessibility_violations, chromium, html_errors, page_of, screenshot
from conftest import OUR_SAMPLES, SHARED, sample

PASSWORD = "correct horse battery staple"
SAMPLES = ["test.vcf", "free_1.vcf"] if SHARED.is_dir() else ["mtdna-small.vcf", "mtdna-sample.vcf"]


def records(text):
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def sign_up(page, url, address="rosalind@example.org"):
    page.goto(url + "/signup")
    page.get_by_label("Name").first.fill("Rosalind Franklin")
    page.get_by_label("E-mail").fill(address)
    page.get_by_label(re.compile("Institution")).fill("King's College London")
    page.get_by_label(re.compile("^Password")).fill(PASSWORD)
    page.locator("form[action='/signup'] button[type=submit]").click()
    page.wait_for_url(lambda address: "/signup" not in address)


def annotate(page, url, path):
    """Uploads a file as a person does.  Returns the address of the job's page."""
    page.goto(url + "/annotate")
    page.get_by_label("Choose a VCF file").set_input_files(path)
    page.get_by_role("button", name="Annotate").click()
    page.wait_for_url(re.compile(r"/annotations/[0-9a-f-]{36}$"))
    page.locator("#live[data-status=COMPLETED]").wait_for()
    return page.url


def download(page, link):
    with page.expect_download() as waiting:
        link.click()
    return waiting.value


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_annotated_end_to_end(service, browser, tmp_path, name):
    source = sample(name)
    with page_of(browser) as page:
        page.goto(service.url)
        screenshot(page, "home")
        sign_up(page, service.url)
        page.goto(service.url + "/annotate")
        screenshot(page, "annotate")
        address = annotate(page, service.url, source)

        page.locator("canvas").first.wait_for()
        page.wait_for_timeout(1200)
        screenshot(page, f"annotation-{source.stem}")
        count = len(records(source.read_text()))
        assert f"{count:,}" in page.locator("#live").inner_text()

        result = download(page, page.get_by_role("link", name=re.compile("Download .*annot")))
        assert result.suggested_filename == f"{source.stem}.annot.vcf"
        result.save_as(tmp_path / "result.vcf")
        out = records((tmp_path / "result.vcf").read_text())
        into = records(source.read_text())
        assert [line.split("\t")[:7] for line in out] == [line.split("\t")[:7] for line in into]
        assert all("CSQ=" in line for line in out if line.split("\t")[4] != ".")

        page.get_by_role("link", name="View log").click()
        page.wait_for_url(re.compile("/log$"))
        assert "rCRS" in page.locator("main").inner_text()
        screenshot(page, "log")

        page.goto(service.url + "/annotations")
        assert page.locator("tbody tr").count() == 1
        assert source.name in page.locator("tbody tr").inner_text()
        assert page.watcher.complaints == []

    service.wait_for_end(1)
    message = email.message_from_bytes(service.mails()[0].read_bytes(), policy=email.policy.default)
    assert message["Subject"] == f"{source.name} is annotated"
    assert message["To"].addresses[0].addr_spec == "rosalind@example.org"
    assert address.split("/annotations/")[1] in message.get_body(("plain",)).get_content()


def test_the_list_lives_and_pages_are_sound(service, browser, tmp_path):
    """Every page: no accessibility violation in light and dark, no complaint in the console, valid HTML."""
    with page_of(browser) as page:
        sign_up(page, service.url)
        job = annotate(page, service.url, sample(SAMPLES[0]))
        broken = tmp_path / "broken.vcf"
        broken.write_text("##fileformat=VCFv4.2\nMT\t73\t.\tA\tG\t.\t.\t.\n")
        page.goto(service.url + "/annotate")
        page.get_by_label("Choose a VCF file").set_input_files(broken)
        page.get_by_role("button", name="Annotate").click()
        page.locator("#live[data-status=FAILED]").wait_for()
        failed = page.url
        screenshot(page, "failed")
        page.get_by_role("link", name="View log").click()
        page.wait_for_url(re.compile("/log$"))
        assert "did not annotate broken.vcf" in page.locator("main").inner_text()
        state = page.context.storage_state()

        # A second tab submits a job; this one shows it without being reloaded.
        page.goto(service.url + "/annotations")
        assert page.locator("tbody tr").count() == 2
        other = page.context.new_page()
        annotate(other, service.url, sample(SAMPLES[1]))
        other.close()
        page.locator("tbody tr:nth-child(3)").wait_for()
        page.locator("tbody tr:has(.status-completed) ~ tr:has(.status-completed)").wait_for()
        screenshot(page, "annotations")

        addresses = ["/annotate", "/annotations", "/annotations?status=FAILED", "/profile", "/nowhere",
                     job.removeprefix(service.url), failed.removeprefix(service.url),
                     job.removeprefix(service.url) + "/log"]
        sources = []
        for address in addresses:
            page.goto(service.url + address)
            page.wait_for_timeout(600)
            assert accessibility_violations(page) == [], address
            sources.append(page.context.request.get(service.url + address).text())
        complaints = [text for text in page.watcher.complaints if "404" not in text]
        assert complaints == []

    for dark in (False, True):
        with page_of(browser, dark=dark) as page:
            for address in ("/", "/login", "/signup"):
                page.goto(service.url + address)
                assert accessibility_violations(page) == [], f"{address} dark={dark}"
                if not dark:
                    sources.append(page.context.request.get(service.url + address).text())
            assert page.watcher.complaints == []
    with page_of(browser, dark=True) as page:
        page.context.add_cookies(state["cookies"])
        for address in addresses:
            page.goto(service.url + address)
            page.wait_for_timeout(600)
            assert accessibility_violations(page) == [], f"{address} dark"
        page.goto(job)
        page.locator("canvas").first.wait_for()
        page.wait_for_timeout(1200)
        screenshot(page, "annotation-dark")
    assert html_errors(sources, tmp_path) == 0


def test_a_telephone_shows_everything_without_scrolling_sideways(service, browser):
    with page_of(browser, width=375, height=760) as page:
        sign_up(page, service.url)
        job = annotate(page, service.url, sample(SAMPLES[0]))
        for address in ("/", "/annotate", "/annotations", "/profile", job.removeprefix(service.url)):
            page.goto(service.url + address)
            page.wait_for_timeout(600)
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= 375, f"{address} is {width} px wide"
            assert accessibility_violations(page) == [], address
        screenshot(page, "annotation-telephone")


def test_it_works_with_the_keyboard_alone(service, browser):
    with page_of(browser) as page:
        # Listening late would race with the key that opens the dialog.
        page.on("filechooser", lambda chooser: chooser.set_files(sample(SAMPLES[0])))
        sign_up(page, service.url)
        page.goto(service.url + "/annotate")
        page.keyboard.press("Tab")
        assert "Skip" in page.evaluate("document.activeElement.textContent")
        for _ in range(30):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.id") == "file":
                break
        assert page.evaluate("document.activeElement.id") == "file"
        page.keyboard.press("Enter")
        page.locator("#file-message", has_text=SAMPLES[0]).wait_for()
        for _ in range(5):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.id") == "upload-button":
                break
        page.keyboard.press("Enter")
        page.locator("#live[data-status=COMPLETED]").wait_for()


def test_it_works_without_javascript(service, browser):
    with page_of(browser, javascript=False) as page:
        sign_up(page, service.url)
        page.goto(service.url + "/annotate")
        page.get_by_label("Choose a VCF file").set_input_files(sample(SAMPLES[0]))
        page.get_by_role("button", name="Annotate").click()
        page.wait_for_url(re.compile(r"/annotations/[0-9a-f-]{36}$"))
        service.wait_for_end(1)
        page.reload()
        assert page.locator("#live[data-status=COMPLETED]").count() == 1
        result = download(page, page.get_by_role("link", name=re.compile("Download .*annot")))
        assert result.suggested_filename.endswith(".annot.vcf")


def test_a_file_over_the_limit_is_not_uploaded(service, browser, tmp_path):
    large = tmp_path / "large.vcf"
    large.write_text("##fileformat=VCFv4.2\n" + "#" * 200_000)
    with page_of(browser) as page:
        sign_up(page, service.url)
        page.goto(service.url + "/annotate")
        posted = []
        page.on("request", lambda request: posted.append(request.url) if request.method == "POST" else None)
        page.get_by_label("Choose a VCF file").set_input_files(large)
        page.locator("#file-message").wait_for()
        assert "Premium" in page.locator("#file-message").inner_text()
        page.get_by_role("button", name="Annotate").click(force=True)
        page.wait_for_timeout(500)
        assert posted == []


def test_a_dropped_file_is_taken(service, browser):
    content = sample(SAMPLES[0]).read_text()
    with page_of(browser) as page:
        sign_up(page, service.url)
        page.goto(service.url + "/annotate")
        transfer = page.evaluate_handle(
            """([name, text]) => { const data = new DataTransfer();
            data.items.add(new File([text], name, {type: 'text/plain'})); return data; }""",
            ["dropped.vcf", content])
        page.dispatch_event("#dropzone", "dragover", {"dataTransfer": transfer})
        page.dispatch_event("#dropzone", "drop", {"dataTransfer": transfer})
        page.get_by_role("button", name="Annotate").click()
        page.locator("#live[data-status=COMPLETED]").wait_for()
        assert "dropped.vcf" in page.locator("h1").inner_text()


def test_progress_is_shown_while_it_runs(make_service, browser, tmp_path):
    lines = sample("mtdna-sample.vcf").read_text().splitlines(keepends=True)
    head = [line for line in lines if line.startswith("#")]
    body = [line for line in lines if not line.startswith("#")]
    large = tmp_path / "large.vcf"
    large.write_text("".join(head + body * 700))
    service = make_service(settings={"plans-free-upload-limit": 100_000_000, "annotator-heartbeat-seconds": 0.2})
    with page_of(browser) as page:
        sign_up(page, service.url)
        page.goto(service.url + "/annotate")
        page.get_by_label("Choose a VCF file").set_input_files(large)
        page.get_by_role("button", name="Annotate").click()
        page.wait_for_url(re.compile(r"/annotations/[0-9a-f-]{36}$"))
        speed = page.locator("[data-field=speed]", has_text="records per second")
        speed.wait_for()
        screenshot(page, "running")
        assert page.locator("progress[data-progress]").count() == 1
        page.locator("#live[data-status=COMPLETED]").wait_for(timeout=60_000)
        assert f"{700 * len(body):,}" in page.locator("#live").inner_text()


def test_plain_http_behind_a_proxy(make_service, browser):
    """Without TLS of its own, as behind a proxy that ends it."""
    service = make_service(settings={"web-plain-http": "true"}, scheme="http")
    with page_of(browser) as page:
        sign_up(page, service.url)
        annotate(page, service.url, sample(SAMPLES[0]))
        assert page.watcher.complaints == []
