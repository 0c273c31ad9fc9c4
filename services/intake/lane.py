"""Event type to decision, and the facts a batch of submissions needs.

Opening and sealing happen in `prepare`: decisions see personal fields in memory only, and every
event carries them sealed.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

import msgspec

from services.intake.attachments.checking import Named
from services.intake.attachments.named import NamedFiles
from services.intake.domain.dossier import (
    Application,
    Opened,
    content,
    likeness,
    submission_findings,
    submit,
    submitted_at,
)
from services.intake.domain.findings import Findings, read_personal
from services.intake.domain.follow_ups import ENDINGS, FOLLOWED, FollowUp, follow_up
from services.intake.domain.interlinked import (
    OF_CHILDREN,
    begin,
    follow_child,
    follow_up_parent,
    hear_child,
    marks_of_ended,
    not_withdrawn,
    open_child,
    opening_problems,
    take_back_child,
)
from services.intake.domain.remedies import problem
from services.intake.domain.saga import Family
from services.intake.domain.shape import json_value
from services.intake.domain.splitting import Made, Part, family, parts_of
from services.intake.domain.validation import contact, portal_of
from services.intake.likeness import Likeness
from services.intake.numbers import Numbers, Place
from shared.catalogue import Catalogue
from shared.catalogue.forms import Forms
from shared.clock import Clock
from shared.dossier_codes import write_code
from shared.events.data import Problem
from shared.events.intake import ChildOpened, ChildTakenBack, ChildTold, Contact
from shared.events.portal import Personal, Submitted, SupplementSubmitted, WithdrawalRequested
from shared.events.routing import ActionRejected
from shared.jwe import Key, NotOpened, open_with
from shared.kinship import child_id, is_child
from shared.lanes.table import Arrival, LaneTable, Malformed, Outcome
from shared.vault import Vault, keyed_hash, seal
from shared.working_time import local_day

Message = tuple[str, str, str]  # application, source, id
FileProblems = Mapping[Message, tuple[Problem, ...]]
New = tuple[Arrival, Personal, Findings]  # and what there is to say of it

MARK = 32  # hexadecimal digits


class Facts(NamedTuple):
    """What a batch needs: submissions, opened; what is wrong with the files of supplements."""

    opened: Mapping[Message, Opened]
    files: FileProblems


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
    duplicates_refused: frozenset[str] = frozenset()


def table(door: Door) -> LaneTable[Application, Facts]:
    """Return what intake's lanes decide."""

    def submitted(
        state: Application | None, arrival: Arrival, facts: Facts, at: datetime
    ) -> Outcome[Application]:
        opened = facts.opened[_message(arrival)]
        return begin(state, submit(state, arrival, opened, at), opened.family)

    async def prepare(
        arrivals: Sequence[Arrival], states: Mapping[str, Application | None]
    ) -> Facts:
        return await _prepare(door, arrivals, states)

    return LaneTable(
        service="intake",
        state=Application,
        decisions={
            Submitted.TYPE: submitted,
            SupplementSubmitted.TYPE: _follow_up,
            WithdrawalRequested.TYPE: _follow_up,
            ActionRejected.TYPE: not_withdrawn,
            **{moved.TYPE: follow_child for moved in (*FOLLOWED, *OF_CHILDREN)},
            ChildOpened.TYPE: _child_opened,
            ChildTakenBack.TYPE: take_back_child,
            ChildTold.TYPE: hear_child,
        },
        prepare=prepare,
        opens=frozenset({Submitted.TYPE, ChildOpened.TYPE}),
        concerns=dict.fromkeys((moved.TYPE for moved in OF_CHILDREN), is_child),
        answers_malformed=frozenset({Submitted.TYPE}),
    )


def _follow_up(
    state: Application | None, arrival: Arrival, facts: Facts, _at: datetime
) -> Outcome[Application]:
    assert isinstance(arrival.data, FollowUp)
    if state and state.family:
        return follow_up_parent(state, arrival, arrival.data)
    return follow_up(state, arrival, arrival.data, facts.files.get(_message(arrival), ()))


def _child_opened(
    state: Application | None, arrival: Arrival, facts: Facts, at: datetime
) -> Outcome[Application]:
    return open_child(state, arrival, facts.opened[_message(arrival)], at)


