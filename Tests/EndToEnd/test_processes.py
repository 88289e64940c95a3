"""The roles as separate processes on one data folder, stopped and restarted as an operator would."""

import json
import signal
import subprocess
import time

from client import Client
from conftest import ROOT, sample

CONTENT = sample("mtdna-small.vcf").read_bytes()


def test_roles_run_one_each_and_wake_each_other(make_service):
    web = make_service("web")
    others = [make_service(role, data=web.data) for role in ("annotator", "notifier", "sweeper")]
    client = Client(web).sign_up()
    client.wait(client.submit("warm.vcf", CONTENT))
    begin = time.monotonic()
    client.wait(client.submit("a.vcf", CONTENT))
    # Far less than any interval of looking again: the annotator was woken.
    assert time.monotonic() - begin < 5
    web.wait_for_end(2)
    for service in [web, *others]:
        assert service.stop() == 0


def test_two_annotators_share_the_work_and_one_may_die(make_service):
    settings = {"annotator-lease-seconds": 2, "queues-visibility-seconds": 2, "notifier-lease-seconds": 2}
    web = make_service("web", settings=settings)
    first, second = (
        make_service("annotator", data=web.data, settings=settings) for _ in range(2))
    make_service("notifier", data=web.data, settings=settings)
    client = Client(web).sign_up()
    paths = [client.submit(f"{index}.vcf", CONTENT) for index in range(20)]
    first.kill()
    for path in paths:
        client.wait(path, seconds=60)
    assert web.wait_for_end(20) == {"COMPLETED": 20}
    assert second.stop() == 0


def test_an_annotator_stopped_past_its_lease_changes_nothing(make_service):
    """SIGSTOP an annotator in the middle of jobs, let another take over, then wake it."""
    settings = {
        "annotator-lease-seconds": 2, "queues-visibility-seconds": 2, "notifier-lease-seconds": 2, "plans-free-upload-limit": 50_000_000,
        "annotator-concurrency": 1}
    web = make_service("web", settings=settings)
    sleeper = make_service("annotator", data=web.data, settings=settings)
    make_service("notifier", data=web.data, settings=settings)
    client = Client(web).sign_up()
    lines = sample("mtdna-sample.vcf").read_text().splitlines(keepends=True)
    head = [line for line in lines if line.startswith("#")]
    body = [line for line in lines if not line.startswith("#")]
    large = "".join(head + body * (60_000 // len(body))).encode()
    path = client.submit("large.vcf", large)
    deadline = time.monotonic() + 20
    while web.statuses() != {"RUNNING": 1}:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    sleeper.process.send_signal(signal.SIGSTOP)
    make_service("annotator", data=web.data, settings=settings)
    client.wait(path, seconds=60)
    web.wait_for_end(1)
    while web.rows("SELECT count(*) FROM annotations WHERE notify_time IS NULL") != [(0,)]:
        assert time.monotonic() < deadline + 60
        time.sleep(0.05)
    before = web.rows("SELECT * FROM annotations")
    sleeper.process.send_signal(signal.SIGCONT)
    time.sleep(3)
    assert web.rows("SELECT * FROM annotations") == before
    assert len(web.mails()) == 1
    assert sleeper.stop() == 0


def test_shutdown_under_load_loses_nothing(make_service):
    service = make_service()
    client = Client(service).sign_up()
    for index in range(30):
        client.submit(f"{index}.vcf", CONTENT)
    assert service.stop() == 0
    assert service.statuses().get("RUNNING", 0) == 0, "what was in hand was finished or given back"
    service.start()
    assert service.wait_for_end(30) == {"COMPLETED": 30}


def backup_recipe():
    """The commands of the operations manual, as a reader would run them beside the folder `data`."""
    section = (ROOT / "docs/operations.md").read_text().split("## Backup")[1]
    return section.split("```sh\n")[1].split("```")[0]


def test_a_backup_made_under_load_can_be_used(make_service, tmp_path):
    service = make_service()
    client = Client(service).sign_up()
    paths = [client.submit(f"{index}.vcf", CONTENT) for index in range(15)]
    copy = tmp_path / "restored"
    subprocess.run(["sh", "-eu", "-c", backup_recipe()], cwd=service.data.parent, check=True)
    (service.data.parent / "backup").rename(copy)
    service.wait_for_end(15)
    client.wait(paths[0])
    result = client.get(paths[0] + "/files/result").content

    restored = make_service(data=copy)
    assert sum(restored.statuses().values()) == 15
    deadline = time.monotonic() + 60
    while restored.statuses() != {"COMPLETED": 15}:
        assert time.monotonic() < deadline, restored.statuses()
        time.sleep(0.1)
    again = Client(restored)
    again.email = client.email
    again.sign_in()
    assert again.get(paths[0] + "/files/result").content == result


def test_logs_are_json_with_job_ids_and_without_secrets(service):
    client = Client(service).sign_up()
    path = client.submit("a\r\n{\"level\":\"evil\"}.vcf", CONTENT)
    client.wait(path)
    service.wait_for_end(1)
    lines = [json.loads(line) for line in service.log_text().splitlines()
             if line and not line.startswith(" ")]
    assert any(line.get("job_id") == path.split("/")[-1] for line in lines)
    completed = [line for line in lines if line["message"] == "Completed."]
    assert [line["job_id"] for line in completed] == [path.split("/")[-1]]
    assert any(line.get("request_id") for line in lines if line["logger"] == "gas.web")
    assert not any(line["level"] == "evil" for line in lines)
    text = service.log_text()
    assert client.email not in text and client.password not in text
    for cookie in client.http.cookies:
        assert cookie.value not in text


def test_an_assembly_that_an_earlier_version_compiled_is_compiled_again(make_service):
    first = make_service()
    manifest = first.data / "references" / "rCRS.gasref" / "manifest.json"
    assert first.stop() == 0
    now = json.loads(manifest.read_text())
    manifest.write_text(json.dumps({**now, "formatVersion": now["formatVersion"] - 1}))
    second = make_service(data=first.data)
    assert json.loads(manifest.read_text())["formatVersion"] == now["formatVersion"]
    client = Client(second).sign_up()
    client.wait(client.submit("a.vcf", CONTENT))
    assert second.wait_for_end(1) == {"COMPLETED": 1}


def test_a_hangup_stops_it_as_sigterm_does_unless_it_was_started_to_outlive_its_terminal(make_service):
    for role in ("web", "annotator", "utility"):
        service = make_service(role)
        if role != "web":
            time.sleep(1.5)
        service.process.send_signal(signal.SIGHUP)
        assert service.process.wait(20) == 0, role
        assert "Stopped." in service.log_text()
    service = make_service("serve")
    service.stop()
    with service.log.open("ab") as log:
        command = service.command("serve")
        command["args"] = ["nohup", *command["args"]]
        service.process = subprocess.Popen(**command, stdout=log, stderr=log)
    service.wait_until_ready()
    service.process.send_signal(signal.SIGHUP)
    time.sleep(0.5)
    assert service.process.poll() is None
    assert service.stop() == 0
