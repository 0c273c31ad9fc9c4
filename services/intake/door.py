"""What intake gathers before it decides a batch: submissions, opened, judged, sealed, numbered.

Decisions see personal fields in memory only, and every event carries them sealed.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import NamedTuple

import msgspec

from services.intake.attachments.batch import FileProblems, batch_problems
from services.intake.attachments.named import NamedFiles
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
from services.intake.domain.interlinked import (
    Opening,
    marks_of_ended,
    opening,
)
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
from shared.events.intake import ChildOpened, Contact
from shared.events.portal import (
    Personal,
    Submitted,
)
from shared.jwe import Key, NotOpened, open_with
from shared.kinship import child_id
from shared.lanes.table import Arrival
from shared.vault import Vault, keyed_hash, seal
from shared.working_time import local_day

Edition = tuple[str, str]  # of the catalogue, and of the forms
New = tuple[Arrival, Personal, Findings]  # and what there is to say of it

MARK = 32  # hexadecimal digits


class Facts(NamedTuple):
    """What a batch needs: submissions, opened; what is wrong with the files of supplements;
    corrections, judged and sealed; by which edition all that was.
    """

    opened: Mapping[Message, Opened]
    files: FileProblems
    revisions: Mapping[Message, Revision]
    by: Edition


class Door(NamedTuple):
    """What intake needs to open applications."""

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


async def prepare(
    door: Door, arrivals: Sequence[Arrival], states: Mapping[str, Application | None]
) -> Facts:
    """Open all submissions; judge, seal and number the first of each application that is new.

    Raises `Unknown`.
    """
    # whatever edition the process turns to while this waits, the batch is judged by one
    door = door._replace(catalogue=door.catalogue.edition())
    now, by = door.clock(), (door.catalogue.version, door.forms.version)
    files = await batch_problems(door.files, arrivals, states, now)
    facts: dict[Message, Opened] = {}
    new: dict[str, New] = {}
    ended = marks_of_ended(arrivals, states)
    openings: list[Arrival] = []
    seen: set[str] = set()
    for arrival in arrivals:
        application, state = arrival.application, states.get(arrival.application)
        if isinstance(arrival.data, ENDINGS) and state and state.mark:
            ended[application] = state.mark
        if isinstance(arrival.data, ChildOpened):
            facts[message_of(arrival)] = Opened(
                "", now, catalogue_version=by[0], forms_version=by[1]
            )
            openings += [arrival] if state is None or state.kin is None else []
        if arrival.event.type != Submitted.TYPE:
            continue
        opened = facts.setdefault(message_of(arrival), _open(door, arrival, now))
        if application in seen or state is not None:
            continue
        seen.add(application)
        found = submission_findings(arrival, opened, door.catalogue, door.forms)
        if wrong := files.get(message_of(arrival)):
            found = found._replace(problems=found.problems + wrong)
        if isinstance(opened.personal, Personal):
            new[application] = arrival, opened.personal, found
        else:
            facts[message_of(arrival)] = opened._replace(
                problems=found.problems, catalogue_version=by[0], forms_version=by[1]
            )
    parts = {
        application: some
        for application, (arrival, personal, found) in new.items()
        if not found.problems
        and (some := parts_of(arrival.data, personal, door.catalogue, _day(facts, arrival)))
    }
    children = [child_id(a, n) for a, some in parts.items() for n in range(len(some))]
    keys = await door.vault.keys([*new, *children], create=True)
    begun = {a.application: _opening(door, a, now) for a in openings}
    codes = await _codes(door, _places(new, begun, facts, local_day(now)))
    for arrival in openings:
        opening = begun[arrival.application]
        facts[message_of(arrival)] = facts[message_of(arrival)]._replace(
            dossier_code=codes.get(arrival.application, ""),
            problems=opening.problems,
            receiving_unit=opening.receiving_unit,
        )
    await door.likeness.release(ended)
    marks = _marks(door, new)
    similar = await door.likeness.claim(marks)
    refused = {a for a in similar if _duplicate(door, new[a][0])}
    await door.likeness.wait({a: marks[a] for a in similar if a not in refused})
    for application, (arrival, personal, found) in new.items():
        other = similar.get(application, "")
        facts[message_of(arrival)] = facts[message_of(arrival)]._replace(
            sealed=_seal(keys[application], personal, application),
            contact=_seal(keys[application], contact(personal), application),
            subject_hash=door.vault.subject_hash(personal.personal_number),
            dossier_code=codes.get(application, ""),
            problems=_duplicate(door, arrival) if application in refused else found.problems,
            warnings=found.warnings,
            catalogue_version=by[0],
            forms_version=by[1],
            mark="" if application in refused else marks.get(application, ""),
            similar_to=other,
            family=_family(door, arrival, parts.get(application, ()), keys),
        )
    came = {application: (arrival, personal) for application, (arrival, personal, _) in new.items()}
    judge = partial(judging, catalogue=door.catalogue, forms=door.forms)
    return Facts(facts, files, await door.revisions.of_batch(arrivals, states, came, judge), by)


def _marks(door: Door, new: Mapping[str, New]) -> dict[str, str]:
    """Return what likely duplicates have in common, of those that are in order."""
    return {
        application: keyed_hash(door.vault.pepper, b"like/" + likeness(arrival.data, personal))[
            :MARK
        ]
        for application, (arrival, personal, found) in new.items()
        if not found.problems and isinstance(arrival.data, Submitted)
    }


def _duplicate(door: Door, arrival: Arrival) -> tuple[Problem, ...]:
    """Return why a likely duplicate is refused; as a rule it is not."""
    assert isinstance(arrival.data, Submitted)
    if arrival.data.procedure in door.duplicates_refused:
        return (problem("likely-duplicate", "/procedure"),)
    return ()


def _family(
    door: Door, arrival: Arrival, parts: Sequence[Part], keys: Mapping[str, bytes]
) -> Family | None:
    if not parts:
        return None

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


def _opening(door: Door, arrival: Arrival, now: datetime) -> Opening:
    assert isinstance(arrival.data, ChildOpened)
    return opening(arrival.data, door.catalogue, local_day(now))


def _places(
    new: Mapping[str, New],
    begun: Mapping[str, Opening],
    facts: Mapping[Message, Opened],
    today: date,
) -> dict[str, tuple[str, date]]:
    """Return the unit and the day whose number each gets."""
    places = {application: (each.numbered_at, today) for application, each in begun.items()}
    for application, (arrival, _, _) in new.items():
        assert isinstance(arrival.data, Submitted)
        places[application] = arrival.data.receiving_unit, _day(facts, arrival)
    return places


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


def _day(opened: Mapping[Message, Opened], arrival: Arrival) -> date:
    return local_day(opened[message_of(arrival)].submitted_at)
