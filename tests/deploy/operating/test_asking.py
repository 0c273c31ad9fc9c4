"""Whose key goes where: a local system's to it alone, and the environment's for whoever asks."""

import json
from pathlib import Path

import pytest

from deploy.operating.asking import calling, where
from shared.errors import Misconfigured

ELSEWHERE = "https://operations.example.invalid"
LOCAL = ("", "http://127.0.0.1:8105", "http://localhost:8105/")
WHOM = ("operator", "operator:second", "checker", "admin", "partner:sen-vang")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A local system's folder, with keys, and nothing in the environment."""
    for name in ("OPERATIONS_URL", "OPERATOR_KEY", "OPERATIONS_PORT"):
        monkeypatch.delenv(f"MOTCUA_{name}", raising=False)
    monkeypatch.setenv("MOTCUA_HOME", f"{tmp_path}")
    written(tmp_path / "secrets" / "clients.json", "local")
    return tmp_path


def written(path: Path, system: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"api_keys": {who: f"{system}-{who}" for who in WHOM}}))
    return path


def shown(at: str, who: str, keys: Path | None = None) -> str:
    with calling(*where(at, keys), who) as api:
        return api.headers["authorization"].removeprefix("Bearer ")


@pytest.mark.parametrize("who", WHOM)
@pytest.mark.parametrize("at", LOCAL)
def test_the_local_system_is_shown_its_own_keys(home: Path, at: str, who: str) -> None:
    assert shown(at, who) == f"local-{who}"


@pytest.mark.parametrize("who", WHOM)
@pytest.mark.parametrize(
    "at",
    [
        ELSEWHERE,
        "http://127.0.0.1:9105",
        "http://127.0.0.1",
        "https://127.0.0.1:8105",
        "http://127.0.0.1:8105@example.invalid",
        "nowhere",
    ],
)
def test_no_key_of_the_local_system_is_sent_elsewhere(home: Path, at: str, who: str) -> None:
    with pytest.raises(Misconfigured, match=r"set MOTCUA_OPERATOR_KEY .* key of .* as --keys"):
        shown(at, who)


@pytest.mark.parametrize("who", WHOM)
def test_an_address_in_the_environment_is_elsewhere_as_well(
    home: Path, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    monkeypatch.setenv("MOTCUA_OPERATIONS_URL", ELSEWHERE)
    with pytest.raises(Misconfigured, match=f"{ELSEWHERE} is not the local system"):
        shown("", who)
    monkeypatch.setenv("MOTCUA_OPERATOR_KEY", "mine")
    assert shown("", who) == "mine"


@pytest.mark.parametrize("who", WHOM)
def test_a_file_that_is_named_goes_before_all_else(
    home: Path, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    monkeypatch.setenv("MOTCUA_OPERATOR_KEY", "mine")
    keys = written(home / "other.json", "other")
    assert shown(ELSEWHERE, who, keys) == shown("", who, keys) == f"other-{who}"


def test_whose_key_a_file_does_not_have_is_said_with_what_to_do(home: Path) -> None:
    with pytest.raises(Misconfigured, match=r"no key of viewer: .* --keys, or set MOTCUA_OPERATOR"):
        shown("", "viewer")
