"""Load as people make it: visitors who look at the pages, and people with accounts who annotate.

    .venv/bin/locust -f deploy/load/locustfile.py --headless -u 20 -r 5 -t 60s --host https://localhost:4433

Every one of the second kind opens an account, on the service that is tested. Only this machine is tested, unless `--allow-host`
names another: try no service that is not yours. A run ends after `--run-time`, a minute without it, and has at most
`--most-users` people.
"""

import html.parser
import ipaddress
import pathlib
import random
import re
import secrets
import urllib.parse

import urllib3
from locust import HttpUser, between, events, task

SAMPLE = pathlib.Path(__file__).resolve().parents[2] / "Reference" / "samples" / "mtdna-small.vcf"
ENDED = re.compile(r'data-status="(COMPLETED|FAILED|CANCELLED)"')


@events.init_command_line_parser.add_listener
def add_options(parser):
    parser.add_argument("--allow-host", default="", help="The host that may be tested, if it is not this machine.")
    parser.add_argument("--most-users", type=int, default=100, help="So many people at most.")


@events.init.add_listener
def keep_within_bounds(environment, **_):
    options = environment.parsed_options
    options.host = options.host or "https://localhost:4433"
    environment.host = options.host
    host = urllib.parse.urlsplit(options.host).hostname or ""
    try:
        isHere = ipaddress.ip_address(host).is_loopback
    except ValueError:
        isHere = host == "localhost"
    if not isHere and host != options.allow_host:
        raise SystemExit(f"{host} is not this machine. If the service there is yours, add --allow-host {host}.")
    if (options.num_users or 1) > options.most_users:
        raise SystemExit(f"{options.num_users} people are more than --most-users allows, which is {options.most_users}.")
    if options.headless and not options.run_time:
        options.run_time = 60
    # The certificate that a service makes for itself is known to nobody.
    urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)


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
