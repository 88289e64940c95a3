"""boto3, an independent client, sees what the service writes at AWS, and the service reads what boto3 writes; and each role gets by
with the permissions that are written down for it."""

import gzip
import hashlib
import json
import time
import uuid

import pytest

from aws_rig import ACCOUNT, REGION, TABLE, make, rig  # noqa: F401 (fixtures)
from client import Client, Forms
from conftest import ROOT, needs_servers, sample
from test_results import FAST, change_plan, download_all, wait_for_states
from test_your_data import delete_account

CONTENT = sample("mtdna-small.vcf").read_bytes()
POLICIES = ROOT / "deploy" / "aws" / "policies"
ROLES = ("annotator", "notifier", "archiver", "restorer", "thawer", "sweeper")

pytestmark = needs_servers


def arn(service, name):
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{name}"


def wait_for(condition, what, seconds=30):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, what
        time.sleep(0.1)
    return found


def test_boto3_reads_what_the_service_wrote(make, rig):
    sqs, sns, s3 = rig.client("sqs"), rig.client("sns"), rig.client("s3")
    # Somebody else who listens to what is announced.
    queue = sqs.create_queue(QueueName="listener")["QueueUrl"]
    for topic in ("gas_job_requests", "gas_job_results"):
        sns.subscribe(TopicArn=arn("sns", topic), Protocol="sqs", Endpoint=arn("sqs", "listener"),
                      Attributes={"RawMessageDelivery": "true"})
    service = make()
    client = Client(service).sign_up()
    path = client.submit("a.vcf", CONTENT)
    client.wait(path)
    result = client.get(path + "/files/result").content

    item = rig.items()[0]
    job = path.split("/")[-1]
    user = item["user_id"]
    assert (item["job_id"], item["job_status"], item["input_file_name"]) == (job, "COMPLETED", "a.vcf")
    assert item["s3_inputs_bucket"] == "gas-inputs" and item["s3_key_input_file"] == f"gas/{user}/{job}~a.vcf"
    assert item["s3_results_bucket"] == "gas-results"
    assert 0 < item["complete_time"] - item["submit_time"] < 60_000
    by_user = rig.client("dynamodb").query(
        TableName=TABLE, IndexName="user_id_index", KeyConditionExpression="user_id = :user",
        ExpressionAttributeValues={":user": {"S": user}})
    assert [found["job_id"]["S"] for found in by_user["Items"]] == [job]

    stored = s3.get_object(Bucket="gas-results", Key=item["s3_key_result_file"])
    body = stored["Body"].read()
    assert body == result and stored["Metadata"]["gas-sha256"] == hashlib.sha256(body).hexdigest()
    assert s3.get_object(Bucket="gas-inputs", Key=item["s3_key_input_file"])["Body"].read() == CONTENT
    assert b"rCRS" in s3.get_object(Bucket="gas-results", Key=item["s3_key_log_file"])["Body"].read()

    bodies = []

    def heard():
        for message in sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", []):
            bodies.append(json.loads(message["Body"]))
        return len(bodies) >= 2

    wait_for(heard, bodies)
    assert {"job_id": job, "user_id": user} in bodies
    assert {"job_id": job, "user_id": user, "job_status": "COMPLETED"} in bodies

    wait_for_states(service, {"ARCHIVED": 1})
    archived = rig.items()[0]["results_file_archive_id"]
    packed = s3.get_object(Bucket="gas-archive", Key=f"contents/{archived}")["Body"].read()
    assert gzip.decompress(packed) == result


