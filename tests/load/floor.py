"""The floor: the bare journey on the same broker and database, measured as the real one is."""

from contextlib import AsyncExitStack

from aiokafka.admin import AIOKafkaAdminClient

from deploy.local import ports
from deploy.local import topics as local_topics
from deploy.local.settings import HOST
from deploy.log.lag import Lags
from deploy.log.reading import whole
from shared.mongo import connect
from tests.load import floor_services, generator, payers
from tests.load.event_sizes import of_types
from tests.load.floor_edge import PATH
from tests.load.floor_roles import READS, TOPICS
from tests.load.floor_services import DATABASE, PREFIX
from tests.load.journeys import TOPICS as TOLD_BY
from tests.load.journeys import Journeys, Outcome
from tests.load.measure import Load, Measured, measure
from tests.load.meter import Meter
from tests.load.system import MeasuredSystem
from tests.load.workers import Worker, worker

GROUPS = {PREFIX + role: tuple(PREFIX + t for t in reads) for role, reads in READS.items()}


async def run(system: MeasuredSystem, load: Load) -> tuple[Measured, Outcome]:
    """Run the bare journey under this load; its events are as large as those on the real log."""
    url, lanes = system.servers.kafka_url, system.settings.lanes
    sizes = await of_types(url, TOPICS, lanes)
    await local_topics.create(url, [PREFIX + t for t in TOPICS], lanes)
    async with AsyncExitStack() as stack:
        processes = await _start(system, dict(sizes), stack)
        lags = await stack.enter_async_context(Lags(url, GROUPS, lanes))
        meter = Meter({**system.pids(), **{p.name: p.pid for p in processes.values()}})
        measured = await measure(load, processes["generator"], processes["payers"], meter, lags)
    journeys = Journeys()
    async for messages in whole(url, [PREFIX + t for t in TOLD_BY], lanes):
        journeys.hear_all(messages, PREFIX)
    await _drop(system)
    return measured, journeys.outcome(measured.offered.began, measured.offered.ended)


async def _start(
    system: MeasuredSystem, sizes: dict[str, int], stack: AsyncExitStack
) -> dict[str, Worker]:
    url, lanes = system.servers.kafka_url, system.settings.lanes
    [port] = ports.free(1)
    found: dict[str, Worker] = {}

    async def start(name: str, module: str, job: object) -> None:
        found[name] = await stack.enter_async_context(worker(name, module, job, system.logs))

    for role in READS:
        job = floor_services.Job(role, url, system.servers.mongo_url, lanes, sizes, port)
        await start(role, floor_services.__name__, job)
    clients = str(system.clients_file)
    submit = generator.Job(url, PREFIX + "portal.submissions", clients, lanes)
    await start("generator", generator.__name__, submit)
    books = str(system.folder / "floor-books.json")
    callbacks = f"http://{HOST}:{port}{PATH}"
    pay = payers.Job(url, PREFIX + "payment.events", callbacks, clients, books)
    await start("payers", payers.__name__, pay)
    return found


async def _drop(system: MeasuredSystem) -> None:
    """Leave nothing of it on the broker and in the database."""
    admin = AIOKafkaAdminClient(bootstrap_servers=system.servers.kafka_url)
    await admin.start()
    try:
        await admin.delete_topics([PREFIX + topic for topic in TOPICS])
    finally:
        await admin.close()
    client = connect(system.servers.mongo_url, DATABASE).client
    await client.drop_database(DATABASE)
    client.close()
