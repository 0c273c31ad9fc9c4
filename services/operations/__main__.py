"""Wires operations and runs it."""

import os
import sys
import time
from typing import NamedTuple
from uuid import uuid4

import httpx
from fastapi import APIRouter, Depends

from services.operations import (
    alarms_api,
    dead_api,
    incidents_api,
    indicators_api,
    money_api,
    partner_api,
    proof_api,
    rating_api,
    readers,
    readiness_api,
    reads_api,
    rounds_api,
    sessions_api,
    settlement_api,
    statistics_api,
    status_api,
    stuck_api,
    subscriptions_api,
    sync_api,
    unsealing_api,
    wiring,
)
from services.operations.api import Sources, router
from services.operations.board import Board
from services.operations.console import signing_in
from services.operations.console.alarms import routes as alarm_routes
from services.operations.console.alarms.routes import Waking, read_runbooks
from services.operations.console.dead import routes as dead_routes
from services.operations.console.dead.routes import SettingAside
from services.operations.console.flow import routes as flow_routes
from services.operations.console.flow.routes import Flowing
from services.operations.console.incidents import routes as incident_routes
from services.operations.console.incidents.wired import Gathering
from services.operations.console.indicators import routes as indicator_routes
from services.operations.console.indicators.routes import Judging
from services.operations.console.money import routes as money_routes
from services.operations.console.money.routes import Counting as MoneyCounting
from services.operations.console.partner import routes as partner_routes
from services.operations.console.partner.routes import Owning
from services.operations.console.persons import routes as person_routes
from services.operations.console.proof import routes as proof_routes
from services.operations.console.proof.routes import Provable
from services.operations.console.readiness import routes as readiness_routes
from services.operations.console.readiness.routes import Checking
from services.operations.console.reading import routes as reading_routes
from services.operations.console.reading.routes import Reading
from services.operations.console.reads import routes as read_routes
from services.operations.console.rounds import routes as rounds_routes
from services.operations.console.rounds.routes import Releasing
from services.operations.console.sandbox import routes as sandbox_routes
from services.operations.console.sandbox.programs import Programs
from services.operations.console.sandbox.routes import Trying
from services.operations.console.signed_in import routes as session_routes
from services.operations.console.statistics import routes as form_routes
from services.operations.console.statistics import subscribing
from services.operations.console.statistics.routes import Tabling
from services.operations.console.stuck import routes as stuck_routes
from services.operations.console.stuck.routes import Watching
from services.operations.console.sync import routes as sync_routes
from services.operations.console.sync.routes import Comparing
from services.operations.dead.redriving import Redriving
from services.operations.edition import SERVING, Anew, serving, until_another
from services.operations.finding import Finder
from services.operations.guard import Guard
from services.operations.indicators.syncing import Syncing
from services.operations.limits import Limits
from services.operations.mending import Mending
from services.operations.opened import Whys
from services.operations.pages import Pages
from services.operations.rating_api import PER_APPLICATION, RatingDesk
from services.operations.reads.rows import Reads
from services.operations.rounds.desk import Desk
from services.operations.rounds.ground import Ground
from services.operations.rounds.rows import Rounds, Tables
from services.operations.rounds.runner import Runner
from services.operations.seeking import Seeking
from services.operations.sessions_api import SessionDesk
from services.operations.settings import OperationsSettings
from services.operations.statistics import Counting
from services.operations.statistics_api import FormDesk
from services.operations.status_access import Attempts, StatusAccess
from services.operations.status_api import StatusDesk
from services.operations.subscriptions.desk import SubscriptionDesk
from services.operations.sync_api import SyncDesk
from services.operations.trends import Trends
from services.operations.turns import Watched
from shared import service
from shared.catalogue.current import Watch
from shared.papers.press import Press
from shared.service import Parts, Resources
from shared.settings import told
from shared.status_links import StatusLinks

STATUS_PAGE = "/status"


class Desks(NamedTuple):
    """What the edge is wired with."""

    sources: Sources
    ratings: RatingDesk
    reading: Reading
    watching: Watching
    flowing: Flowing
    releasing: Releasing
    tabling: Tabling
    subscribing: SubscriptionDesk
    proven: wiring.Proven
    provable: Provable
    rounds: Desk
    aside: SettingAside
    counting: MoneyCounting
    owning: Owning
    waking: Waking
    gathering: Gathering
    judging: Judging
    checking: Checking
    comparing: Comparing
    guard: Guard
    sessions: SessionDesk
    trying: Trying | None = None  # in a demonstration