def test_the_service_reads_what_boto3_wrote(make, rig):
    service = make()
    client = Client(service).sign_up()
    client.wait(client.submit("first.vcf", CONTENT))
    user, job = rig.items()[0]["user_id"], str(uuid.uuid4())
    key = f"gas/{user}/{job}~from outside.vcf"
    rig.client("s3").put_object(Bucket="gas-inputs", Key=key, Body=CONTENT)
    now = str(int(time.time() * 1000))
    shape = rig.client("dynamodb").get_item(TableName=TABLE, Key={"job_id": {"S": rig.items()[0]["job_id"]}})["Item"]
    item = {
        "job_id": {"S": job}, "user_id": {"S": user}, "input_file_name": {"S": "from outside.vcf"},
        "s3_inputs_bucket": {"S": "gas-inputs"}, "s3_key_input_file": {"S": key}, "input_size": {"N": str(len(CONTENT))},
        "submit_time": {"N": now}, "request_time": {"N": now}, "job_status": {"S": "PENDING"}, "result_state": {"S": "NONE"},
        "submit_order": {"S": f"{int(now) + 10**15}~{job}"}, "attempt": {"N": "0"},
        "releases": {"N": "0"}, "result_move": {"N": "0"}}
    assert set(item) <= set(shape), set(item) - set(shape)
    rig.client("dynamodb").put_item(TableName=TABLE, Item=item)
    rig.client("sns").publish(
        TopicArn=arn("sns", "gas_job_requests"), Message=json.dumps({"job_id": job, "user_id": user}))
    page = client.wait(f"/annotations/{job}")
    assert 'data-status="COMPLETED"' in page and "from outside.vcf" in page
    assert b"CSQ=" in client.get(f"/annotations/{job}/files/result").content
    listing = client.get("/annotations").text
    assert "from outside.vcf" in listing and "first.vcf" in listing


# What AWS permits together, and moto asks for one by one.
TOGETHER = {"sqs:DeleteMessage": ["sqs:DeleteMessageBatch"]}

# The permission that a request needs, where its name is another one.
PERMISSIONS = {
    "s3:ListObjectsV2": ["s3:ListBucket"], "s3:HeadBucket": ["s3:ListBucket"], "s3:HeadObject": ["s3:GetObject"],
    "s3:CreateMultipartUpload": ["s3:PutObject"], "s3:UploadPart": ["s3:PutObject"],
    "s3:CompleteMultipartUpload": ["s3:PutObject"], "sqs:DeleteMessageBatch": ["sqs:DeleteMessage"],
    # Complete messages are a kind of their own.
    "ses:SendEmail": ["ses:SendEmail", "ses:SendRawEmail"]}

# What each role has asked for in the runs below.
USED = {}

# What the policies of several roles permit and no run below asks for, and why it is there.
ANYBODY = {
    "s3:ListBucket": "lets S3 say of what is missing that it is missing, and not that it is forbidden",
    "s3:AbortMultipartUpload": "an upload that fails",
    "sqs:ChangeMessageVisibility": "pauses, and work that takes longer than a message is hidden",
    "sqs:SendMessage": "dead letters, and what is put off twice",
    "secretsmanager:GetSecretValue": "the password of the database, which is in its address here",
}

# The same of single roles.
UNUSED = {
    "web": {
        "dynamodb:UpdateItem": "cancelling a job that waits",
        "s3:PutObject": "lent to browsers, which post what the web server has signed",
        "ses:SendEmail": "mails about what must be confirmed before there is a message of a queue's",
        "ses:SendRawEmail": "the same"},
    "annotator": {"s3:DeleteObject": "the result of a job that was taken away meanwhile"},
    "notifier": {"sqs:GetQueueAttributes": "Lambda's own"},
    "archiver": {},
    "restorer": {"s3:GetObjectTagging": "a restoration that is under way already, which in moto none is"},
    "thawer": {
        "s3:DeleteObject": "what was brought back for a job that is gone meanwhile",
        "s3:GetObjectTagging": "what S3 announces by itself, which moto does not"},
    "sweeper": {"dynamodb:DeleteItem": "an account's jobs, where the deletion was cut off"},
}


def policy_of(role):
    return json.loads((POLICIES / f"{role}.json").read_text())


def actions_of(policy):
    return {action for statement in policy["Statement"] for action in statement["Action"]}


def role_keys(rig, role):
    """A user of IAM's who may do what the role's policy says, and a key of theirs that the S3 server knows, too.  moto compares
    no resources, so all are named."""
    policy = policy_of(role)
    for statement in policy["Statement"]:
        statement["Resource"] = "*"
        statement["Action"] += [more for action in statement["Action"] for more in TOGETHER.get(action, [])]
    return rig.add_user(role, policy)


def note_requests(service, role):
    """Keeps which permissions the service has used, and sees that none was lacking."""
    assert "credentials or permissions" not in service.log_text(), service.log_text()[-3000:]
    used = USED.setdefault(role, set())
    for request in service.requests():
        action = request.replace(" ", ":")
        used.update(PERMISSIONS.get(action, [action]))


