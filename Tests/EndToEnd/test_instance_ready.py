"""What an instance at AWS tells CloudFormation about the release that it runs: `deploy/aws/instance/ready`."""

import http.server
import ssl
import subprocess
import threading

import pytest

from conftest import ROOT
from instance_rig import InstanceRig
from test_instances import ready

UNIT = "Id=%s\nActiveState=%s\nNRestarts=%d\n"


@pytest.fixture
def around():
    rig = InstanceRig(files={}, secrets={})
    yield rig
    rig.stop()
    assert rig.refused == []


class WebServer:
    """Answers /readyz over TLS with a status."""

    def __init__(self, folder):
        pair = folder / "pair.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
             "/CN=localhost", "-keyout", folder / "key.pem", "-out", pair], check=True, capture_output=True)
        pair.write_text(pair.read_text() + (folder / "key.pem").read_text())
        self.status = 200
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_GET(self):
                self.send_response(site.status if self.path == "/readyz" else 404)
                self.end_headers()

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pair)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def web(tmp_path):
    server = WebServer(tmp_path)
    yield server
    server.stop()


def look(around, folder, units, seconds=3):
    """Runs it where `systemctl` says this of the units; a shell's text, run at every look."""
    (folder / "bin").mkdir()
    systemctl = folder / "bin" / "systemctl"
    systemctl.write_text(f"#!/bin/bash\nset -e\ncd {folder}\n[ \"$1 $2\" = 'show gas-*.service' ]\n{units}\n")
    systemctl.chmod(0o755)
    (folder / "instance.env").write_text(
        f"AWS_REGION=us-east-1\nSTACK={ready()['StackName']}\n")
    return subprocess.run(
        [ROOT / "deploy/aws/instance/ready"], capture_output=True, text=True, timeout=60,
        env={"PATH": f"{folder}/bin:/usr/bin:/bin", "AWS_EC2_METADATA_SERVICE_ENDPOINT": around.url,
             "AWS_ENDPOINT_URL": around.url, "INSTANCE_ENVIRONMENT": str(folder / "instance.env"), "READY_INTERVAL": "0.1",
             "READY_SECONDS": str(seconds), "no_proxy": "127.0.0.1"})


def told(around):
    return around.called("cloudformation", "SignalResource")


def shown(*units):
    return "printf '%s\\n' '" + "\n".join(UNIT % unit for unit in units) + "'"


def test_an_instance_that_works_says_so(around, web, tmp_path):
    done = look(around, tmp_path, shown((f"gas-web@{web.port}.service", "active", 0)), seconds=30)
    assert (done.returncode, told(around)) == (0, [ready()]), done.stderr


def test_a_web_server_that_is_not_ready_is_a_failure(around, web, tmp_path):
    web.status = 503
    done = look(around, tmp_path, shown((f"gas-web@{web.port}.service", "active", 0)))
    assert (done.returncode, told(around)) == (1, [ready("FAILURE")])


@pytest.mark.parametrize("units", [
    shown(("gas-worker@archiver.service", "active", 0), ("gas-worker@thawer.service", "activating", 3)),
    shown(("gas-worker@archiver.service", "active", 0), ("gas-worker@thawer.service", "failed", 0)),
    # Active at every look, and started again between two.
    "echo >> looks; printf 'Id=gas-annotator@1.service\\nActiveState=active\\nNRestarts=%d\\n' $(wc -l < looks)",
    "true",
], ids=["starting", "failed", "started-again", "none"])
def test_units_that_do_not_stay_up_are_a_failure(around, tmp_path, units):
    done = look(around, tmp_path, units)
    assert (done.returncode, told(around)) == (1, [ready("FAILURE")])
    assert "Not everything works" in done.stderr


def test_an_instance_that_scaling_brings_is_waited_for_by_nobody(around, tmp_path):
    around.updates = False
    done = look(around, tmp_path, shown(("gas-annotator@1.service", "active", 0)), seconds=30)
    assert (done.returncode, len(told(around))) == (0, 1)
    assert "No update waits" in done.stdout
