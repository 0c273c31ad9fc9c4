"""All of what a citizen is told of one application: what the page shows and portals read."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from services.operations.domain.citizen.course import Course, course
from services.operations.domain.citizen.decided import decided
from services.operations.domain.citizen.due import Due, due
from services.operations.domain.citizen.forms import Form, forms
from services.operations.domain.citizen.happenings import Happening, happened
from services.operations.domain.citizen.money import Money, at_the_end, made, money
from services.operations.domain.citizen.notices import Rating, Sent, announced, rating, sent
from services.operations.domain.citizen.parts import CITIZEN, Part, parts, without_result
from services.operations.domain.citizen.sentences import (
    CANCELLED,
    FAMILY_FAILED,
    NEW_RESULT,
    OVER,
    PARTLY,
    ROLES,
    STAGES,
    STANDINGS,
    STATES,
    Stage,
    Standing,
    StateName,
)
from services.operations.domain.citizen.tasks import Task, tasks
from services.operations.domain.citizen.units import Unit, Units
from services.operations.domain.citizen.words import Quote, Words
from services.operations.domain.entries import Entry
from services.operations.domain.status import Status, status
from shared.catalogue import Catalogue
from shared.working_time import local_day


class StateTold(msgspec.Struct, frozen=True, kw_only=True):
    """Where it stands.  `state` is ours, `national_code` 0 where it was never registered.

    `said`: what an officer wrote about it; `why`: what a rule says instead.
    """

    state: StateName
    national_code: int
    name: Words
    sentence: Words
    said: Quote | None
    why: Words | None = None


class StageTold(msgspec.Struct, frozen=True, kw_only=True):
    """A stage on the way, and whether it is behind; `is_partly`: some parts alone passed it."""

    stage: Stage
    name: Words
    standing: Standing
    sentence: Words
    is_partly: bool = False


class CitizenStatus(msgspec.Struct, frozen=True, kw_only=True):
    """An application as its citizen sees it; nothing in it tells who that is.

    `due` is null where nothing is due any more; `rating` where nobody is asked how it went.
    `as_of`: when the last thing happened of which this knows.
    """

    dossier_code: str
    procedure_code: str
    procedure: Words
    as_of: datetime
    state: StateTold
    stages: tuple[StageTold, ...]
    due: Due | None
    tasks: tuple[Task, ...]
    parts: tuple[Part, ...]
    money: Money
    happened: tuple[Happening, ...]
    sent: tuple[Sent, ...]
    units: tuple[Unit, ...]
    rating: Rating | None
    forms: tuple[Form, ...] = ()


def view(entries: Sequence[Entry], catalogue: Catalogue, now: datetime) -> CitizenStatus | None:
    """Return what is told of an application, from its entries in order; None: nothing is decided
    yet.
    """
    facts, known = decided(entries), status(entries)
    if not facts:
        return None
    stands, purse = course(facts), money(facts, now, made(entries))
    _of_a_family(stands, known)
    if stands.state in OVER:
        purse = at_the_end(purse, stands.state)
    units = Units(catalogue, local_day(now))
    returning = units.name(stands.units.get("returning", known.receiving_unit))
    family = parts(known.children, units)
    if lost := without_result(family):
        stands.why = lost
    return CitizenStatus(
        dossier_code=known.dossier_code,
        procedure_code=known.procedure,
        procedure=units.procedure(known.procedure),
        as_of=facts[-1].at,
        state=_state(stands),
        stages=tuple(_stages(stands)),
        due=due(stands, purse.owes_first, now),
        tasks=tasks(stands, purse, returning),
        parts=family,
        money=purse,
        happened=happened(facts, units),
        sent=sent(facts, announced(entries, known.dossier_code)),
        units=tuple(_units(stands, units)),
        rating=rating(facts, now),
        forms=forms(facts),
    )


def _of_a_family(stands: Course, known: Status) -> None:
    """Let a parent stand as its children do."""
    if not known.children:
        return
    stands.is_family = True
    is_taken_back = any(CITIZEN in child.by_rule for child in known.children)
    if is_taken_back and not stands.must_go_on:  # of a parent no event of its own says so
        stands.asked[CITIZEN] = "withdrawal"
    ended: dict[str, StateName] = {"done": "returned", "partly_done": "family_partly_done"}
    stands.state = ended.get(known.outcome, "family")
    if known.outcome == "failed":
        code = known.state.code if known.state else 0
        stands.state = "withdrawn" if code == 7 else "not_accepted"
    stands.national_code = known.state.code if known.state else 0


def _state(stands: Course) -> StateTold:
    state = STATES[stands.state]
    name, sentence = state.name, state.sentence
    if stands.state == "settled" and stands.results > 1:
        sentence = NEW_RESULT
    if stands.state == "not_accepted" and stands.is_family:
        name, sentence = FAMILY_FAILED
    if stands.is_cancelled:
        name, sentence = CANCELLED
    return StateTold(
        state=stands.state,
        national_code=stands.national_code,
        name=name,
        sentence=sentence,
        said=stands.said,
        why=stands.why,
    )


def _stages(stands: Course) -> Iterator[StageTold]:
    state, stages = STATES[stands.state], list(STAGES)
    at: Stage = state.stage
    if not stands.is_accepted and stands.state in ("supplement_requested", "stopped"):
        at = "submitted"
    elif stands.is_accepted and state.standing == "ended":
        at = "processing"
    reached = stages.index(at)
    for place, (stage, name) in enumerate(STAGES.items()):
        standing: Standing = "done" if place < reached else "ahead"
        is_partly = place > 0 and stands.state == "family_partly_done"
        if place == reached or is_partly:
            standing = state.standing
        sentence = PARTLY if is_partly else STANDINGS[standing]
        yield StageTold(
            stage=stage, name=name, standing=standing, sentence=sentence, is_partly=is_partly
        )


def _units(stands: Course, units: Units) -> Iterator[Unit]:
    does: dict[str, list[Words]] = {}
    for role, code in stands.units.items():
        if code:
            does.setdefault(code, []).append(ROLES[role])
    for code, roles in does.items():
        name, province = units.parts(code)
        yield Unit(code=code, name=name, province=province, does=tuple(roles))
