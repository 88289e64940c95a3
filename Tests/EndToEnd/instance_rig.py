"""What an instance at AWS finds around it, on loopback: the metadata service, a bucket with the release, and those services that
the instance's own scripts call. Every signature is checked with botocore's signer."""

import http.server
import json
import threading
import urllib.parse

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

REGION = "us-east-1"
KEYS = Credentials("ASIAIOSFODNN7EXAMPLE", "not-a-secret", "a-token-that-ends")


class InstanceRig:
    """One such place. What the instance asks for is in `calls`, as service, operation and parameters."""

    def __init__(self, files, secrets):
        self.files = files
        self.secrets = secrets
        self.lifecycle_state = "InService"
        # Whether the group is being updated, and CloudFormation wants to be told.
        self.updates = True
        self.calls = []
        self.refused = []
        rig = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def answer(self, status, body=b""):
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_PUT(self):
                assert self.headers["X-aws-ec2-metadata-token-ttl-seconds"]
                self.answer(200, b"metadata-token") if self.path == "/latest/api/token" else self.answer(404)

            def do_GET(self):
                if self.path.startswith("/latest/meta-data/"):
                    # Version 2 alone.
                    if self.headers["X-aws-ec2-metadata-token"] != "metadata-token":
                        return self.answer(401)
                    body = rig.metadata(self.path.removeprefix("/latest/meta-data/"))
                    return self.answer(404) if body is None else self.answer(200, body.encode())
                if rig.signed_service(self, b"") != "s3":
                    return self.answer(403)
                file = rig.files.get(self.path.lstrip("/"))
                return self.answer(404) if file is None else self.answer(200, file)

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                service = rig.signed_service(self, body)
                if service is None:
                    return self.answer(403, b"SignatureDoesNotMatch")
                return self.answer(*rig.call(service, self.headers, body))

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def metadata(self, path):
        return {
            "instance-id": "i-0123456789abcdef0",
            "autoscaling/target-lifecycle-state": self.lifecycle_state,
            "iam/security-credentials/": "gas-role",
            "iam/security-credentials/gas-role": json.dumps({
                "Code": "Success", "AccessKeyId": KEYS.access_key, "SecretAccessKey": KEYS.secret_key, "Token": KEYS.token,
                "Expiration": "2099-01-01T00:00:00Z"}, indent=2),
        }.get(path)

    def signed_service(self, handler, body):
        """The service that a request was signed for, or `None` if botocore would have signed otherwise."""
        header = handler.headers.get("Authorization", "")
        parts = dict(part.strip().split("=", 1) for part in header.removeprefix("AWS4-HMAC-SHA256").split(",") if "=" in part)
        service = parts.get("Credential", "////").split("/")[3]
        signed = parts.get("SignedHeaders", "").split(";")
        request = AWSRequest(
            handler.command, f"http://{handler.headers['Host']}{handler.path}", data=body,
            headers={name: handler.headers[name] for name in signed if handler.headers.get(name)})
        request.context["timestamp"] = handler.headers.get("X-Amz-Date")
        signer = (S3SigV4Auth if service == "s3" else SigV4Auth)(KEYS, service, REGION)
        if service and request.context["timestamp"]:
            text = signer.string_to_sign(request, signer.canonical_request(request))
            # AWS takes temporary keys only where their token is signed along.
            if signer.signature(text, request) == parts.get("Signature") and "x-amz-security-token" in signed:
                return service
        self.refused.append((handler.command, handler.path, dict(handler.headers)))
        return None

    def call(self, service, headers, body):
        if service in ("autoscaling", "cloudformation"):
            parameters = dict(urllib.parse.parse_qsl(body.decode()))
            self.calls.append((service, parameters.pop("Action"), parameters))
            if service == "cloudformation" and not self.updates:
                return 400, b"<Error><Type>Sender</Type><Code>ValidationError</Code></Error>"
            return 200, b"<Response/>"
        operation, parameters = headers["X-Amz-Target"].split(".", 1)[1], json.loads(body)
        self.calls.append((service, operation, parameters))
        if service == "secretsmanager":
            secret = self.secrets.get(parameters["SecretId"])
            if secret is None:
                return 400, b'{"__type": "ResourceNotFoundException"}'
            return 200, json.dumps({"Name": parameters["SecretId"], "SecretString": secret}).encode()
        return 200, b"{}"

    def called(self, service, operation):
        return [parameters for name, what, parameters in self.calls if (name, what) == (service, operation)]
