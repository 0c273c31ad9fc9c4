"""An application at the door: what is kept of it, and how it comes in."""

from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple

import msgspec
from msgspec import UNSET
from msgspec.structs import replace

from services.intake.domain.answers import given
from services.intake.domain.findings import Findings, examine, unread_problems
from services.intake.domain.pending import Brought, Correcting
from services.intake.domain.remedies import malformed
from services.intake.domain.saga import Family
from services.intake.domain.validation import (
    composed,
    envelope_problems,
    portal_of,
)
from shared.catalogue import Catalogue
from shared.catalogue.forms import Forms
from shared.dossier_codes import FORM
from shared.events.data import Document, Problem, filed, marked, marks
from shared.events.intake import Conflicted, Refused, Registered, Standing
from shared.events.portal import Personal, Submitted
from shared.lanes.table import Arrival, Malformed, Outcome
from shared.working_time import local_day

Status = Literal["registered", "refused", "withdrawn"]
NATIONAL_CODE: dict[Status, int | None] = {"registered": 1, "refused": None, "withdrawn": 7}

Message = tuple[str, str, str]  # application, source, id

OFFLINE_LIMIT = timedelta(days=7)  # a counter without a network forwards later


class Kin(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a child knows of itself: its name in the set, what it told its parent last."""

    name: str
    told: int = 0
    standing: Standing = "waiting"


End = Literal["", "refused", "not-accepted", "withdrawn", "returned"]
ENDS: dict[int, End] = {3: "not-accepted", 7: "withdrawn", 10: "returned"}  # by national code


class Application(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The whole state.  `content_hash` is keyed: it tells content apart and nothing else.

    `code` is the last national code heard from routing, 0 if none: intake follows those of its
    moves that change what a citizen may do.  `withdrawing` is the id of the message that asks to
    take it back, until routing answers; `requests` counts the supplements asked for, `supplied`
    tells what was brought since the last of them, `brought` are all that count, in their order;
    `is_unsupplied`: the last one was rejected.  `mark` is what likely duplicates have in common.
    `correcting` waits for routing's answer; `corrected` tells the content of those that count, by
    the id of their message; `sealed` are the personal fields as last corrected, empty before that:
    then they stand in the event by which the application came in.  `marked` are the documents of
    which more is said than that they are there.  `turned_away` counts what was rejected here, and
    not by routing.  `family`: the children of an interlinked
    application; `kin`: that this is a child of one.
    """

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
    code: int = 0
    withdrawing: str = ""
    withdrawals_rejected: int = 0
    requests: int = 0
    supplied: str = ""
    brought: tuple[Brought, ...] = ()
    supplements_rejected: int = 0
    is_unsupplied: bool = False
    mark: str = ""
    similar_to: str = ""
    family: Family | None = None
    kin: Kin | None = None
    correcting: Correcting | None = None
    corrected: dict[str, str] = {}
    corrections_rejected: int = 0
    sealed: str = ""
    marked: tuple[Document, ...] = ()
    turned_away: int = 0

    @property
    def rejections(self) -> int:
        """How often something did not count: what is sent again after that is another message."""
        return self.supplements_rejected + self.corrections_rejected + self.turned_away

    @property
    def national_code(self) -> int | None:
        """How it stands in the national code, as far as intake follows it; None: never was in."""
        return self.code or NATIONAL_CODE[self.status]

    @property
    def end(self) -> End:
        """How it ended, empty while it is open."""
        return ENDS.get(self.code, "") or ("" if self.status == "registered" else self.status)

    @property
    def supplement(self) -> Literal["", "asked", "brought", "rejected"]:
        """How far the last supplement has come, if it was asked for or rejected."""
        if self.is_unsupplied and not self.end:
            return "rejected"
        if not self.requests:
            return ""
        return "brought" if self.supplied else "asked"

    @property
    def withdrawal(self) -> Literal["", "asked", "rejected"]:
        """How far a withdrawal has come that has not closed the application."""
        if self.withdrawing:
            return "asked"
        return "rejected" if self.withdrawals_rejected and not self.end else ""

    @property
    def correction(self) -> Literal["", "asked", "made", "rejected"]:
        """How far the last correction has come."""
        if self.correcting:
            return "asked"
        if self.corrections_rejected:  # a unit has accepted it: none can be made after that
            return "rejected"
        return "made" if self.corrected else ""


class Opened(NamedTuple):
    """What was gathered about one submission.  `personal`: what is wrong, where it is not read;
    from `problems` on, what is said of the first of an application, and by which editions.
    `receiving_unit`: of a child, where it is registered.
    """

    content_hash: str
    submitted_at: datetime
    personal: Personal | tuple[Problem, ...] = ()
    sealed: str = ""
    contact: str = ""
    subject_hash: str = ""
    dossier_code: str = ""
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    catalogue_version: str = ""
    forms_version: str = ""
    mark: str = ""
    similar_to: str = ""
    family: Family | None = None
    receiving_unit: str = ""


def message_of(arrival: Arrival) -> Message:
    """Return what tells a message from all others."""
    return arrival.application, arrival.event.source, arrival.event.id


def submitted_at(claimed: datetime, now: datetime) -> datetime:
    """Return when an application was made: as the portal says, unless that cannot be."""
    if not now - OFFLINE_LIMIT <= claimed <= now:
        return now
    return claimed.astimezone(UTC)


def content(submitted: Submitted, personal: Personal | tuple[Problem, ...]) -> bytes:
    """Return what makes two submissions the same: all but how the personal part was encrypted.

    What is younger than the first submissions is left out of it unless something is said there.
    """
    if isinstance(personal, Personal):
        submitted = replace(submitted, personal="")
    return msgspec.json.encode((submitted, personal), order="sorted")


def likeness(submitted: Submitted, personal: Personal) -> bytes:
    """Return what likely duplicates have in common: person, procedure and object.

    The object is what the form's answers say; where it asks nothing, the documents.
    """
    about: object = sorted(document.sha256 for document in submitted.documents)
    if answers := given(personal.answers):
        told = msgspec.json.encode(answers, order="sorted").decode()
        about = " ".join(told.casefold().split())
    return msgspec.json.encode((personal.personal_number, submitted.procedure, about))


def submit(
    state: Application | None,
    arrival: Arrival,
    opened: Opened,
    at: datetime,
) -> Outcome[Application]:
    """Take an application in, or refuse it; the same again changes nothing, another conflicts."""
    portal = portal_of(arrival.event.source)
    if state is None:
        return _first(arrival, portal, opened, at)
    if (state.portal, state.content_hash) == (portal, opened.content_hash):
        return Outcome(state)
    conflict = Conflicted(portal=portal, message_id=arrival.event.id)
    return Outcome(replace(state, conflicts=state.conflicts + 1), (conflict,))


def _first(arrival: Arrival, portal: str, opened: Opened, at: datetime) -> Outcome[Application]:
    problems = opened.problems
    submitted, personal = arrival.data, opened.personal
    if problems or not isinstance(submitted, Submitted) or not isinstance(personal, Personal):
        language = submitted.language if isinstance(submitted, Submitted) else "vi"
        refused = Application(
            status="refused",
            portal=portal,
            content_hash=opened.content_hash,
            decided_at=at,
            problems=problems,
            similar_to=opened.similar_to,
        )
        event = Refused(
            portal=portal,
            problems=problems,
            contact=opened.contact,
            language=language,
            similar_to=opened.similar_to,
            catalogue_version=opened.catalogue_version,
            forms_version=opened.forms_version,
            notices=submitted.notices if isinstance(submitted, Submitted) else UNSET,
        )
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
        warnings=opened.warnings,
        mark=opened.mark,
        similar_to=opened.similar_to,
        marked=marked((), composed(submitted.documents)),
    )
    return Outcome(registered, (_registered(portal, submitted, opened),))


