"""Ceph's object gateway: a real S3 server that somebody else wrote, with a cluster of one monitor and one storage daemon that
keeps everything in memory, on loopback.  It refuses every wrong signature and policy."""

import secrets
import subprocess
import time
import uuid

import requests

from conftest import free_port

CONFIGURATION = """
[global]
fsid = {fsid}
mon host = 127.0.0.1:{monitor}
public addr = 127.0.0.1
cluster addr = 127.0.0.1
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
mon data = {folder}/monitor
osd data = {folder}/storage
osd objectstore = memstore
memstore device bytes = 2147483648
osd crush chooseleaf type = 0
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pg autoscale mode = off
mon allow pool size one = true
mon max pg per osd = 1000
log file = {folder}/$name.log
admin socket = {folder}/$name.asok
pid file = {folder}/$name.pid
run dir = {folder}
keyring = {folder}/keyring
rgw data = {folder}/gateway
rgw enable apis = s3
rgw frontends = beast endpoint=127.0.0.1:{port}
[osd]
keyring = {folder}/storage/keyring
"""


class RadosgwRig:
    """One running gateway with one user."""

    def __init__(self, folder):
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.access_key = "AKIA" + secrets.token_hex(8).upper()
        self.secret_key = secrets.token_urlsafe(30)
        self.processes = []
        self.configuration = folder / "ceph.conf"

    def start(self):
        monitor, fsid = free_port(), str(uuid.uuid4())
        for name in ("monitor", "storage", "gateway"):
            (self.folder / name).mkdir()
        self.configuration.write_text(
            CONFIGURATION.format(fsid=fsid, monitor=monitor, port=self.port, folder=self.folder))
        try:
            self._run("monmaptool", "--create", "--fsid", fsid, "--addv", "a", f"[v2:127.0.0.1:{monitor}]",
                      self.folder / "map")
            keys = self.folder / "keyring"
            self._run("ceph-authtool", "--create-keyring", keys, "--gen-key", "-n", "mon.", "--cap", "mon", "allow *")
            self._run("ceph-authtool", keys, "--gen-key", "-n", "client.admin", "--cap", "mon", "allow *", "--cap", "osd",
                      "allow *", "--cap", "mgr", "allow *")
            self._run("ceph-mon", "--mkfs", "-i", "a", "--monmap", self.folder / "map", "--keyring", keys)
            self._spawn("ceph-mon", "-f", "-i", "a", "--public-addr", f"v2:127.0.0.1:{monitor}")
            storage = str(uuid.uuid4())
            self._run("ceph", "osd", "new", storage)
            self._run("ceph", "auth", "get-or-create", "osd.0", "mon", "allow profile osd", "osd", "allow *", "-o",
                      self.folder / "storage" / "keyring")
            self._run("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", storage)
            self._run("ceph", "osd", "crush", "add", "osd.0", "1", "root=default", "host=here")
            self._spawn("ceph-osd", "-f", "-i", "0")
            self._run("radosgw-admin", "user", "create", "--uid", "gas", "--display-name", "GAS", "--access-key",
                      self.access_key, "--secret-key", self.secret_key)
            self._spawn("radosgw", "-f", "-n", "client.admin")
            self._wait()
        except BaseException:
            self.stop()
            raise
        return self

    def _command(self, name, *arguments):
        return [name, "-c", self.configuration, *map(str, arguments)]

    def _run(self, name, *arguments):
        command = [name, *map(str, arguments)] if name in ("monmaptool", "ceph-authtool") else self._command(name, *arguments)
        result = subprocess.run(command, capture_output=True, text=True, timeout=90)
        assert result.returncode == 0, f"{name}: {result.stderr[-2000:]}"

    def _spawn(self, name, *arguments):
        with (self.folder / "daemons.log").open("ab") as log:
            self.processes.append(subprocess.Popen(self._command(name, *arguments), stdout=log, stderr=log))

    def _wait(self, seconds=25):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            assert self.processes[-1].poll() is None, (self.folder / "daemons.log").read_text()[-3000:]
            try:
                with requests.Session() as session:
                    session.trust_env = False
                    if session.get(self.url, timeout=2).ok:
                        return
            except requests.RequestException:
                time.sleep(0.1)
        raise AssertionError(f"radosgw was not ready within {seconds} s")

    def stop(self):
        for process in reversed(self.processes):
            process.terminate()
        for process in reversed(self.processes):
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)

    def add_key(self, access_key, secret_key):
        """Another key of the same user."""
        self._run("radosgw-admin", "key", "create", "--uid", "gas", "--key-type", "s3", "--access-key", access_key,
                  "--secret-key", secret_key)

    @property
    def environment(self):
        return {"GAS_AWS_ENDPOINT_S3": self.url, "AWS_ACCESS_KEY_ID": self.access_key,
                "AWS_SECRET_ACCESS_KEY": self.secret_key}
