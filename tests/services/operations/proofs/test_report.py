"""A report is what was found, and read back as it was written."""

from typing import Any

import msgspec
import pytest

from services.operations.proofs import report as reports
from services.operations.proofs.report import Report, signed
from services.operations.proofs.signing import is_signed
from tests.services.operations.proofs.conftest import LATER, PERIOD


def written(report: Report, keys: Any) -> bytes:
    return msgspec.json.encode(signed(report, keys[0]["proof_jwk"]))


def test_a_report_is_read_back_as_it_was_written(report: Report, keys: Any) -> None:
    found, read = reports.read(written(report, keys))

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
    report: Report, keys: Any, was: bytes, becomes: bytes
) -> None:
    text = written(report, keys)
    assert was in text

    found, _ = reports.read(text.replace(was, becomes, 1))

    assert not is_signed(found.report, found.signature, keys[1]["proof_jwk"], "the file")


@pytest.mark.parametrize("text", ["", "[]", '{"report":{},"signature":""}', '{"report":1}'])
def test_what_is_no_report_is_refused(text: str) -> None:
    with pytest.raises(reports.Unreadable, match="no signed report"):
        reports.read(text.encode())


def test_what_operations_has_not_read_is_excepted() -> None:
    assert reports.report_of(reports.Proof(), PERIOD, LATER, LATER, "motcua").holds

    behind = reports.report_of(reports.Proof(), PERIOD, LATER, LATER, "motcua", unread=3)

    assert (behind.holds, behind.proof.excepted) == (False, {"unread": 1})