def edge(desks: Desks) -> APIRouter:
    """Return all that operations answers."""
    routes = APIRouter(dependencies=[Depends(desks.guard.enter)])
    routes.include_router(signing_in.router(desks.reading.door))
    routes.include_router(person_routes.router(desks.reading))
    routes.include_router(reading_routes.router(desks.reading))
    routes.include_router(stuck_routes.router(desks.watching))
    routes.include_router(flow_routes.router(desks.flowing))
    if desks.trying:
        routes.include_router(sandbox_routes.router(desks.trying))
    routes.include_router(form_routes.router(desks.tabling))
    routes.include_router(subscribing.router(desks.tabling.door, desks.subscribing))
    routes.include_router(subscriptions_api.router(desks.subscribing))
    routes.include_router(proof_routes.router(desks.provable))
    routes.include_router(rounds_routes.router(desks.releasing))
    routes.include_router(money_routes.router(desks.counting))
    routes.include_router(router(desks.sources))
    routes.include_router(status_api.router(desks.ratings.status))
    routes.include_router(rating_api.router(desks.ratings))
    watching = desks.watching
    routes.include_router(stuck_api.router(watching.board, watching.trends, watching.clock))
    routes.include_router(statistics_api.router(desks.tabling.desk))
    proven = desks.proven
    routes.include_router(proof_api.router(proven.proving, proven.read, proven.desk))
    routes.include_router(rounds_api.router(desks.rounds, desks.sources.clock))
    journeys, clock = desks.sources.journeys, desks.sources.clock
    routes.include_router(dead_routes.router(desks.aside))
    routes.include_router(dead_api.router(desks.aside.desk, journeys, clock))
    routes.include_router(alarm_routes.router(desks.waking))
    routes.include_router(alarms_api.router(desks.waking.desk, desks.sources.clock))
    gathering = desks.gathering
    routes.include_router(incident_routes.router(gathering))
    routes.include_router(incidents_api.router(gathering.desk, gathering.offers, clock))
    routes.include_router(indicator_routes.router(desks.judging))
    routes.include_router(indicators_api.router(desks.judging.desk))
    routes.include_router(sync_routes.router(desks.comparing))
    routes.include_router(sync_api.router(desks.comparing.desk))
    routes.include_router(readiness_routes.router(desks.checking))
    routes.include_router(readiness_api.router(desks.checking.desk))
    routes.include_router(money_api.router(desks.counting.desk))
    routes.include_router(reads_api.router(desks.guard.reads, journeys))
    routes.include_router(read_routes.router(desks.reading.door, desks.guard.reads, journeys))
    routes.include_router(sessions_api.router(desks.sessions))
    routes.include_router(session_routes.router(desks.reading.door, desks.sessions))
    routes.include_router(partner_routes.router(desks.owning))
    routes.include_router(partner_api.router(desks.owning.desk))
    routes.include_router(settlement_api.router(desks.counting.settling))
    routes.include_router(unsealing_api.router(desks.reading.unsealing))
    return routes


