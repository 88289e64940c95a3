"""A farm of real processes behind a real HAProxy, with thresholds that a test can reach."""

import json
import os
import signal
import subprocess
import time

from conftest import GAS, ROOT

HAPROXY = "/usr/sbin/haproxy"


def policies(web_out=None, web_in=None, annotators_out=None, annotators_in=None, maximum=10):
    """A set of scaling policies: for each a threshold over five seconds, or none."""
    def policy(name, role, change, metric, statistic, comparison, threshold, missing):
        return {"name": name, "role": role, "adjustment": change, "cooldownSeconds": 2, "alarm": {
            "metric": metric, "statistic": statistic, "periodSeconds": 5, "evaluationPeriods": 1,
            "comparison": comparison, "threshold": threshold, "missingData": missing}}

    wanted = [
        (web_out, ("web-out", "web", 1, "web.responses-2xx", "Sum", "GreaterThanThreshold"), "notBreaching"),
        (web_in, ("web-in", "web", -1, "web.responses-2xx", "Sum", "LessThanThreshold"), "breaching"),
        (annotators_out, ("annotators-out", "annotator", 1, "annotator.messages-sent", "Sum", "GreaterThanThreshold"),
         "notBreaching"),
        (annotators_in, ("annotators-in", "annotator", -1, "annotator.messages-sent", "Sum", "LessThanThreshold"),
         "breaching"),
    ]
    return {
        "name": "shortened", "summary": "For tests.", "evaluationSeconds": 1,
        "groups": [{"role": "web", "minimum": 2, "maximum": maximum},
                   {"role": "annotator", "minimum": 2, "maximum": maximum},
                   {"role": "utility", "minimum": 1, "maximum": 1}],
        "policies": [policy(*words, threshold, missing) for threshold, words, missing in wanted if threshold is not None],
    }


class Farm:
    """What tests ask of a farm, besides what they ask of every service."""

    def __init__(self, service):
        self.service = service

    def state(self):
        path = self.service.data / "farm" / "state.json"
        return json.loads(path.read_text()) if path.exists() else None

    def instances(self, role=None, phase="serving"):
        return [instance for instance in (self.state() or {"instances": []})["instances"]
                if (role is None or instance["role"] == role) and (phase is None or instance["phase"] == phase)]

    def sizes(self):
        return {role: len(self.instances(role)) for role in ("web", "annotator", "utility")}

    def wait(self, test, what, seconds=60):
        """Waits until `test` holds.  Returns the seconds that it took."""
        begin = time.monotonic()
        while time.monotonic() - begin < seconds:
            if test():
                return time.monotonic() - begin
            time.sleep(0.02)
        raise AssertionError(
            f"{what}: not within {seconds} s; {self.state()}\n{self.service.log_text()[-3000:]}")

    def wait_until_whole(self, seconds=60):
        # Not what an earlier farm has written.
        return self.wait(lambda: (self.state() or {}).get("process", {}).get("id") == self.service.process.pid
                         and self.sizes() == {"web": 2, "annotator": 2, "utility": 1}
                         and len(self.instances(phase=None)) == 5, "a whole farm", seconds)

    def kill(self, instance):
        os.kill(instance["process"]["id"], signal.SIGKILL)

    def command(self, *words):
        """Runs `gas farm ...` as an operator would."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GAS_")}
        return subprocess.run(
            [GAS, "farm", *words, "--data-directory", str(self.service.data)], cwd=ROOT, env=environment,
            capture_output=True, text=True, timeout=60)


def make_farm(make_service, tmp_path, **thresholds):
    settings = thresholds.pop("settings", {})
    file = tmp_path / "policies.json"
    file.write_text(json.dumps(policies(**thresholds)))
    service = make_service("farm", settings={
        "farm-policies": file, "farm-drain-seconds": 2, "farm-check-seconds": 0.5, "farm-steady-seconds": 1,
        "web-requests-per-address": 1_000_000,
        **settings})
    farm = Farm(service)
    farm.wait_until_whole()
    return farm
