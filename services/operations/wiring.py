"""How parts of operations are put together from what the process has; `__main__` joins them."""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from fastapi import APIRouter

from services.operations.alarms.checking import Checking
from services.operations.alarms.desk import Desk as AlarmDesk
from services.operations.alarms.rows import Alarms
from services.operations.alarms.rows import Tables as AlarmTables
from services.operations.alarms.runner import Runner as AlarmRunner
from services.operations.alarms.sightings import Sightings
from services.operations.alarms.sightings import Sources as Looked
from services.operations.board import Board
from services.operations.counts import Counts
from services.operations.dead.desk import Desk as DeadDesk
from services.operations.dead.desk import Seals
from services.operations.dead.edits import Edits
from services.operations.domain.expiry import expiring
from services.operations.edition import (
    ASIDE,
    MONEY,
    OPERATIONS,
    Edition,
)
from services.operations.facts import Facts
from services.operations.flow import Flow
from services.operations.journeys import Journeys
from services.operations.letters import Letters
from services.operations.money.hearing import Hearing
from services.operations.money.rows import Ledger
from services.operations.money.rows import Tables as MoneyTables
from services.operations.proving import Proving
from services.operations.reader import Pace, Reader
from services.operations.situations import INDEX, Situations
from shared.bus import Producer
from shared.catalogue.current import Watch
from shared.kafka import KafkaLags
from shared.service import Loop, Parts, Resources
from shared.topics import groups
from shared.vault import dead_letter_sealer, open_dead_letter


def in_edition(resources: Resources, edition: Edition) -> Resources:
    """Return the same with the tables of an edition."""
    return replace(resources, table=edition.tables(resources.table))


async def rebuilding(resources: Resources, edition: Edition) -> Parts:
    """Return what reads an edition anew; what flowed long ago is not told as if it did now."""
    loops, *_ = await readers(in_edition(resources, edition), edition, None)
    return Parts(router=APIRouter(), background=loops)


async def readers(
    resources: Resources, edition: Edition, producer: Producer | None
) -> tuple[list[Loop], Journeys, Counts, Counts]:
    """Return the two readers of an edition; the journeys of the first, the counts of both."""
    await resources.table("situations").index(INDEX)
    await resources.table("facts").clustered()
    table, pace, loops = resources.table("counts"), Pace(), list[Loop]()
    journeys, aside_journeys = _journeys(resources), _journeys(resources)
    both = (
        Kept(journeys, Counts(table, OPERATIONS), None),
        Kept(aside_journeys, Counts(table, ASIDE), _letters(resources, aside_journeys)),
    )
    *read, heard = edition.groups.items()
    for (group, topics), kept in zip(read, both, strict=True):
        loops.append(_reading(resources, group, topics, kept, pace, producer))
    loops.append(_hearing(resources, *heard))
    return loops, journeys, both[0].counts, both[1].counts


def alarming(
    resources: Resources, edition: Edition, proving: Proving, counts: Counts, watch: Watch
) -> tuple[AlarmDesk, AlarmRunner, KafkaLags]:
    """Return what operators do about alarms, the loop that looks, and what it looks with."""
    settings, table, clock = resources.settings, resources.table, resources.clock
    tables = AlarmTables(*(table(f"alarm_{name}") for name in AlarmTables._fields))
    rows = Alarms(tables)
    read = {g: topics for g, topics in groups().items() if g not in (OPERATIONS, ASIDE, MONEY)}
    read |= edition.groups
    lags = KafkaLags(settings.kafka_url, read, settings.lanes, security=resources.security)
    looked = Looked(
        situations=table("situations"),
        facts=table("facts"),
        lags=lags,
        checking=Checking(tables.places, proving, counts),
        expiring=expiring(resources.secrets.partners),
        catalogue=watch.current,
    )
    return AlarmDesk(rows, clock), AlarmRunner(rows, Sightings(looked), clock), lags


def _journeys(resources: Resources) -> Journeys:
    table = resources.table
    return Journeys(table("journeys"), table("names"), table("aside"))


def dead(resources: Resources, board: Board, journeys: Journeys, per_second: int) -> DeadDesk:
    """Return what operators do about what lanes set aside."""
    key = resources.secrets.master_key
    seals = Seals(lambda sealed: open_dead_letter(key, sealed), dead_letter_sealer(key))
    edits, publisher = Edits(resources.table("dead_edits")), resources.publisher
    letters = _letters(resources, journeys)
    return DeadDesk(letters, board, journeys, edits, publisher, seals, resources.clock, per_second)


def _letters(resources: Resources, journeys: Journeys) -> Letters:
    table = resources.table
    return Letters(table("letters"), table("letter_answers"), table("situations"), journeys)


class Kept(NamedTuple):
    """What one reader keeps by itself."""

    journeys: Journeys
    counts: Counts
    letters: Letters | None


def ledger(resources: Resources) -> Ledger:
    """Return what is kept of partners' days."""
    return Ledger(MoneyTables(*map(resources.table, MoneyTables._fields)))


def _hearing(resources: Resources, group: str, topics: Sequence[str]) -> Loop:
    hearing = Hearing(ledger(resources), _journeys(resources), time.monotonic)
    subscription = resources.subscription(group, topics)
    return group, hearing.health, lambda: subscription.run(hearing.serve)


def _reading(
    resources: Resources,
    group: str,
    topics: Sequence[str],
    kept: Kept,
    pace: Pace,
    producer: Producer | None,
) -> Loop:
    flow, table = Flow(producer, group, resources.settings.lanes), resources.table
    situations = Situations(table("situations"), kept.journeys)
    facts = Facts(table("facts"), table("balances"), kept.journeys, resources.clock)
    reader = Reader(
        *(kept.journeys, kept.counts, flow, situations, facts, kept.letters),
        monotonic=time.monotonic,
        pace=pace,
    )
    subscription = resources.subscription(group, topics)
    return group, reader.health, lambda: subscription.run(reader.serve)
