"""Debian's glewlwyd: an OpenID provider that somebody else wrote, started on loopback with keys that can be changed."""

import json
import pathlib
import secrets
import shutil
import sqlite3
import subprocess
import time

import requests

from conftest import free_port

CLIENT_ID = "gas"
CLIENT_SECRET = secrets.token_urlsafe(32)
ADMIN = ("admin", "password")
PASSWORD = "correct horse battery staple"
SCHEMA = pathlib.Path("/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3")
CONFIGURATION = """
port={port}
bind_address="127.0.0.1"
external_url="http://localhost:{port}"
login_url="login.html"
api_prefix="api"
static_files_path="{folder}/webapp/"
static_files_mime_types = (
  {{ extension = ".html", mime_type = "text/html", compress = 0 }},
  {{ extension = ".css", mime_type = "text/css", compress = 0 }},
  {{ extension = ".js", mime_type = "application/javascript", compress = 0 }},
  {{ extension = ".json", mime_type = "application/json", compress = 0 }}
)
allow_origin="*"
log_mode="file"
log_level="WARNING"
log_file="{folder}/glewlwyd.log"
cookie_secure=0
cookie_same_site="lax"
session_expiration=3600
session_key="GLEWLWYD2_SESSION_ID"
admin_scope="g_admin"
profile_scope="g_profile"
user_module_path="/usr/lib/glewlwyd/user"
client_module_path="/usr/lib/glewlwyd/client"
user_auth_scheme_module_path="/usr/lib/glewlwyd/scheme"
plugin_module_path="/usr/lib/glewlwyd/plugin"
use_secure_connection=false
secure_connection_key_file=""
secure_connection_pem_file=""
hash_algorithm = "SHA512"
database = {{ type = "sqlite3", path = "{folder}/glewlwyd.db" }};
"""


