"""How the templates let groups grow and shrink: every alarm and every change, as the farm has them."""

import json
import re

import pytest

from conftest import ROOT
from deployment import of, values

SCALING = ROOT / "Sources" / "GASFarm" / "Policies"


@pytest.fixture(scope="module")
def resources():
    return values().resources()


def alarm_of(resources, policy):
    (alarm,) = [alarm for alarm in resources.values() if alarm.get("AlarmActions") == [f"<{policy}>"]]
    return alarm


def test_the_original_scaling(resources):
    balancer = [{"Name": "LoadBalancer", "Value": "<BalancerBalancer.LoadBalancerFullName>"}]
    queue = [{"Name": "QueueName", "Value": "<MessagesRequestsQueue.QueueName>"}]
    expected = {
        "WebOut": ("<WebGroup>", 1, "HTTPCode_Target_2XX_Count", balancer, "Sum", 60, "GreaterThanThreshold", 200),
        "WebIn": ("<WebGroup>", -1, "TargetResponseTime", balancer, "Average", 60, "LessThanThreshold", 0.01),
        "AnnotatorsOut": ("<AnnotatorsGroup>", 1, "NumberOfMessagesSent", queue, "Sum", 600, "GreaterThanThreshold", 50),
        "AnnotatorsIn": ("<AnnotatorsGroup>", -1, "NumberOfMessagesSent", queue, "Sum", 600, "LessThanThreshold", 5),
    }
    found = of("AWS::AutoScaling::ScalingPolicy")
    assert {name.removeprefix("OriginalScaling") for name in found} == set(expected)
    for name, (group, change, metric, dimensions, statistic, period, comparison, threshold) in expected.items():
        policy = found["OriginalScaling" + name]
        assert (policy["AutoScalingGroupName"], policy["ScalingAdjustment"]) == (group, change)
        assert (policy["PolicyType"], policy["AdjustmentType"], policy["Cooldown"]) == (
            "SimpleScaling", "ChangeInCapacity", "300")
        alarm = alarm_of(resources, "OriginalScaling" + name)
        assert (alarm["MetricName"], alarm["Dimensions"], alarm["Statistic"], alarm["Period"]) == (
            metric, dimensions, statistic, period)
        assert (alarm["ComparisonOperator"], alarm["Threshold"], alarm["EvaluationPeriods"]) == (comparison, threshold, 1)


# What a metric of the farm is called at AWS, and how many of AWS's units make one of ours.
METRICS = {
    "web.responses-2xx": ("HTTPCode_Target_2XX_Count", 1), "web.response-milliseconds": ("TargetResponseTime", 0.001),
    "web.utilisation": ("CPUUtilization", 100), "annotator.messages-sent": ("NumberOfMessagesSent", 1),
    "annotator.backlog-per-instance": ("(waiting + working) / annotators", 1),
    "annotator.oldest-message-seconds": ("ApproximateAgeOfOldestMessage", 1),
}


@pytest.mark.skipif(not SCALING.is_dir(), reason="needs the farm's policies")
@pytest.mark.parametrize("name", ["original", "adaptive"])
def test_the_farm_and_the_template_have_the_same_policies(name):
    farm = json.loads((SCALING / f"{name}.json").read_text())
    resources = values(Scaling=name).resources()
    prefix = f"{name.capitalize()}Scaling"
    policies = of("AWS::AutoScaling::ScalingPolicy", Scaling=name)
    assert set(policies) == {
        prefix + "".join(word.capitalize() for word in policy["name"].split("-")) for policy in farm["policies"]}
    names = {"web": "Web", "annotator": "Annotators", "utility": "Utility"}
    for group in farm["groups"]:
        found = resources[names[group["role"]] + "Group"]
        assert (found["MinSize"], found["MaxSize"]) == (group["minimum"], group["maximum"])
    for ours in farm["policies"]:
        theirs = prefix + "".join(word.capitalize() for word in ours["name"].split("-"))
        assert policies[theirs]["AutoScalingGroupName"] == f"<{names[ours['role']]}Group>"
        assert policies[theirs]["ScalingAdjustment"] == ours["adjustment"]
        assert float(policies[theirs]["Cooldown"]) == ours["cooldownSeconds"]
        alarm, wanted = alarm_of(resources, theirs), ours["alarm"]
        metric, factor = METRICS[wanted["metric"]]
        if "Metrics" in alarm:
            first, *parts = alarm["Metrics"]
            assert first["Expression"] == metric
            assert {part["MetricStat"]["Metric"]["MetricName"] for part in parts} == {
                "ApproximateNumberOfMessagesVisible", "ApproximateNumberOfMessagesNotVisible", "GroupInServiceInstances"}
            assert {(part["MetricStat"]["Stat"], part["MetricStat"]["Period"]) for part in parts} == {
                (wanted["statistic"], wanted["periodSeconds"])}
        else:
            assert (alarm["MetricName"], alarm["Period"]) == (metric, wanted["periodSeconds"])
            assert alarm.get("Statistic", alarm.get("ExtendedStatistic")) == wanted["statistic"]
        assert alarm["Threshold"] == pytest.approx(wanted["threshold"] * factor)
        assert (alarm["ComparisonOperator"], alarm["EvaluationPeriods"], alarm["TreatMissingData"]) == (
            wanted["comparison"], wanted["evaluationPeriods"], wanted["missingData"])


def test_operators_find_every_alarm_explained():
    """docs/operations.md has a row for each alarm of a farm and of AWS, and for no other."""
    guide = (ROOT / "docs" / "operations.md").read_text()
    section = guide[guide.index("## What each alarm means"):guide.index("## Upgrade")]
    explained = re.findall(r"^\| `([\w-]+)` \((\w+|`\w+`)\) \|", section, re.M)
    policies = {
        (policy["name"], f"`{path.stem}`") for path in SCALING.glob("*.json")
        for policy in json.loads(path.read_text())["policies"]}
    names = {alarm["AlarmName"] for scaling in ("original", "adaptive")
             for alarm in of("AWS::CloudWatch::Alarm", Scaling=scaling).values()}
    assert {name for name, _ in explained} == {name.removeprefix("gas-gas-") for name in names}
    assert set(explained) == policies | {("dead-letters", "AWS"), ("nobody-serves", "AWS")}
