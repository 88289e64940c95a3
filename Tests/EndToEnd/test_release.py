"""The archive of a release: what is in it, and that it runs where nothing else of ours is."""

import hashlib
import json
import os
import pathlib
import re
import subprocess
import tarfile
import time

import pytest
import requests

from clean_root import make_machine, needs_clean_root  # noqa: F401
from client import Client
from conftest import ROOT, Service, free_port, sample

# The most that systemd may find exposed of a service; 10 is everything.
EXPOSURE = 2.0


def pack(folder):
    subprocess.run([ROOT / "scripts" / "release", folder], check=True, capture_output=True)
    return next(folder.glob("gas-*.tar.gz"))


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    return pack(tmp_path_factory.mktemp("release"))


@pytest.fixture(scope="module")
def unpacked(release, tmp_path_factory):
    folder = tmp_path_factory.mktemp("elsewhere")
    with tarfile.open(release) as archive:
        archive.extractall(folder, filter="data")
    return next(folder.iterdir())


def test_the_same_program_packs_to_the_same_bytes(release, tmp_path):
    again = pack(tmp_path)
    assert again.name == release.name
    assert again.read_bytes() == release.read_bytes()
    checksum, name = release.with_name(release.name + ".sha256").read_text().split()
    assert name == release.name
    assert checksum == hashlib.sha256(release.read_bytes()).hexdigest()


def test_what_is_packed(release):
    version = subprocess.run(
        [ROOT / ".build/release/gas", "--version"], check=True, capture_output=True, text=True).stdout.strip()
    assert release.name == f"gas-{version}-{os.uname().machine}.tar.gz"
    with tarfile.open(release) as archive:
        members = archive.getmembers()
        packages = archive.extractfile(f"gas-{version}/packages").read().decode().split()
    assert all(member.name.split("/")[0] == f"gas-{version}" for member in members)
    assert all(member.isfile() or member.isdir() for member in members)
    assert {(member.uid, member.gid, member.uname) for member in members} == {(0, 0, "")}
    assert len({member.mtime for member in members}) == 1
    assert not any(member.mode & 0o022 for member in members)
    names = {member.name.split("/", 1)[1] for member in members if "/" in member.name}
    for name in ("bin/gas", "Reference/mtdna/rCRS.fa", "docs/operations.md", "deploy/systemd/gas-serve.service",
                 "deploy/aws/instance/start", "usr/share/javascript/bootstrap5/css/bootstrap.min.css",
                 "licences/GAS.txt", "licences/Swift-LICENSE.txt", "licences/libjs-chart.js.txt"):
        assert name in names, name
    # Everything that is linked into the program has its notice there.
    for package in (ROOT / ".build" / "checkouts").iterdir():
        assert any(name.startswith(f"licences/{package.name}-") for name in names), package.name
    # Libraries alone: no compiler, no header.
    assert "libpq5" in packages and not any(package.endswith("-dev") for package in packages)


def test_it_runs_where_it_is_unpacked(unpacked, tmp_path):
    class Unpacked(Service):
        program = unpacked / "bin" / "gas"

    version = subprocess.run(
        [Unpacked.program, "--version"], cwd="/", check=True, capture_output=True, text=True).stdout.strip()
    assert version == (unpacked / "VERSION").read_text().strip()
    service = Unpacked(tmp_path / "data", folder="/")
    try:
        service.start()
        page = Client(service).get("/").text
        assert "GAS" in page
    finally:
        assert service.stop() == 0


class Machine:
    """What a client must know of the service on a machine."""

    def __init__(self, machine, port):
        self.machine = machine
        self.url = f"https://localhost:{port}"
        self.authority = str(machine.root / "var/lib/gas/tls/certificate.pem")

    def wait_until_ready(self, seconds=60):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                if requests.get(self.url + "/readyz", verify=self.authority, timeout=5).ok:
                    return self
            except (requests.RequestException, OSError):
                time.sleep(0.2)
        raise AssertionError(f"not ready within {seconds} s:\n{self.machine.journal()}")


def annotate(service):
    """A job from the form to its end; what was written at the command's end is read from the page."""
    client = Client(service).sign_up()
    path = client.submit("mtdna-small.vcf", sample("mtdna-small.vcf").read_bytes())
    assert 'data-status="COMPLETED"' in client.wait(path, seconds=60)


