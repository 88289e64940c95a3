"""GAS beside Flask and gunicorn: the home page and the job list, requests a second and latency at equal numbers of connections,
and memory.

    .venv/bin/python Benchmarks/web/measure.py [--seconds 8] [--rounds 3]

Both serve HTTPS with the same certificate, and the same pages from the same jobs. gunicorn has as many workers as its
documentation advises (two for each core and one more), with four threads each, so that connections stay open. The two are measured in
turns; the median of the rounds counts. Needs wrk.
"""

import argparse
import os
import pathlib
import re
import secrets
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

import requests

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests" / "EndToEnd"))

from client import Client  # noqa: E402
from conftest import Service, free_port, sample  # noqa: E402

JOBS = 40
ROWS = 25
CONNECTIONS = (1, 4, 16, 64)
UNLIMITED = 1_000_000_000


def templates(client, folder):
    """GAS's own answers as templates: what depends on the person or the job becomes an expression."""
    home = requests.get(client.url + "/", verify=client.http.verify, timeout=30).text
    page = client.get("/annotations").text
    assert "{%" not in home + page and "{{" not in home + page
    rows = re.findall(r"<tr>\n<td.*?</tr>\n", page, re.S)
    assert len(rows) == ROWS, len(rows)
    row = rows[0]
    identifier = re.search(r'href="/annotations/([0-9a-f-]{36})"', row).group(1)
    name = re.search(r'class="file-name">([^<]+)<', row).group(1)
    row = row.replace(identifier, "{{ job.job_id }}").replace(identifier[:8], "{{ job.job_id[:8] }}")
    row = row.replace(name, "{{ job.input_file_name }}").replace("COMPLETED", "{{ job.job_status }}")
    row = re.sub(r'<time datetime="[^"]+">[^<]+</time>', '<time datetime="{{ job.submit_time }}">{{ job.submit_time }}</time>', row, 1)
    page = page.replace("".join(rows), "{% for job in jobs %}" + row + "{% endfor %}")
    page = page.replace("Rosalind Franklin", "{{ person.name }}")
    page = re.sub(r'(COMPLETED <span class="filter-count">)\d+', r"\1{{ counts.COMPLETED }}", page)
    assert page.count("{{") >= 5
    (folder / "home.html").write_text(home)
    (folder / "annotations.html").write_text(page)
    return len(home), len(page)


def wrk(url, authority, connections, seconds, cookie):
    """Requests a second, and the median and 99th percentile of the latency in milliseconds."""
    header = ["-H", f"Cookie: {cookie}"] if cookie else []
    done = subprocess.run(
        ["wrk", "-t", str(min(2, connections)), "-c", str(connections), "-d", f"{seconds}s", "--latency", *header, url],
        check=True, capture_output=True, text=True).stdout
    assert "Non-2xx" not in done and "Socket errors" not in done, done
    factors = {"us": 0.001, "ms": 1, "s": 1000}

    def latency(share):
        value, unit = re.search(rf"{share}%\s+([0-9.]+)(us|ms|s)", done).groups()
        return float(value) * factors[unit]

    return float(re.search(r"Requests/sec:\s+([0-9.]+)", done).group(1)), latency(50), latency(99)


def memory(processes):
    """Proportional set size in MB: what processes share counts once."""
    return sum(int(re.search(r"^Pss:\s+(\d+)", pathlib.Path(f"/proc/{process}/smaps_rollup").read_text(), re.M).group(1))
               for process in processes) / 1024


