"""Signing in at a real OpenID provider, glewlwyd, in a real browser."""

import email
import re
import time
import urllib.parse

import pytest
import requests

from browser import accessibility_violations, chromium, html_errors, page_of, screenshot
from conftest import free_port
from glewlwyd_rig import CLIENT_SECRET, PASSWORD, GlewlwydRig

BRIEF = {"sign-in-provider-key-pause-seconds": 0}


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


class Campus:
    """The service, with a provider."""

    def __init__(self, make_service, folder, kind="rsa", size="512", email_claim=True, settings=None):
        self.rig = GlewlwydRig(folder, kind, size)
        port = free_port()
        self.url = f"https://localhost:{port}"
        self.rig.set_up(f"{self.url}/login/campus/callback", f"{self.url}/", email_claim)
        self.rig.add_person("jane", "jane@example.org", "Jane Doe")
        self.settings = {**self.rig.settings(), **BRIEF, "web-public-url": self.url, **(settings or {})}
        self.make_service, self.port = make_service, port
        self.service = self.start()

    def start(self, **options):
        return self.make_service(settings=self.settings, port=self.port, **options)


@pytest.fixture
def campus(make_service, tmp_path):
    made = []

    def make(**options):
        made.append(Campus(make_service, tmp_path, **options))
        return made[-1]

    yield make
    for campus in made:
        campus.rig.stop()
        check_secrets(campus)


def check_secrets(campus):
    """No token and no secret is in a log or in any file of the service, whatever a test did.  Glewlwyd's tokens are JWTs."""
    texts = {campus.service.log: campus.service.log.read_bytes()}
    for path in campus.service.data.rglob("*"):
        # Compiled genomes are random enough to hold three letters by chance.
        if path.is_file() and "references" not in path.parts:
            texts[path] = path.read_bytes()
    for path, content in texts.items():
        assert CLIENT_SECRET.encode() not in content, path
        assert not re.search(rb"eyJ[A-Za-z0-9_-]{10,}\.", content), path


def leave(page, campus):
    page.goto(campus.url + "/login")
    page.get_by_role("link", name="Sign in with Campus").click()


def fill_in(page, name="jane"):
    """Signs in on glewlwyd's own pages."""
    page.wait_for_url("**/login.html**")
    page.locator("#username").fill(name)
    page.locator("#password").fill(PASSWORD)
    page.locator("#password").press("Enter")


def sign_in(page, campus, name="jane"):
    leave(page, campus)
    fill_in(page, name)
    page.wait_for_url(re.compile(re.escape(campus.url) + "/(profile|annotations|annotate)"))


def accounts(campus):
    return campus.service.rows("SELECT id, name, email, role, issuer, subject FROM accounts ORDER BY created")


def test_signing_in_and_out(campus, browser, tmp_path):
    campus = campus()
    with page_of(browser) as page:
        page.goto(campus.url + "/profile")
        assert page.url.startswith(campus.url + "/login")
        screenshot(page, "login-providers")
        assert accessibility_violations(page) == []
        assert html_errors([page.content()], tmp_path) == 0
        sign_in(page, campus)

        assert page.url == campus.url + "/profile?welcome=1"
        page.get_by_text("This is what Campus says about you").wait_for()
        screenshot(page, "profile-provider")
        assert accessibility_violations(page) == []
        subject = campus.rig.subject("jane")
        assert accounts(campus) == [
            (subject, "Jane Doe", "jane@example.org", "free_user", campus.rig.issuer, subject)]
        assert page.locator("#name").input_value() == "Jane Doe"
        assert page.get_by_text("(here)").count() == 1
        cookies = {cookie["name"]: cookie for cookie in page.context.cookies(campus.url)}
        session = cookies["__Host-gas"]
        assert session["secure"] and session["httpOnly"] and session["sameSite"] == "Lax"
        assert "__Host-gas-sign-in" not in cookies

        # The old cookie is worthless after signing out, and the provider knows that too.
        page.get_by_role("button", name="Sign out", exact=True).first.click()
        page.wait_for_url(re.compile(re.escape(campus.rig.url) + "|" + re.escape(campus.url) + "/$"))
        screenshot(page, "provider-sign-out")
        with requests.Session() as replay:
            replay.trust_env = False
            answer = replay.get(campus.url + "/profile", cookies={"__Host-gas": session["value"]}, allow_redirects=False,
                                verify=campus.service.authority, timeout=10)
        assert answer.status_code == 303 and answer.headers["Location"].startswith("/login")
        kinds = [kind for (kind,) in campus.service.rows("SELECT kind FROM audit ORDER BY number")]
        assert kinds == ["account-created", "sign-in", "sign-out"]
        assert page.watcher.complaints == [] or all(campus.rig.url in text for text in page.watcher.complaints)


def test_a_second_visit_goes_where_it_was_going(campus, browser):
    campus = campus()
    with page_of(browser) as page:
        sign_in(page, campus)
        page.goto(campus.url + "/annotate")
        page.context.clear_cookies(name="__Host-gas")
        page.goto(campus.url + "/annotations?status=failed")
        page.get_by_role("link", name="Sign in with Campus").click()
        # The provider remembers the person, and asks nothing.
        page.wait_for_url(campus.url + "/annotations?status=failed")
        assert len(accounts(campus)) == 1


def test_keys_that_change_while_people_sign_in(campus, browser):
    campus = campus()
    for _ in range(3):
        with page_of(browser) as page:
            sign_in(page, campus)
        campus.rig.rotate_keys()
    with page_of(browser) as page:
        sign_in(page, campus)
    assert len(accounts(campus)) == 1


