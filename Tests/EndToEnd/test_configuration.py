"""The configuration as an operator meets it."""

import os
import subprocess

import pytest

from conftest import GAS, ROOT


def gas(*arguments, cwd=ROOT, **environment):
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GAS_")}
    return subprocess.run(
        [GAS, *map(str, arguments)], cwd=cwd, env={**clean, **environment}, capture_output=True, text=True,
        timeout=30)


def effective(*arguments, **options):
    answer = gas("config", *arguments, **options)
    assert answer.returncode == 0, answer.stderr
    return dict(line.split(": ", 1) for line in answer.stdout.splitlines())


def test_flags_beat_environment_beats_file_beats_default(tmp_path):
    (tmp_path / "gas.yaml").write_text("web:\n  port: 1001\n  jobs-per-page: 11\n  host: ::1\n")
    values = effective(
        "--web-port", "1003", cwd=tmp_path, GAS_WEB_PORT="1002", GAS_WEB_JOBS_PER_PAGE="12")
    assert values["web.port"] == "1003  # flag"
    assert values["web.jobs-per-page"] == "12  # environment"
    assert values["web.host"] == "::1  # file"
    assert values["sweeper.interval-seconds"] == "60  # default"


def test_lists_are_taken_from_everywhere(tmp_path):
    (tmp_path / "gas.yaml").write_text("restorer:\n  tiers: [Standard, Bulk]\n")
    expected = {"restorer.tiers": "Standard,Bulk  # %s"}
    assert effective(cwd=tmp_path)["restorer.tiers"] == expected["restorer.tiers"] % "file"
    for arguments, environment, source in [
            (("--restorer-tiers", "Bulk,Standard"), {}, "flag"), ((), {"GAS_RESTORER_TIERS": "Bulk,Standard"}, "environment")]:
        values = effective(*arguments, cwd=tmp_path, **environment)
        assert values["restorer.tiers"] == f"Bulk,Standard  # {source}"
    refused = gas("config", "--restorer-tiers", "Bulk,Fast")
    assert refused.returncode != 0 and "Expedited, Standard, Bulk" in refused.stderr


@pytest.mark.parametrize("line", ["CANARY: value", "%CANARY", "{CANARY: value}", "'CANARY"])
def test_a_line_that_cannot_be_read_is_not_shown(tmp_path, line):
    (tmp_path / "gas.yaml").write_text(f"objects:\n  signing-key: {line}\n")
    answer = gas("config", "--config", "gas.yaml", cwd=tmp_path)
    assert answer.returncode != 0 and "gas.yaml" in answer.stderr
    assert "CANARY" not in answer.stdout + answer.stderr


def test_secrets_are_redacted():
    answer = gas("config", GAS_OBJECTS_SIGNING_KEY="canary-" * 6, GAS_MAIL_SMTP_PASSWORD="canary-password")
    assert "objects.signing-key: <redacted>  # environment" in answer.stdout
    assert "canary" not in answer.stdout + answer.stderr


@pytest.mark.parametrize("arguments, environment, expected", [
    (["--web-port", "65536"], {}, ["--web-port", "65536", "1 to 65535"]),
    (["--web-port", "http"], {}, ["--web-port", "http", "whole number"]),
    ([], {"GAS_LOG_LEVEL": "loud"}, ["GAS_LOG_LEVEL", "loud", "trace, debug, info"]),
    (["--annotator-hgvs", "yes"], {}, ["--annotator-hgvs", "yes", "true or false"]),
    (["--annotator-fields", "Allele,Gene,Colour"], {}, ["--annotator-fields", "Colour", "SYMBOL"]),
    (["--mail-transport", "pigeon"], {}, ["--mail-transport", "pigeon", "outbox, smtp"]),
    (["--web-prt", "1"], {}, ["--web-prt", "does not exist"]),
    ([], {"GAS_WEB_BOGUS": "1"}, ["GAS_WEB_BOGUS", "no setting"]),
    (["--web-public-url", "not-a-url"], {}, ["--web-public-url", "not-a-url", "https://"]),
    (["--web-public-url", "https://x.org/gas"], {}, ["--web-public-url", "without a path"]),
    (["--annotator-lease-seconds", "1", "--annotator-heartbeat-seconds", "5"], {}, ["heartbeat", "half"]),
    (["--web-plain-http", "true", "--web-host", "0.0.0.0"], {}, ["web.plain-http", "web.public-url", "https"]),
    (["--web-certificate", "chain.pem"], {}, ["web.private-key", "both"]),
    (["--config", "missing.yaml"], {}, ["missing.yaml", "cannot be read"]),
])
@pytest.mark.parametrize("command", ["config", "serve"])
def test_a_wrong_value_is_refused_at_start(tmp_path, command, arguments, environment, expected):
    answer = gas(command, *arguments, cwd=tmp_path, **environment)
    assert answer.returncode != 0
    for part in expected:
        assert part in answer.stderr
    assert len(answer.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("text, expected", [
    ("web:\n  prot: 1\n", ["web.prot", "does not exist"]),
    ("web:\n  port: many\n", ["web.port", "many", "whole number"]),
    ("- a\n- b\n", ["must hold keys"]),
    ("web: [\n", ["not YAML"]),
])
def test_a_wrong_file_is_refused_at_start(tmp_path, text, expected):
    (tmp_path / "other.yaml").write_text(text)
    answer = gas("serve", "--config", tmp_path / "other.yaml", cwd=tmp_path)
    assert answer.returncode != 0
    for part in expected:
        assert part in answer.stderr


def test_the_reference_lists_every_key():
    page = (ROOT / "docs" / "configuration.md").read_text()
    for key in effective():
        assert f"| `{key}` |" in page


@pytest.mark.parametrize("name, keys", [
    ("embedded", {"database": "sqlite", "objects.store": "files"}),
    ("postgres", {"database": "postgres", "objects.store": "s3", "queues.transport": "database", "archive.store": "objects"}),
    ("aws", {"database": "postgres", "objects.store": "s3", "jobs.store": "dynamodb", "queues.transport": "aws",
             "archive.store": "glacier", "mail.transport": "ses"}),
])
def test_the_example_files_are_accepted(tmp_path, name, keys):
    secrets = {"GAS_POSTGRES_URL": "postgresql://gas:x7-Kq29-zz@db.example.org/gas", "GAS_SIGN_IN_SEALING_KEY": "q8Zk-" * 8}
    values = effective("--config", ROOT / "deploy" / "profiles" / f"{name}.yaml", cwd=tmp_path, **secrets)
    for key, value in keys.items():
        assert values[key] == f"{value}  # file"
