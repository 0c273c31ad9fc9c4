"""Wires operations and runs it."""

import os
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple
from uuid import uuid4

from fastapi import APIRouter

from services.operations import (
    dead_api,
    money_api,
    proof_api,
    rating_api,
    rounds_api,
    statistics_api,
    status_api,
    stuck_api,
)
from services.operations.api import Sources, router
from services.operations.board import Board
from services.operations.console import door
from services.operations.console.accounts import Accounts
from services.operations.console.door import Door
from services.operations.console.reading import routes as reading_routes
from services.operations.console.reading.routes import Reading
from services.operations.console.screen import Screen
from services.operations.console.sessions import Sessions
from services.operations.console.stuck import routes as stuck_routes
from services.operations.console.stuck.routes import Watching
from services.operations.counts import Counts
from services.operations.dead.desk import Desk as DeadDesk
from services.operations.dead.desk import Seals
from services.operations.dead.edits import Edits
from services.operations.edition import (
    ASIDE,
    OPERATIONS,
    SERVING,
    Anew,
    Edition,
    serving,
    until_another,
)
from services.operations.facts import Facts
from services.operations.flow import Flow
from services.operations.journeys import Journeys
from services.operations.letters import Letters
from services.operations.mending import Mending
from services.operations.money.desk import MoneyDesk
from services.operations.money.health import Health
from services.operations.money.hearing import Hearing
from services.operations.money.rows import Ledger
from services.operations.money.rows import Tables as MoneyTables
from services.operations.pages import Pages
from services.operations.proving import Proving
from services.operations.rating_api import PER_APPLICATION, RatingDesk
from services.operations.reader import Pace, Reader
from services.operations.rounds.desk import Desk
from services.operations.rounds.rows import Rounds, Tables
from services.operations.rounds.runner import Runner
from services.operations.settings import OperationsSettings
from services.operations.situations import INDEX, Situations
from services.operations.statistics import Counting
from services.operations.statistics_api import FormDesk
from services.operations.status_access import Attempts, StatusAccess
from services.operations.status_api import StatusDesk
from services.operations.tables import LiveTables
from shared import service
from shared.bus import Producer
from shared.catalogue.current import Watch
from shared.papers.press import Press
from shared.service import Loop, Parts, Resources
from shared.settings import told
from shared.status_links import StatusLinks
from shared.vault import dead_letter_sealer, open_dead_letter

STATUS_PAGE = "/status"


class Desks(NamedTuple):
    """What the edge is wired with."""

    sources: Sources
    ratings: RatingDesk
    reading: Reading
    watching: Watching
    forms: FormDesk
    proving: Proving
    rounds: Desk
    dead: DeadDesk
    money: MoneyDesk


def edge(desks: Desks) -> APIRouter:
    """Return all that operations answers."""
    routes = APIRouter()
    routes.include_router(door.router(desks.reading.door))
    routes.include_router(reading_routes.router(desks.reading))
    routes.include_router(stuck_routes.router(desks.watching))
    routes.include_router(router(desks.sources))
    routes.include_router(status_api.router(desks.ratings.status))
    routes.include_router(rating_api.router(desks.ratings))
    routes.include_router(stuck_api.router(desks.watching.board, desks.sources.clock))
    routes.include_router(statistics_api.router(desks.forms))
    routes.include_router(proof_api.router(desks.proving, desks.sources.counts))
    routes.include_router(rounds_api.router(desks.rounds, desks.sources.clock))
    journeys, clock = desks.sources.journeys, desks.sources.clock
    routes.include_router(dead_api.router(desks.dead, journeys, clock))
    routes.include_router(money_api.router(desks.money))
    return routes


async def build(resources: Resources) -> Parts:
    """Return operations' parts: two readers and the live tables, beside the edge; to rebuild, the
    readers of the other edition alone.
    """
    settings, editions = told(OperationsSettings), resources.table(SERVING)
    edition, _ = await serving(editions)
    if settings.rebuilds:
        return await _rebuilding(resources, edition.other)
    resources = _of(resources, edition)
    reads, journeys, counts, aside_counts = await _readers(resources, edition, resources.producer)
    tables = LiveTables(
        resources.settings.kafka_url,
        lanes=resources.settings.lanes,
        clock=resources.clock,
        monotonic=time.monotonic,
        replicas=settings.replicas,
        session_s=resources.settings.session_s,
        security=resources.security,
    )
    sources = Sources(
        journeys, counts, aside_counts, tables.flowing, resources.publisher, resources.clock
    )
    situations = resources.table("situations")
    watch = Watch(resources.settings)
    links = StatusLinks(resources.secrets.master_key, STATUS_PAGE)
    access = StatusAccess(journeys, links, time.monotonic)
    status = StatusDesk(access, journeys, watch.current, Pages(settings.forms), resources.clock)
    answers = Attempts(PER_APPLICATION, time.monotonic)
    desk = RatingDesk(status, resources.publisher, resources.vault, answers)
    accounts = Accounts(resources.secrets.accounts)
    sessions = Sessions(resources.table("sessions"), resources.clock)
    key = resources.secrets.master_key
    at_door = Door.made(Screen(), accounts, sessions, key, time.monotonic)
    reading = Reading(at_door, journeys, watch.current, resources.clock)
    board = Board(situations, time.monotonic)
    watching = Watching(at_door, board, watch.current, resources.clock)
    counting = Counting(resources.table("facts"), resources.table("balances"))
    forms = FormDesk(counting, watch.current, resources.clock, Press())
    table = resources.table
    proving = Proving(table("journeys"), table("names"), table("aside"))
    rows = Rounds(Tables(*(table(f"round_{name}") for name in Tables._fields)))
    runner = Runner(
        rows, situations, journeys, resources.publisher, resources.clock, settings.per_second
    )
    mending = Mending(
        journeys, table("journeys"), situations, table("mended_places"), resources.clock
    )
    rounds = Desk(rows, board, journeys, resources.clock, lambda: uuid4().hex)
    dead = _dead(resources, board, journeys, settings.per_second)
    health = Health(situations, tables, resources.clock, time.monotonic)
    money = MoneyDesk(_ledger(resources), health, resources.clock)
    return Parts(
        router=edge(Desks(sources, desk, reading, watching, forms, proving, rounds, dead, money)),
        beside=(
            *(watch.run, runner.keep_going, mending.keep_going),
            until_another(editions, edition),
        ),
        background=(*reads, ("tables", tables.health, tables.run)),
    )


def _of(resources: Resources, edition: Edition) -> Resources:
    return replace(resources, table=edition.tables(resources.table))


async def _rebuilding(resources: Resources, edition: Edition) -> Parts:
    """Return what reads an edition anew; what flowed long ago is not told as if it did now."""
    loops, *_ = await _readers(_of(resources, edition), edition, None)
    return Parts(router=APIRouter(), background=loops)


async def _readers(
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


def _journeys(resources: Resources) -> Journeys:
    table = resources.table
    return Journeys(table("journeys"), table("names"), table("aside"))


def _dead(resources: Resources, board: Board, journeys: Journeys, per_second: int) -> DeadDesk:
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


def _ledger(resources: Resources) -> Ledger:
    return Ledger(MoneyTables(*map(resources.table, MoneyTables._fields)))


def _hearing(resources: Resources, group: str, topics: Sequence[str]) -> Loop:
    hearing = Hearing(_ledger(resources), _journeys(resources), time.monotonic)
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


if __name__ == "__main__":
    try:
        service.main("operations", build, OperationsSettings)
    except* Anew:
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - our own words
