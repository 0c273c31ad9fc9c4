"""Puts together what operators see of what was set aside; nothing personal is in it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import msgspec

from services.operations.dead.desk import Held, Result
from services.operations.dead.edits import Proposal
from services.operations.dead.outcomes import Became
from services.operations.dead.views import (
    Answered,
    Asked,
    Changed,
    DeadItem,
    OneDead,
    Outcome,
    Outcomes,
    Waiting,
)
from services.operations.domain.actions import Words
from services.operations.domain.causes import POISON
from services.operations.domain.dead.contrast import (
    Difference,
    differences,
    expected_of,
    sample,
    schema_of,
    shown,
)
from services.operations.domain.dead.letters import Kind, Open, Place
from services.operations.domain.dead.mending import WHY, Change, Why
from services.operations.domain.dead.seen import written
from services.operations.domain.entries import Entry
from shared.masking import masked


def item(one: Open, held: Held | None, asked: Proposal | None) -> DeadItem:
    """Return one of a group, and what somebody `asked`; of what is parked there is no letter."""
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
        asked=Asked(asked.by, asked.at, asked.reason, asked.principal) if asked else None,
    )


def one_letter(
    held: Held, edits: Sequence[tuple[Proposal, list[Change]]], became: Became | None
) -> OneDead:
    """Return a dead letter."""
    letter, message, answer = held.letter, held.message, held.answer
    found = differences(letter.topic, message) if letter.cause == POISON else []
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
        kind="call" if letter.cause != POISON else "dead",
        place=letter.place,
        told=(letter.service, letter.application, letter.reason, letter.field),
        at_ms=letter.at_ms,
        size=(letter.size, letter.truncated),
        message=message,
        found=found,
        why=held.why,
        answered=answered,
        edits=[_waiting(letter.topic, message, one, changes) for one, changes in edits],
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


def _waiting(topic: str, message: object, one: Proposal, changes: list[Change]) -> Waiting:
    decided = one.decided
    was = message.get("type") if isinstance(message, dict) else None
    type_ = next((c.after for c in changes if c.path == "$.type"), was)
    return Waiting(
        number=one.number,
        by=one.by,
        at=one.at,
        reason=one.reason,
        changes=[
            Changed(
                masked(c.path), shown(c.path, c.before, {}), written(topic, type_, c.path, c.after)
            )
            for c in changes
        ],
        verdict=decided.verdict if decided else None,
        checked_by=decided.by if decided else "",
        checked_reason=decided.reason if decided else "",
        principal=one.principal,
        is_dismissal=one.is_dismissal,
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
