"""An application at the door: what is kept of it, and what may happen to it."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Literal, NamedTuple

import msgspec
from msgspec.structs import replace

from services.intake.domain.findings import Findings, examine, unread_problems
from services.intake.domain.remedies import malformed, problem
from services.intake.domain.validation import (
    composed,
    envelope_problems,
    portal_of,
    supplement_problems,
    withdrawal_problems,
)
from shared.catalogue import Catalogue
from shared.catalogue.forms import Forms
from shared.events.data import Problem
from shared.events.intake import (
    Conflicted,
    FollowUpRejected,
    Refused,
    Registered,
    Supplemented,
    Withdrawn,
)
from shared.events.portal import Personal, Submitted, SupplementSubmitted, WithdrawalRequested
from shared.lanes.table import Arrival, Malformed, Outcome
from shared.working_time import local_day

Status = Literal["registered", "refused", "withdrawn"]
NATIONAL_CODE: dict[Status, int | None] = {"registered": 1, "refused": None, "withdrawn": 7}

DOSSIER_CODE = re.compile(  # any of the forms in use; ours is the last: unit, day, 7 digits
    r"(?:\d{3}\.\d{2}\.\d{2}\.)?[A-Z]\d{2}(?:\.\d{1,3})*-(?:\d{6}|\d{8})-\d{4,7}"
)
SUPPLEMENTS_LIMIT = 100
OFFLINE_LIMIT = timedelta(days=7)  # a counter without a network forwards later


class Application(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The whole state.  `content_hash` is keyed: it tells content apart and nothing else."""

    status: Status
    portal: str
    content_hash: str
    decided_at: datetime
    dossier_code: str = ""
    procedure: str = ""
    receiving_unit: str = ""
    subject_hash: str = ""
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    supplements: int = 0
    conflicts: int = 0


class Opened(NamedTuple):
    """What was gathered about one submission.  `personal`: what is wrong, where it is not read."""

    content_hash: str
    submitted_at: datetime
    personal: Personal | tuple[Problem, ...] = ()
    sealed: str = ""
    contact: str = ""
    subject_hash: str = ""
    dossier_code: str = ""


def dossier_code(prefix: str, day: date, number: int) -> str:
    """Return a code in the national form (`H26.12-20260609-0092637`).  Nobody parses it."""
    return f"{prefix}-{day:%Y%m%d}-{number:07d}"


def submitted_at(claimed: datetime, now: datetime) -> datetime:
    """Return when an application was made: as the portal says, unless that cannot be."""
    if not now - OFFLINE_LIMIT <= claimed <= now:
        return now
    return claimed.astimezone(UTC)


def content(submitted: Submitted, personal: Personal | tuple[Problem, ...]) -> bytes:
    """Return what makes two submissions the same: all but how the personal part was encrypted."""
    if isinstance(personal, Personal):
        submitted = replace(submitted, personal="")
    return msgspec.json.encode((submitted, personal), order="sorted")


def submit(
    state: Application | None,
    arrival: Arrival,
    opened: Opened,
    catalogue: Catalogue,
    forms: Forms,
    at: datetime,
) -> Outcome[Application]:
    """Take an application in, or refuse it; the same again changes nothing, another conflicts."""
    portal = portal_of(arrival.event.source)
    if state is None:
        return _first(arrival, portal, opened, catalogue, forms, at)
    if (state.portal, state.content_hash) == (portal, opened.content_hash):
        return Outcome(state)
    conflict = Conflicted(portal=portal, message_id=arrival.event.id)
    return Outcome(replace(state, conflicts=state.conflicts + 1), (conflict,))


def supplement(
    state: Application | None, arrival: Arrival, brought: SupplementSubmitted
) -> Outcome[Application]:
    """Pass on what the citizen brought; whether it was asked for is routing's to say."""
    wrong = _not_open(state, arrival) or supplement_problems(brought)
    if state and not wrong and state.supplements >= SUPPLEMENTS_LIMIT:
        wrong = (problem("too-many-supplements", "/subject"),)
    if state is None or wrong:
        return _rejected(state, arrival, wrong)
    counted = replace(state, supplements=state.supplements + 1)
    return Outcome(counted, (Supplemented(documents=brought.documents),))