class GlewlwydRig:
    """One running provider with one client, which is the service, and the people that a test adds."""

    def __init__(self, folder, kind="rsa", size="512"):
        self.folder = pathlib.Path(folder) / "glewlwyd"
        self.folder.mkdir()
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.issuer = self.url + "/api/oidc"
        self.kind, self.size = kind, size
        self.process = None
        self.admin = requests.Session()
        self.admin.trust_env = False
        # It serves no file that is a link, and its package links a folder in place of the file config.json.
        shutil.copytree("/usr/share/glewlwyd/webapp", self.folder / "webapp", ignore=lambda *_: ["config.json"])
        shutil.copy("/usr/share/glewlwyd/templates/config.json", self.folder / "webapp" / "config.json")
        with sqlite3.connect(self.folder / "glewlwyd.db") as database:
            database.executescript(SCHEMA.read_text())
        (self.folder / "glewlwyd.conf").write_text(CONFIGURATION.format(port=self.port, folder=self.folder))
        self.start()

    def start(self):
        with (self.folder / "output.log").open("ab") as output:
            self.process = subprocess.Popen(
                ["glewlwyd", f"--config-file={self.folder}/glewlwyd.conf"], stdout=output, stderr=output)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            assert self.process.poll() is None, (self.folder / "output.log").read_text()
            try:
                if self.admin.get(self.url + "/config", timeout=2).ok:
                    return
            except requests.RequestException:
                pass
            time.sleep(0.1)
        raise AssertionError("glewlwyd did not start:\n" + self.log_text())

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(10)

    def log_text(self):
        log = self.folder / "glewlwyd.log"
        return log.read_text(errors="replace") if log.exists() else ""

    def ask(self, method, path, **options):
        answer = self.admin.request(method, self.url + "/api" + path, timeout=20, **options)
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}\n{self.log_text()[-2000:]}"
        return answer

    def set_up(self, redirect, home, email_claim=True):
        """Registers the service.  Its keys are new, and so is everything about the provider."""
        self.ask("POST", "/auth/", json={"username": ADMIN[0], "password": ADMIN[1]})
        self.ask("POST", "/mod/plugin/", json={
            "module": "oidc", "name": "oidc", "display_name": "OpenID Connect", "readonly": False, "order_rank": 0,
            "parameters": self.parameters(email_claim)})
        self.ask("POST", "/client/", json={
            "client_id": CLIENT_ID, "name": "Genomics Annotation Service", "password": CLIENT_SECRET,
            "confidential": True, "enabled": True, "scope": ["openid"], "redirect_uri": [redirect],
            "post_logout_redirect_uris": home, "authorization_type": ["code", "refresh_token"],
            "token_endpoint_auth_method": ["client_secret_basic"]})

    def parameters(self, email_claim=True):
        key, certificate = self.new_key()
        parameters = {
            "iss": self.issuer, "issuer": self.issuer, "jwt-type": self.kind, "jwt-key-size": self.size, "key": key,
            "cert": certificate, "jwks-show": True, "access-token-duration": 3600, "refresh-token-duration": 3600,
            "code-duration": 60, "auth-type-code-enabled": True, "auth-type-refresh-enabled": True,
            "auth-type-token-enabled": False, "auth-type-implicit-enabled": False, "allow-non-oidc": False,
            "subject-type": "public", "name-claim": "mandatory", "name-claim-scope": [],
            "email-claim": "mandatory" if email_claim else "no", "email-claim-scope": [],
            "pkce-allowed": True, "pkce-required": True, "pkce-method-plain-allowed": False,
            "session-management-allowed": True, "session-cookie-name": "GLEWLWYD_OIDC_SID",
            "session-cookie-expiration": 3600, "introspection-revocation-allowed": True,
            "introspection-revocation-allow-target-client": True, "oauth-as-iss-id": True,
            "request-parameter-allow": False}
        return parameters

    def new_key(self):
        """A new private key and its public one, as PEM."""
        path = self.folder / f"key-{secrets.token_hex(4)}.pem"
        make = ["genrsa", "-out", str(path), "2048"] if self.kind.startswith("rsa") else [
            "ecparam", "-name", {"256": "prime256v1", "384": "secp384r1"}[self.size], "-genkey", "-noout", "-out",
            str(path)]
        subprocess.run(["openssl", *make], check=True, capture_output=True)
        public = subprocess.run(
            ["openssl", "pkey", "-in", str(path), "-pubout"], check=True, capture_output=True, text=True).stdout
        return path.read_text(), public

    def rotate_keys(self):
        """Signs with a new key from now on; the old one is published no more."""
        before = self.keys()
        plugin = self.ask("GET", "/mod/plugin/oidc").json()
        plugin["parameters"]["key"], plugin["parameters"]["cert"] = self.new_key()
        self.ask("PUT", "/mod/plugin/oidc", json=plugin)
        self.ask("PUT", "/mod/plugin/oidc/reset")
        assert self.keys() != before

    def keys(self):
        return self.admin.get(self.issuer + "/jwks", timeout=10).json()["keys"]

    def add_person(self, name, email, display):
        self.ask("POST", "/user/", json={
            "username": name, "name": display, "email": email, "enabled": True, "password": PASSWORD,
            "scope": ["openid", "g_profile"]})
        with requests.Session() as session:
            session.trust_env = False
            for method, path, body in (
                    ("POST", "/auth/", {"username": name, "password": PASSWORD}),
                    ("PUT", f"/auth/grant/{CLIENT_ID}", {"scope": "openid"})):
                answer = session.request(method, self.url + "/api" + path, json=body, timeout=20)
                assert answer.ok, f"{path}: {answer.status_code} {answer.text}"

    def subject(self, name):
        """How the provider names a person to its clients."""
        with sqlite3.connect(f"file:{self.folder}/glewlwyd.db?mode=ro", uri=True, timeout=10) as database:
            rows = database.execute(
                "SELECT gposi_sub FROM gpo_subject_identifier WHERE gposi_username = ?", (name,)).fetchall()
        return rows[0][0] if rows else None

    def settings(self, name="campus"):
        """What the service is told."""
        prefix = f"sign-in-provider-{name}"
        return {
            "sign-in-providers": name, f"{prefix}-issuer": self.issuer, f"{prefix}-title": "Campus",
            f"{prefix}-client-id": CLIENT_ID, f"{prefix}-client-secret": CLIENT_SECRET,
            f"{prefix}-scopes": "openid"}

    def dump(self):
        return json.dumps(self.admin.get(self.issuer + "/.well-known/openid-configuration", timeout=10).json(), indent=1)
