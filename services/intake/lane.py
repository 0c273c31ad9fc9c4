"""Event type to decision, and the facts a batch of submissions needs.

Opening and sealing happen in `prepare`: decisions see personal fields in memory only, and every
event carries them sealed.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from services.intake.domain.dossier import (
    Application,
    Opened,
    content,
    dossier_code,
    submit,
    submitted_at,
    supplement,
    withdraw,
)
from services.intake.domain.findings import read_personal
from services.intake.domain.remedies import problem
from services.intake.domain.shape import json_value
from services.intake.domain.validation import contact
from services.intake.numbers import Numbers, Place
from shared.catalogue import Catalogue
from shared.catalogue.forms import Forms
from shared.clock import Clock
from shared.events.data import Problem
from shared.events.intake import Contact
from shared.events.portal import Personal, Submitted, SupplementSubmitted, WithdrawalRequested
from shared.jwe import Key, NotOpened, open_with
from shared.lanes.table import Arrival, LaneTable, Malformed, Outcome
from shared.vault import Vault, keyed_hash, seal
from shared.working_time import local_day

Message = tuple[str, str, str]  # application, source, id
Facts = Mapping[Message, Opened]


class Door(NamedTuple):
    """What intake needs to open applications."""

    catalogue: Catalogue
    vault: Vault
    numbers: Numbers
    private_key: Key
    clock: Clock
    forms: Forms


def table(door: Door) -> LaneTable[Application, Facts]:
    """Return what intake's lanes decide."""

    def submitted(
        state: Application | None, arrival: Arrival, facts: Facts, at: datetime
    ) -> Outcome[Application]:
        return submit(state, arrival, facts[_message(arrival)], door.catalogue, door.forms, at)

    async def prepare(
        arrivals: Sequence[Arrival], states: Mapping[str, Application | None]
    ) -> Facts:
        return await _prepare(door, arrivals, states)

    return LaneTable(
        service="intake",
        state=Application,
        decisions={
            Submitted.TYPE: submitted,
            SupplementSubmitted.TYPE: _supplemented,
            WithdrawalRequested.TYPE: _withdrawn,
        },
        prepare=prepare,
        opens=frozenset({Submitted.TYPE}),
        answers_malformed=frozenset({Submitted.TYPE}),
    )


def _supplemented(
    state: Application | None, arrival: Arrival, _facts: Facts, _at: datetime
) -> Outcome[Application]:
    assert isinstance(arrival.data, SupplementSubmitted)
    return supplement(state, arrival, arrival.data)


def _withdrawn(
    state: Application | None, arrival: Arrival, _facts: Facts, _at: datetime
) -> Outcome[Application]:
    assert isinstance(arrival.data, WithdrawalRequested)
    return withdraw(state, arrival, arrival.data)


async def _prepare(
    door: Door, arrivals: Sequence[Arrival], states: Mapping[str, Application | None]
) -> Facts:
    """Open all submissions; seal and number the first of each application that is new."""
    now = door.clock()
    facts: dict[Message, Opened] = {}
    new: dict[str, tuple[Arrival, Personal]] = {}
    seen: set[str] = set()
    for arrival in arrivals:
        if not isinstance(arrival.data, Submitted | Malformed):
            continue
        opened = facts.setdefault(_message(arrival), _open(door, arrival, now))
        is_first = arrival.application not in seen and states.get(arrival.application) is None
        seen.add(arrival.application)
        if is_first and isinstance(opened.personal, Personal):
            new[arrival.application] = arrival, opened.personal
    keys = await door.vault.keys(new, create=True)
    codes = await _codes(door, [arrival for arrival, _ in new.values()], facts)
    for application, (arrival, personal) in new.items():
        facts[_message(arrival)] = facts[_message(arrival)]._replace(
            sealed=_seal(keys[application], personal, application),
            contact=_seal(keys[application], contact(personal), application),
            subject_hash=door.vault.subject_hash(personal.personal_number),
            dossier_code=codes.get(application, ""),
        )
    return facts


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
        assert isinstance(arrival.data, Submitted)
        day = local_day(facts[_message(arrival)].submitted_at)
        if unit := door.catalogue.unit(arrival.data.receiving_unit, day):
            places[arrival.application] = Place(unit.code, day)
            prefixes[arrival.application] = door.catalogue.dossier_prefix(unit, day)
    numbers = await door.numbers.give(places)
    return {a: dossier_code(prefixes[a], places[a].day, n) for a, n in numbers.items()}


def _seal(key: bytes, value: Personal | Contact, application: str) -> str:
    return seal(key, msgspec.json.encode(value), application)


def _message(arrival: Arrival) -> Message:
    return arrival.application, arrival.event.source, arrival.event.id