class Peer:
    def __init__(self, folder, certificate, key):
        self.port = free_port()
        self.url = f"https://localhost:{self.port}"
        self.workers = 2 * os.cpu_count() + 1
        self.process = subprocess.Popen(
            [ROOT / ".venv/bin/gunicorn", "--chdir", ROOT / "Benchmarks/web", "--bind", f"127.0.0.1:{self.port}",
             "--certfile", certificate, "--keyfile", key, "--workers", str(self.workers), "--worker-class", "gthread",
             "--threads", "4", "--keep-alive", "75", "--log-level", "error", "peer:application"],
            env=os.environ | {"PEER_FOLDER": str(folder), "PEER_KEY": secrets.token_hex(32)})
        deadline = time.monotonic() + 30
        while True:
            try:
                requests.get(self.url + "/readyz", verify=certificate, timeout=2)
                break
            except requests.RequestException:
                assert time.monotonic() < deadline and self.process.poll() is None, "gunicorn does not start"
                time.sleep(0.1)

    def processes(self):
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [self.process.pid, *children]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


def measure(folder, seconds, rounds):
    service = Service(folder / "data", settings={
        "web-requests-per-account": UNLIMITED, "web-requests-per-address": UNLIMITED, "web-jobs-per-page": ROWS}).start()
    peer = None
    try:
        client = Client(service).sign_up()
        for _ in range(JOBS):
            client.submit("mtdna-small.vcf", sample("mtdna-small.vcf").read_bytes())
        service.wait_for_end(JOBS)
        theirs = folder / "peer"
        theirs.mkdir()
        sizes = templates(client, theirs)
        with sqlite3.connect(service.data / "gas.sqlite") as source, sqlite3.connect(theirs / "gas.sqlite") as copy:
            source.backup(copy)
        peer = Peer(theirs, service.authority, str(service.data / "tls" / "private-key.pem"))
        (account,) = service.rows("SELECT id FROM accounts")[0]
        signed = requests.get(f"{peer.url}/sign-in/{account}", verify=service.authority, timeout=10).headers["Set-Cookie"]
        cookies = {"gas": "; ".join(f"{cookie.name}={cookie.value}" for cookie in client.http.cookies),
                   "peer": signed.split(";")[0]}
        ours = client.get("/annotations").text
        same = requests.get(peer.url + "/annotations", headers={"Cookie": cookies["peer"]}, verify=service.authority, timeout=10).text
        assert same.count("<tr>") == ours.count("<tr>") and abs(len(same) - len(ours)) < 0.1 * len(ours)
        urls = {"gas": service.url, "peer": peer.url}
        figures = {}
        for path, signed_in in (("/", False), ("/annotations", True)):
            for connections in CONNECTIONS:
                found = {who: [] for who in urls}
                for _ in range(rounds):
                    for who, url in urls.items():
                        cookie = cookies[who] if signed_in else None
                        found[who].append(wrk(url + path, service.authority, connections, seconds, cookie))
                for who in urls:
                    figures[path, connections, who] = [statistics.median(column) for column in zip(*found[who])]
        return sizes, figures, memory([service.process.pid]), memory(peer.processes()), peer.workers
    finally:
        if peer:
            peer.stop()
        service.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    assert shutil.which("wrk"), "This needs Debian's package wrk."
    with tempfile.TemporaryDirectory() as folder:
        sizes, figures, ours, theirs, workers = measure(pathlib.Path(folder), options.seconds, options.rounds)
    print("| page | connections | GAS, requests/s | p50, p99 ms | Flask + gunicorn, requests/s | p50, p99 ms | ratio |")
    print("|---|---|---|---|---|---|---|")
    titles = {"/": f"home, {sizes[0] / 1000:.1f} kB", "/annotations": f"job list, {ROWS} rows, {sizes[1] / 1000:.1f} kB"}
    for path, title in titles.items():
        for connections in CONNECTIONS:
            gas, peer = figures[path, connections, "gas"], figures[path, connections, "peer"]
            print(f"| {title} | {connections} | {gas[0]:,.0f} | {gas[1]:.1f}, {gas[2]:.1f} | {peer[0]:,.0f} | "
                  f"{peer[1]:.1f}, {peer[2]:.1f} | {gas[0] / peer[0]:.1f} |")
    print(f"\nMemory after that (proportional set size): GAS {ours:.0f} MB, gunicorn with {workers} workers {theirs:.0f} MB.")


if __name__ == "__main__":
    main()
