"""How what reads the log is put together, for the edition that serves or for one read anew."""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from fastapi import APIRouter

from services.operations.counts import Counts
from services.operations.dead.standing import INDEX as OF_GROUPS
from services.operations.domain.patience import Patience
from services.operations.edition import (
    ASIDE,
    OPERATIONS,
    Edition,
)
from services.operations.facts import Facts
from services.operations.flow import Flow
from services.operations.journeys import Journeys
from services.operations.letters import Letters
from services.operations.money.hearing import Keeper
from services.operations.money.rows import Ledger
from services.operations.money.rows import Tables as MoneyTables
from services.operations.reader import Pace, Reader
from services.operations.settings import OperationsSettings
from services.operations.situations import INDEX, Situations
from shared.bus import Producer
from shared.catalogue import Catalogue
from shared.catalogue.current import Watch
from shared.hearing import Hearing
from shared.service import Loop, Parts, Resources
from shared.settings import told


def in_edition(resources: Resources, edition: Edition) -> Resources:
    """Return the same with the tables of an edition."""
    return replace(resources, table=edition.tables(resources.table))


async def rebuilding(resources: Resources, edition: Edition) -> Parts:
    """Return what reads an edition anew; what flowed long ago is not told as if it did now."""
    known = patience(Watch(resources.settings).current)
    loops, *_ = await readers(in_edition(resources, edition), edition, None, known)
    return Parts(router=APIRouter(), background=loops)


def patience(catalogue: Catalogue) -> Patience:
    """Return how long what waits may wait."""
    return Patience(catalogue.working_calendar, told(OperationsSettings).patience_s)


async def readers(
    resources: Resources, edition: Edition, producer: Producer | None, patience: Patience
) -> tuple[list[Loop], Journeys, Counts, Counts]:
    """Return the two readers of an edition; the journeys of the first, the counts of both."""
    await resources.table("situations").index(INDEX)
    await resources.table("situations").index(OF_GROUPS, only="group")
    await resources.table("facts").clustered()
    table, pace, loops = resources.table("counts"), Pace(), list[Loop]()
    journeys, aside_journeys = journeys_of(resources), journeys_of(resources)
    both = (
        Kept(journeys, Counts(table, OPERATIONS), None),
        Kept(aside_journeys, Counts(table, ASIDE), letters_of(resources, aside_journeys)),
    )
    *read, heard = edition.groups.items()
    for (group, topics), kept in zip(read, both, strict=True):
        loops.append(_reading(resources, group, topics, kept, pace, producer, patience))
    loops.append(_hearing(resources, *heard))
    return loops, journeys, both[0].counts, both[1].counts


def journeys_of(resources: Resources) -> Journeys:
    """Return what is kept of the log, an application each."""
    table = resources.table
    return Journeys(table("journeys"), table("names"), table("aside"))


def letters_of(resources: Resources, journeys: Journeys) -> Letters:
    """Return what is kept of what lanes set aside."""
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
    keeper = Keeper(ledger(resources), journeys_of(resources))
    hearing = Hearing(keeper.keep, time.monotonic, keeper.begin)
    subscription = resources.subscription(group, topics)
    return group, hearing.health, lambda: subscription.run(hearing.serve)


def _reading(
    resources: Resources,
    group: str,
    topics: Sequence[str],
    kept: Kept,
    pace: Pace,
    producer: Producer | None,
    patience: Patience,
) -> Loop:
    flow, table = Flow(producer, group, resources.settings.lanes), resources.table
    situations = Situations(table("situations"), kept.journeys, patience)
    facts = Facts(table("facts"), table("balances"), kept.journeys, resources.clock)
    reader = Reader(
        *(kept.journeys, kept.counts, flow, situations, facts, kept.letters),
        monotonic=time.monotonic,
        pace=pace,
    )
    subscription = resources.subscription(group, topics, is_aligned=True)
    return group, reader.health, lambda: subscription.run(reader.serve)
