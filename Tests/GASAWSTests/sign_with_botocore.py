"""Writes requests with the signatures that botocore gives them, one JSON object a line.

Arguments: the seed, and how many requests of each service.  The requests have odd keys, all of Unicode, repeated query
names and headers with blanks in them.
"""

import base64
import datetime
import hashlib
import json
import random
import sys
import urllib.parse

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

ODD = ["a", "Z", "0", "-", "_", ".", "~", " ", "+", "%", "%20", "&", "=", "?", "#", ";", ",", ":", "@", "'", '"', "\\", "*",
       "(", ")", "[", "]", "{", "}", "<", ">", "|", "^", "`", "!", "$", "é", "e\u0301", "染", "🧬", "\u00a0", "\u200b", "ß",
       "\t", "\x7f", "İ", "ﬀ"]
SERVICES = ["s3", "sqs", "sns", "dynamodb", "ses", "glacier", "secretsmanager"]
REGIONS = ["us-east-1", "eu-central-1", "ap-northeast-3", "cn-north-1"]


def word(choose, longest=12):
    return "".join(choose.choice(ODD) for _ in range(choose.randint(0, longest)))


def path(choose):
    parts = [choose.choice([word(choose), ".", "..", "", word(choose)]) for _ in range(choose.randint(0, 5))]
    return "/" + "/".join(parts)


def encode(text, safe="-_.~"):
    return urllib.parse.quote(text, safe=safe)


def pairs(choose):
    items = [(word(choose) or "q", word(choose)) for _ in range(choose.randint(0, 4))]
    return items + [(items[0][0], word(choose)) for _ in range(choose.randint(0, 2)) if items]


def headers(choose):
    names = choose.sample(["Content-Type", "X-Amz-Target", "X-Amz-Meta-Name", "Range", "If-None-Match"],
                          choose.randint(0, 4))
    blanks = ["a", "b", " ", "  ", "=", "/", "0", ",", "\t"]
    return [(name, "".join(choose.choice(blanks) for _ in range(choose.randint(1, 12)))) for name in names]


def signed(choose, service):
    moment = datetime.datetime(2013, 5, 24, tzinfo=datetime.timezone.utc) + datetime.timedelta(
        seconds=choose.randint(0, 900_000_000))
    botocore.auth.get_current_datetime = lambda *_, **__: moment
    region = choose.choice(REGIONS)
    token = choose.choice([None, "token/" + "".join(choose.choice("abc+/=") for _ in range(30))])
    credentials = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI+K7MDENG+bPxRfiCYEXAMPLEKEY", token)
    host = choose.choice(["bucket.example.com", "localhost:8000", "127.0.0.1:5000"])
    body = bytes(choose.randrange(256) for _ in range(choose.randint(0, 40)))
    kind = choose.choice(["headers", "headers", "query"] + (["policy"] if service == "s3" else []))
    case = {"service": service, "region": region, "token": token, "time": int(moment.timestamp()), "host": host,
            "kind": kind, "path": path(choose), "query": pairs(choose), "headers": headers(choose),
            "method": choose.choice(["GET", "PUT", "POST", "DELETE", "HEAD"])}
    if kind == "policy":
        policy = base64.b64encode(body).decode()
        request = AWSRequest("POST", f"http://{host}/")
        request.context["timestamp"] = moment.strftime("%Y%m%dT%H%M%SZ")
        signer = botocore.auth.S3SigV4PostAuth(credentials, service, region)
        return case | {"policy": policy, "expected": signer.signature(policy, request)}
    if kind == "query":
        # botocore does not keep repeated names of a query in links.
        case["query"] = list(dict(case["query"]).items())
        case["headers"] = []
        # And it takes only the hash of an empty body into general ones.
        body = b""
    url = f"http://{host}{encode(case['path'], '/-_.~')}"
    if case["query"]:
        url += "?" + "&".join(f"{encode(name)}={encode(value)}" for name, value in case["query"])
    request = AWSRequest(case["method"], url, headers=dict(case["headers"]), data=body)
    if kind == "query":
        case["lifetime"] = choose.randint(1, 604_800)
        signers = {"s3": botocore.auth.S3SigV4QueryAuth}
        signer = signers.get(service, botocore.auth.SigV4QueryAuth)(
            credentials, service, region, expires=case["lifetime"])
        signer.add_auth(request)
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(request.url).query)
        expected = query["X-Amz-Signature"][0]
    else:
        signers = {"s3": botocore.auth.S3SigV4Auth}
        signers.get(service, botocore.auth.SigV4Auth)(credentials, service, region).add_auth(request)
        expected = request.headers["Authorization"]
    payload = "UNSIGNED-PAYLOAD" if kind == "query" and service == "s3" else hashlib.sha256(body).hexdigest()
    return case | {"payload": payload, "expected": expected}


if __name__ == "__main__":
    seed, count = int(sys.argv[1]), int(sys.argv[2])
    choose = random.Random(seed)
    for service in SERVICES:
        for _ in range(count):
            print(json.dumps(signed(choose, service)))