def submission_findings(
    arrival: Arrival, opened: Opened, catalogue: Catalogue, forms: Forms
) -> Findings:
    """Return all there is to say of a submission."""
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


def _registered(portal: str, submitted: Submitted, opened: Opened) -> Registered:
    assert FORM.fullmatch(opened.dossier_code), "an application in order has a code"
    documents = composed(submitted.documents)
    return Registered(
        dossier_code=opened.dossier_code,
        portal=portal,
        procedure=submitted.procedure,
        receiving_unit=submitted.receiving_unit,
        residence_unit=submitted.residence_unit,
        object_unit=submitted.object_unit or "",
        residence_unit_on=submitted.residence_unit_on,
        object_unit_on=submitted.object_unit_on,
        channel=submitted.channel,
        applicant_kind=submitted.applicant_kind,
        language=submitted.language,
        copies=submitted.copies,
        documents=filed(documents),
        sealed=opened.sealed,
        contact=opened.contact,
        subject_hash="",  # it is the same at every portal, and all of them read this
        submitted_at=opened.submitted_at,
        catalogue_version=opened.catalogue_version,
        forms_version=opened.forms_version,
        warnings=opened.warnings,
        similar_to=opened.similar_to,
        marks=marks(documents),
        fee_facts=submitted.fee_facts,
        notices=submitted.notices,
    )
