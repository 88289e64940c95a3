"""Security tools that others have written, let loose on the service: `make security`.

Each is bounded in time, and runs on loopback alone. Reports lie in .build/security.
"""

import concurrent.futures
import json
import pathlib
import re
import subprocess
import threading
import time

import pytest
import requests

from client import Client
from conftest import ROOT, sample

WAPITI = ROOT / ".venv" / "security" / "bin" / "wapiti"
# Those that ask no server of its makers.
MODULES = ("cookieflags,crlf,csp,csrf,exec,file,http_headers,ldap,methods,permanentxss,redirect,shellshock,sql,timesql,"
           "upload,xss")
REPORTS = ROOT / ".build" / "security"

# What testssl.sh says of every certificate that no public authority has signed, and of no other weakness.
OF_A_CERTIFICATE_OF_ONES_OWN = re.compile(
    r"^(cert_chain_of_trust|cert_trust|cert_caIssuers|cert_crlDistributionPoints|cert_ocspURL|cert_revocation|"
    r"cert_extlifeSpan|cert_certificatePolicies_EV|OCSP_stapling|DNS_CAArecord|certificate_transparency)( |$)")

# Pages that end the session or the account, and the Premium plan that opens others.
EXCLUDED = ("/logout", "/profile/delete", "/unsubscribe", "/profile/export")


@pytest.fixture(autouse=True)
def reports():
    REPORTS.mkdir(parents=True, exist_ok=True)


def run(*arguments, seconds):
    print("\n$", " ".join(map(str, arguments)))
    return subprocess.run([str(part) for part in arguments], capture_output=True, text=True, timeout=seconds)


class Visitor:
    """Somebody who looks at a page again and again, each time on a connection of their own."""

    def __init__(self, service):
        self.service = service
        self.times = []
        self.failures = []
        self.done = threading.Event()
        self.thread = threading.Thread(target=self.look)

    def look(self):
        while not self.done.is_set():
            start = time.monotonic()
            try:
                with requests.Session() as session:
                    session.trust_env = False
                    assert session.get(self.service.url + "/", verify=self.service.authority, timeout=5).ok
            except (requests.RequestException, AssertionError) as error:
                self.failures.append(str(error))
            self.times.append(time.monotonic() - start)
            time.sleep(0.2)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.done.set()
        self.thread.join(30)


@pytest.mark.parametrize("mode, options", [
    ("headers", ["-H", "-i", "3"]),
    ("body", ["-B", "-i", "3", "-s", "8192", "-t", "POST"]),
    ("read", ["-X", "-w", "10", "-y", "20", "-n", "3", "-z", "10", "-k", "3"]),
])
def test_slowhttptest(make_service, mode, options):
    """400 slow connections for 40 seconds: the service stays available all the while."""
    service = make_service()
    path = "/login" if mode == "body" else "/assets/chart.js" if mode == "read" else "/"
    with Visitor(service) as visitor:
        answer = run(
            "slowhttptest", "-c", 400, "-r", 200, "-l", 40, "-x", 24, "-p", 3, *options, "-u", service.url + path,
            seconds=120)
    text = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", answer.stdout)
    (REPORTS / f"slowhttptest-{mode}.txt").write_text(text)
    print(f"{mode}: {len(visitor.times)} pages meanwhile, slowest {max(visitor.times):.2f} s; "
          + " ".join(text.split("Exit status:")[-1].split("\n")[:1]))
    assert "service available:" in text
    assert set(re.findall(r"service available:\s*(\w+)", text)) == {"YES"}
    assert visitor.failures == []
    assert max(visitor.times) < 3


def test_testssl(service):
    """No protocol before TLS 1.2, no cipher without authentication and forward secrecy, no known vulnerability."""
    report = REPORTS / "testssl.json"
    report.unlink(missing_ok=True)
    answer = run(
        "testssl", "--quiet", "--color", 0, "--warnings", "off", "--nodns", "min", "--ip", "127.0.0.1",
        "--protocols", "--std", "--pfs", "--server-defaults", "--headers", "--vulnerable", "--jsonfile", report,
        service.url, seconds=400)
    (REPORTS / "testssl.txt").write_text(answer.stdout)
    findings = json.loads(report.read_text())
    offered = {entry["id"]: entry["finding"] for entry in findings}
    for protocol in ("SSLv2", "SSLv3", "TLS1", "TLS1_1"):
        assert "not offered" in offered[protocol], offered[protocol]
    assert "offered" in offered["TLS1_2"] and "offered" in offered["TLS1_3"]
    bad = [f"{entry['id']}: {entry['severity']}: {entry['finding']}" for entry in findings
           if entry["severity"] in ("LOW", "MEDIUM", "HIGH", "CRITICAL", "FATAL")
           and not OF_A_CERTIFICATE_OF_ONES_OWN.match(entry["id"])]
    print("\n".join(bad) or "nothing found")
    # Said on purpose, and explained in docs/security.md: HSTS is never sent for localhost.
    assert [line for line in bad if not line.startswith("HSTS:")] == []


def test_wapiti(make_service, tmp_path):
    """A scanner that follows every link and form as somebody who is signed in, and attacks every parameter."""
    service = make_service(settings={"web-requests-per-account": 1_000_000, "sign-in-reset-mails": 1000})
    client = Client(service).sign_up()
    path = client.submit("a.vcf", sample("mtdna-small.vcf").read_bytes())
    client.wait(path)
    cookie = next(cookie for cookie in client.http.cookies if cookie.name == "__Host-gas")
    report = REPORTS / "wapiti.json"
    report.unlink(missing_ok=True)
    starts = [part for address in (path, path + "/log", "/profile", "/profile/activity", "/annotations?status=failed",
                                   "/login?next=/annotate", "/privacy", "/subscribe", "/password", "/password/new?token=x",
                                   "/profile/password")
              for part in ("-s", service.url + address)]
    excluded = [part for address in EXCLUDED for part in ("-x", service.url + address)]
    answer = run(
        WAPITI, "-u", service.url + "/", *starts, *excluded, "--verify-ssl", 0, "-C", f"__Host-gas={cookie.value}",
        "-m", MODULES, "--scope", "folder", "-d", 3, "--max-scan-time", 120, "--max-attack-time", 25, "-t", 10,
        "--flush-session", "--store-session", tmp_path, "--store-config", tmp_path, "--no-bugreport", "-v", 1, "-f", "json",
        "-o", report, seconds=900)
    (REPORTS / "wapiti.txt").write_text(answer.stdout + answer.stderr)
    results = json.loads(report.read_text())
    found = [f"{kind}: {entry['method']} {entry['path']} {entry['info']}"
             for group in ("vulnerabilities", "anomalies") for kind, entries in results[group].items()
             for entry in entries]
    print("\n".join(found) or "nothing found", f"\ncrawled: {results['infos']}")
    assert results["infos"]["crawled_pages_nbr"] >= 20
    unexplained = [line for line in found if not is_explained(line)]
    assert unexplained == []
    assert client.get("/annotations", allow_redirects=False).status_code == 200, "the scanner was signed in to the end"
    faults = [line for line in service.log_text().splitlines() if '"level":"error"' in line]
    assert faults == []


def is_explained(line):
    """What docs/security.md explains under "What the tools say"."""
    return "Strict-Transport-Security" in line or (
        line.startswith("Cross Site Request Forgery: POST /objects/gas-inputs"))
