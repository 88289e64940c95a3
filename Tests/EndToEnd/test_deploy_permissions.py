"""What the templates let each role do: what `deploy/aws/policies` says, and what instances need besides."""

import json
import re

import pytest

from conftest import ROOT
from deployment import FLAT, PASSWORD, of, values

POLICIES = ROOT / "deploy" / "aws" / "policies"


@pytest.fixture(scope="module")
def resources():
    return values().resources()


def in_this_stack(arn):
    """A name in the example policies as it is in the example stack."""
    for bucket in ("inputs", "results", "archive"):
        arn = arn.replace(f"arn:aws:s3:::gas-{bucket}", f"arn:aws:s3:::<Objects{bucket.capitalize()}>")
    return arn.replace("arn:aws:secretsmanager:us-east-1:123456789012:secret:gas-database-*", PASSWORD)


def statements(document):
    def listed(value):
        return frozenset(value if isinstance(value, list) else [value])

    return {(statement["Effect"], listed(statement["Action"]), frozenset(map(in_this_stack, listed(statement["Resource"]))))
            for statement in document["Statement"]}


def policies_of(role, **parameters):
    return {policy["PolicyName"]: policy["PolicyDocument"]
            for policy in values(**parameters).resources()[role]["Policies"]}


@pytest.mark.parametrize("role, at", [
    ("web", "WebRoleRole"), ("annotator", "AnnotatorRoleRole"), ("archiver", "UtilityRoleRole"),
    ("restorer", "UtilityRoleRole"), ("thawer", "UtilityRoleRole"), ("sweeper", "UtilityRoleRole"),
    ("notifier", "UtilityRoleRole")])
def test_permissions_of_roles(role, at):
    written = json.loads((POLICIES / f"{role}.json").read_text())
    if role == "annotator":
        # At AWS annotators have jobs in DynamoDB and do not know the database.
        written["Statement"] = [statement for statement in written["Statement"] if statement["Sid"] != "DatabasePassword"]
    assert statements(policies_of(at, NotifierKey="")[role]) == statements(written)


def test_permissions_of_instances():
    for role, tag, group in (
            ("WebRoleRole", "web", "Web"), ("AnnotatorRoleRole", "ann", "Annotators"), ("UtilityRoleRole", "util", "Utility")):
        found = {statement["Sid"]: statement for statement in policies_of(role)["instance"]["Statement"]}
        assert set(found) == {"Release", "Secrets", "Logs", "Group", "Ready"}
        assert found["Ready"]["Action"] == "cloudformation:SignalResource"
        # CloudFormation names a nested stack after the one around it, its own name there, and something random.
        assert group + "Group" in FLAT["Resources"]
        assert found["Ready"]["Resource"] == f"arn:aws:cloudformation:us-east-1:123456789012:stack/gas-{group}-*/*"
        assert found["Release"]["Resource"] == "arn:aws:s3:::gas-releases/*" and found["Release"]["Action"] == "s3:GetObject"
        assert found["Secrets"]["Action"] == "secretsmanager:GetSecretValue"
        assert found["Secrets"]["Resource"] == "<DatabaseSettings>"
        assert found["Group"]["Resource"].endswith(f"/gas-gas-{tag}")
        busy = ["autoscaling:SetInstanceProtection"] if tag == "ann" else []
        assert found["Group"]["Action"] == [*busy, "autoscaling:CompleteLifecycleAction"]
    # Where a function sends the mails, the utility instance may not.
    assert "notifier" not in policies_of("UtilityRoleRole")
    for role in of("AWS::IAM::Role").values():
        for policy in role["Policies"]:
            for statement in policy["PolicyDocument"]["Statement"]:
                actions = statement["Action"]
                assert not any("*" in action for action in ([actions] if isinstance(actions, str) else actions))


def test_the_notifier(resources):
    function, source = resources["NotifierFunction"], resources["NotifierSource"]
    assert (function["Runtime"], function["Handler"]) == ("provided.al2023", "notifier")
    assert source["EventSourceArn"] == "<MessagesNotifyQueue.Arn>"
    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    # Lambda wants six times the function's own time.
    assert resources["MessagesNotifyQueue"]["VisibilityTimeout"] >= 6 * function["Timeout"]
    (policy,) = resources["NotifierRole"]["Policies"]
    written = json.loads((POLICIES / "notifier.json").read_text())
    assert statements(policy["PolicyDocument"]) == statements(written)
    # Lambda itself looks how long the queue is, and writes the log and the network interfaces.
    (queue,) = [statement for statement in written["Statement"] if statement["Sid"] == "Queue"]
    assert {"sqs:GetQueueAttributes", "sqs:ReceiveMessage", "sqs:DeleteMessage"} <= set(queue["Action"])
    managed = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
    assert resources["NotifierRole"]["ManagedPolicyArns"] == [managed]
    # A queue may be a function's only when the function's role may do this with it, as docs/lambda.md says.
    documented = (ROOT / "docs" / "lambda.md").read_text()
    assert "AWSLambdaVPCAccessExecutionRole" in documented and "policies/notifier.json" in documented


@pytest.mark.parametrize("role", ["web", "notifier"])
def test_whoever_sends_mails_may_send_complete_ones_with_a_configuration_set(role):
    """SES's SendEmail with a message that is complete already (`Content.Raw`) is permitted as `ses:SendRawEmail`, and with a
    configuration set it is an act on that, too."""
    written = json.loads((POLICIES / f"{role}.json").read_text())
    (mail,) = [statement for statement in written["Statement"] if statement["Sid"] == "Mail"]
    assert set(mail["Action"]) == {"ses:SendEmail", "ses:SendRawEmail"}
    kinds = {resource.split(":")[-1].split("/")[0] for resource in mail["Resource"]}
    assert kinds == {"identity", "configuration-set"}


def test_every_request_to_a_vault_is_among_the_documented_permissions():
    """No example policy has a vault: docs/aws.md says what to add."""
    sources = [path.read_text() for path in (ROOT / "Sources" / "GASAWS" / "Archive").glob("Vault*.swift")]
    asked = {name for text in sources for name in re.findall(r'request\("([A-Z][A-Za-z]+)"', text)}
    assert {"ListJobs", "InitiateJob", "UploadArchive"} <= asked
    documented = (ROOT / "docs" / "aws.md").read_text()
    missing = {name for name in asked if not re.search(rf"`(glacier:)?{name}`", documented)}
    assert not missing
    sweeper = re.search(r"and the sweeper (.*?)\.\n", documented, re.DOTALL)[1]
    assert {"ListJobs", "InitiateJob", "GetJobOutput", "DescribeJob"} == set(re.findall(r"`(\w+)`", sweeper))


def test_what_is_needed_to_make_things_at_aws_is_documented():
    text = "\n".join(path.read_text() for path in (ROOT / "Sources" / "GASAWS" / "Resources").glob("*.swift"))
    asked = {*re.findall(r'"AmazonSQS\.(\w+)"', text), *re.findall(r'action\("(\w+)"\)', text),
             *re.findall(r'"sns",\s*"(\w+)"', text)} - {"ListSubscriptionsByTopic"}
    assert len(asked) >= 10
    documented = (ROOT / "docs" / "aws.md").read_text()
    section = documented[documented.index("`gas aws init` is for development"):documented.index("What is made, with the prefix")]
    assert {name for name in asked if not re.search(rf"`(\w+:)?{name}`", section)} == set()
