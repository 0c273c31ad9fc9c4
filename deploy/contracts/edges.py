"""The OpenAPI document of each service, from its routes alone: nothing is connected to."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from fastapi import APIRouter

import services.intake.__main__
import services.intake.attachments.routes
import services.notify.addresses_api
import services.notify.api
import services.notify.bounces_api
import services.notify.broadcasts_api
import services.notify.feedback_api
import services.notify.forms_api
import services.notify.petitions.office_api
import services.notify.petitions.portal_api
import services.notify.receipts_api
import services.notify.stuck_api
import services.notify.templates_api
import services.operations.__main__
import services.payment.accounts_api
import services.payment.api
import services.payment.breaks_api
import services.payment.disbursements_api
import services.payment.partner_api
import services.payment.partner_receipts_api
import services.payment.references_api
import services.payment.waiting_api
import services.payment.webhooks_api
import services.routing.__main__
from services.operations.console.alarms.routes import Waking
from services.operations.console.dead.routes import SettingAside
from services.operations.console.door import Door
from services.operations.console.flow.routes import Flowing
from services.operations.console.incidents.wired import Gathering
from services.operations.console.indicators.routes import Judging
from services.operations.console.money.routes import Counting
from services.operations.console.partner.routes import Owning
from services.operations.console.proof.routes import Provable
from services.operations.console.readiness.routes import Checking
from services.operations.console.reading.routes import Reading
from services.operations.console.rounds.routes import Releasing
from services.operations.console.sandbox.routes import Trying
from services.operations.console.statistics.routes import Tabling
from services.operations.console.stuck.routes import Watching
from services.operations.console.sync.routes import Comparing
from services.operations.guard import Guard
from services.payment.gateways.families import FAMILIES
from services.payment.partners import SANDBOX, Registry, keyed, read
from services.payment.settings import PaymentSettings
from shared import process_routes
from shared.access import Access
from shared.edge_app import edge_app
from shared.topics import SERVICES


class _Unused:
    """Stands for what routes are wired with, and a description never touches."""

    def __getattr__(self, name: str) -> "_Unused":
        return self


_UNUSED: Any = _Unused()


def _intake() -> APIRouter:
    files = services.intake.attachments.routes.router(_UNUSED)
    return services.intake.__main__.edge(_UNUSED, files, *[_UNUSED] * 5)


def _payment() -> APIRouter:
    settings = PaymentSettings()
    # one partner stands for all of a family, named as it: who there is, each deployment says
    rows = {r.family: msgspec.structs.replace(r, name=r.family) for r in read(SANDBOX)}
    keyless = {"merchant": "-", "outgoing": [], "incoming": [], "ids": {"access_key": "-"}}
    registry = Registry(
        [
            keyed(rows[f], {f: keyless}, lifetime_s=1, **settings.addresses(rows[f]))
            for f in FAMILIES
        ],
        FAMILIES,
    )
    routes = services.payment.api.router(registry, *[_UNUSED] * 8)
    routes.include_router(services.payment.breaks_api.router(*[_UNUSED] * 5))
    routes.include_router(services.payment.partner_receipts_api.router(registry, *[_UNUSED] * 4))
    routes.include_router(services.payment.accounts_api.router(registry, *[_UNUSED] * 3))
    routes.include_router(services.payment.partner_api.router(registry, _UNUSED))
    routes.include_router(services.payment.references_api.router(registry, *[_UNUSED] * 4))
    routes.include_router(services.payment.waiting_api.router(*[_UNUSED] * 3))
    routes.include_router(services.payment.disbursements_api.router(*[_UNUSED] * 5))
    routes.include_router(services.payment.webhooks_api.router(registry, _UNUSED, _UNUSED))
    return routes


def _notify() -> APIRouter:
    routes = services.notify.api.router(*[_UNUSED] * 5)
    routes.include_router(services.notify.receipts_api.router(_UNUSED))
    routes.include_router(services.notify.bounces_api.router(*[_UNUSED] * 6))
    routes.include_router(services.notify.addresses_api.router(_UNUSED))
    routes.include_router(services.notify.feedback_api.router(*[_UNUSED] * 4))
    routes.include_router(services.notify.petitions.portal_api.router(_UNUSED))
    routes.include_router(services.notify.petitions.office_api.router(*[_UNUSED] * 2))
    routes.include_router(services.notify.stuck_api.router(_UNUSED, _UNUSED))
    routes.include_router(services.notify.templates_api.router(*[_UNUSED] * 3))
    routes.include_router(services.notify.forms_api.router(_UNUSED))
    routes.include_router(services.notify.broadcasts_api.router(_UNUSED, _UNUSED))
    return routes


def operations(guard: Guard | None = None) -> APIRouter:
    """Return all that operations answers, with what stands before it."""
    door = Door.made(_UNUSED, _UNUSED, _UNUSED, b"", float, _UNUSED)
    reading = Reading(door, *[_UNUSED] * 7)
    watching = Watching(door, *[_UNUSED] * 4)
    desks = services.operations.__main__.Desks
    unused = dict.fromkeys(desks._fields, _UNUSED)
    judging = Judging(door, _UNUSED)
    pages = {
        "reading": reading,
        "watching": watching,
        "flowing": Flowing(door, _UNUSED),
        "judging": judging,
        "releasing": Releasing(door, *[_UNUSED] * 4),
        "counting": Counting(door, _UNUSED, _UNUSED),
        "owning": Owning(door, _UNUSED, _UNUSED),
        "provable": Provable(door, _UNUSED),
        "tabling": Tabling(door, _UNUSED),
        "gathering": Gathering(door, *[_UNUSED] * 5),
        "waking": Waking(door, *[_UNUSED] * 5),
        "aside": SettingAside(door, _UNUSED, _UNUSED),
        "checking": Checking(door, _UNUSED),
        "comparing": Comparing(door, _UNUSED),
        "guard": guard or Guard(door, _UNUSED, _UNUSED, _UNUSED),
        "trying": Trying(door, _UNUSED),
    }  # their routes have the door's own class
    return services.operations.__main__.edge(desks(**unused | pages))


_ROUTERS: Mapping[str, Callable[[], APIRouter]] = {
    "intake": _intake,
    "routing": lambda: services.routing.__main__.edge(*[_UNUSED] * 7),
    "payment": _payment,
    "notify": _notify,
    "operations": operations,
}


def openapi(service: str) -> dict[str, Any]:
    """Return what a service answers at `/openapi.json`."""
    own = process_routes.router({}, bytes)
    return edge_app(service, Access({}), (_ROUTERS[service](), own)).openapi()


def all_openapi() -> dict[str, dict[str, Any]]:
    """Return the documents of all services, by name."""
    return {service: openapi(service) for service in SERVICES}