@pytest.mark.parametrize("kind, size", [("rsa", "256"), ("rsa-pss", "384"), ("ecdsa", "256"), ("ecdsa", "384")])
def test_other_signatures(campus, browser, kind, size):
    campus = campus(kind=kind, size=size)
    with page_of(browser) as page:
        sign_in(page, campus)
        assert len(accounts(campus)) == 1


def test_without_javascript(campus, browser):
    """Our own pages need none; what the provider does is its own affair, so its cookie is brought along."""
    campus = campus()
    with page_of(browser) as page:
        sign_in(page, campus)
        known = page.context.cookies(campus.rig.url)
    with page_of(browser, javascript=False) as page:
        page.context.add_cookies([cookie for cookie in known if not cookie["name"].startswith("__Host-")])
        leave(page, campus)
        page.wait_for_url(campus.url + "/annotations")
        page.get_by_role("button", name="Sign out", exact=True).click()
        page.wait_for_url(re.compile(re.escape(campus.rig.url)))


def test_an_address_that_the_provider_does_not_tell(campus, browser):
    campus = campus(email_claim=False)
    with page_of(browser) as page:
        sign_in(page, campus)
        page.get_by_text("There is no e-mail address yet").wait_for()
        assert accounts(campus)[0][2] == ""
        page.locator("#email").fill("Jane.Doe@example.org")
        page.get_by_role("button", name="Save").click()
        page.get_by_text("A mail is on its way to the new address").wait_for()
        screenshot(page, "profile-confirming")
        mail = email.message_from_bytes(campus.service.mails()[0].read_bytes())
        assert mail["To"].endswith("<jane.doe@example.org>")
        text = next(part for part in mail.walk() if part.get_content_type() == "text/plain")
        link = re.search(r"https://\S+/profile/confirm\?token=\S+", text.get_payload(decode=True).decode()).group()
        page.goto(link)
        screenshot(page, "confirm")
        assert accessibility_violations(page) == []
        assert accounts(campus)[0][2] == ""
        page.locator("#confirm").click()
        page.get_by_text("Your e-mail address is confirmed.").wait_for()
        assert accounts(campus)[0][2] == "jane.doe@example.org"
        page.goto(link)
        page.get_by_text("This link was used already").wait_for()


def test_sessions_are_listed_and_ended(campus, browser):
    campus = campus()
    with page_of(browser) as here, page_of(browser) as there:
        sign_in(here, campus)
        sign_in(there, campus)
        here.goto(campus.url + "/profile")
        assert here.locator(".session").count() == 2
        screenshot(here, "profile-sessions")
        assert accessibility_violations(here) == []
        here.locator(".session").get_by_role("button").click()
        here.get_by_text("You are signed out there.").wait_for()
        assert here.locator(".session").count() == 1
        there.goto(campus.url + "/profile")
        assert there.url.startswith(campus.url + "/login")


def test_a_provider_that_is_away_is_told_of(campus, browser):
    campus = campus()
    campus.rig.stop()
    with page_of(browser) as page:
        leave(page, campus)
        page.get_by_text("Campus does not answer now. Please try again in a minute.").wait_for()
        screenshot(page, "login-problem")
        assert accessibility_violations(page) == []
    assert campus.service.rows("SELECT kind, detail FROM audit") == [("provider-error", "campus: unreachable")]


def test_local_accounts_can_be_switched_off(campus, browser):
    campus = campus(settings={"sign-in-local-accounts": "false"})
    with page_of(browser) as page:
        page.goto(campus.url)
        assert page.locator("a[href^='/signup']").count() == 0
        page.goto(campus.url + "/login")
        assert page.locator("form").count() == 0
        sign_in(page, campus)


def test_any_web_server_can_go_on(campus, browser):
    """A sign-in that one server began is finished by another one, and again not twice."""
    campus = campus()
    other = campus.make_service("web", data=campus.service.data, settings=campus.settings)
    with page_of(browser) as page:
        callbacks = []

        def divert(route):
            callbacks.append(route.request.url)
            route.fulfill(status=302, headers={"Location": route.request.url.replace(campus.url, other.url)})

        page.route(re.compile(re.escape(campus.url) + "/login/campus/callback"), divert)
        leave(page, campus)
        fill_in(page)
        page.wait_for_url(other.url + "/profile?welcome=1")
        page.goto(campus.url + "/profile")
        assert page.get_by_text("(here)").count() == 1

        # The same answer again, at either server, with whatever the browser still has.
        page.unroute(re.compile(re.escape(campus.url) + "/login/campus/callback"))
        page.context.clear_cookies(name="__Host-gas")
        page.goto(callbacks[0])
        page.get_by_text("This sign-in was not begun in this browser, or is over already.").wait_for()


def test_a_stolen_answer_is_worthless(campus, browser):
    """Somebody who got hold of the address to which the provider sends a browser back cannot use it in another one."""
    campus = campus()
    with page_of(browser) as page, page_of(browser) as thief:
        taken = []
        page.route(re.compile(re.escape(campus.url) + "/login/campus/callback"),
                   lambda route: (taken.append(route.request.url), route.abort()))
        leave(page, campus)
        fill_in(page)
        deadline = time.monotonic() + 20
        while not taken and time.monotonic() < deadline:
            page.wait_for_timeout(100)
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(taken[0]).query)
        assert {"code", "state"} <= set(query)
        thief.goto(taken[0])
        thief.get_by_text("This sign-in was not begun in this browser").wait_for()
        # Nor after beginning a sign-in of their own.
        thief.goto(campus.url + "/login")
        thief.get_by_role("link", name="Sign in with Campus").click()
        thief.wait_for_url("**/login.html**")
        thief.goto(taken[0])
        thief.get_by_text("does not belong to the sign-in that was begun in this browser").wait_for()
        assert accounts(campus) == []
