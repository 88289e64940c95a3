"""The service with everything but files in PostgreSQL: the main job, plans and archive, a server that restarts, two web
servers on one database."""

import os
import re
import shutil
import subprocess
import threading
import time

import pytest

from browser import chromium, page_of
from client import Client, Forms
from conftest import GAS, ROOT, sample
from postgres_rig import PostgresRig, PostgresService
from test_main_job import SAMPLES, annotate, download, sign_up
from test_passwords import NEW, link, wait_for_mail
from test_results import FAST, WINDOW, change_plan, download_all, states, wait_for_states

CONTENT = sample("mtdna-small.vcf").read_bytes()

pytestmark = pytest.mark.skipif(
    not shutil.which("psql"), reason="needs PostgreSQL, which 'make setup-test' installs")


@pytest.fixture(scope="module")
def rig(tmp_path_factory):
    running = PostgresRig(tmp_path_factory.mktemp("postgres"))
    yield running
    running.stop()


@pytest.fixture
def make(rig, tmp_path):
    """Starts services on an empty database; all are stopped at the end."""
    rig.query("DROP DATABASE IF EXISTS gas WITH (FORCE)", database="postgres")
    rig.query("CREATE DATABASE gas", database="postgres")
    started = []

    def start(role="serve", settings=None, **options):
        service = PostgresService(rig, tmp_path / "data", role, settings, **options)
        started.append(service)
        return service.start()

    yield start
    for service in started:
        if service.process and service.process.poll() is None:
            assert service.stop() == 0


def gas(rig, data, *arguments):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GAS_")}
    flags = [part for name, value in rig.settings.items() for part in (f"--{name}", value)]
    return subprocess.run(
        [GAS, *arguments, "--data-directory", data, *flags], cwd=ROOT, env=environment, capture_output=True, text=True)


def test_the_main_job_and_the_archive_in_a_browser(make, rig, tmp_path):
    service = make(settings=FAST)
    with chromium() as browser, page_of(browser) as page:
        sign_up(page, service.url)
        job = annotate(page, service.url, sample(SAMPLES[0]))
        before = tmp_path / "before.vcf"
        download(page, page.locator("#download")).save_as(before)
        assert b"CSQ=" in before.read_bytes()
        # Nobody reloads the page: it is told of what happens to the job.
        page.locator("#upgrade", has_text="upgrade to Premium for download").wait_for(timeout=30_000)
        wait_for_states(service, {"ARCHIVED": 1})
        page.goto(service.url + "/subscribe")
        page.locator("#subscribe").click()
        page.wait_for_url("**/subscribe/done")
        page.goto(job)
        page.locator("#download").wait_for(timeout=30_000)
        after = tmp_path / "after.vcf"
        download(page, page.locator("#download")).save_as(after)
        assert after.read_bytes() == before.read_bytes()
        assert page.watcher.complaints == []
    # All of it was in PostgreSQL, and nothing in the file beside the objects.
    tables = ("annotations", "accounts", "sessions", "audit")
    assert all(int(rig.query(f"SELECT count(*) FROM {table}")[0][0]) > 0 for table in tables)
    here = super(PostgresService, service)
    assert all(here.rows(f"SELECT count(*) FROM {table}") == [(0,)] for table in tables)
    verified = gas(rig, service.data, "audit", "verify")
    assert verified.returncode == 0 and "is whole" in verified.stdout, verified.stderr


def test_a_server_that_restarts_in_the_middle_loses_nothing(make, rig):
    service = make(settings=FAST)
    client = Client(service).sign_up()
    paths = [client.submit(f"{index}.vcf", CONTENT) for index in range(5)]
    restarting = threading.Thread(target=rig.restart)
    restarting.start()
    paths += [client.submit(f"{index}.vcf", CONTENT) for index in range(5, 20)]
    restarting.join()
    for path in paths:
        client.wait(path, seconds=60)
    assert service.wait_for_end(20) == {"COMPLETED": 20}
    before = download_all(client, paths[:1])
    wait_for_states(service, {"ARCHIVED": 20})
    change_plan(client, "/subscribe")
    rig.restart()
    wait_for_states(service, {"AVAILABLE": 20})
    assert download_all(client, paths[:1]) == before
    assert service.process.poll() is None


def test_two_web_servers_share_one_database(make):
    first = make("web", settings=FAST)
    second = make("web", settings=FAST)
    for role in ("annotator", "notifier", "sweeper"):
        make(role, settings=FAST)
    client = Client(first).sign_up()
    path = client.submit("a.vcf", CONTENT)
    # The session, the job and its news are the same at both, and a form of one is taken by the other.
    client.url = second.url
    assert "COMPLETED" in client.wait(path)
    begin = time.monotonic()
    client.wait(client.submit("b.vcf", CONTENT))
    assert time.monotonic() - begin < 5, "the annotator was woken"
    client.get("/logout")
    assert first.statuses() == second.statuses() == {"COMPLETED": 2}


