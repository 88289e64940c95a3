"""Jobs a minute from submission to the end, with one, two and four annotator processes, and what limits them.

Everything a job passes through is real: object store, job store, queues, annotators, mails. Jobs are submitted faster than
they can be done, and each annotator does one at a time on one thread, so that processes are what is compared. First the same
jobs are submitted while nobody annotates: faster than that no number of annotators can be seen to be. Prints Markdown.

usage: jobs.py [--jobs N] [FILE]
"""

import argparse
import dataclasses
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

import requests

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "Tests" / "EndToEnd"))

from client import Client  # noqa: E402
from conftest import GAS, Service, free_port, sample  # noqa: E402

SETTINGS = {"annotator-concurrency": 1, "annotator-threads": 1}
CORES = os.cpu_count()


@dataclasses.dataclass
class Run:
    """What came of one run; times in seconds."""

    annotators: int
    rate: int
    median: float
    tail: float
    # Share of the annotators' time in which a job was theirs, from its claim to its end.
    inHand: float
    # Share of that in which the engine worked; the rest is reading and writing files, and the database.
    engine: float
    # Processor cores that were busy on the average: annotators, and everything else of the service with the submitter.
    annotatorCores: float
    otherCores: float

    def limit(self, submitter):
        """What would have to be faster first, as the shares say."""
        if self.rate > 0.8 * submitter:
            return "the submitter"
        if self.annotatorCores + self.otherCores > 0.9 * CORES:
            return "processors"
        if self.inHand > 0.9:
            return "annotators" if self.engine > 0.5 else "files and database"
        return "the queue"


def processor_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def engine_seconds(port):
    """How long an annotator's engine has worked, as it tells Prometheus."""
    with requests.Session() as session:
        session.trust_env = False
        text = session.get(f"http://127.0.0.1:{port}/metrics", timeout=10).text
    found = re.search(r"^gas_annotation_seconds_sum ([\d.e+-]+)$", text, re.M)
    return float(found[1]) if found else 0.0


class Stage:
    """A service of several processes with a data folder of its own."""

    def __init__(self, annotators):
        self.folder = tempfile.TemporaryDirectory()
        self.data = pathlib.Path(self.folder.name) / "data"
        self.ports = [free_port() for _ in range(annotators)]
        self.others, self.annotators = [], []

    def __enter__(self):
        try:
            self.others.append(Service(self.data, "web", SETTINGS).start())
            self.account = Client(self.others[0]).sign_up().email
            self.others.append(Service(self.data, "notifier", SETTINGS).start())
            for port in self.ports:
                self.annotators.append(Service(self.data, "annotator", SETTINGS | {"metrics-port": port}).start())
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for service in self.others + self.annotators:
            service.stop()
        self.folder.cleanup()

    def load(self, file, jobs, wait):
        """Runs `gas load`. Returns what it says, and its processor seconds."""
        before = os.times()
        answer = subprocess.run(
            [GAS, "load", file, "--account", self.account, "--jobs", str(jobs), "--per-minute", "60000", "--wait", str(wait),
             "--data-directory", self.data], capture_output=True, text=True, timeout=wait + 300)
        after = os.times()
        spent = after.children_user + after.children_system - before.children_user - before.children_system
        return answer, spent


def submitter_alone(file, jobs):
    """Jobs a minute that are submitted while nobody annotates."""
    with Stage(0) as stage:
        answer, _ = stage.load(file, jobs, wait=0)
    seconds = float(re.search(rf"^{jobs} jobs submitted in ([\d.]+) s", answer.stdout)[1])
    return int(jobs * 60 / seconds)


def measure(annotators, file, jobs):
    with Stage(annotators) as stage:
        def spent(services):
            return sum(processor_seconds(service.process.pid) for service in services)

        before = spent(stage.annotators), spent(stage.others)
        begin = time.monotonic()
        answer, submitter = stage.load(file, jobs, wait=600)
        span = time.monotonic() - begin
        assert answer.returncode == 0, answer.stdout + answer.stderr
        after = spent(stage.annotators), spent(stage.others)
        engine = sum(map(engine_seconds, stage.ports))
        ((held, first, last),) = stage.others[0].rows(
            "SELECT sum(complete_time - start_time), min(submit_time), max(complete_time) FROM annotations")
    rate = re.search(r"jobs a minute, end to end: (\d+)", answer.stdout)[1]
    median, tail = re.search(r"to end: median ([\d.]+) s, 95th percentile ([\d.]+) s", answer.stdout).groups()
    return Run(
        annotators, int(rate), float(median), float(tail), inHand=held / (annotators * (last - first)),
        engine=1000 * engine / held, annotatorCores=(after[0] - before[0]) / span,
        otherCores=(after[1] - before[1] + submitter) / span)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("file", nargs="?", default=sample("free_1.vcf"), type=pathlib.Path)
    parser.add_argument("--jobs", type=int, default=300)
    options = parser.parse_args()
    print(f"{options.jobs} jobs of {options.file.name} ({options.file.stat().st_size:,} bytes), submitted at once; {CORES} cores, "
          f"load average {os.getloadavg()[0]:.1f} before.")
    submitter = submitter_alone(options.file, options.jobs)
    print(f"With nobody annotating, {submitter:,} jobs a minute are submitted.\n")
    print("| annotators | jobs a minute | median of a job | 95th percentile | jobs in hand | of that the engine "
          "| busy cores: annotators, the rest | limit |")
    print("|---:|---:|---:|---:|---:|---:|---:|---|")
    for annotators in (1, 2, 4):
        run = measure(annotators, options.file, options.jobs)
        print(f"| {annotators} | {run.rate:,} | {run.median:.1f} s | {run.tail:.1f} s | {run.inHand:.0%} | {run.engine:.0%} "
              f"| {run.annotatorCores:.2f}, {run.otherCores:.2f} | {run.limit(submitter)} |", flush=True)


if __name__ == "__main__":
    main()
