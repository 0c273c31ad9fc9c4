"""A broker with TLS, accounts and permissions: the table is enough for the system, and no more."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import (
    GroupAuthorizationFailedError,
    KafkaError,
    TopicAuthorizationFailedError,
)

from deploy.importing.log import KafkaLog
from deploy.local import acls, launcher, ports, processes, secrets, stack, topics
from deploy.local.children import Children
from deploy.local.settings import Settings
from shared.bus import Message
from shared.errors import Misconfigured, Unknown
from shared.kafka import KafkaProducer
from shared.topics import SERVICES, TOPICS
from tests.deploy.local.secured import ADMIN, Secured, broker
from tests.e2e.system import System
from tests.waiting import until

pytestmark = [pytest.mark.stack, pytest.mark.asyncio(loop_scope="module")]

LANES = 2
LIMIT_S = 60.0
PORTAL = "province-01"
IMPORTER = "migration"
USERS = (PORTAL, IMPORTER, acls.BOOTSTRAP, *SERVICES)
NAMES = tuple(row.name for row in processes.TABLE)


@pytest.fixture(scope="module")
def children(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Children]:
    with Children(tmp_path_factory.mktemp("secured")) as started:
        yield started


@pytest.fixture(scope="module")
def secured(children: Children) -> Iterator[Secured]:
    with broker(children, USERS) as started:
        grants = acls.table([PORTAL], [IMPORTER])
        asyncio.run(acls.grant(started.url, grants, started.options(ADMIN)))
        known = started.options(acls.BOOTSTRAP)
        asyncio.run(topics.bootstrap(started.url, LANES, security=known))
        yield started


async def writable(secured: Secured, user: str) -> set[str]:
    """What this account may append to; its producer is as portals are told to have it."""
    found = set()
    async with AIOKafkaProducer(
        bootstrap_servers=secured.url, enable_idempotence=True, **secured.options(user)
    ) as producer:
        for topic in TOPICS:
            with suppress(TopicAuthorizationFailedError):
                await producer.send_and_wait(topic, b"{}", key=str(uuid4()).encode())
                found.add(topic)
    return found


@asynccontextmanager
async def reading(
    secured: Secured, user: str, group: str | None
) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(
        bootstrap_servers=secured.url,
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        **secured.options(user),
    )
    await consumer.start()
    try:
        yield consumer
    finally:
        await consumer.stop()


@pytest.mark.parametrize("user", [PORTAL, *SERVICES])
async def test_the_broker_lets_an_account_write_exactly_what_the_registry_says(
    secured: Secured, user: str
) -> None:
    granted = {(g.principal, g.name) for g in acls.table([PORTAL]) if g.operation == "Write"}
    assert await writable(secured, user) == {t for t in TOPICS if (user, t) in granted}


async def test_a_portal_sees_where_it_submits_and_reads_what_intake_answers_alone(
    secured: Secured,
) -> None:
    async with reading(secured, PORTAL, PORTAL) as consumer:
        assert await consumer.topics() == {"portal.submissions", "intake.events"}
        answers = [TopicPartition("intake.events", n) for n in range(LANES)]
        consumer.assign(answers)
        await consumer.getmany(timeout_ms=1_000)
        await consumer.commit(dict.fromkeys(answers, 0))
        consumer.assign([TopicPartition("portal.submissions", n) for n in range(LANES)])
        with pytest.raises(TopicAuthorizationFailedError):
            await consumer.getmany(timeout_ms=10_000)


async def test_a_portal_may_not_take_a_service_s_place_in_its_group(secured: Secured) -> None:
    place = TopicPartition("portal.submissions", 0)
    async with reading(secured, PORTAL, "intake") as consumer:
        consumer.assign([place])
        with pytest.raises(GroupAuthorizationFailedError):
            await consumer.commit({place: 0})


async def test_an_importer_submits_and_follows_and_a_portal_s_account_does_not_import(
    secured: Secured,
) -> None:
    async with KafkaLog(secured.url, secured.options(IMPORTER)) as log:
        before = await log.submitted()
        await log.append({1: [Message(b"key", b"{}")]})
        assert await log.submitted() == {**before, 1: before[1] + 1}
        log.seek(dict.fromkeys(range(LANES), 0))
        assert log.lanes == LANES
        assert {r.topic for r in await log.fetch(0.2)} <= {"intake.events"}  # others try to write
        assert set(await log.committed()) == {0, 1}
    with pytest.raises(Misconfigured, match="motcua acls --importer"):
        async with KafkaLog(secured.url, secured.options(PORTAL)):
            raise AssertionError("it may not ask how far intake is")


async def test_nobody_without_an_account_is_let_in(secured: Secured) -> None:
    known = secured.options("payment")
    for wrong in (
        known | {"sasl_plain_password": "another"},
        {**known, "security_protocol": "SSL"},
        {"security_protocol": "PLAINTEXT"},
    ):
        with pytest.raises((Unknown, KafkaError)):
            await KafkaProducer(secured.url, limit_s=2.0, security=wrong).start()


@pytest.fixture(scope="module")
def system(secured: Secured, children: Children) -> System:
    """Every process under an account of its own; the database beside it."""
    numbers = dict(
        zip(("mongo", *processes.PORTS), ports.free(len(processes.PORTS) + 1), strict=True)
    )
    named = {f"{name}_port": number for name, number in numbers.items()}
    settings = Settings(
        home=children.folder, kafka_url=secured.url, mongo_url="", lanes=LANES, **named
    )
    secrets.ensure(settings.home / "secrets")
    servers = stack.start(children, settings)
    started = System(children, settings, servers)
    for row in processes.TABLE:
        env = secured.env(row.name) if row.kind == "service" else {}
        launcher.start_one(children, settings, servers, row, env)
    for row in processes.TABLE:
        started.wait_ready(row.name)
    return started


async def test_an_application_goes_its_way_with_each_service_under_its_own_account(
    system: System,
) -> None:
    application = identity()
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        intake = await enter(system.client("intake", "portal"))
        payment = await enter(system.client("payment", "portal"))
        bank = await enter(system.client("bank"))
        routing = await enter(system.client("routing", "officer"))
        operations = await enter(system.client("operations", "operator"))

        answer = await intake.post(
            "/v1/applications", json=FORM, headers={"idempotency-key": application}
        )
        assert answer.status_code == 202, answer.text
        link = await until(lambda: pay_url(payment, application), LIMIT_S, "an order")
        (await bank.post("/sandbox/pay", json={"pay_url": link})).raise_for_status()
        await until(lambda: accepted(routing, application), LIMIT_S, "its acceptance")
        types = await until(
            lambda: told(operations, application), LIMIT_S, "operations never saw the notice"
        )
    assert {"application.registered", "payment.settled", "application.accepted"} <= set(types)


async def test_the_live_tables_keep_their_copy_on_the_log(system: System) -> None:
    async with system.client("operations", "operator") as operations:

        async def flows() -> bool:
            return bool((await operations.get("/v1/flow")).json()["minutes"])

        assert await until(flows, LIMIT_S, "a flow")


FORM = {
    "procedure": "2.000635",
    "receiving_unit": "26737",
    "residence_unit": "26737",
    "copies": 2,
    "documents": [{"name": "Request form", "sha256": "9f86d081884c7d65" * 4}],
    "personal": {
        "name": "Nguyễn Thử Nghiệm",
        "personal_number": "001099000003",
        "phone": "0912000003",
    },
}


def identity() -> str:
    """A UUIDv7; what of its time the test does not need is left out."""
    random = int.from_bytes(os.urandom(10), "big") & 0x0FFF3FFFFFFFFFFFFFFF
    return str(UUID(int=1_700_000_000_000 << 80 | 7 << 76 | 2 << 62 | random))


async def pay_url(payment: httpx.AsyncClient, application: str) -> str:
    answer = await payment.get(f"/v1/payments/{application}")
    rows: list[dict[str, Any]] = answer.json()["obligations"] if answer.is_success else []
    return next((str(r["order"]["pay_url"]) for r in rows if r["order"]), "")


async def accepted(routing: httpx.AsyncClient, application: str) -> bool:
    """Accept it as soon as that is an officer's turn."""
    path = f"/v1/applications/{application}"
    shown = (await routing.get(path)).json()
    if shown["waits_for"] == "officer" and "accept" in shown["possible"]:
        await routing.post(
            f"{path}/actions", json={"action": "accept"}, headers={"idempotency-key": "accept"}
        )
    return shown["stage"] not in ("submitted", "incomplete", "resubmitted")


async def told(operations: httpx.AsyncClient, application: str) -> list[str]:
    answer = await operations.get(f"/v1/journeys/{application}")
    types = [e["type"] for e in answer.json()["timeline"]] if answer.is_success else []
    return types if {"notice.sent", "application.accepted"} <= set(types) else []
