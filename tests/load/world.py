"""The world around a system under load: who submits, who pays, how far behind its groups are."""

from contextlib import AsyncExitStack
from typing import NamedTuple

from deploy.log.lag import Lags
from deploy.log.reading import whole
from shared.topics import groups
from tests.load import generator, payers
from tests.load.journeys import TOPICS, Journeys
from tests.load.meter import Meter
from tests.load.system import MeasuredSystem
from tests.load.workers import Worker, worker

BOOKS = "books.json"  # the bank's own
CALLBACKS = "/v1/callbacks/sen-vang"


class World(NamedTuple):
    """The workers around the system, the lags of its groups, and the meter over all of it."""

    generator: Worker
    payers: Worker
    lags: Lags
    meter: Meter


async def surround(system: MeasuredSystem, stack: AsyncExitStack) -> World:
    """Start who submits and who pays."""
    url, lanes, clients = system.servers.kafka_url, system.settings.lanes, str(system.clients_file)
    books = str(system.folder / BOOKS)
    submit = generator.Job(url, "portal.submissions", clients, lanes)
    callbacks = system.url("payment") + CALLBACKS
    pay = payers.Job(url, "payment.events", callbacks, clients, books)
    submitting = await stack.enter_async_context(
        worker("generator", generator.__name__, submit, system.logs)
    )
    paying = await stack.enter_async_context(worker("payers", payers.__name__, pay, system.logs))
    lags = await stack.enter_async_context(Lags(url, groups(), lanes))
    meter = Meter({**system.pids(), "generator": submitting.pid, "payers": paying.pid})
    return World(submitting, paying, lags, meter)


async def told(system: MeasuredSystem) -> Journeys:
    """Return what the log tells of every application."""
    journeys = Journeys()
    async for messages in whole(system.servers.kafka_url, TOPICS, system.settings.lanes):
        journeys.hear_all(messages)
    return journeys
