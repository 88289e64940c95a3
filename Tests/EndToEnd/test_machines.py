"""Several machines without AWS: a PostgreSQL server, a store that speaks S3, and nothing shared besides."""


import pytest

from client import Client
from conftest import ROOT, needs_servers, sample
from postgres_rig import PostgresRig, PostgresService
from radosgw_rig import RadosgwRig
from test_results import FAST, change_plan, download_all, wait_for_states

CONTENT = sample("mtdna-small.vcf").read_bytes()
ROLES = ("annotator", "annotator", "notifier", "archiver", "restorer", "thawer", "sweeper")

pytestmark = needs_servers


@pytest.fixture
def rigs(tmp_path):
    (tmp_path / "radosgw").mkdir()
    store = RadosgwRig(tmp_path / "radosgw").start()
    try:
        database = PostgresRig(tmp_path)
        yield store, database
        database.stop()
    finally:
        store.stop()


def test_machines_share_a_database_and_a_store_alone(rigs, tmp_path):
    store, database = rigs
    settings = {
        **FAST, "config": ROOT / "deploy" / "profiles" / "postgres.yaml", "aws-endpoint-s3": store.url,
        "sign-in-sealing-key": "sealing-" * 5, "web-plain-http": "false", "web-trusted-proxies": "",
        "mail-transport": "outbox", "mail-sender-address": "gas@localhost.localdomain"}
    started = []

    def start(role, name, **more):
        service = PostgresService(database, tmp_path / name, role, {**settings, **more})
        service.settings["web-public-url"] = service.url
        service.environment = {
            "AWS_ACCESS_KEY_ID": store.access_key, "AWS_SECRET_ACCESS_KEY": store.secret_key}
        started.append(service)
        return service

    try:
        first = start("web", "machine-web")
        made = first.run("aws", "init")
        assert made.returncode == 0 and made.stdout.splitlines() == [
            "bucket gas-inputs", "bucket gas-results", "bucket gas-archive"], made.stderr
        well = first.run("doctor")
        assert well.returncode == 0, well.stdout
        first.start()
        second = start("web", "machine-web-2").start()
        others = [start(role, f"machine-{index}").start() for index, role in enumerate(ROLES)]
        client = Client(first).sign_up()
        paths = [client.submit(f"{index}.vcf", CONTENT) for index in range(6)]
        for path in paths:
            client.wait(path)
        # The other web server knows session, jobs and files; a machine that dies takes nothing along.
        client.url = second.url
        client.http.verify = second.authority
        before = download_all(client, paths)
        assert all(b"CSQ=" in result for result in before)
        others[0].kill()
        paths.append(client.submit("after.vcf", CONTENT))
        client.wait(paths[-1], seconds=60)
        wait_for_states(second, {"ARCHIVED": 7})
        change_plan(client, "/subscribe")
        wait_for_states(second, {"AVAILABLE": 7})
        assert download_all(client, paths[:6]) == before
        for service in started:
            folder = {path.name for path in service.data.iterdir()}
            assert not folder & {"gas.sqlite", "objects", "archive", "signing-key", "sealing-key"}, folder
        told = [mail.read_text().split("Message-ID: ")[1].split("\n")[0] for mail in started[4].mails()]
        assert len(told) >= 7 and len(told) == len(set(told)), "each is told once, by the one notifier"
    finally:
        for service in started:
            if service.process and service.process.poll() is None:
                service.stop()