async def _prepare(
    door: Door, arrivals: Sequence[Arrival], states: Mapping[str, Application | None]
) -> Facts:
    """Open all submissions; judge, seal and number the first of each application that is new."""
    # whatever edition the process turns to while this waits, the batch is judged by one
    door = door._replace(catalogue=door.catalogue.edition())
    now, by = door.clock(), (door.catalogue.version, door.forms.version)
    files = await _file_problems(door, arrivals, states, now)
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
            facts[_message(arrival)] = Opened("", now, catalogue_version=by[0], forms_version=by[1])
            openings += [arrival] if state is None or state.kin is None else []
        if not isinstance(arrival.data, Submitted | Malformed):
            continue
        opened = facts.setdefault(_message(arrival), _open(door, arrival, now))
        if application in seen or state is not None:
            continue
        seen.add(application)
        found = submission_findings(arrival, opened, door.catalogue, door.forms)
        if wrong := files.get(_message(arrival)):
            found = found._replace(problems=found.problems + wrong)
        if isinstance(opened.personal, Personal):
            new[application] = arrival, opened.personal, found
        else:
            facts[_message(arrival)] = opened._replace(
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
    codes = await _codes(door, [*openings, *(arrival for arrival, _, _ in new.values())], facts)
    for arrival in openings:
        opened = facts[_message(arrival)]
        facts[_message(arrival)] = opened._replace(
            dossier_code=codes.get(arrival.application, ""),
            problems=opening_problems(arrival.data, door.catalogue, local_day(now)),
        )
    await door.likeness.release(ended)
    marks = _marks(door, new)
    similar = await door.likeness.claim(marks)
    for application, (arrival, personal, found) in new.items():
        other = similar.get(application, "")
        facts[_message(arrival)] = facts[_message(arrival)]._replace(
            sealed=_seal(keys[application], personal, application),
            contact=_seal(keys[application], contact(personal), application),
            subject_hash=door.vault.subject_hash(personal.personal_number),
            dossier_code=codes.get(application, ""),
            problems=_duplicate(door, arrival) if other else found.problems,
            warnings=found.warnings,
            catalogue_version=by[0],
            forms_version=by[1],
            mark="" if other else marks.get(application, ""),
            similar_to=other,
            family=_family(door, arrival, parts.get(application, ()), keys),
        )
    return Facts(facts, files)


async def _file_problems(
    door: Door,
    arrivals: Sequence[Arrival],
    states: Mapping[str, Application | None],
    now: datetime,
) -> FileProblems:
    """Return what is wrong with all files that this batch names, by one look-up."""
    procedures: dict[str, str] = {}  # of what comes in with this very batch
    named: dict[Message, Named] = {}
    today = local_day(now)
    for arrival in arrivals:
        application, data = arrival.application, arrival.data
        state, on = states.get(application), today
        if isinstance(data, Submitted) and state is None and application not in procedures:
            procedures[application] = data.procedure
            on = local_day(submitted_at(arrival.event.time, now))
        elif not isinstance(data, SupplementSubmitted):
            continue
        if data.documents:
            procedure = state.procedure if state else procedures.get(application, "")
            portal = portal_of(arrival.event.source)
            named[_message(arrival)] = Named(portal, procedure, data.documents, on)
    if not named:
        return {}
    return dict(zip(named, await door.files.problems_of([*named.values()]), strict=True))


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


async def _codes(
    door: Door, arrivals: Sequence[Arrival], facts: Mapping[Message, Opened]
) -> dict[str, str]:
    """Return the dossier codes of those whose unit exists; a refused one leaves a gap."""
    places: dict[str, Place] = {}
    prefixes: dict[str, str] = {}
    for arrival in arrivals:
        assert isinstance(arrival.data, Submitted | ChildOpened)
        day = _day(facts, arrival)
        if unit := door.catalogue.unit(arrival.data.receiving_unit, day):
            places[arrival.application] = Place(unit.code, day)
            prefixes[arrival.application] = door.catalogue.dossier_prefix(unit, day)
    numbers = await door.numbers.give(places)
    return {a: write_code(prefixes[a], places[a].day, n) for a, n in numbers.items()}


def _seal(key: bytes, value: Personal | Contact, application: str) -> str:
    return seal(key, msgspec.json.encode(value), application)


def _day(facts: Facts, arrival: Arrival) -> date:
    return local_day(facts[_message(arrival)].submitted_at)


def _message(arrival: Arrival) -> Message:
    return arrival.application, arrival.event.source, arrival.event.id
