"""The templates deployed to moto, as far as moto goes, and read back with boto3; and beside them what `gas aws init` makes."""

import json
import os
import subprocess

import boto3
import pytest

from conftest import ROOT
from deployment import EXAMPLE, folded
from moto_rig import MotoRig

REGION = "us-east-1"
# Kinds that moto passes over in silence; `test_deploy.py` is about what they say.
BEYOND_MOTO = {
    "AWS::AutoScaling::ScalingPolicy", "AWS::CloudWatch::Alarm", "AWS::EC2::SecurityGroupEgress", "AWS::S3::BucketPolicy",
    "AWS::SNS::Subscription", "AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy", "AWS::SecretsManager::Secret",
}


class Account:
    """An empty account."""

    def __init__(self, folder):
        self.rig = MotoRig(folder).start()

    def __call__(self, service):
        return boto3.client(service, endpoint_url=self.rig.url, region_name=REGION, aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
                            aws_secret_access_key="not-a-secret")


@pytest.fixture(scope="module")
def deployed(tmp_path_factory):
    account = Account(tmp_path_factory.mktemp("moto"))
    template = folded(known={"DatabaseDatabase.MasterUserSecret.SecretArn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:rds"})
    resources = template["Resources"]
    certificate = account("acm").request_certificate(DomainName=EXAMPLE["DomainName"])["CertificateArn"]
    resources["BalancerListener"]["Properties"]["Certificates"] = [{"CertificateArn": certificate}]
    zone = account("route53").create_hosted_zone(Name="example.org", CallerReference="1")["HostedZone"]["Id"]
    resources["BalancerAlias"]["Properties"]["HostedZoneId"] = zone.rsplit("/", 1)[1]
    # moto looks for the group of parameters before it has made it, and lets no one else make the password.
    database = resources["DatabaseDatabase"]["Properties"]
    del database["DBParameterGroupName"], database["ManageMasterUserPassword"]
    database["MasterUserPassword"] = "not-a-secret"
    account("s3").create_bucket(Bucket=EXAMPLE["ReleaseBucket"])
    account("s3").put_object(Bucket=EXAMPLE["ReleaseBucket"], Key=EXAMPLE["NotifierKey"], Body=b"not run here")
    account("cloudformation").create_stack(StackName="gas", TemplateBody=json.dumps(template), Capabilities=["CAPABILITY_IAM"])
    account.resources = resources
    yield account
    account.rig.stop()


