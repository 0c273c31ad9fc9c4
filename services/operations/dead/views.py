"""What operators see of what was set aside: groups, items, and one with what is wrong in it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec

from services.operations.dead.desk import Became, Held, Result
from services.operations.dead.edits import Proposal, Verdict
from services.operations.domain.actions import Words
from services.operations.domain.dead.contrast import (
    Difference,
    Line,
    differences,
    expected_of,
    sample,
    schema_of,
)
from services.operations.domain.dead.letters import DeadGroup, Kind, Open, Place
from services.operations.domain.dead.mending import WHY, Why
from services.operations.domain.entries import Entry
from services.operations.views import SetAside
from shared.edge import APPLICATION
from shared.masking import masked


class DeadView(msgspec.Struct, kw_only=True):
    """Groups of what nobody did anything about, what came last first; and a page of all letters
    there ever were, oldest first.  `next` is the `after` of the page that follows, null at the end;
    there are no groups with a later page.  Not `is_whole`: more is open than is counted.
    """

    groups: list[DeadGroup]
    is_whole: bool
    items: list[SetAside]
    next: str | None


class DeadItem(msgspec.Struct, frozen=True, kw_only=True):
    """One of a group; `why` it cannot be sent again as it was, null where it can."""

    topic: str
    partition: int
    offset: int
    service: str
    application: str
    dossier: str
    unit: str
    at: datetime
    reason: str
    field: str
    why: Why | None
    why_vi: str
    why_en: str


class DeadPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a group, oldest first; `next` is the `after` of the one that follows."""

    group: DeadGroup
    items: list[DeadItem]
    next: str | None


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """What was done about it, by whom and why; `checker` looked at a copy, `fields` differ in it.

    `became` says what came of what was sent, null where nothing was.
    """

    did: Literal["redriven", "edited", "dismissed"]
    at: datetime
    by: str
    checker: str
    reason: str
    fields: tuple[str, ...]
    application: str
    became: Became | None


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A mended copy: who made it and why, where it differs, and what the second person said."""

    number: int
    by: str
    at: datetime
    reason: str
    fields: tuple[str, ...]
    lines: list[Line]
    verdict: Verdict | None
    checked_by: str
    checked_reason: str


class OneDead(msgspec.Struct, frozen=True, kw_only=True):
    """One record that was set aside.

    `field` is where a lane stopped, `expected` what the contract (`schema`) says of that place in
    words of JSON Schema, `differences` all there are.  Of `lines` no value is shown that may be
    personal.
    """

    kind: Kind
    topic: str
    partition: int
    offset: int
    service: str
    application: str
    at: datetime
    reason: str
    field: str
    size: int
    is_cut: bool
    type: str
    schema: str
    expected: dict[str, Any]
    differences: list[Difference]
    lines: list[Line]
    why: Why | None
    why_vi: str
    why_en: str
    answered: Answered | None
    edits: list[Waiting]


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What was done to one."""

    topic: str
    partition: int
    offset: int
    application: str
    result: Result


class Outcomes(msgspec.Struct, frozen=True, kw_only=True):
    """What was done to each; `next` is the `after` of what follows, null at the end."""

    items: list[Outcome]
    next: str | None


def item(one: Open, held: Held | None) -> DeadItem:
    """Return one of a group; of what is parked there is no letter."""
    why: Why | None = held.why if held else None
    words = _words(why)
    return DeadItem(
        **one.place._asdict(),
        service=one.service,
        application=one.application,
        dossier=one.dossier,
        unit=one.unit,
        at=_at(one.since_ms),
        reason=masked(one.reason),
        field=masked(one.field),
        why=why,
        why_vi=words.vi,
        why_en=words.en,
    )


def one_letter(held: Held, edits: Sequence[tuple[Proposal, Any]], became: Became | None) -> OneDead:
    """Return a dead letter."""
    letter, message, answer = held.letter, held.message, held.answer
    found = differences(letter.topic, message) if letter.cause == "poison_event" else []
    answered = None
    if answer:
        said = answer.data
        answered = Answered(
            did=said.did,
            at=_at(answer.at_ms),
            by=said.operator,
            checker=said.checker,
            reason=said.reason,
            fields=said.fields,
            application=answer.application,
            became=became,
        )
    return _one(
        kind="call" if letter.cause != "poison_event" else "dead",
        place=letter.place,
        told=(letter.service, letter.application, letter.reason, letter.field),
        at_ms=letter.at_ms,
        size=(letter.size, letter.truncated),
        message=message,
        found=found,
        why=held.why,
        answered=answered,
        edits=[_waiting(letter.topic, one, copy) for one, copy in edits],
    )


def one_parked(one: Open, entry: Entry | None) -> OneDead:
    """Return what is held, as far as it is kept: of what outsiders sent in vain there is nothing.

    What the lane said of a place, it said of a message's data.
    """
    data = msgspec.json.decode(entry.data) if entry else None
    message = {"type": entry.type, "data": data} if entry else None
    field = f"$.data{one.field[1:]}" if one.field else ""
    return _one(
        kind="parked",
        place=one.place,
        told=(one.service, one.application, one.reason, field),
        at_ms=one.since_ms,
        size=(len(entry.data) if entry else 0, False),
        message=message,
        found=[],
        why=None,
        answered=None,
        edits=[],
    )


def _one(
    *,
    kind: Kind,
    place: Place,
    told: tuple[str, str, str, str],
    at_ms: int,
    size: tuple[int, bool],
    message: object,
    found: list[Difference],
    why: Why | None,
    answered: Answered | None,
    edits: list[Waiting],
) -> OneDead:
    service, application, reason, field = told
    words, paths = _words(why), [field, *(one.path for one in found)]
    type_ = message.get("type") if isinstance(message, dict) else ""
    return OneDead(
        kind=kind,
        **place._asdict(),
        service=service,
        application=application,
        at=_at(at_ms),
        reason=masked(reason),
        field=masked(field),
        size=size[0],
        is_cut=size[1],
        type=masked(type_) if isinstance(type_, str) else "",
        schema=schema_of(place.topic, message),
        expected=expected_of(place.topic, message, field),
        differences=found,
        lines=sample(place.topic, message, paths) if isinstance(message, dict) else [],
        why=why,
        why_vi=words.vi,
        why_en=words.en,
        answered=answered,
        edits=edits,
    )


def _waiting(topic: str, one: Proposal, copy: Any) -> Waiting:
    decided = one.decided
    return Waiting(
        number=one.number,
        by=one.by,
        at=one.at,
        reason=one.reason,
        fields=one.fields,
        lines=sample(topic, copy, one.fields),
        verdict=decided.verdict if decided else None,
        checked_by=decided.by if decided else "",
        checked_reason=decided.reason if decided else "",
    )


def outcomes(items: Sequence[Open], done: Mapping[str, Result], next_: str | None) -> Outcomes:
    """Return what was done to each."""
    return Outcomes(
        items=[
            Outcome(**one.place._asdict(), application=one.application, result=done[one.key])
            for one in items
        ],
        next=next_,
    )


def _words(why: Why | None) -> Words:
    return WHY[why] if why else Words("", "")


def _at(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1_000, UTC)


OUTCOMES = Outcomes(
    items=[
        Outcome(
            topic="portal.submissions",
            partition=3,
            offset=1042,
            application=APPLICATION,
            result="sent",
        )
    ],
    next=None,
)
