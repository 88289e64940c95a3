"""What the templates of AWS CloudFormation say: every name, port, minimum and maximum."""

import json
import os
import re
import secrets
import subprocess
import sys

import pytest

from conftest import ROOT
from deployment import EXAMPLE, FLAT, PASSWORD, TEMPLATES, of, values

GROUPS = {"Web": "web", "Annotators": "ann", "Utility": "util"}


@pytest.fixture(scope="module")
def resources():
    return values().resources()


def test_templates_are_clean():
    # W3002: nested templates are named as files, which `aws cloudformation package` replaces by addresses.
    done = subprocess.run(
        [os.path.join(os.path.dirname(sys.executable), "cfn-lint"), "--ignore-checks", "W3002", "--",
         *TEMPLATES.glob("*.yaml")], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_every_part_is_used():
    kinds = {resource["Type"] for resource in FLAT["Resources"].values()}
    assert "AWS::CloudFormation::Stack" not in kinds
    nested = re.findall(r"TemplateURL: (\S+)", "".join(path.read_text() for path in TEMPLATES.glob("*.yaml")))
    assert {path.name for path in TEMPLATES.glob("*.yaml")} == {"gas.yaml", *nested}


@pytest.mark.parametrize("zones", range(2, 7))
@pytest.mark.parametrize("gateways", ["first", "each"])
def test_the_network_spans_all_zones(zones, gateways):
    made = values(ZoneCount=zones, NatGateways=gateways).resources
    subnets = made("AWS::EC2::Subnet").values()
    for part in ("public", "private"):
        mine = [subnet for subnet in subnets if f"-{part}-" in subnet["Tags"][0]["Value"]]
        assert len({subnet["AvailabilityZone"] for subnet in mine}) == zones
    assert len({subnet["CidrBlock"] for subnet in subnets}) == 2 * zones
    assert len(made("AWS::EC2::NatGateway")) == (1 if gateways == "first" else zones)
    # Everything but the load balancer is in the private part, the load balancer in every public one.
    private = [f"<NetworkZone{number}PrivateSubnet>" for number in range(1, zones + 1)]
    for group in made("AWS::AutoScaling::AutoScalingGroup").values():
        assert group["VPCZoneIdentifier"] == private
    assert made()["DatabaseSubnetworks"]["SubnetIds"] == private
    assert len(made()["BalancerBalancer"]["Subnets"]) == zones
    assert {endpoint["ServiceName"] for endpoint in made("AWS::EC2::VPCEndpoint").values()} == {
        "com.amazonaws.us-east-1.s3", "com.amazonaws.us-east-1.dynamodb"}
    for endpoint in made("AWS::EC2::VPCEndpoint").values():
        assert len(endpoint["RouteTableIds"]) == zones


def test_who_may_open_connections_to_whom(resources):
    allowed = set()
    for name, group in of("AWS::EC2::SecurityGroup").items():
        for rule in group.get("SecurityGroupIngress", []):
            allowed.add((rule.get("SourceSecurityGroupId") or rule["CidrIp"], f"<{name}>", rule["FromPort"], rule["ToPort"]))
            assert rule["IpProtocol"] == "tcp"
    for rule in of("AWS::EC2::SecurityGroupIngress").values():
        allowed.add((rule["SourceSecurityGroupId"], rule["GroupId"], rule["FromPort"], rule["ToPort"]))
    assert allowed == {
        ("0.0.0.0/0", "<AccessBalancerGroup>", 443, 443),
        ("<AccessBalancerGroup>", "<AccessWebGroup>", 4433, 4433),
        ("<AccessWebGroup>", "<AccessDatabaseGroup>", 5432, 5432),
        ("<AccessUtilityGroup>", "<AccessDatabaseGroup>", 5432, 5432),
        ("<AccessNotifierGroup>", "<AccessDatabaseGroup>", 5432, 5432),
    }
    # The load balancer reaches web servers and nobody else, the database nobody.
    nowhere = [{"IpProtocol": "-1", "CidrIp": "127.0.0.1/32", "Description": "nobody"}]
    for group in ("AccessBalancerGroup", "AccessDatabaseGroup"):
        assert resources[group]["SecurityGroupEgress"] == nowhere
    out = of("AWS::EC2::SecurityGroupEgress")
    assert [(rule["GroupId"], rule["DestinationSecurityGroupId"], rule["FromPort"]) for rule in out.values()] == [
        ("<AccessBalancerGroup>", "<AccessWebGroup>", 4433)]
    assert {name: template["LaunchTemplateData"]["SecurityGroupIds"]
            for name, template in of("AWS::EC2::LaunchTemplate").items()} == {
        "WebTemplate": ["<AccessWebGroup>"], "AnnotatorsTemplate": ["<AccessAnnotatorGroup>"],
        "UtilityTemplate": ["<AccessUtilityGroup>"]}
    assert resources["DatabaseDatabase"]["VPCSecurityGroups"] == ["<AccessDatabaseGroup>"]


def test_the_load_balancer(resources):
    balancer, target, listener = (resources["Balancer" + name] for name in ("Balancer", "WebServers", "Listener"))
    assert (balancer["Type"], balancer["Scheme"]) == ("application", "internet-facing")
    assert balancer["SecurityGroups"] == ["<AccessBalancerGroup>"]
    assert (listener["Protocol"], listener["Port"]) == ("HTTPS", 443)
    assert listener["Certificates"] == [{"CertificateArn": EXAMPLE["CertificateArn"]}]
    assert len(of("AWS::ElasticLoadBalancingV2::Listener")) == 1
    assert (target["Protocol"], target["Port"]) == ("HTTPS", 4433)
    assert (target["HealthCheckPath"], target["Matcher"]) == ("/readyz", {"HttpCode": "200"})
    assert "HealthCheckPort" not in target
    assert resources["BalancerAlias"]["Name"] == EXAMPLE["DomainName"]
    assert "BalancerAlias" not in values(HostedZoneId="").resources()


def test_groups(resources):
    sizes = {name: (group["MinSize"], group["MaxSize"])
             for name, group in of("AWS::AutoScaling::AutoScalingGroup").items()}
    assert sizes == {"WebGroup": (2, 10), "AnnotatorsGroup": (2, 10), "UtilityGroup": (1, 1)}
    for name, tag in GROUPS.items():
        group = values(Prefix="lab").resources()[name + "Group"]
        assert group["Tags"] == [{"Key": "Name", "Value": f"lab-gas-{tag}", "PropagateAtLaunch": True}]
        assert group["AutoScalingGroupName"] == f"lab-gas-{tag}"
        assert group["LifecycleHookSpecificationList"] == [{
            "LifecycleHookName": "drain", "LifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING",
            "HeartbeatTimeout": 900, "DefaultResult": "CONTINUE"}]
        assert group["MetricsCollection"] == [{"Granularity": "1Minute"}]
    assert resources["WebGroup"]["TargetGroupARNs"] == ["<BalancerWebServers>"]
    assert resources["WebGroup"]["HealthCheckType"] == "ELB"
    assert "TargetGroupARNs" not in resources["AnnotatorsGroup"]
    # A new release replaces instances one by one and leaves the minimum in service.
    for name, kept in {"Web": 2, "Annotators": 2, "Utility": 0}.items():
        update = values().of(FLAT["Resources"][name + "Group"]["UpdatePolicy"])["AutoScalingRollingUpdate"]
        assert (update["MinInstancesInService"], update["MaxBatchSize"]) == (kept, 1)
        # None goes before the one that takes its place has said that it works, and health checks do not replace it meanwhile.
        assert update["WaitOnResourceSignals"] is True and {"HealthCheck", "ReplaceUnhealthy"} <= set(update["SuspendProcesses"])
        longest = int(re.fullmatch(r"PT(\d+)M", update["PauseTime"])[1]) * 60
        # It says so after having been started, or at most after the one before it has ended its work.
        ready = (ROOT / "deploy/aws/instance/ready").read_text()
        assert longest > 900 + int(re.search(r"READY_SECONDS:-(\d+)", ready)[1])
        assert "MinSuccessfulInstancesPercent" not in update


def test_instances(resources):
    for name in GROUPS:
        data = resources[name + "Template"]["LaunchTemplateData"]
        assert data["MetadataOptions"] == {"HttpTokens": "required", "HttpEndpoint": "enabled", "HttpPutResponseHopLimit": 1}
        assert "KeyName" not in data
        assert all(device["Ebs"]["Encrypted"] for device in data["BlockDeviceMappings"])
        assert data["Monitoring"] == {"Enabled": True}
    units = {}
    for name in GROUPS:
        *_, start, ready = resources[name + "Template"]["LaunchTemplateData"]["UserData"].splitlines()
        units[name] = start.removeprefix("/opt/gas/deploy/aws/instance/start ").split()
        assert ready == "/opt/gas/deploy/aws/instance/ready"
    assert units == {"Web": ["gas-web@4433"], "Annotators": ["gas-annotator@1"], "Utility": ["gas-utility.target"]}
    without = values(NotifierKey="").resources()
    assert "NotifierFunction" not in without
    assert "start gas-utility.target gas-worker@notifier\n" in without["UtilityTemplate"]["LaunchTemplateData"]["UserData"]
    # What a job takes at most, an instance that is to go may take; systemd and the group wait longer.
    grace = int(re.search(r"GAS_QUEUES_GRACE_SECONDS=(\d+)", resources["AnnotatorsTemplate"]["LaunchTemplateData"]["UserData"])
                .group(1))
    stop = (ROOT / "deploy/systemd/gas-annotator@.service").read_text()
    assert "TimeoutStopSec=15min" in stop and grace < 900


def settings_of(resources, group):
    """The settings that user data writes."""
    text = resources[group + "Template"]["LaunchTemplateData"]["UserData"]
    (lines,) = re.findall(r"/etc/gas/gas\.env <<'END'\n(.*?)\nEND\n", text, re.S)
    return dict(line.split("=", 1) for line in lines.splitlines())


def test_topics_and_queues(resources):
    queues = of("AWS::SQS::Queue", Prefix="lab")
    names = {"job-requests", "notify", "archive", "restore", "thaw"}
    assert {queue["QueueName"] for queue in queues.values()} == {
        f"lab_{name}{suffix}" for name in names for suffix in ("", "-dead-letters")}
    for name, queue in queues.items():
        assert queue["SqsManagedSseEnabled"] and queue["MessageRetentionPeriod"] == 14 * 86400
        if name.endswith("DeadLetters"):
            continue
        dead = name.removesuffix("Queue") + "DeadLetters"
        assert queue["RedrivePolicy"] == {"deadLetterTargetArn": f"<{dead}.Arn>", "maxReceiveCount": 100}
        assert queues[dead]["QueueName"] == queue["QueueName"] + "-dead-letters"
    assert {topic["TopicName"] for topic in of("AWS::SNS::Topic").values()} == {
        "gas_job_requests", "gas_job_results", "gas_restore_requests", "gas_result_notices", "gas_thaw", "gas_operators"}
    assert resources["MessagesArchiveQueue"]["DelaySeconds"] == 300
    assert all(subscription["RawMessageDelivery"] for subscription in of("AWS::SNS::Subscription").values())
    # Each topic that a queue hears may put messages into it, and no other.
    for name, policy in of("AWS::SQS::QueuePolicy").items():
        (statement,) = policy["PolicyDocument"]["Statement"]
        heard = {subscription["TopicArn"] for subscription in of("AWS::SNS::Subscription").values()
                 if subscription["Endpoint"] == statement["Resource"]}
        assert set(statement["Condition"]["ArnEquals"]["aws:SourceArn"]) == heard and heard
        assert statement["Principal"] == {"Service": "sns.amazonaws.com"}


def test_buckets(resources):
    buckets = of("AWS::S3::Bucket")
    assert set(buckets) == {"ObjectsInputs", "ObjectsResults", "ObjectsArchive"}
    for name, bucket in buckets.items():
        assert all(bucket["PublicAccessBlockConfiguration"].values()) and len(bucket["PublicAccessBlockConfiguration"]) == 4
        (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
        assert bucket["LifecycleConfiguration"]["Rules"][0]["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
        (policy,) = [policy for policy in of("AWS::S3::BucketPolicy").values() if policy["Bucket"] == f"<{name}>"]
        (statement,) = policy["PolicyDocument"]["Statement"]
        assert (statement["Effect"], statement["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
        assert FLAT["Resources"][name]["DeletionPolicy"] == "Retain"
    assert buckets["ObjectsArchive"]["NotificationConfiguration"] == {
        "TopicConfigurations": [{"Topic": "<MessagesThawTopic>", "Event": "s3:ObjectRestore:Completed"}]}
    first = resources["MessagesThawTopicPolicy"]["PolicyDocument"]["Statement"][0]
    assert (first["Principal"], first["Action"]) == ({"Service": "s3.amazonaws.com"}, "sns:Publish")


def test_the_database_and_its_secrets(resources):
    database = resources["DatabaseDatabase"]
    assert (database["Engine"], database["Port"], database["PubliclyAccessible"]) == ("postgres", "5432", False)
    assert database["StorageEncrypted"] and database["BackupRetentionPeriod"] >= 7
    # RDS makes and changes the password, and nobody but those who read accounts may look it up.
    assert database["ManageMasterUserPassword"] is True and "MasterUserPassword" not in database
    assert resources["DatabaseParameters"]["Parameters"] == {"rds.force_ssl": "1"}
    assert FLAT["Resources"]["DatabaseDatabase"]["DeletionPolicy"] == "Snapshot"
    assert resources["DatabaseSettings"]["GenerateSecretString"]["GenerateStringKey"] == "GAS_SIGN_IN_SEALING_KEY"
    for name in GROUPS:
        settings = settings_of(resources, name)
        if name == "Annotators":
            assert settings["GAS_DATABASE"] == "sqlite" and not any("POSTGRES" in key for key in settings)
        else:
            assert "?sslmode=verify-full&sslrootcert=/etc/gas/rds.pem" in settings["GAS_POSTGRES_URL"]
            assert settings["GAS_POSTGRES_PASSWORD_SECRET"] == PASSWORD + "#password"
    assert "sslmode=verify-full" in resources["NotifierFunction"]["Environment"]["Variables"]["GAS_POSTGRES_URL"]


def test_what_is_observed(resources):
    dashboard = json.loads(resources["ObservationDashboard"]["DashboardBody"])
    assert len(dashboard["widgets"]) >= 6
    assert resources["Logs"]["RetentionInDays"] == 90 and "NotifierLogs" in resources
    assert resources["ObservationCalls"]["Subscription"] == [{"Protocol": "email", "Endpoint": "operators@example.org"}]


def test_dead_letters_are_told_even_where_other_queues_are_asleep(resources):
    """SQS stops to measure a queue that nobody uses, and what is computed from a missing value is missing."""
    alarm = resources["ObservationDeadLettersAlarm"]
    (total,) = [metric for metric in alarm["Metrics"] if "Expression" in metric]
    measured = {metric["Id"]: metric["MetricStat"] for metric in alarm["Metrics"] if "MetricStat" in metric}
    dead = {queue["QueueName"] for queue in of("AWS::SQS::Queue").values() if queue["QueueName"].endswith("-dead-letters")}
    assert {stat["Metric"]["Dimensions"][0]["Value"] for stat in measured.values()} == dead and len(dead) == 5
    assert all(stat["Metric"]["MetricName"] == "ApproximateNumberOfMessagesVisible" for stat in measured.values())
    assert not any(metric.get("ReturnData", True) for metric in alarm["Metrics"] if "MetricStat" in metric)
    terms = re.fullmatch(r"SUM\(\[(.*)\]\)", total["Expression"])[1]
    assert sorted(re.findall(r"FILL\((\w+), 0\)", terms)) == sorted(measured)
    assert re.sub(r"FILL\(\w+, 0\)", "", terms).strip(", ") == ""
    assert (alarm["ComparisonOperator"], alarm["Threshold"], alarm["EvaluationPeriods"]) == ("GreaterThanThreshold", 0, 1)
    assert alarm["AlarmActions"] == alarm["OKActions"] == ["<ObservationCalls>"]


def test_nobody_serves_is_told(resources):
    """The load balancer counts no healthy server, or counts nothing any more."""
    alarm = resources["ObservationUnhealthyAlarm"]
    assert alarm["AlarmName"] == "gas-gas-nobody-serves"
    assert (alarm["Namespace"], alarm["MetricName"], alarm["Statistic"]) == (
        "AWS/ApplicationELB", "HealthyHostCount", "Maximum")
    assert alarm["Dimensions"] == [
        {"Name": "LoadBalancer", "Value": "<BalancerBalancer.LoadBalancerFullName>"},
        {"Name": "TargetGroup", "Value": "<BalancerWebServers.TargetGroupFullName>"}]
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 1)
    assert (alarm["Period"], alarm["EvaluationPeriods"], alarm["TreatMissingData"]) == (60, 2, "breaching")
    assert alarm["AlarmActions"] == alarm["OKActions"] == ["<ObservationCalls>"]


def test_commands_of_the_guide_use_what_it_sets():
    guide = (ROOT / "deploy/aws/README.md").read_text()
    commands = "".join(re.findall(r"```sh\n(.*?)```", guide, re.S))
    used, given = set(re.findall(r"\$([A-Z_]+)", commands)), set(re.findall(r"(?:export )?\b([A-Z_]+)=\S", commands))
    assert "ACCOUNT" in used and used <= given


@pytest.mark.parametrize("name", [*GROUPS, "notifier"])
def test_settings_are_those_of_the_program(resources, name, tmp_path):
    if name == "notifier":
        settings = resources["NotifierFunction"]["Environment"]["Variables"]
    else:
        settings = settings_of(resources, name) | {"GAS_DATA_DIRECTORY": str(tmp_path)}
    assert len(settings) > 10
    done = subprocess.run(
        [ROOT / ".build/release/gas", "config"], cwd=tmp_path, capture_output=True, text=True,
        env={"PATH": os.environ["PATH"], "AWS_REGION": "us-east-1", "GAS_SIGN_IN_SEALING_KEY": secrets.token_hex(32)} | settings)
    assert done.returncode == 0, done.stderr