def test_the_stack_is_made(deployed):
    (stack,) = deployed("cloudformation").describe_stacks()["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    pages = deployed("cloudformation").get_paginator("list_stack_resources").paginate(StackName="gas")
    made = {resource["LogicalResourceId"] for page in pages for resource in page["StackResourceSummaries"]
            if "LogicalResourceId" in resource}
    expected = {name for name, resource in deployed.resources.items() if resource["Type"] not in BEYOND_MOTO}
    assert len(made & expected) > 40
    print(f"\n{len(made & expected)} of {len(deployed.resources)} resources made by moto")


def test_groups_and_launch_templates(deployed):
    groups = {group["AutoScalingGroupName"]: group
              for group in deployed("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]}
    assert {name: (group["MinSize"], group["MaxSize"], group["DesiredCapacity"], len(group["Instances"]))
            for name, group in groups.items()} == {
        "gas-gas-web": (2, 10, 2, 2), "gas-gas-ann": (2, 10, 2, 2), "gas-gas-util": (1, 1, 1, 1)}
    names = [tag["Value"] for page in deployed("ec2").describe_instances()["Reservations"]
             for instance in page["Instances"] for tag in instance.get("Tags", []) if tag["Key"] == "Name"]
    assert sorted(names) == ["gas-gas-ann"] * 2 + ["gas-gas-util"] + ["gas-gas-web"] * 2
    for name in groups:
        (version,) = deployed("ec2").describe_launch_template_versions(LaunchTemplateName=name)["LaunchTemplateVersions"]
        assert version["LaunchTemplateData"]["MetadataOptions"]["HttpTokens"] == "required"


def test_network_and_balancer(deployed):
    subnets = deployed("ec2").describe_subnets(
        Filters=[{"Name": "tag:Name", "Values": ["gas-gas-*"]}])["Subnets"]
    assert len(subnets) == 6 and len({subnet["AvailabilityZone"] for subnet in subnets}) == 3
    (balancer,) = deployed("elbv2").describe_load_balancers()["LoadBalancers"]
    (listener,) = deployed("elbv2").describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    assert (listener["Port"], listener["Protocol"]) == (443, "HTTPS")
    (target,) = deployed("elbv2").describe_target_groups()["TargetGroups"]
    assert (target["Port"], target["HealthCheckPath"]) == (4433, "/readyz")
    groups = {group["GroupName"]: group for group in deployed("ec2").describe_security_groups()["SecurityGroups"]}
    inbound = {name: sorted(rule["FromPort"] for rule in groups[name]["IpPermissions"]) for name in groups if "gas-" in name}
    assert {name: set(ports) for name, ports in inbound.items()} == {
        "gas-gas-balancer": {443}, "gas-gas-web": {4433}, "gas-gas-database": {5432}, "gas-gas-ann": set(),
        "gas-gas-util": set(), "gas-gas-notifier": set()}


def test_storage(deployed):
    buckets = [bucket["Name"] for bucket in deployed("s3").list_buckets()["Buckets"] if "-gas-" in bucket["Name"]]
    assert sorted(buckets) == [f"gas-gas-{part}-123456789012-{REGION}" for part in ("archive", "inputs", "results")]
    for bucket in buckets:
        assert deployed("s3").get_bucket_encryption(Bucket=bucket)
    (database,) = deployed("rds").describe_db_instances()["DBInstances"]
    assert (database["Engine"], database["StorageEncrypted"], database["PubliclyAccessible"]) == ("postgres", True, False)
    (function,) = deployed("lambda").list_functions()["Functions"]
    assert function["FunctionName"] == "gas-gas-notifier"
    (source,) = deployed("lambda").list_event_source_mappings()["EventSourceMappings"]
    assert source["EventSourceArn"].endswith(":gas_notify")


@pytest.fixture(scope="module")
def initialised(tmp_path_factory):
    """What `gas aws init` makes, which `gas doctor` is content with."""
    account = Account(tmp_path_factory.mktemp("init"))
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("GAS_", "AWS_"))}
    subprocess.run(
        [ROOT / ".build/release/gas", "aws", "init", "--aws-region", REGION, "--jobs-store", "dynamodb", "--queues-transport",
         "aws", "--data-directory", str(tmp_path_factory.mktemp("data"))],
        env=environment | {"GAS_AWS_ENDPOINT": account.rig.url, "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
                           "AWS_SECRET_ACCESS_KEY": "not-a-secret"},
        check=True, capture_output=True, text=True)
    yield account
    account.rig.stop()


def table(account):
    found = account("dynamodb").describe_table(TableName="gas_annotations")["Table"]

    def keys(schema):
        return [(key["AttributeName"], key["KeyType"]) for key in schema]

    return {
        "keys": keys(found["KeySchema"]),
        "kinds": {(kind["AttributeName"], kind["AttributeType"]) for kind in found["AttributeDefinitions"]},
        "indexes": {(index["IndexName"], *keys(index["KeySchema"]), index["Projection"]["ProjectionType"])
                    for index in found["GlobalSecondaryIndexes"]},
    }


def queues(account):
    found = {}
    for url in account("sqs").list_queues()["QueueUrls"]:
        attributes = account("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        redrive = json.loads(attributes.get("RedrivePolicy", "{}"))
        found[url.rsplit("/", 1)[1]] = (
            attributes["DelaySeconds"], redrive.get("maxReceiveCount"), redrive.get("deadLetterTargetArn"))
    return found


def test_the_template_makes_what_the_program_makes(deployed, initialised):
    assert table(deployed) == table(initialised)
    assert queues(deployed) == queues(initialised)

    def topics(account):
        return {topic["TopicArn"] for topic in account("sns").list_topics()["Topics"]}

    operators = f"arn:aws:sns:{REGION}:123456789012:gas_operators"
    assert topics(deployed) - {operators} == topics(initialised)
    resources = deployed.resources
    ours = set()
    for resource in resources.values():
        if resource["Type"] == "AWS::SNS::Subscription":
            properties = resource["Properties"]
            topic = resources[properties["TopicArn"]["Ref"]]["Properties"]["TopicName"]
            queue = resources[properties["Endpoint"]["Fn::GetAtt"][0]]["Properties"]["QueueName"]
            ours.add((topic, queue))
    theirs = {(subscription["TopicArn"].rsplit(":", 1)[1], subscription["Endpoint"].rsplit(":", 1)[1])
              for subscription in initialised("sns").list_subscriptions()["Subscriptions"]}
    assert ours == theirs
