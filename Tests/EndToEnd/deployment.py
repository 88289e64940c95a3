"""The deployment at AWS as the tests see it: one flat template, and the values that it has for an example."""

from conftest import ROOT
from flat_template import flatten
from template_values import Folded, Values

TEMPLATES = ROOT / "deploy" / "aws" / "templates"
FLAT = flatten(TEMPLATES / "gas.yaml")
EXAMPLE = {
    "DomainName": "gas.example.org", "CertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/1",
    "HostedZoneId": "Z123", "MailSender": "gas@example.org", "Operators": "operators@example.org",
    "ReleaseBucket": "gas-releases", "ReleaseKey": "gas.tar.gz", "ReleaseSha256": "0" * 64,
    "NotifierKey": "notifier.zip", "ImageId": "ami-12c6146b",
}

# What RDS keeps the password of the database in.
PASSWORD = "<DatabaseDatabase.MasterUserSecret.SecretArn>"


def values(known=None, **parameters):
    return Values(FLAT, EXAMPLE | parameters, known)


def folded(known=None, **parameters):
    return Folded(FLAT, EXAMPLE | parameters, known).template()


def of(kind, **parameters):
    """The resources of one kind."""
    return values(**parameters).resources(kind)
