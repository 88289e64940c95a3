"""Signing in at a real OpenID provider, glewlwyd, in a real browser."""

import email
import html
import http.server
import json
import re
import ssl
import subprocess
import threading
import urllib.parse

import pytest
import requests

from browser import accessibility_violations, chromium, html_errors, page_of, screenshot
from client import Forms
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

    def start(self, data=None, **settings):
        return self.make_service(data=data, settings={**self.settings, **settings}, port=self.port)


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


class Walker:
    """A browser without a screen and without scripts, whose owner is known to glewlwyd."""

    def __init__(self, campus, name="jane"):
        self.campus = campus
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.verify = campus.service.authority
        answer = self.http.post(
            campus.rig.url + "/api/auth/", json={"username": name, "password": PASSWORD}, timeout=20)
        assert answer.ok, answer.text

    def get(self, url):
        return self.http.get(url, allow_redirects=False, timeout=20)

    def go(self):
        """To the provider.  Returns the address to which that sends the browser back."""
        page = self.get(self.campus.url + "/login").text
        link = re.search(r'href="(/login/campus\?[^"]*)"', page).group(1)
        away = self.get(self.campus.url + html.unescape(link))
        assert away.status_code == 303, away.text
        back = self.get(away.headers["Location"] + "&g_continue")
        assert back.status_code == 302, back.text
        return back.headers["Location"]

    def walk(self):
        return self.get(self.go())


def fill_in(page, name="jane"):
    """Signs in on glewlwyd's own pages."""
    page.wait_for_url("**/login.html**")
    page.locator("#username").fill(name)
    page.locator("#password").fill(PASSWORD)
    page.locator("#loginbut").click()
    go_on(page)


def go_on(page):
    """Says on glewlwyd's page that one wants to go on as who one is."""
    page.get_by_text("Continue", exact=True).click()


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
        assert page.watcher.complaints == []
        sign_in(page, campus)
        # Those of the provider's own pages are not ours.
        page.watcher.complaints.clear()

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

        assert page.watcher.complaints == []

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


def test_a_second_visit_goes_where_it_was_going(campus, browser):
    campus = campus()
    with page_of(browser) as page:
        sign_in(page, campus)
        page.goto(campus.url + "/annotate")
        page.context.clear_cookies(name="__Host-gas")
        page.goto(campus.url + "/annotations?status=failed")
        page.get_by_role("link", name="Sign in with Campus").click()
        # The provider remembers the person, and asks for no password.
        go_on(page)
        page.wait_for_url(campus.url + "/annotations?status=failed")
        assert len(accounts(campus)) == 1


def test_what_a_role_opens(campus, browser):
    """Free, Premium and administrator: what each of them sees, for somebody whom a provider signs in."""
    campus = campus()
    with page_of(browser) as page:
        sign_in(page, campus)
        answer = page.goto(campus.url + "/admin")
        assert answer.status == 403
        assert page.get_by_role("link", name="Administration").count() == 0
        page.goto(campus.url + "/subscribe")
        page.locator("#subscribe").click()
        page.get_by_text("You have the Premium plan now").wait_for()
        page.goto(campus.url + "/profile")
        assert page.locator("#unsubscribe").count() == 1
        assert [row[3] for row in accounts(campus)] == ["premium_user"]

        # Whom a provider signs in is administrator by their identifier, never by an address that they chose.
        for name, status in (("jane@example.org", 403), (campus.rig.subject("jane"), 200)):
            campus.service.stop()
            campus.service = campus.start(data=campus.service.data, admins=name)
            answer = page.goto(campus.url + "/admin")
            assert answer.status == status, name
        page.goto(campus.url + "/profile")
        page.locator("summary").click()
        page.locator("#unsubscribe").click()
        page.get_by_text("You have the Free plan now").wait_for()


def test_keys_that_change_while_people_sign_in(campus, browser):
    campus = campus()
    for _ in range(3):
        with page_of(browser) as page:
            sign_in(page, campus)
        campus.rig.rotate_keys()
    with page_of(browser) as page:
        sign_in(page, campus)
    assert len(accounts(campus)) == 1


@pytest.mark.parametrize("kind, size", [("rsa", "256"), ("rsa-pss", "384"), ("ecdsa", "256")])
def test_other_signatures(campus, browser, kind, size):
    campus = campus(kind=kind, size=size)
    with page_of(browser) as page:
        sign_in(page, campus)
        assert len(accounts(campus)) == 1


