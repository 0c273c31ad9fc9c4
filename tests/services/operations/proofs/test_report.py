"""A report is what was found, and read back as it was written."""

from typing import Any

import msgspec
import pytest

from services.operations.console.proof.page import found_page
from services.operations.domain.proof.tally import Proof
from services.operations.proofs import report as reports
from services.operations.proofs import signing
from services.operations.proofs.paper import page
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


# as they were signed when what waited counted as an answer, for however long it did
OLDER = {
    "is_a": "motcua.proof/1",
    "system": "motcua",
    "since": "2026-05-28T07:00:00+07:00",
    "until": "2026-07-01T07:00:00+07:00",
    "means": reports.MEANS,
    "as_of": "2026-06-18T01:00:00Z",
    "made_at": "2026-06-18T01:00:00Z",
    "unread": 0,
    "holds": True,
    "equations": [
        {
            "name": "submissions",
            "what": "acknowledged",
            "left": 6,
            "relation": "=",
            "right": {"registered": 1, "refused": 2, "held": 1, "set_aside": 1, "being_read": 1},
            "holds": True,
            "of": "",
        }
    ],
    "proof": {
        "applications": 6,
        "counts": {"submissions": {"acknowledged": 6, "registered": 1, "refused": 2, "held": 1}},
        "vnd": {},
        "excepted": {},
        "waiting": {"held": 1, "set_aside": 1, "being_read": 1},
        "exceptions": [],
        "named": [{"kind": "held", "application": "", "name": "m-1", "detail": "intake holds it"}],
    },
}


def test_an_older_report_is_verified_as_it_was_signed_and_shown_as_it_says(keys: Any) -> None:
    signature = signing.sign(OLDER, keys[0]["proof_jwk"])
    text = msgspec.json.encode({"report": OLDER, "signature": signature})

    found, read = reports.read(text)

    assert is_signed(found.report, found.signature, keys[1]["proof_jwk"], "the file")
    assert (read.is_a, read.holds) == ("motcua.proof/1", True)
    printed = page(found, read)
    assert "3 wait." in printed
    assert "set aside" in printed
    [line] = found_page(read.proof, read.equations).lines
    assert line.right.en == "= registered 1 + refused 2 + held 1 + set aside 1 + being read 1"


def test_a_report_says_how_many_wait_and_since_when(keys: Any) -> None:
    proof = Proof()
    for n, kind in enumerate(("held", "money_held")):
        since_ms = int(LATER.timestamp() * 1_000) - n * 60_000
        proof.wait(kind, "a", f"m-{n}", "intake holds it", since_ms)

    made = signed(reports.report_of(proof, PERIOD, LATER, LATER, "motcua"), keys[0]["proof_jwk"])

    said = made.read()
    assert (said.is_a, said.holds, said.proof.oldest_ms) == (
        "motcua.proof/2",
        True,
        proof.oldest_ms,
    )
    assert "2 wait, the oldest since 2026-06-18 07:59." in page(made, said)


@pytest.mark.parametrize("text", ["", "[]", '{"report":{},"signature":""}', '{"report":1}'])
def test_what_is_no_report_is_refused(text: str) -> None:
    with pytest.raises(reports.Unreadable, match="no signed report"):
        reports.read(text.encode())


def test_what_operations_has_not_read_is_excepted() -> None:
    assert reports.report_of(reports.Proof(), PERIOD, LATER, LATER, "motcua").holds

    behind = reports.report_of(reports.Proof(), PERIOD, LATER, LATER, "motcua", unread=3)

    assert (behind.holds, behind.proof.excepted) == (False, {"unread": 1})
