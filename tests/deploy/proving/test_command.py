"""What an operator types, and is told: 0 it holds, 1 it does not, 2 there is nothing to say."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from typer.testing import CliRunner

from deploy.local.cli import app
from services.operations.proofs.report import Report, signed


@pytest.fixture
def secrets(keys: Any, tmp_path: Path) -> Path:
    path = tmp_path / "secrets.json"
    path.write_text(json.dumps(keys[0]))
    return path


def run(*arguments: str, **env: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["prove", *arguments], env=env)
    return done.exit_code, " ".join(done.output.split())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Name FROM and TO"),
        (("2026-11-20",), "Name FROM and TO"),
        (("yesterday", "today"), "'yesterday' is neither a day, as 2026-11-20"),
        (("2026-11-20", "2026-11-19"), "name the earlier one first"),
        (("2026-11-20", "2026-11-20"), "MONGO_URL name them, then run this again"),
        (("--verify", "/nowhere"), "cannot be read: No such file or directory"),
        (("2026-11-20", "2026-11-20", "--rows", "-1"), "--rows"),
    ],
)
def test_what_makes_no_sense_ends_with_2_and_what_to_do(
    secrets: Path, arguments: tuple[str, ...], said: str
) -> None:
    nobody = {
        "KAFKA_URL": "127.0.0.1:1",
        "MONGO_URL": "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=1",
    }

    code, text = run(*arguments, MOTCUA_SECRETS=f"{secrets}", **nobody)

    assert (code, said in text) == (2, True), text


def test_without_a_key_nothing_is_proven(tmp_path: Path, keys: Any) -> None:
    path = tmp_path / "secrets.json"
    path.write_text(json.dumps({k: v for k, v in keys[0].items() if k != "proof_jwk"}))

    code, text = run("2026-11-20", "2026-11-20", MOTCUA_SECRETS=f"{path}")

    assert code == 2
    assert "`motcua secrets` gives one to files from before it was there" in text


def test_a_report_is_verified_with_our_own_key_or_with_the_public_one(
    report: Report, keys: Any, secrets: Path, tmp_path: Path
) -> None:
    path, public = tmp_path / "proof.json", tmp_path / "public.json"
    path.write_bytes(msgspec.json.encode(signed(report, keys[0]["proof_jwk"])))
    public.write_text(json.dumps(keys[1]["proof_jwk"]))

    for more in ({"MOTCUA_SECRETS": f"{secrets}"}, {}):
        by = () if more else ("--key", f"{public}")
        code, text = run("--verify", f"{path}", *by, **more)

        assert code == 0, text
        assert "✗ It does not hold" in text  # what it says is another thing
        assert text.endswith("✓ Signed, and unchanged since 2026-06-18 08:00:00 (UTC+7).")


def test_a_report_that_was_changed_ends_with_1(
    report: Report, keys: Any, secrets: Path, tmp_path: Path
) -> None:
    path = tmp_path / "proof.json"
    text = msgspec.json.encode(signed(report, keys[0]["proof_jwk"]))
    path.write_bytes(text.replace(b'"unread":3', b'"unread":0'))

    code, said = run("--verify", f"{path}", MOTCUA_SECRETS=f"{secrets}")

    assert code == 1
    assert "is not as it was signed" in said
    assert "submissions" not in said
