"""Where secrets come from, that they are never told, and which ones are refused."""

import subprocess

import pytest
import requests

from conftest import ROOT, free_port
from test_configuration import effective, gas

PROVIDER = {"GAS_SIGN_IN_PROVIDERS": "campus", "GAS_SIGN_IN_PROVIDER_CAMPUS_ISSUER": "https://login.example.edu",
            "GAS_SIGN_IN_PROVIDER_CAMPUS_CLIENT_ID": "gas"}
SECRET = "GAS_SIGN_IN_PROVIDER_CAMPUS_CLIENT_SECRET"
OPEN = {"GAS_WEB_HOST": "0.0.0.0"}
GOOD = "canary-7Ej2kq90Zx"


def test_every_provider_has_settings_of_its_own(tmp_path):
    (tmp_path / "gas.yaml").write_text(
        "sign-in:\n  providers: [globus, campus]\n  provider:\n    campus:\n      issuer: https://login.example.edu\n"
        "      client-id: from-file\n    globus:\n      client-id: g\n")
    values = effective(
        "--sign-in-provider-campus-title", "Campus", cwd=tmp_path, GAS_SIGN_IN_PROVIDER_GLOBUS_CLIENT_SECRET=GOOD)
    assert values["sign-in.providers"] == "globus,campus  # file"
    assert values["sign-in.provider.campus.client-id"] == "from-file  # file"
    assert values["sign-in.provider.campus.title"] == "Campus  # flag"
    assert values["sign-in.provider.campus.preset"] == "openid  # default"
    assert values["sign-in.provider.globus.preset"] == "globus  # default"
    assert values["sign-in.provider.globus.client-secret"] == "<redacted>  # environment"


@pytest.mark.parametrize("environment, expected", [
    ({"GAS_SIGN_IN_PROVIDERS": "Campus"}, ["GAS_SIGN_IN_PROVIDERS", "lower-case"]),
    ({"GAS_SIGN_IN_PROVIDERS": "a,a"}, ["each once"]),
    ({"GAS_SIGN_IN_PROVIDER_CAMPUS_ISSUER": "https://x.org"}, ["Is the provider named in sign-in.providers?"]),
    ({**PROVIDER, "GAS_SIGN_IN_PROVIDER_CAMPUS_ISSUER": "http://login.example.edu"}, ["https://"]),
    ({**PROVIDER, "GAS_SIGN_IN_PROVIDER_CAMPUS_ALGORITHMS": "RS256,HS256"}, ["RS256, RS384"]),
    ({**PROVIDER, "GAS_SIGN_IN_PROVIDER_CAMPUS_ALGORITHMS": "none"}, ["RS256, RS384"]),
])
def test_wrong_settings_of_providers_are_refused(tmp_path, environment, expected):
    answer = gas("config", cwd=tmp_path, **environment)
    assert answer.returncode != 0
    for part in expected:
        assert part in answer.stderr


@pytest.mark.parametrize("settings, expected", [
    ({"GAS_SIGN_IN_LOCAL_ACCOUNTS": "false"}, "Nobody could sign in"),
    ({"GAS_SIGN_IN_PROVIDERS": "campus"}, "needs the setting sign-in.provider.campus.issuer"),
    ({"GAS_SIGN_IN_PROVIDERS": "globus"}, "needs the setting sign-in.provider.globus.client-id"),
])
def test_what_is_missing_is_said_at_start(tmp_path, settings, expected):
    answer = gas("web", "--data-directory", tmp_path / "data", cwd=tmp_path, **settings)
    assert answer.returncode != 0 and expected in answer.stderr


@pytest.mark.parametrize("secret, reason", [
    ("", "is empty"), ("changeme", "default one"), ("please-replace-this-secret", "default one"), ("Password123!", "default one"), ("secret", "default one"),
    ("aaaaaaaaaaaaaaaa", "easily guessed"), ("123456789", "easily guessed"), ("short1!", "easily guessed"),
    ("change me please", "default one"), ("My Secret Password 2024!", "default one"), ("gas-client-secret", "default one"),
    ("PasswordPassword1", "default one"), ("qwerty1234567890", "easily guessed"), ("letmein letmein", "default one"),
    ("1q2w3e4r5t6y", "easily guessed"), ("Summer2026!!", "easily guessed"),
])
@pytest.mark.parametrize("reach", [OPEN, {"GAS_WEB_PUBLIC_URL": "https://gas.example.org"}])
def test_weak_secrets_are_refused_outside_loopback(tmp_path, secret, reason, reach):
    environment = {**PROVIDER, **({SECRET: secret} if secret else {})}
    assert gas("config", cwd=tmp_path, **environment).returncode == 0
    answer = gas("web", "--data-directory", tmp_path / "data", cwd=tmp_path, **environment, **reach)
    assert answer.returncode != 0
    assert "sign-in.provider.campus.client-secret" in answer.stderr and reason in answer.stderr
    assert secret in ("", "secret") or secret not in answer.stderr
    assert not (tmp_path / "data").exists()
    assert gas("config", cwd=tmp_path, **{**environment, SECRET: GOOD}, **reach).returncode == 0


