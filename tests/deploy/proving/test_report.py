"""A report is what was found, read back as it was written, and shown whole."""

from io import StringIO
from pathlib import Path
from typing import Any

import msgspec
import pytest
from rich.console import Console

from deploy.proving import report as reports
from deploy.proving.report import Report, signed
from deploy.proving.shown import show
from deploy.proving.signing import is_signed
from services.operations.domain.proof.words import KINDS
from shared.errors import Misconfigured
from tests.deploy.proving.conftest import LATER, PERIOD


def written(report: Report, keys: Any, to: Path) -> Path:
    path = to / "proof.json"
    path.write_bytes(msgspec.json.encode(signed(report, keys[0]["proof_jwk"])))
    return path


def said(report: Report, rows: int = 20) -> str:
    console = Console(file=StringIO(), width=200)
    show(console, report, rows)
    return console.file.getvalue()


def test_a_report_is_read_back_as_it_was_written(report: Report, keys: Any, tmp_path: Path) -> None:
    found, read = reports.read(written(report, keys, tmp_path))

    assert msgspec.to_builtins(read) == msgspec.to_builtins(report)
    assert is_signed(found.report, found.signature, keys[1]["proof_jwk"], "the file")


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        (b'"holds":false,"equations"', b'"holds":true,"equations"'),
        (b'"unread":3', b'"unread":0'),
        (b"50,000", b"50,001"),
    ],
)
def test_whatever_is_changed_in_a_report_is_seen(
    report: Report, keys: Any, tmp_path: Path, was: bytes, becomes: bytes
) -> None:
    path = written(report, keys, tmp_path)
    assert was in path.read_bytes()
    path.write_bytes(path.read_bytes().replace(was, becomes, 1))

    found, _ = reports.read(path)

    assert not is_signed(found.report, found.signature, keys[1]["proof_jwk"], "the file")


@pytest.mark.parametrize("text", ["", "[]", '{"report":{},"signature":""}', '{"report":1}'])
def test_what_is_no_report_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "proof.json"
    path.write_text(text)

    with pytest.raises(Misconfigured, match="no signed report"):
        reports.read(path)


def test_what_operations_has_not_read_is_excepted() -> None:
    assert reports.report_of(reports.Proof(), PERIOD, LATER, LATER, "motcua").holds

    behind = reports.report_of(reports.Proof(), PERIOD, LATER, LATER, "motcua", unread=3)

    assert (behind.holds, behind.proof.excepted) == (False, {"unread": 1})


def test_a_person_sees_each_equation_and_each_exception_by_name(report: Report) -> None:
    text = said(report)

    assert text.startswith("2026-05-28 07:00 – 2026-07-01 07:00 (UTC+7): 23 applications\n")
    assert "✗  submissions " in text
    assert all(kind in text and KINDS[kind].en in text for kind in report.proof.excepted)
    assert all(item.application in text for item in report.proof.exceptions)
    assert text.endswith("✗ It does not hold: see the exceptions, by name.\n")


def test_of_each_kind_no_more_rows_are_shown_than_asked_for(report: Report) -> None:
    assert "… and 2 more" in said(report, rows=1)  # three apply to receipts
    assert "019e7044-" not in said(report, rows=0)