def withdraw(
    state: Application | None, arrival: Arrival, request: WithdrawalRequested
) -> Outcome[Application]:
    """Pass on that the citizen takes the application back; again changes nothing."""
    portal = portal_of(arrival.event.source)
    if state and (state.portal, state.status) == (portal, "withdrawn"):
        return Outcome(state)
    wrong = _not_open(state, arrival) or withdrawal_problems(request)
    if state is None or wrong:
        return _rejected(state, arrival, wrong)
    return Outcome(replace(state, status="withdrawn"), (Withdrawn(reason=request.reason),))


def _not_open(state: Application | None, arrival: Arrival) -> tuple[Problem, ...]:
    """Another portal's application is as unknown as none."""
    if state is None or state.portal != portal_of(arrival.event.source):
        return (problem("unknown-application", "/subject"),)
    if state.status != "registered":
        return (problem("application-closed", "/subject"),)
    return ()


def _rejected(
    state: Application | None, arrival: Arrival, problems: tuple[Problem, ...]
) -> Outcome[Application]:
    portal, message_id = portal_of(arrival.event.source), arrival.event.id
    event = FollowUpRejected(portal=portal, message_id=message_id, problems=problems)
    return Outcome(state, (event,))


def _first(
    arrival: Arrival,
    portal: str,
    opened: Opened,
    catalogue: Catalogue,
    forms: Forms,
    at: datetime,
) -> Outcome[Application]:
    problems, warnings = _findings(arrival, opened, catalogue, forms)
    submitted, personal = arrival.data, opened.personal
    if problems or not isinstance(submitted, Submitted) or not isinstance(personal, Personal):
        language = submitted.language if isinstance(submitted, Submitted) else "vi"
        refused = Application(
            status="refused",
            portal=portal,
            content_hash=opened.content_hash,
            decided_at=at,
            problems=problems,
        )
        event = Refused(portal=portal, problems=problems, contact=opened.contact, language=language)
        return Outcome(refused, (event,))
    registered = Application(
        status="registered",
        portal=portal,
        content_hash=opened.content_hash,
        decided_at=at,
        dossier_code=opened.dossier_code,
        procedure=submitted.procedure,
        receiving_unit=submitted.receiving_unit,
        subject_hash=opened.subject_hash,
        warnings=warnings,
    )
    said = _registered(portal, submitted, opened, catalogue.version, warnings)
    return Outcome(registered, (said,))


def _findings(arrival: Arrival, opened: Opened, catalogue: Catalogue, forms: Forms) -> Findings:
    found = envelope_problems(arrival.application, arrival.event.source)
    on, submitted = local_day(opened.submitted_at), arrival.data
    if isinstance(submitted, Submitted) and isinstance(opened.personal, Personal):
        problems, warnings = examine(submitted, opened.personal, catalogue, forms, on)
        return Findings(found + problems, warnings)
    if isinstance(submitted, Submitted):
        problems = examine(submitted, None, catalogue, forms, on).problems
    else:
        assert isinstance(submitted, Malformed)
        problems = unread_problems(arrival.event.data, Submitted, catalogue, forms, on)
        problems = problems or (malformed(submitted.reason, submitted.field),)
    assert not isinstance(opened.personal, Personal)
    return Findings(found + problems + opened.personal)


def _registered(
    portal: str,
    submitted: Submitted,
    opened: Opened,
    catalogue_version: str,
    warnings: tuple[Problem, ...],
) -> Registered:
    assert DOSSIER_CODE.fullmatch(opened.dossier_code), "an application in order has a code"
    return Registered(
        dossier_code=opened.dossier_code,
        portal=portal,
        procedure=submitted.procedure,
        receiving_unit=submitted.receiving_unit,
        residence_unit=submitted.residence_unit,
        channel=submitted.channel,
        applicant_kind=submitted.applicant_kind,
        language=submitted.language,
        copies=submitted.copies,
        documents=composed(submitted.documents),
        sealed=opened.sealed,
        contact=opened.contact,
        subject_hash=opened.subject_hash,
        submitted_at=opened.submitted_at,
        catalogue_version=catalogue_version,
        warnings=warnings,
    )
