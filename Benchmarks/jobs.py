"""Jobs a minute from submission to the end, with one, two and four annotator processes.

Everything a job passes through is real: object store, job store, queues, annotators, mails. Jobs are submitted faster than
they can be done, and each annotator does one at a time on one thread, so that processes are what is compared. Prints
Markdown.

usage: jobs.py [--jobs N] [FILE]
"""

import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "Tests" / "EndToEnd"))

from client import Client  # noqa: E402
from conftest import GAS, Service, sample  # noqa: E402

SETTINGS = {"annotator-concurrency": 1, "annotator-threads": 1}


def measure(annotators, file, jobs):
    """What `gas load` says: jobs a minute, and the median and 95th percentile of a job's seconds."""
    with tempfile.TemporaryDirectory() as folder:
        data = pathlib.Path(folder) / "data"
        started = [Service(data, "web", SETTINGS).start()]
        try:
            account = Client(started[0]).sign_up().email
            for role in ["annotator"] * annotators + ["notifier"]:
                started.append(Service(data, role, SETTINGS).start())
            answer = subprocess.run(
                [GAS, "load", file, "--account", account, "--jobs", str(jobs), "--per-minute", "60000",
                 "--data-directory", data], capture_output=True, text=True, timeout=600, check=True)
        finally:
            for service in started:
                service.stop()
    rate = re.search(r"jobs a minute, end to end: (\d+)", answer.stdout)[1]
    median, tail = re.search(r"to end: median ([\d.]+) s, 95th percentile ([\d.]+) s", answer.stdout).groups()
    return int(rate), float(median), float(tail)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("file", nargs="?", default=sample("free_1.vcf"), type=pathlib.Path)
    parser.add_argument("--jobs", type=int, default=300)
    options = parser.parse_args()
    print(f"{options.jobs} jobs of {options.file.name} ({options.file.stat().st_size:,} bytes), submitted at once.\n")
    print("| annotators | jobs a minute | median of a job | 95th percentile |")
    print("|---:|---:|---:|---:|")
    for annotators in (1, 2, 4):
        rate, median, tail = measure(annotators, options.file, options.jobs)
        print(f"| {annotators} | {rate:,} | {median:.1f} s | {tail:.1f} s |", flush=True)


if __name__ == "__main__":
    main()