@pytest.mark.parametrize("environment, key", [
    ({"GAS_MAIL_TRANSPORT": "smtp", "GAS_MAIL_SMTP_USER": "gas"}, "mail.smtp.password"),
    ({"GAS_PAYMENTS_PROVIDER": "stripe"}, "payments.stripe.secret-key"),
])
def test_what_is_switched_on_needs_its_secret(tmp_path, environment, key):
    answer = gas("config", cwd=tmp_path, **environment, **OPEN)
    assert answer.returncode != 0 and f"{key} is empty" in answer.stderr


def test_a_secret_as_a_flag_is_refused_outside_loopback(tmp_path):
    flags = ["--sign-in-provider-campus-client-secret", GOOD]
    assert gas("config", *flags, cwd=tmp_path, **PROVIDER).returncode == 0
    answer = gas("config", *flags, cwd=tmp_path, **PROVIDER, **OPEN)
    assert answer.returncode != 0 and "must not be given as a flag" in answer.stderr and GOOD not in answer.stderr


@pytest.mark.parametrize("key", ["GAS_OBJECTS_SIGNING_KEY", "GAS_SIGN_IN_SEALING_KEY"])
def test_our_own_keys_are_long(tmp_path, key):
    answer = gas("config", cwd=tmp_path, **{key: "canary-too-short"})
    assert answer.returncode != 0 and "at least 32 characters" in answer.stderr and "canary" not in answer.stderr


def test_secrets_are_read_from_files(tmp_path):
    file = tmp_path / "secret"
    file.write_text(GOOD + "\n")
    answer = gas("config", cwd=tmp_path, **PROVIDER, **OPEN, **{SECRET: f"file:{file}"})
    assert answer.returncode == 0, answer.stderr
    assert "sign-in.provider.campus.client-secret: <redacted>  # environment" in answer.stdout
    assert GOOD not in answer.stdout + answer.stderr
    for content, expected in (("", "is empty"), (None, "cannot be read")):
        if content is None:
            file.unlink()
        else:
            file.write_text(content)
        answer = gas("config", cwd=tmp_path, **PROVIDER, **{SECRET: f"file:{file}"})
        assert answer.returncode != 0 and expected in answer.stderr


def test_keys_made_at_first_start_are_their_owners_alone(make_service):
    service = make_service()
    for name in ("signing-key", "sealing-key"):
        path = service.data / name
        assert path.stat().st_mode & 0o777 == 0o600
        assert len(path.read_text()) >= 32
        assert path.read_text() not in service.log_text()


@pytest.mark.parametrize("log_format", ["json", "text"])
def test_the_processes_environment_is_not_told(make_service, log_format):
    """A canary as every secret there is, and then everything that the program says."""
    listed = subprocess.run(
        [ROOT / ".build" / "release" / "gas", "config", "--reference"], capture_output=True, text=True, timeout=30, check=True)
    secrets = [line.split("`")[1] for line in listed.stdout.splitlines() if "; secret |" in line]
    assert len(secrets) >= 6
    settings = {key.replace(".", "-").replace("NAME", "campus"): f"canary-{number:02}-7Ej2kq90Zx-0123456789abcdef"
                for number, key in enumerate(secrets)}
    # Each is given to what uses it, as far as one service can have all at once.
    settings |= {"sign-in-providers": "campus", "sign-in-provider-campus-issuer": "http://localhost:9",
                 "sign-in-provider-campus-client-id": "gas", "mail-transport": "smtp", "mail-smtp-host": "localhost",
                 "mail-smtp-port": free_port(), "mail-smtp-user": "canary-user", "payments-provider": "stripe",
                 "payments-stripe-api-url": "http://localhost:9", "payments-stripe-price": "price_1",
                 "admins": "canary-admin@example.org", "log-level": "trace", "log-format": log_format}
    service = make_service(settings=settings)
    with requests.Session() as session:
        session.trust_env = False
        texts = [session.get(service.url + path, verify=service.authority, timeout=20).text
                 for path in ("/", "/login", "/login/campus", "/readyz", "/nowhere", "/privacy")]
    service.stop()
    assert "Sign in with campus" in texts[1] and "does not answer now" in texts[2]
    assert all(f"<strong>{name}</strong>" in texts[5] for name in ("The mail server localhost", "Stripe", "campus"))
    assert "Nothing is given to others" not in texts[5]
    assert "Starting service" in service.log_text() and "QueueConsumer" in service.log_text()
    assert all("canary-" not in text for text in [*texts, service.log_text()])
