"""Notes what a farm does, a line every ten seconds, as CSV: how many are at work, what each alarm measures, what was decided.

    python3 deploy/load/watch_farm.py farm.csv --minutes 100

Options that it does not know are for `gas farm status`, such as `--config gas.yaml`. `draw_farm.py` makes a picture of it.
"""

import argparse
import csv
import json
import pathlib
import subprocess
import time

GAS = pathlib.Path(__file__).resolve().parents[2] / ".build" / "release" / "gas"
SIZES = ["web", "annotator"]
CHANGES = {"scaled-out", "scaled-in"}


def status(gas, options):
    answer = subprocess.run([gas, "farm", "status", "--json", *options], stdout=subprocess.PIPE, text=True, timeout=30)
    if answer.returncode != 0:
        raise SystemExit("'gas farm status' does not tell.")
    return json.loads(answer.stdout)


class Notes:
    """Turns states of a farm into lines, each with what happened since the line before."""

    def __init__(self, state):
        self.columns = ["time", *SIZES, *(f"{role} wanted" for role in SIZES), "requests", "failed",
                        *(alarm["policy"] for alarm in state["alarms"]), "decisions"]
        self.seen = state["time"]

    def line(self, state):
        wanted = {group["role"]: group["desired"] for group in state["groups"]}
        fresh = [point for point in state["history"] if point["time"] > self.seen]
        decisions = [event for event in state["events"] if event["kind"] in CHANGES and event["time"] > self.seen]
        self.seen = max([self.seen, *(item["time"] for item in fresh + decisions)])
        return [
            state["time"],
            *(sum(one["role"] == role and one["phase"] == "serving" for one in state["instances"]) for role in SIZES),
            *(wanted[role] for role in SIZES),
            sum(point["requests"] for point in fresh), sum(point["failures"] for point in fresh),
            # Nothing measured is nothing written.
            *(alarm.get("value", "") for alarm in state["alarms"]),
            "; ".join(f"{event['time']} {event['role']} {event['text']}" for event in decisions)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0], allow_abbrev=False)
    parser.add_argument("file", type=pathlib.Path)
    parser.add_argument("--minutes", type=float, default=100)
    parser.add_argument("--seconds", type=float, default=10, help="Between two lines.")
    parser.add_argument("--gas", default=GAS)
    options, others = parser.parse_known_args()
    state = status(options.gas, others)
    # A farm that has just begun has measured nothing yet.
    while not state["alarms"]:
        time.sleep(1)
        state = status(options.gas, others)
    notes, begin = Notes(state), time.monotonic()
    with options.file.open("w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(notes.columns)
        for turn in range(1, int(options.minutes * 60 / options.seconds) + 1):
            time.sleep(max(0, begin + turn * options.seconds - time.monotonic()))
            lines.writerow(notes.line(status(options.gas, others)))
            file.flush()


if __name__ == "__main__":
    main()
