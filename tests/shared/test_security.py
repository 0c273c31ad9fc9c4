"""What a client is told of TLS and SASL; what is missing is said before anything connects."""

import ssl
from pathlib import Path
from typing import Any

import pytest

from services.operations.tables import _credentials
from shared.errors import Misconfigured
from shared.kafka.security import KafkaSecurity, told

USERS = {"MOTCUA_KAFKA_PROTOCOL": "SASL_PLAINTEXT", "MOTCUA_KAFKA_USER": "payment"}


@pytest.fixture
def password(tmp_path: Path) -> Path:
    path = tmp_path / "password"
    path.write_text("made up\n")
    return path


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, password: Path) -> pytest.MonkeyPatch:
    for name, value in (USERS | {"MOTCUA_KAFKA_PASSWORD_FILE": str(password)}).items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_on_one_machine_nothing_is_asked() -> None:
    assert KafkaSecurity().options() == {"security_protocol": "PLAINTEXT"}


def test_a_user_is_known_by_a_password_from_a_file(environment: pytest.MonkeyPatch) -> None:
    assert told() == {
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "payment",
        "sasl_plain_password": "made up",
    }


def test_a_broker_is_known_by_its_certificate_and_its_name() -> None:
    context = KafkaSecurity(protocol="SSL").options()["ssl_context"]
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("MOTCUA_KAFKA_PROTOCOL", "TLS", "MOTCUA_KAFKA_PROTOCOL is set to 'TLS': Input should be"),
        ("MOTCUA_KAFKA_MECHANISM", "MD5", "MOTCUA_KAFKA_MECHANISM is set to 'MD5'"),
        ("MOTCUA_KAFKA_USER", "", "set MOTCUA_KAFKA_USER and MOTCUA_KAFKA_PASSWORD_FILE too"),
        ("MOTCUA_KAFKA_PASSWORD_FILE", "/nowhere", "MOTCUA_KAFKA_PASSWORD_FILE cannot be read"),
        ("MOTCUA_KAFKA_PASSWORD_FILE", "/dev/null", "empty: write the password of payment there"),
    ],
)
def test_what_is_missing_is_said_in_one_sentence(
    environment: pytest.MonkeyPatch, variable: str, value: str, said: str
) -> None:
    environment.setenv(variable, value)
    with pytest.raises(Misconfigured, match=said):
        told()


def test_an_authority_that_is_none_is_said(password: Path) -> None:
    with pytest.raises(Misconfigured, match=r"MOTCUA_KAFKA_CA_FILE is .*in PEM form"):
        KafkaSecurity(protocol="SSL", ca_file=password).options()


@pytest.mark.parametrize("protocol", ["SSL", "SASL_PLAINTEXT", "SASL_SSL"])
def test_live_tables_are_told_the_same_in_their_library_s_words(
    password: Path, protocol: Any
) -> None:
    options = KafkaSecurity(protocol=protocol, user="operations", password_file=password).options()
    credentials = _credentials(options)
    assert credentials is not None
    assert credentials.protocol.value == protocol
    if protocol.startswith("SASL"):
        assert (credentials.username, credentials.password) == ("operations", "made up")
        assert credentials.mechanism.value == "SCRAM-SHA-512"


def test_live_tables_are_told_nothing_when_nothing_is_asked() -> None:
    assert _credentials(KafkaSecurity().options()) is None