@needs_clean_root
def test_under_systemd_on_a_machine_with_nothing_else(release, make_machine):  # noqa: F811
    machine = make_machine()
    (machine.root / "opt" / release.name).write_bytes(release.read_bytes())
    machine.run(f"tar -xzf /opt/{release.name} -C /opt", seconds=60)
    machine.run("/opt/gas-*/deploy/systemd/install", seconds=300)
    port = free_port()
    settings = pathlib.Path(machine.root / "etc/gas/gas.env")
    assert settings.stat().st_mode & 0o777 == 0o640
    settings.write_text(f"GAS_WEB_PUBLIC_URL=https://localhost:{port}\nGAS_WEB_PORT={port}\n")

    # Every role in one process.
    machine.run("systemctl enable --now gas-serve")
    service = Machine(machine, port).wait_until_ready()
    page = requests.get(service.url, verify=service.authority, timeout=10).text
    style = re.search(r'href="(/assets/bootstrap\.css[^"]*)"', page).group(1)
    assert "Bootstrap" in requests.get(service.url + style, verify=service.authority, timeout=10).text[:500]
    assert machine.run('stat -c %U /proc/$(systemctl show -P MainPID gas-serve)') == "gas"
    annotate(service)
    before = machine.run("systemctl show -P MainPID gas-serve")
    machine.run(f"kill -9 {before}")
    machine.wait_until(f'[ "$(systemctl show -P MainPID gas-serve)" != {before} ] && systemctl is-active -q gas-serve')
    service.wait_until_ready()
    machine.run("systemctl disable --now gas-serve")
    assert machine.run("systemctl show -P Result gas-serve") == "success"

    # Each role in a process of its own.
    units = f"gas-web@{port} gas-annotator@1 gas-annotator@2 gas-worker@notifier gas-utility.target"
    machine.run(f"systemctl enable --now {units}")
    service.wait_until_ready()
    annotate(service)
    running = machine.run("systemctl list-units --plain --no-legend --state=running 'gas-*.service'").splitlines()
    assert len(running) == 1 + 2 + 5, running
    machine.wait_until("ls /var/lib/gas/outbox/*.eml | wc -l | grep -qx 2")
    for unit in ("gas-web@" + str(port), "gas-annotator@1", "gas-worker@archiver"):
        said = machine.run(f"systemd-analyze security --no-pager {unit}")
        exposure = float(re.search(r"Overall exposure level for \S+: ([0-9.]+)", said).group(1))
        assert exposure <= EXPOSURE, said
    assert machine.run("systemctl stop 'gas-*' && systemctl list-units --failed --no-legend 'gas-*'") == ""

    # A farm, which a reload replaces process by process and a stop ends with all of them.
    machine.run("systemctl disable -q gas-utility.target && apt-get install -y -qq --no-install-recommends haproxy", seconds=300)
    machine.run("systemctl disable -q --now haproxy")
    machine.run("systemctl start gas-farm")
    service.wait_until_ready()
    annotate(service)

    def processes():
        status = machine.run("runuser -u gas -- env GAS_DATA_DIRECTORY=/var/lib/gas /opt/gas/bin/gas farm status --json")
        return {instance["process"]["id"] for instance in json.loads(status)["instances"] if instance["phase"] == "serving"}

    # Processes without a web page count as at work when they have lived for a while.
    deadline = time.monotonic() + 60
    while len(before := processes()) != 2 + 2 + 1:
        assert time.monotonic() < deadline, machine.journal()
        time.sleep(1)
    keeper = machine.run("systemctl show -P MainPID gas-farm")
    machine.run("systemctl reload gas-farm || { journalctl --no-pager -n 20 -u gas-farm >&2; exit 1; }")
    deadline = time.monotonic() + 120
    while len(after := processes()) != 5 or after & before:
        assert time.monotonic() < deadline, machine.journal()
        time.sleep(1)
    assert machine.run("systemctl show -P MainPID gas-farm") == keeper
    annotate(service)
    machine.run("systemctl stop gas-farm", seconds=120)
    assert machine.run("systemctl show -P Result gas-farm") == "success"
    assert machine.run("grep -sx -e haproxy -e gas /proc/[0-9]*/comm || true") == ""