def test_each_role_gets_by_with_its_own_permissions(make, rig, tmp_path):
    """moto checks signatures and permissions here."""
    keys = {role: role_keys(rig, role) for role in ("web", *ROLES)}
    rig.authorize()
    watched = {"log-level": "debug"}
    web = make("web", data=tmp_path / "web", keys=keys["web"], settings=watched)
    others = {role: make(role, data=tmp_path / role, keys=keys[role], settings=watched) for role in ROLES}
    client = Client(web).sign_up()
    paths = [client.submit(f"{index}.vcf", CONTENT) for index in range(3)]
    for path in paths:
        client.wait(path)
    before = download_all(client, paths)

    wait_for_states(web, {"ARCHIVED": 3}, seconds=90)
    change_plan(client, "/subscribe")
    wait_for_states(web, {"AVAILABLE": 3}, seconds=90)
    assert download_all(client, paths) == before
    change_plan(client, "/unsubscribe")
    wait_for_states(web, {"ARCHIVED": 3}, seconds=90)
    # Somebody who has forgotten a password is told by the notifier, too.
    stranger = Client(web)
    form = Forms(stranger.get("/password").text).find(lambda form: form["action"] == "/password")
    assert stranger.post("/password", data={**form["fields"], "email": client.email}).ok
    delete_account(client)
    wait_for(lambda: not rig.items(), "jobs of an account that was deleted", seconds=60)
    time.sleep(1)
    for role, service in (("web", web), *others.items()):
        note_requests(service, role)
        assert service.stop() == 0
    # And a key of nobody's is refused.
    stranger = make("annotator", data=tmp_path / "stranger", keys={
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "not-a-secret"},
        settings={"aws-account": ACCOUNT})
    wait_for(lambda: "credentials or permissions" in stranger.log_text(), "a stranger was let in")


def test_each_role_gets_by_with_glacier_and_ses(make, rig, tmp_path):
    """Here moto checks S3's permissions, too: those of the bucket of archives, for of links and forms it understands no
    signature. So objects are in one folder, in which all roles are."""
    sender = "gas@example.org"
    settings = {**FAST, "objects-store": "files", "archive-store": "glacier", "aws-endpoint-s3": rig.moto.url,
                "archive-glacier-expedited-seconds": 3, "archive-glacier-standard-seconds": 3, "mail-transport": "ses",
                "mail-sender-address": sender, "log-level": "debug"}
    rig.client("sesv2").create_email_identity(EmailIdentity=sender)
    rig.prepare(tmp_path / "data", settings=settings)
    keys = {role: role_keys(rig, role) for role in ("web", *ROLES)}
    rig.authorize()
    web = make("web", keys=keys["web"], settings=settings)
    others = {role: make(role, keys=keys[role], settings=settings) for role in ROLES}
    client = Client(web).sign_up()
    path = client.submit("a.vcf", CONTENT)
    client.wait(path)
    before = download_all(client, [path])
    wait_for_states(web, {"ARCHIVED": 1}, seconds=90)
    change_plan(client, "/subscribe")
    wait_for_states(web, {"AVAILABLE": 1}, seconds=90)
    assert download_all(client, [path]) == before
    wait_for(lambda: len(rig.moto.mails()) >= 2, rig.moto.mails(), seconds=60)
    for role, service in (("web", web), *others.items()):
        note_requests(service, role)
        assert service.stop() == 0
    assert {"ses:SendEmail", "ses:SendRawEmail"} <= USED["notifier"]
    assert {"s3:RestoreObject", "s3:PutObjectTagging"} <= USED["restorer"]


def test_no_policy_permits_more_than_its_role_does():
    """Each action of each policy was asked for by that very role, or stands above with its reason; and each statement names what
    it is about."""
    assert set(UNUSED) == {"web", *ROLES} == {path.stem for path in POLICIES.glob("*.json")}
    spare = {}
    for role, reasons in UNUSED.items():
        policy = policy_of(role)
        for statement in policy["Statement"]:
            assert statement["Effect"] == "Allow"
            for resource in statement["Resource"]:
                assert resource.startswith("arn:aws:") and resource != "*"
        actions = actions_of(policy)
        assert not any("*" in action for action in actions)
        assert set(reasons) <= actions, (role, set(reasons) - actions)
        if role not in USED:
            pytest.skip("the runs that show what is used were not chosen")
        spare[role] = actions - USED[role] - set(reasons) - set(ANYBODY)
    assert not any(spare.values()), spare
