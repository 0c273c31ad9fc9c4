"""What is signed: a period and what is meant by it, until when the log was read, what was found."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

import msgspec

from services.operations.domain.proof.equations import Equation, equations, holds
from services.operations.domain.proof.period import Period
from services.operations.domain.proof.tally import Proof
from services.operations.proofs import signing
from shared.clock import VIETNAM

MEANS = (
    "Applications whose ids were made in the period, from its first instant up to but without its"
    " last, children with their parents, petitions likewise; each with all that came of it until"
    " the log was read."
)


class Unreadable(ValueError):
    """What was given is no report."""


class Report(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """`as_of`: until when the log was read; `unread`: how much of it operations had not read then.
    `system`: the database that it was read from.  In the first kind what waited might do so for
    ever, and counted as an answer.
    """

    is_a: Literal["motcua.proof/1", "motcua.proof/2"] = "motcua.proof/2"
    system: str
    since: datetime
    until: datetime
    means: str = MEANS
    as_of: datetime
    made_at: datetime
    unread: int
    holds: bool
    equations: list[Equation]
    proof: Proof


class Signed(msgspec.Struct, forbid_unknown_fields=True):
    """A report and its detached signature; `report` as it was signed."""

    report: dict[str, Any]
    signature: str

    def read(self) -> Report:
        """Return the report.  Raises `msgspec.ValidationError`."""
        return msgspec.convert(self.report, Report)


def report_of(
    proof: Proof, period: Period, as_of: datetime, made_at: datetime, system: str, unread: int = 0
) -> Report:
    """Return what is to be said of a proof."""
    if unread:
        detail = f"{unread:,} records: what is missing here may only not have been read yet"
        proof.blame("unread", "", "operations", detail)
    return Report(
        system=system,
        since=period.since.astimezone(VIETNAM),
        until=period.until.astimezone(VIETNAM),
        as_of=as_of,
        made_at=made_at,
        unread=unread,
        holds=holds(proof),
        equations=equations(proof),
        proof=proof,
    )


def signed(report: Report, jwk: Mapping[str, Any]) -> Signed:
    """Return a report with its signature.  Raises `Misconfigured`."""
    plain = msgspec.json.decode(msgspec.json.encode(report))
    return Signed(plain, signing.sign(plain, jwk))


def read(text: bytes) -> tuple[Signed, Report]:
    """Return what is written.  Raises `Unreadable`."""
    try:
        found = msgspec.json.decode(text, type=Signed)
        return found, found.read()
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(f"no signed report of a period: {error}") from error
