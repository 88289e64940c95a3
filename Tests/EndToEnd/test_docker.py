"""The image and the compose file, without Docker: read by hadolint and by us, and the last stage run on a clean system."""

import os
import re
import subprocess
import sys

import pytest
import yaml

from clean_root import make_machine, needs_clean_root  # noqa: F401
from conftest import ROOT, free_port
from test_release import Machine, annotate, pack

DOCKER = ROOT / "deploy" / "docker"


def stages():
    """The instructions of each stage, as name and text."""
    text = (DOCKER / "Dockerfile").read_text()
    lines = re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", text, flags=re.M)).splitlines()
    found = []
    for line in filter(str.strip, lines):
        name, argument = line.split(maxsplit=1)
        if name == "FROM":
            found.append([])
        found[-1].append((name, argument))
    return found


def test_dockerfile_is_clean():
    hadolint = os.path.join(os.path.dirname(sys.executable), "hadolint")
    done = subprocess.run([hadolint, DOCKER / "Dockerfile"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_what_is_copied_is_there():
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert {".build", ".venv", "data"} <= set(ignored)
    for name, argument in stages()[0]:
        if name == "COPY":
            for source in argument.split()[:-1]:
                assert (ROOT / source).exists(), source


def test_compose(tmp_path):
    compose = yaml.safe_load((DOCKER / "compose.yaml").read_text())
    services = compose["services"]
    assert set(services) == {"database", "gas", "annotator"}
    # The database is reached by the service alone, the service from this machine alone.
    assert "ports" not in services["database"] and services["database"]["networks"] == ["inside"]
    assert compose["networks"]["inside"] == {"internal": True}
    assert services["gas"]["ports"] == ["127.0.0.1:4433:4433"]
    for name in ("gas", "annotator"):
        service = services[name]
        assert service["read_only"] and service["cap_drop"] == ["ALL"]
        assert service["depends_on"] == {"database": {"condition": "service_healthy"}}
        assert set(volume.split(":")[0] for volume in service["volumes"]) <= set(compose["volumes"])
        assert (DOCKER / services["gas"]["build"]["context"] / services["gas"]["build"]["dockerfile"]).resolve() == DOCKER / "Dockerfile"
        # The settings are those of the program; no password stands in the file.
        variables = {key: re.sub(r"\$\{GAS_DATABASE_PASSWORD:[^}]*\}", "x" * 48, re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value))
                     for key, value in service["environment"].items()}
        assert not any("$" in value for value in variables.values()), variables
        image = dict(pair.split("=", 1) for pair in dict(stages()[1])["ENV"].split())
        done = subprocess.run(
            [ROOT / ".build/release/gas", "config"], cwd=tmp_path, capture_output=True, text=True,
            env={"PATH": os.environ["PATH"]} | image | variables | {"GAS_DATA_DIRECTORY": str(tmp_path)})
        assert done.returncode == 0, done.stderr


@needs_clean_root
def test_the_image_serves(make_machine, tmp_path):  # noqa: F811
    last = stages()[1]
    instructions = dict(last)
    assert instructions["COPY"] == "--from=build /release /opt/gas"
    archive = pack(tmp_path)
    machine = make_machine()
    machine.run("mkdir /opt/gas")
    (machine.root / "root/release.tar.gz").write_bytes(archive.read_bytes())
    machine.run("tar -xzf /root/release.tar.gz -C /opt/gas --strip-components=1")
    for name, argument in last:
        if name == "RUN":
            machine.run(argument, seconds=300)
    port = free_port()
    command = " ".join(yaml.safe_load(instructions["ENTRYPOINT"]) + yaml.safe_load(instructions["CMD"]))
    # The group's output, not only the program's: otherwise this waits for its end.
    machine.run(
        f"{{ cd {instructions['WORKDIR']}; exec setpriv --reuid={instructions['USER']} --regid=gas --clear-groups "
        f"env {instructions['ENV']} GAS_WEB_PORT={port} GAS_WEB_PUBLIC_URL=https://localhost:{port} {command}; "
        "} > /root/log 2>&1 < /dev/null &")
    service = Machine(machine, port).wait_until_ready()
    annotate(service)
    check = " ".join(yaml.safe_load(instructions["HEALTHCHECK"].split("CMD", 1)[1])).replace("4433", str(port))
    machine.run(check)