def test_migrations_are_asked_for_where_they_are_not_made_at_start(make, rig, tmp_path):
    data = tmp_path / "data"
    refused = gas(rig, data, "web", "--postgres-migrate", "false")
    assert refused.returncode == 1 and "Run 'gas migrate' first" in refused.stderr
    both = [threading.Thread(target=gas, args=(rig, data, "migrate")) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    again = gas(rig, data, "migrate")
    assert (again.returncode, again.stdout) == (0, "The database is up to date.\n"), again.stderr
    service = make(settings={"postgres-migrate": "false"})
    assert service.process.poll() is None


def test_the_address_is_a_secret(make, rig):
    service = make()
    password = rig.url.split(":")[2].split("@")[0]
    shown = gas(rig, service.data, "config")
    assert shown.returncode == 0 and password not in shown.stdout + shown.stderr
    rig.restart()
    Client(service).sign_up()
    assert password not in service.log_text()


def test_a_forgotten_password_with_two_web_servers(make):
    """Asked for at one, sent by the notifier, chosen at the other; the link and the old password end everywhere."""
    service = make()
    other = make("web")
    client = Client(service).sign_up()
    form = Forms(client.get("/password").text).find(lambda form: form["action"] == "/password")
    assert "a mail is on its way" in client.post("/password", data={**form["fields"], "email": client.email}).text
    target = link(wait_for_mail(service, "Choose a new password"))
    there = Client(other)
    page = there.get("/password/new?" + target.split("?")[1])
    form = Forms(page.text).find(lambda form: form["action"] == "/password/new")
    answer = there.post("/password/new", data={**form["fields"], "password": NEW}, allow_redirects=False)
    assert answer.headers["Location"] == "/login?password=1", answer.text
    assert client.get("/profile", allow_redirects=False).status_code == 303, "a session outlived the password"
    assert client.get("/password/new?" + target.split("?")[1]).status_code == 404
    form = Forms(client.get("/login").text).find(lambda form: form["action"] == "/login")
    for password, status in ((client.password, 401), (NEW, 303)):
        fields = {**form["fields"], "email": client.email, "password": password}
        assert client.post("/login", data=fields, allow_redirects=False).status_code == status
    wait_for_mail(service, "Your password was changed")


def test_the_documented_backup_and_its_way_back(make, rig, tmp_path):
    """What moves results is stopped while the two databases are copied, as docs/postgres.md says; nothing else is."""
    section = (ROOT / "docs" / "postgres.md").read_text().split("\n## Backup\n")[1].split("\n## ")[0]
    commands = re.search(r"```sh\n(.*?)```", section, re.DOTALL).group(1)
    assert "# Stop them here." in commands and 'pg_restore --no-owner --dbname="$GAS_POSTGRES_URL" backup/gas.dump' in section
    services = [make(role, settings=FAST) for role in ("web", "annotator", "utility")]
    client = Client(services[0]).sign_up()
    paths = []
    for wait in (WINDOW - 4, 0):
        begin = time.monotonic()
        paths += [client.submit(f"{len(paths) + index}.vcf", CONTENT) for index in range(3)]
        for path in paths:
            client.wait(path)
        time.sleep(max(0, begin + wait - time.monotonic()))
    environment = {**os.environ, "GAS_POSTGRES_URL": rig.url}
    script = commands.replace("# Stop them here.", "touch stop; until [ -e stopped ]; do sleep 0.1; done")
    backup = subprocess.Popen(["bash", "-euc", script], cwd=tmp_path, env=environment)
    while not (tmp_path / "stop").exists():
        assert backup.poll() is None
        time.sleep(0.05)
    assert services[2].stop() == 0
    (tmp_path / "stopped").touch()
    assert backup.wait(60) == 0
    for service in services[:2]:
        assert service.stop() == 0

    rig.query("DROP DATABASE gas WITH (FORCE)", database="postgres")
    rig.query("CREATE DATABASE gas", database="postgres")
    subprocess.run(["pg_restore", "--no-owner", f"--dbname={rig.url}", tmp_path / "backup" / "gas.dump"], check=True)
    shutil.rmtree(tmp_path / "data")
    (tmp_path / "backup").rename(tmp_path / "data")
    again = make(settings={**FAST, "plans-free-download-window-seconds": 86_400})
    visitor = Client(again)
    visitor.email = client.email
    visitor.sign_in()
    change_plan(visitor, "/subscribe")
    wait_for_states(again, {"AVAILABLE": len(paths)})
    assert all(b"CSQ=" in content for content in download_all(visitor, paths))