def test_without_javascript(campus):
    """Our pages need none: links, forms and redirects are enough."""
    campus = campus()
    person = Walker(campus)
    answer = person.walk()
    assert answer.headers["Location"] == "/profile?welcome=1"
    profile = person.get(campus.url + "/profile")
    form = Forms(profile.text).find(lambda form: form["action"] == "/logout")
    left = person.http.post(campus.url + "/logout", data=form["fields"], headers={"Origin": campus.url}, timeout=20)
    assert left.status_code == 200 and left.url == campus.url + "/logout/campus"
    there = html.unescape(re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', left.text).group(1))
    assert there.startswith(campus.rig.issuer + "/end_session?client_id=gas&post_logout_redirect_uri=")
    assert html.escape(there) in left.text.split("provider-sign-out")[1]
    assert person.get(campus.url + "/profile").headers["Location"].startswith("/login")


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


def test_any_web_server_can_go_on(campus):
    """A sign-in that one server began is finished by another one, and not twice."""
    campus = campus()
    other = campus.make_service("web", data=campus.service.data, settings=campus.settings)
    person = Walker(campus)
    callback = person.go().replace(campus.url, other.url)
    brought = dict(person.http.cookies)
    answer = person.get(callback)
    assert answer.status_code == 303 and answer.headers["Location"] == "/profile?welcome=1"
    # Cookies do not know ports, so that the session is good at both.
    for url in (campus.url, other.url):
        assert "jane@example.org" in person.get(url + "/profile").text
    # The same answer again, with all that the browser had then.
    for url in (callback, callback.replace(other.url, campus.url)):
        with requests.Session() as again:
            again.trust_env, again.verify = False, campus.service.authority
            again.cookies.update(brought)
            repeated = again.get(url, allow_redirects=False, timeout=20)
        assert repeated.status_code == 400 and "This sign-in was used already." in repeated.text


def test_a_stolen_answer_is_worthless(campus):
    """Somebody who got hold of the address to which the provider sends a browser back cannot use it in another one."""
    campus = campus()
    person, thief = Walker(campus), Walker(campus)
    callback = person.go()
    assert "not begun in this browser" in thief.get(callback).text
    # Nor after beginning a sign-in of their own, nor with their own state and the stolen code.
    own = thief.get(thief.get(campus.url + "/login/campus").headers["Location"])
    assert own.status_code == 302
    assert "does not belong to the sign-in that was begun in this browser" in thief.get(callback).text
    own = urllib.parse.parse_qs(urllib.parse.urlsplit(thief.go()).query)
    code = urllib.parse.parse_qs(urllib.parse.urlsplit(callback).query)["code"][0]
    mixed = urllib.parse.urlencode({"code": code, "state": own["state"][0], "iss": campus.rig.issuer})
    # The provider refuses the code, for want of its verifier.
    refused = thief.get(f"{campus.url}/login/campus/callback?{mixed}")
    assert refused.status_code == 400 and "did not accept this sign-in any more" in refused.text
    assert accounts(campus) == []


def test_a_certificate_that_nobody_vouches_for(make_service, tmp_path):
    """A provider whose certificate is its own is not trusted, unless its authority is named."""
    authority, key = tmp_path / "authority.pem", tmp_path / "authority.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", authority, "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"], check=True, capture_output=True)
    asked = []

    class Provider(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            issuer = f"https://localhost:{self.server.server_address[1]}"
            body = json.dumps({"issuer": issuer, "authorization_endpoint": issuer + "/auth", "jwks_uri": issuer + "/jwks",
                               "token_endpoint": issuer + "/token"}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        settings = {"sign-in-providers": "own", "sign-in-provider-own-client-id": "gas",
                    "sign-in-provider-own-client-secret": CLIENT_SECRET,
                    "sign-in-provider-own-issuer": f"https://localhost:{server.server_address[1]}"}
        service = make_service(settings=settings)
        options = {"verify": service.authority, "allow_redirects": False, "timeout": 20}
        with requests.Session() as session:
            session.trust_env = False
            refused = session.get(service.url + "/login/own", **options)
            assert refused.status_code == 503 and "does not answer now" in refused.text and asked == []
            service.stop()
            service = make_service(settings={**settings, "sign-in-provider-authorities": authority})
            sent = session.get(service.url + "/login/own", **{**options, "verify": service.authority})
            assert sent.status_code == 303 and sent.headers["Location"].startswith(settings["sign-in-provider-own-issuer"])
    finally:
        server.shutdown()
        server.server_close()
