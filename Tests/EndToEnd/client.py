"""A browser without a screen: signs up, uploads and submits as the pages' forms say, by plain HTTP."""

import html.parser
import secrets
import time
import urllib.parse

import requests


class Forms(html.parser.HTMLParser):
    """The forms of a page, each with its action and its fields."""

    def __init__(self, text):
        super().__init__()
        self.forms = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if tag == "form":
            self.forms.append({"action": values.get("action", ""), "enctype": values.get("enctype"), "fields": {}})
        elif tag == "input" and self.forms and values.get("name") and values.get("type") != "file":
            self.forms[-1]["fields"][values["name"]] = values.get("value", "")

    def find(self, test):
        return next(form for form in self.forms if test(form))


class Client:
    password = "correct horse battery staple"

    def __init__(self, service):
        self.url = service.url
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.verify = service.authority
        self.email = f"user-{secrets.token_hex(4)}@example.org"

    def get(self, path, **options):
        return self.http.get(urllib.parse.urljoin(self.url, path), timeout=30, **options)

    def post(self, path, **options):
        headers = {"Origin": self.url, **options.pop("headers", {})}
        return self.http.post(urllib.parse.urljoin(self.url, path), timeout=60, headers=headers, **options)

    def sign_up(self, name="Rosalind Franklin"):
        form = Forms(self.get("/signup").text).find(lambda form: "password" in form["fields"])
        fields = {**form["fields"], "name": name, "email": self.email, "institution": "King's College London",
                  "password": self.password}
        answer = self.post(form["action"] or "/signup", data=fields)
        assert answer.ok, answer.text
        return self

    def sign_in(self):
        form = Forms(self.get("/login").text).find(lambda form: form["action"] == "/login")
        fields = {**form["fields"], "email": self.email, "password": self.password}
        assert self.post("/login", data=fields).ok
        return self

    def upload_form(self):
        """A signed form: where to post, and its fields."""
        form = Forms(self.get("/annotate").text).find(lambda form: form["enctype"] == "multipart/form-data")
        return form["action"], form["fields"]

    def upload(self, form, name, content):
        """Posts the file.  Returns the answer, which is a redirect when the file was taken."""
        action, fields = form
        return self.post(action, data=fields, files={"file": (name, content)}, allow_redirects=False)

    def submit(self, name, content):
        """Uploads and submits.  Returns the path of the job's page."""
        answer = self.upload(self.upload_form(), name, content)
        assert answer.status_code == 303, answer.text
        page = self.get(answer.headers["Location"], allow_redirects=False)
        assert page.status_code == 303, page.text
        return urllib.parse.urlsplit(page.headers["Location"]).path

    def wait(self, path, seconds=30):
        """Waits until the job has ended.  Returns its page."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            page = self.get(path)
            assert page.ok, page.status_code
            if any(f'data-status="{status}"' in page.text for status in ("COMPLETED", "FAILED", "CANCELLED")):
                return page.text
            time.sleep(0.1)
        raise AssertionError(f"{path} did not end within {seconds} s")
