"""Wires payment and runs it."""

import os
import time
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import httpx
from fastapi import APIRouter

from services.payment import (
    accounts_api,
    api,
    breaks_api,
    disbursements_api,
    partner_api,
    partner_receipts_api,
    references_api,
    waiting_api,
    webhooks_api,
)
from services.payment.asking import Asking
from services.payment.billing import Accounts, Billing
from services.payment.breaks import TOPIC, Breaks, messages
from services.payment.closings import Closings
from services.payment.disbursing import AskOut, PayOut
from services.payment.effects import Create, Query
from services.payment.gateways.families import FAMILIES
from services.payment.lane import table
from services.payment.paper.codes import ReceiptCodes
from services.payment.paper.printing import Printer
from services.payment.partners import Registry
from services.payment.paying import Till
from services.payment.receipt_numbers import ReceiptNumbers
from services.payment.receipts_api import CHECK_PATH, Papers
from services.payment.references import References
from services.payment.refunding import AskBack, GiveBack
from services.payment.refunds_waiting import WaitingRefunds
from services.payment.replay.log import Replay
from services.payment.settings import PaymentSettings
from services.payment.webhooks import calling
from services.payment.webhooks.calling import Calls, Names
from services.payment.webhooks.courier import Courier
from services.payment.webhooks.deliveries import Deliveries
from services.payment.webhooks.desk import Desk
from services.payment.webhooks.endpoints import Endpoints, Sealing
from services.payment.webhooks.settings import WebhookSettings
from services.payment.webhooks.telling import Telling
from shared import service
from shared.bus import Record
from shared.catalogue.current import Watch
from shared.hearing import Hearing
from shared.kafka import KafkaOnlooker
from shared.service import Loop, Parts, Resources
from shared.settings import told
from shared.vault import dead_letter_sealer

EVENTS, WEBHOOKS, BREAKS = "payment.events", "payment-webhooks", "payment-breaks"


async def build(resources: Resources) -> Parts:
    """Return payment's parts."""
    settings = told(PaymentSettings)
    watch = Watch(resources.settings)
    registry = Registry(settings.registry_rows(resources.secrets.partners), FAMILIES)
    registry.check_keys(resources.clock())
    references = References(resources.table("references"))
    numbers = ReceiptNumbers(resources.table("receipts"), resources.clock)
    lanes = table(watch.current, references, registry.terms, settings.pace, numbers)
    limit_s, refused = registry.call_limit_s, resources.telemetry.answer_refused
    client = httpx.AsyncClient(timeout=limit_s, trust_env=False)
    journal = resources.journal(lanes)
    accounts = Accounts((gateway.partner for gateway in registry), watch.current)
    billing = Billing(accounts, journal, watch.current)
    log = KafkaOnlooker(
        resources.settings.kafka_url,
        EVENTS,
        resources.settings.lanes,
        security=resources.security,
    )
    routes = api.router(
        registry,
        references,
        journal,
        resources.known,
        resources.publisher,
        dead_letter_sealer(resources.secrets.master_key),
        resources.clock,
        Till(registry, resources.partners.refuses, settings.payment_attempt_limit, accounts),
        Papers(
            numbers,
            ReceiptCodes(resources.secrets.master_key),
            watch.current,
            Printer(f"{settings.payment_url}{CHECK_PATH}"),
        ),
    )
    breaks_routes, closing = _breaks(resources, settings)
    routes.include_router(breaks_routes)
    asking = Asking(client, limit_s, resources.partners.refuses)
    routes.include_router(
        partner_receipts_api.router(registry, journal, asking, watch.current, resources.clock)
    )
    routes.include_router(accounts_api.router(registry, journal, asking, resources.clock))
    routes.include_router(
        disbursements_api.router(
            journal, resources.publisher, resources.clock, watch.current, resources.vault
        )
    )
    replay = Replay(log, journal, resources.settings.lanes)
    routes.include_router(partner_api.router(registry, replay))
    routes.include_router(
        references_api.router(registry, references, journal, replay, resources.clock)
    )
    waiting = WaitingRefunds(resources.table("refunds_waiting"), journal)
    desk, courier, close = _webhooks(resources, waiting)
    routes.include_router(webhooks_api.router(registry, replay, desk))
    routes.include_router(waiting_api.router(waiting, desk, resources.clock))
    hearing = resources.subscription(WEBHOOKS, (EVENTS,))
    return Parts(
        router=routes,
        lanes=lanes,
        effects=(
            Create(registry, client, resources.clock, limit_s, billing.find, refused),
            Query(registry, client, resources.clock, limit_s, billing.find, refused),
            GiveBack(registry, client, resources.clock, limit_s, billing.find, refused),
            AskBack(registry, client, resources.clock, limit_s, billing.find, refused),
            PayOut(registry, client, resources.clock, limit_s, resources.vault, refused),
            AskOut(registry, client, resources.clock, limit_s, refused=refused),
        ),
        background=(
            (WEBHOOKS, courier.health, lambda: hearing.run(courier.serve)),
            closing,
        ),
        closing=(client.aclose, log.close, close),
        beside=(watch.run,),
    )


def _breaks(resources: Resources, settings: PaymentSettings) -> tuple[APIRouter, Loop]:
    """Return the edge of breaks, and the loop that hears what operators say of them."""
    table, lanes, clock = resources.table, resources.settings.lanes, resources.clock
    breaks = Breaks(table("breaks"), table("breaks_open"))
    closings = Closings(breaks, table("closings"), settings.payment_check_over_vnd, clock)

    async def keep(records: Sequence[Record]) -> None:
        found = [event for record in records for event in await closings.heard(record)]
        if found:
            await resources.producer.append(messages(found, lanes))

    hearing = Hearing(keep, time.monotonic)
    subscription = resources.subscription(BREAKS, (TOPIC,))
    routes = breaks_api.router(breaks, closings, resources.publisher.append, lanes, clock)
    return routes, (BREAKS, hearing.health, lambda: subscription.run(hearing.serve))


def _webhooks(
    resources: Resources, waiting: WaitingRefunds
) -> tuple[Desk, Courier, Callable[[], Coroutine[Any, Any, None]]]:
    """Return what partners do with their webhooks, who tells them, and how to end that."""
    settings = told(WebhookSettings)
    client = calling.client(settings.call_limit_s)
    names = Names()
    calls = Calls(client, settings.rules, settings.call_limit_s, names.find)
    table, clock = resources.table, resources.clock
    endpoints, sealing = Endpoints(table("endpoints")), Sealing(resources.secrets.master_key)
    deliveries = Deliveries(
        table("deliveries"), table("delivery_claims"), table("delivery_attempts")
    )
    telling = Telling(endpoints, deliveries, sealing, calls, clock, time.monotonic)

    async def close() -> None:
        names.close()
        await client.aclose()

    return (
        Desk(endpoints, deliveries, sealing, calls, clock, os.urandom),
        Courier(endpoints, deliveries, telling, clock, time.monotonic, beside=(waiting.hear,)),
        close,
    )


if __name__ == "__main__":
    service.main("payment", build, PaymentSettings, WebhookSettings)
