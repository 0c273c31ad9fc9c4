"""What intake gathers before it decides a batch: submissions, opened, judged, sealed, numbered.

Decisions see personal fields in memory only, and every event carries them sealed.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import NamedTuple, TypeVar

import msgspec

from services.intake.attachments.batch import FileProblems, batch_problems
from services.intake.attachments.named import NamedFiles
from services.intake.domain.children import Opening, opening
from services.intake.domain.corrections import Revision, judging
from services.intake.domain.dossier import (
    Application,
    Message,
    Opened,
    content,
    likeness,
    message_of,
    submission_findings,
    submitted_at,
)
from services.intake.domain.findings import Findings, read_personal
from services.intake.domain.follow_ups import ENDINGS
from services.intake.domain.interlinked import marks_of_ended
from services.intake.domain.remedies import problem
from services.intake.domain.saga import Family
from services.intake.domain.shape import json_value
from services.intake.domain.splitting import Made, Part, family, parts_of
from services.intake.domain.validation import contact, portal_of
from services.intake.likeness import Likeness
from services.intake.numbers import Numbers, Place
from services.intake.revisions import Revisions
from shared.catalogue import Catalogue
from shared.catalogue.forms import Forms
from shared.clock import Clock
from shared.dossier_codes import write_code
from shared.events.data import Problem
from shared.events.intake import ChildOpened, ChildTold, Contact
from shared.events.portal import CorrectionSubmitted, Personal, Submitted
from shared.jwe import Key, NotOpened, open_with
from shared.kinship import child_id
from shared.lanes.table import Arrival
from shared.vault import Vault, keyed_hash, seal
from shared.working_time import local_day

T = TypeVar("T")
Edition = tuple[str, str]  # of the catalogue, and of the forms

MARK = 32  # hexadecimal digits
AT_ONCE = 8  # submissions, each of which takes a quarter of a millisecond; then somebody else may
_LAST = {ChildTold.TYPE, *(ending.TYPE for ending in ENDINGS)}  # what an application may end with
_DUPLICATE = (problem("likely-duplicate", "/procedure"),)


class New(NamedTuple):
    """A submission that is the first of its application, and what there is to say of it."""

    arrival: Arrival
    submitted: Submitted
    message: Message
    personal: Personal
    found: Findings
    on: date


class Facts(NamedTuple):
    """What a batch needs: submissions, opened; what is wrong with the files of supplements;
    corrections, judged and sealed; by which edition all that was.
    """

    opened: Mapping[Message, Opened]
    files: FileProblems
    revisions: Mapping[Message, Revision]
    by: Edition


async def _hold_on() -> None:
    """Let nobody else work meanwhile."""


class Door(NamedTuple):
    """What intake needs to open applications.

    `breathe` lets the rest of the process work: its edge answers in the same loop.
    """

    catalogue: Catalogue
    vault: Vault
    numbers: Numbers
    private_key: Key
    clock: Clock
    forms: Forms
    likeness: Likeness
    files: NamedFiles
    revisions: Revisions
    duplicates_refused: frozenset[str] = frozenset()
    breathe: Callable[[], Awaitable[None]] = _hold_on


async def prepare(
    door: Door, arrivals: Sequence[Arrival], states: Mapping[str, Application | None]
) -> Facts:
    """Open all submissions; judge, seal and number the first of each application that is new.

    Raises `Unknown`.
    """
    # whatever edition the process turns to while this waits, the batch is judged by one
    door = door._replace(catalogue=door.catalogue.edition())
    now, by = door.clock(), (door.catalogue.version, door.forms.version)
    kinds = {arrival.event.type for arrival in arrivals}  # what does not come costs nothing
    files = await batch_problems(door.files, arrivals, states, now)
    facts: dict[Message, Opened] = {}
    new = await _new(door, arrivals, states, files, facts, now)
    interlinked = door.catalogue.interlinked
    parts = {
        application: some
        for application, each in new.items()
        if each.submitted.procedure in interlinked and not each.found.problems
        if (some := parts_of(each.submitted, each.personal, door.catalogue, each.on))
    }
    children = [child_id(a, n) for a, some in parts.items() for n in range(len(some))]
    keys = await door.vault.keys([*new, *children], create=True)
    begun = _begun(door, arrivals, states, facts, now) if ChildOpened.TYPE in kinds else {}
    places = {a: (each.submitted.receiving_unit, each.on) for a, each in new.items()}
    places |= {a: (each.numbered_at, local_day(now)) for a, (_, each) in begun.items()}
    codes = await _codes(door, places)
    for application, (message, where) in begun.items():
        facts[message] = facts[message]._replace(
            dossier_code=codes.get(application, ""),
            problems=where.problems,
            receiving_unit=where.receiving_unit,
        )
    if kinds & _LAST:
        await door.likeness.release(_ended(arrivals, states))
    marks = {a: _mark(door, each) for a, each in new.items() if not each.found.problems}
    similar = await door.likeness.claim(marks)
    refused = {a for a in similar if new[a].submitted.procedure in door.duplicates_refused}
    await door.likeness.wait({a: marks[a] for a in similar if a not in refused})
    async for application, each in _by_and_by(door, new.items()):
        key, is_refused = keys[application], application in refused
        facts[each.message] = facts[each.message]._replace(
            sealed=_seal(key, each.personal, application),
            contact=_seal(key, contact(each.personal), application),
            subject_hash=door.vault.subject_hash(each.personal.personal_number),
            dossier_code=codes.get(application, ""),
            problems=_DUPLICATE if is_refused else each.found.problems,
            warnings=each.found.warnings,
            catalogue_version=by[0],
            forms_version=by[1],
            mark="" if is_refused else marks.get(application, ""),
            similar_to=similar.get(application, ""),
            family=_family(door, each.arrival, parts[application], keys)
            if application in parts
            else None,
        )
    revisions: Mapping[Message, Revision] = {}
    if CorrectionSubmitted.TYPE in kinds:
        came = {application: (each.arrival, each.personal) for application, each in new.items()}
        judge = partial(judging, catalogue=door.catalogue, forms=door.forms)
        revisions = await door.revisions.of_batch(arrivals, states, came, judge)
    return Facts(facts, files, revisions, by)


async def _by_and_by(door: Door, items: Iterable[T]) -> AsyncIterator[T]:
    """Yield each, and after so many of them let others work."""
    for n, item in enumerate(items, 1):
        yield item
        if not n % AT_ONCE:
            await door.breathe()


async def _new(
    door: Door,
    arrivals: Sequence[Arrival],
    states: Mapping[str, Application | None],
    files: FileProblems,
    facts: dict[Message, Opened],
    now: datetime,
) -> dict[str, New]:
    """Open all submissions into `facts`; return the first of each application, if it is read."""
    new: dict[str, New] = {}
    seen: set[str] = set()
    submissions = (a for a in arrivals if a.event.type == Submitted.TYPE)
    async for arrival in _by_and_by(door, submissions):
        application, message = arrival.application, message_of(arrival)
        opened = facts.setdefault(message, _open(door, arrival, now))
        if application in seen or states.get(application) is not None:
            continue
        seen.add(application)
        found = submission_findings(arrival, opened, door.catalogue, door.forms)
        if wrong := files.get(message):
            found = found._replace(problems=found.problems + wrong)
        if isinstance(arrival.data, Submitted) and isinstance(opened.personal, Personal):
            on = local_day(opened.submitted_at)
            new[application] = New(arrival, arrival.data, message, opened.personal, found, on)
        else:
            facts[message] = opened._replace(
                problems=found.problems,
                catalogue_version=door.catalogue.version,
                forms_version=door.forms.version,
            )
    return new


def _begun(
    door: Door,
    arrivals: Sequence[Arrival],
    states: Mapping[str, Application | None],
    facts: dict[Message, Opened],
    now: datetime,
) -> dict[str, tuple[Message, Opening]]:
    """Return where the children are registered whose turn has come; `facts` has a row for each."""
    begun: dict[str, tuple[Message, Opening]] = {}
    for arrival in arrivals:
        if not isinstance(arrival.data, ChildOpened):
            continue
        message, state = message_of(arrival), states.get(arrival.application)
        facts[message] = Opened(
            "",
            now,
            catalogue_version=door.catalogue.version,
            forms_version=door.forms.version,
        )
        if state is None or state.kin is None:
            where = opening(arrival.data, door.catalogue, local_day(now))
            begun[arrival.application] = message, where
    return begun


def _ended(arrivals: Sequence[Arrival], states: Mapping[str, Application | None]) -> dict[str, str]:
    """Return the marks of applications that are at their end with what came."""
    ended = marks_of_ended(arrivals, states)
    for arrival in arrivals:
        state = states.get(arrival.application)
        if isinstance(arrival.data, ENDINGS) and state and state.mark:
            ended[arrival.application] = state.mark
    return ended


def _mark(door: Door, new: New) -> str:
    """Return what likely duplicates have in common."""
    about = b"like/" + likeness(new.submitted, new.personal)
    return keyed_hash(door.vault.pepper, about)[:MARK]


def _family(
    door: Door, arrival: Arrival, parts: Sequence[Part], keys: Mapping[str, bytes]
) -> Family:
    def make(child: str, part: Part) -> Made:
        return Made(
            sealed=_seal(keys[child], part.personal, child),
            contact=_seal(keys[child], contact(part.personal), child),
            subject_hash=door.vault.subject_hash(part.personal.personal_number),
        )

    return family(arrival.application, parts, portal_of(arrival.event.source), make)


def _open(door: Door, arrival: Arrival, now: datetime) -> Opened:
    pepper, at = door.vault.pepper, submitted_at(arrival.event.time, now)
    if isinstance(arrival.data, Submitted):
        personal = _personal(door, arrival.data.personal)
        return Opened(keyed_hash(pepper, content(arrival.data, personal)), at, personal)
    data, wrong = json_value(arrival.event.data), tuple[Problem, ...]()
    if isinstance(data, dict) and isinstance(token := data.get("personal"), str):
        personal = _personal(door, token)
        wrong = () if isinstance(personal, Personal) else personal
    return Opened(keyed_hash(pepper, bytes(arrival.event.data)), at, wrong)


def _personal(door: Door, token: str) -> Personal | tuple[Problem, ...]:
    try:
        return read_personal(open_with(door.private_key, token))
    except NotOpened:
        return (problem("personal-not-opened", "/personal"),)


async def _codes(door: Door, wanted: Mapping[str, tuple[str, date]]) -> dict[str, str]:
    """Return the dossier codes of those whose unit exists; a refused one leaves a gap."""
    places: dict[str, Place] = {}
    prefixes: dict[str, str] = {}
    for application, (code, day) in wanted.items():
        if unit := door.catalogue.unit(code, day):
            places[application] = Place(unit.code, day)
            prefixes[application] = door.catalogue.dossier_prefix(unit, day)
    numbers = await door.numbers.give(places)
    return {a: write_code(prefixes[a], places[a].day, n) for a, n in numbers.items()}


def _seal(key: bytes, value: Personal | Contact, application: str) -> str:
    return seal(key, msgspec.json.encode(value), application)