async def build(resources: Resources) -> Parts:
    """Return operations' parts: two readers and the live tables, beside the edge; to rebuild, the
    readers of the other edition alone.
    """
    settings, editions = told(OperationsSettings), resources.table(SERVING)
    edition, _ = await serving(editions)
    if settings.rebuilds:
        return await readers.rebuilding(resources, edition.other)
    resources = readers.in_edition(resources, edition)
    watch = Watch(resources.settings)
    patience = readers.patience(watch.current)
    reads, journeys, counts, aside_counts = await readers.readers(
        resources, edition, resources.producer, patience
    )
    board = Board(resources.table("situations"), time.monotonic)
    trends = Trends(board, resources.table("board_counts"), resources.clock)
    tables, flow, flow_ended = wiring.live(resources, edition, trends)
    seeking = Seeking(*map(resources.table, ("facts", "names", "journeys")))
    finder = Finder(journeys, seeking, watch.current, resources.clock)
    http = httpx.AsyncClient(trust_env=False)
    persons = wiring.persons(resources, journeys, http)
    situations = resources.table("situations")
    whys = Whys(situations, patience, watch.current)
    sources = Sources(
        *(journeys, finder, persons, counts, aside_counts, flow),
        *(resources.publisher, resources.clock, whys),
    )
    links = StatusLinks(resources.secrets.master_key, STATUS_PAGE)
    access = StatusAccess(journeys, links, time.monotonic)
    status = StatusDesk(access, journeys, watch.current, Pages(settings.forms), resources.clock)
    answers = Attempts(PER_APPLICATION, time.monotonic)
    desk = RatingDesk(status, resources.publisher, resources.vault, answers)
    at_door = wiring.door(resources, http, is_sandbox=bool(settings.sandbox))
    reading = Reading(
        *(at_door, journeys, finder, persons, watch.current, resources.clock),
        *(wiring.unsealing(resources, journeys), whys),
    )
    seen = Reads(resources.table("reads"), resources.clock)
    guard = Guard(at_door, seen, Limits(time.monotonic), resources.clock)
    sandbox = Programs(settings.sandbox) if settings.sandbox else None
    watching = Watching(at_door, board, trends, watch.current, resources.clock, sandbox)
    counting = Counting(resources.table("facts"), resources.table("balances"))
    forms = FormDesk(counting, watch.current, resources.clock, Press())
    table = resources.table
    proven = wiring.proofs(resources, edition, (counts, aside_counts))
    rows = Rounds(Tables(*(table(f"round_{name}") for name in Tables._fields)))
    money, readings = wiring.money(resources, tables)
    dead = wiring.dead(resources, journeys, settings.per_second)
    ground = Ground(journeys, money.ledger, resources.publisher, money.saying, Redriving(dead))
    runner = Runner(rows, situations, ground, resources.clock, settings.per_second)
    mending = Mending(
        *(journeys, table("journeys"), situations, table("mended_places"), resources.clock),
        patience=patience,
    )
    rounds = Desk(rows, board, ground, resources.clock, lambda: uuid4().hex, watch.current)
    settling = wiring.settling(resources, journeys)
    watched = Watched(table("loops"), resources.clock, time.monotonic, uuid4().hex[:12])
    subscriptions, sending, sent = wiring.subscribing(resources, forms, watched)
    alarming = wiring.alarming(resources, edition, proven, watch, watched)
    waking = Waking(
        *(at_door, alarming.desk, watch.current, resources.clock),
        runbooks=read_runbooks(),
        incidents=alarming.incidents.rows,
    )
    judging = Judging(at_door, wiring.indicators(resources, counting, journeys, watch.current))
    sync = SyncDesk(Syncing(proven.proving), proven.read, watch.current, resources.clock)
    desks = Desks(
        sources=sources,
        ratings=desk,
        reading=reading,
        watching=watching,
        flowing=Flowing(at_door, flow),
        releasing=Releasing(at_door, rounds, board, watch.current, resources.clock),
        tabling=Tabling(at_door, forms),
        subscribing=subscriptions,
        proven=proven,
        provable=Provable(at_door, proven.desk),
        rounds=rounds,
        aside=SettingAside(at_door, dead, resources.clock),
        counting=MoneyCounting(at_door, money, settling),
        owning=Owning(at_door, wiring.partner(resources, money, journeys), settling),
        waking=waking,
        gathering=Gathering(at_door, *alarming.gathered, watch.current, resources.clock),
        judging=judging,
        comparing=Comparing(at_door, sync),
        guard=guard,
        sessions=SessionDesk(at_door.sessions, seen, resources.clock),
        checking=Checking(at_door, wiring.readiness(resources, counting, journeys, watch.current)),
        trying=Trying(at_door, sandbox) if sandbox else None,
    )
    return Parts(
        router=edge(desks),
        beside=(watch.run, proven.read.run, until_another(editions, edition)),
        watched=(
            *(watched.loop("rounds", runner), watched.loop("proofs", proven.loop)),
            watched.loop("mending", mending),
            *(watched.loop("trends", trends), watched.loop("reads", guard.reads)),
            watched.loop("readings", readings),
            watched.loop("indicators", judging.desk.snapshots),
            *alarming.watched,
            sending,
        ),
        background=(*reads, ("tables", tables.health, tables.run)),
        closing=(*alarming.closing, *sent, http.aclose, flow_ended, proven.close),
        around=guard.around,
    )


if __name__ == "__main__":
    try:
        service.main("operations", build, OperationsSettings)
    except* Anew:
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - our own words
