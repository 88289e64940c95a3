"""Load as people make it: visitors who look at the pages, and people with accounts who annotate.

    .venv/bin/locust -f deploy/load/locustfile.py --headless -u 20 -r 5 -t 60s --host https://localhost:4433

Every one of the second kind opens an account, on the service that is tested. Only this machine is tested, unless `--allow-host`
names another: try no service that is not yours. A run ends after `--run-time`, a minute without it, and has at most
`--most-users` people. Locust's own web page (without `--headless`) keeps within the same bounds.
"""

import html.parser
import ipaddress
import pathlib
import random
import re
import secrets
import urllib.parse

import flask
import urllib3
from locust import HttpUser, between, events, task

SAMPLE = pathlib.Path(__file__).resolve().parents[2] / "Reference" / "samples" / "mtdna-small.vcf"
ENDED = re.compile(r'data-status="(COMPLETED|FAILED|CANCELLED)"')


@events.init_command_line_parser.add_listener
def add_options(parser):
    # Not on locust's own web page, where whoever opens it could change them.
    parser.add_argument("--allow-host", default="", include_in_web_ui=False,
                        help="The host that may be tested, if it is not this machine.")
    parser.add_argument("--most-users", type=int, default=100, include_in_web_ui=False, help="So many people at most.")


class Bounds:
    """What a run may be, as it was said at the command line."""

    def __init__(self, options):
        self.allowed = options.allow_host
        self.most = options.most_users

    def objection(self, url, people):
        """Why people may not come to an address; `None` if they may."""
        host = urllib.parse.urlsplit(url).hostname or ""
        try:
            isHere = ipaddress.ip_address(host).is_loopback
        except ValueError:
            isHere = host == "localhost"
        if not isHere and (not host or host != self.allowed):
            return f"{host or 'No host'} is not this machine. If the service there is yours, add --allow-host {host or 'HOST'}."
        if people > self.most:
            return f"{people} people are more than --most-users allows, which is {self.most}."
        return None


@events.init.add_listener
def keep_within_bounds(environment, web_ui=None, **_):
    options = environment.parsed_options
    bounds = Bounds(options)
    options.host = options.host or "https://localhost:4433"
    environment.host = options.host
    if objection := bounds.objection(options.host, options.num_users or 1):
        raise SystemExit(objection)
    if not options.run_time:
        options.run_time = 60
    if web_ui:
        watch_page(web_ui.app, environment, bounds)
    # The certificate that a service makes for itself is known to nobody.
    urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)


def watch_page(app, environment, bounds):
    """Runs that are started or changed on locust's own web page keep within the bounds, too, and have an end."""

    @app.before_request
    def refuse():
        if not flask.request.path.endswith("/swarm"):
            return None
        form = flask.request.form
        # Locust drops these two characters.
        host = re.sub("[<>]", "", form.get("host", environment.host))
        try:
            people = int(form.get("user_count", environment.parsed_options.num_users or 1))
        except ValueError:
            return None  # which locust refuses itself
        objection = bounds.objection(host, people)
        if objection is None and not form.get("run_time"):
            objection = "Say how long the run takes: a run time, such as 60s."
        return flask.jsonify({"success": False, "message": objection, "host": environment.host}) if objection else None


class Forms(html.parser.HTMLParser):
    """The forms of a page, each with its action and its fields."""

    def __init__(self, text):
        super().__init__()
        self.forms = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if tag == "form":
            self.forms.append((values.get("action", ""), values.get("enctype"), {}))
        elif tag == "input" and self.forms and values.get("name") and values.get("type") != "file":
            self.forms[-1][2][values["name"]] = values.get("value", "")


class Person(HttpUser):
    abstract = True
    wait_time = between(0.5, 2)

    def on_start(self):
        self.client.verify = False
        self.client.trust_env = False

    def open_page(self, path, name=None):
        """A page with what it loads, as a browser that was never here."""
        with self.client.get(path, name=name or path, catch_response=True) as page:
            if page.status_code != 200 or "</html>" not in page.text:
                page.failure(f"no page: {page.status_code}")
        return page


class Visitor(Person):
    """Somebody without an account."""

    weight = 3

    @task(6)
    def home(self):
        page = self.open_page("/")
        for asset in re.findall(r'(?:href|src)="(/assets/[^"]+)"', page.text):
            self.client.get(asset, name="/assets")

    @task(2)
    def sign_in_page(self):
        self.open_page("/login")

    @task(1)
    def sign_up_page(self):
        self.open_page("/signup")

    @task(1)
    def health(self):
        self.client.get("/healthz")


class Annotating(Person):
    """Somebody with an account, who uploads, watches the job and looks at the list."""

    weight = 1

    def on_start(self):
        super().on_start()
        self.jobs = []
        page = self.open_page("/signup")
        action, _, fields = next(form for form in Forms(page.text).forms if "password" in form[2])
        fields |= {"name": "Load", "email": f"load-{secrets.token_hex(8)}@example.org", "institution": "Load test",
                   "password": secrets.token_urlsafe(24)}
        self.send(action or "/signup", fields, name="/signup (sent)")

    def send(self, path, fields, name, **options):
        """Posts a form, as the page's own."""
        with self.client.post(path, data=fields, name=name, headers={"Origin": self.host.rstrip("/")}, catch_response=True,
                              **options) as answer:
            if answer.status_code >= 400:
                answer.failure(f"{answer.status_code}")
        return answer

    @task(3)
    def annotate(self):
        page = self.open_page("/annotate")
        action, _, fields = next(form for form in Forms(page.text).forms if form[1] == "multipart/form-data")
        answer = self.send(action, fields, name="upload", files={"file": ("load.vcf", SAMPLE.read_bytes())})
        # Redirects lead over /annotate/job to the page of the job.
        job = urllib.parse.urlsplit(answer.url).path
        if re.fullmatch(r"/annotations/[0-9a-f-]{36}", job):
            self.jobs.append(job)

    @task(6)
    def look_at_a_job(self):
        if self.jobs:
            page = self.open_page(random.choice(self.jobs), name="/annotations/{id}")
            if ENDED.search(page.text):
                self.open_page(urllib.parse.urlsplit(page.url).path + "/log", name="/annotations/{id}/log")

    @task(4)
    def look_at_the_list(self):
        self.open_page("/annotations")

    @task(1)
    def look_at_the_profile(self):
        self.open_page("/profile")
