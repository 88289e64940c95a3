"""How long a person waits, and what an idle service costs.

Starts the service on loopback with a data folder of its own, and prints
- the time from the click on "Annotate" to COMPLETED, as the job's page shows it in a real browser,
- memory and processor time of the idle service over a minute.
"""

import pathlib
import re
import statistics
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "Tests" / "EndToEnd"))

from browser import chromium, page_of  # noqa: E402
from conftest import SHARED, Service, sample  # noqa: E402
from test_main_job import sign_up  # noqa: E402

REPETITIONS = 15
IDLE_SECONDS = 60

# The browser's own clock, from the click to the change in the page: what a person would see, without the time that
# the program which drives the browser takes.
STOPWATCH = """
const now = () => performance.timeOrigin + performance.now();
addEventListener("click", () => sessionStorage.setItem("clicked", now()), true);
new MutationObserver(() => {
    window.completed ??= document.querySelector("#live[data-status=COMPLETED]") ? now() : undefined;
}).observe(document, { subtree: true, childList: true, attributes: true });
"""


def click_to_completed(service):
    """Milliseconds from the click to the finished page, and those of them from submission to the end of the job."""
    path = sample("free_1.vcf" if SHARED.is_dir() else "mtdna-sample.vcf")
    seen = []
    with chromium() as browser, page_of(browser) as page:
        page.add_init_script(STOPWATCH)
        sign_up(page, service.url)
        for _ in range(REPETITIONS):
            page.goto(service.url + "/annotate")
            page.get_by_label("Choose a VCF file").set_input_files(path)
            page.wait_for_timeout(200)
            page.get_by_role("button", name="Annotate").click()
            page.wait_for_url(re.compile(r"/annotations/[0-9a-f-]{36}$"), wait_until="commit")
            page.locator("#live[data-status=COMPLETED]").wait_for()
            seen.append(page.evaluate("window.completed - Number(sessionStorage.getItem('clicked'))"))
    jobs = [end - begin for begin, end in service.rows("SELECT submit_time, complete_time FROM annotations")]
    return path, seen, jobs


def processor_seconds(process):
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def resident_megabytes(process):
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024


def main():
    with tempfile.TemporaryDirectory() as folder:
        service = Service(pathlib.Path(folder) / "data").start()
        try:
            time.sleep(3)
            memory, before = resident_megabytes(service.process), processor_seconds(service.process)
            time.sleep(IDLE_SECONDS)
            spent = processor_seconds(service.process) - before
            print(f"idle: {memory:.0f} MB resident after start, {spent:.2f} s of processor time in {IDLE_SECONDS} s "
                  f"({100 * spent / IDLE_SECONDS:.2f} % of one core)")
            path, seen, jobs = click_to_completed(service)
            print(f"{path.name}: click to COMPLETED, as seen in the browser: median {statistics.median(seen):.0f} ms, "
                  f"fastest {min(seen):.0f} ms, slowest {max(seen):.0f} ms of {len(seen)}")
            print(f"{path.name}: submission to COMPLETED, as stored: median {statistics.median(jobs):.0f} ms, "
                  f"slowest {max(jobs)} ms")
            print(f"after {len(jobs)} jobs: {resident_megabytes(service.process):.0f} MB resident")
        finally:
            service.stop()


if __name__ == "__main__":
    main()
