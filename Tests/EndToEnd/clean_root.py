"""A machine with Debian 12 and nothing else, booted with a systemd of its own.

It shares this machine's network, so that servers of the test answer it on loopback, and so do its servers the test.
"""

import os
import shutil
import signal
import subprocess
import time

import pytest

from conftest import ROOT

PACKAGES = "ca-certificates,curl,systemd-sysv"
BASE = ROOT / ".build" / "clean-root"

needs_clean_root = pytest.mark.skipif(
    os.geteuid() != 0 or not all(map(shutil.which, ("debootstrap", "systemd-nspawn"))),
    reason="needs root, debootstrap and systemd-nspawn (make setup-test installs the two)")


def mirror():
    """Where this machine has its own packages of Debian 12 from."""
    answer = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(SITE)", "Created-By: Packages", "Codename: bookworm"],
        capture_output=True, text=True, timeout=60)
    sites = answer.stdout.split()
    if not sites:
        pytest.skip("needs a machine that has packages of Debian 12 from somewhere")
    return sites[0]


def base():
    """The installed system, made once; a run that broke off leaves none."""
    if not BASE.exists():
        site = mirror()
        work = BASE.with_name("clean-root.part")
        shutil.rmtree(work, ignore_errors=True)
        done = subprocess.run(
            ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", "bookworm", work, site],
            capture_output=True, text=True, timeout=900)
        if done.returncode != 0:
            if b"200" not in subprocess.run(
                    ["curl", "-sI", "--max-time", "20", f"{site}/dists/bookworm/Release"], capture_output=True).stdout:
                pytest.skip("needs the packages of Debian 12, which cannot be reached")
            raise AssertionError(done.stdout[-3000:] + done.stderr[-1000:])
        work.rename(BASE)
    return BASE


class CleanRoot:
    """One machine, new each time; what it writes goes when it ends."""

    def __init__(self, folder, variables=None):
        self.root = folder / "root"
        self.console = folder / "console.log"
        # In memory: the folders of pytest may lie on an overlay, which can be no layer of another.
        self.layers = folder / "layers"
        for part in (self.root, self.layers):
            part.mkdir()
        self._run("mount", "-t", "tmpfs", "tmpfs", self.layers)
        for part in ("upper", "work"):
            (self.layers / part).mkdir()
        self._run("mount", "-t", "overlay", "overlay", "-o",
                  f"lowerdir={base()},upperdir={self.layers}/upper,workdir={self.layers}/work", self.root)
        # What an installer leaves and debootstrap does not.
        shutil.copy("/etc/resolv.conf", self.root / "etc" / "resolv.conf")
        (self.root / "etc" / "hosts").write_text("127.0.0.1 localhost\n::1 localhost\n")
        if variables:
            drop_in = self.root / "etc/systemd/system.conf.d/test.conf"
            drop_in.parent.mkdir(parents=True)
            text = " ".join(f'"{name}={value}"' for name, value in variables.items())
            drop_in.write_text(f"[Manager]\nDefaultEnvironment={text}\n")
        with self.console.open("ab") as log:
            self.process = subprocess.Popen(
                ["systemd-nspawn", "--register=no", "--keep-unit", "--quiet", "--console=pipe",
                 "--resolv-conf=off", "--timezone=off", "--boot", f"--directory={self.root}"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.wait_until("systemctl is-system-running | grep -qE 'running|degraded'")

    @staticmethod
    def _run(*command):
        subprocess.run(command, check=True)

    def leader(self):
        """The process that is the machine's first."""
        children = subprocess.run(
            ["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True).stdout.split()
        return children[0] if children else None

    def run(self, script, check=True, seconds=300):
        """Runs shell commands as the machine's root.  Returns what they print."""
        leader = self.leader()
        if leader is None:
            raise AssertionError(f"the machine does not run:\n{self.console.read_text(errors='replace')[-3000:]}")
        done = subprocess.run(
            ["nsenter", f"--target={leader}", "--mount", "--uts", "--ipc", "--pid", "--root", "--wdns=/",
             "env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root",
             "bash", "-euc", script], capture_output=True, text=True, timeout=seconds)
        assert not check or done.returncode == 0, f"{script}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
        return done.stdout.strip()

    def wait_until(self, script, seconds=60):
        """Runs a command until it succeeds."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.console.read_text(errors="replace")[-3000:]
            if self.leader() and self.run(f"if {script}; then echo yes; fi", check=False) == "yes":
                return
            time.sleep(0.2)
        raise AssertionError(f"not within {seconds} s: {script}\n{self.journal()}")

    def journal(self):
        return self.run("journalctl --no-pager -q -n 80 -o short-monotonic", check=False)

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(120)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)
        for mount in (self.root, self.layers):
            self._run("umount", mount)


@pytest.fixture
def make_machine(tmp_path):
    """Boots machines with `make_machine(variables={...})`; all end with the test."""
    started = []

    def make(variables=None):
        folder = tmp_path / f"machine-{len(started)}"
        folder.mkdir()
        started.append(CleanRoot(folder, variables))
        return started[-1]

    yield make
    for machine in started:
        machine.stop()
