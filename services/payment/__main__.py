"""Wires payment and runs it."""

import httpx

from services.payment import breaks_api
from services.payment.api import router
from services.payment.breaks import Breaks
from services.payment.effects import Create, Query
from services.payment.gateways.families import FAMILIES
from services.payment.lane import table
from services.payment.partners import Registry
from services.payment.paying import Till
from services.payment.references import References
from services.payment.refunding import AskBack, GiveBack
from services.payment.settings import PaymentSettings
from shared import service
from shared.catalogue.current import Watch
from shared.service import Parts, Resources
from shared.settings import told
from shared.vault import dead_letter_sealer


async def build(resources: Resources) -> Parts:
    """Return payment's parts."""
    settings = told(PaymentSettings)
    watch = Watch(resources.settings)
    registry = Registry(settings.registry_rows(resources.secrets.partners), FAMILIES)
    references = References(resources.table("references"))
    lanes = table(watch.current, references, registry.terms, settings.pace)
    limit_s = settings.payment_call_limit_s
    client = httpx.AsyncClient(timeout=limit_s, trust_env=False)
    routes = router(
        registry,
        references,
        resources.journal(lanes),
        resources.known,
        resources.publisher,
        dead_letter_sealer(resources.secrets.master_key),
        resources.clock,
        Till(registry, resources.partners.refuses, settings.payment_attempt_limit),
    )
    routes.include_router(
        breaks_api.router(
            Breaks(resources.table("breaks")),
            resources.publisher.append,
            resources.settings.lanes,
            resources.clock,
        )
    )
    return Parts(
        router=routes,
        lanes=lanes,
        effects=(
            Create(registry, client, resources.clock, limit_s),
            Query(registry, client, resources.clock, limit_s),
            GiveBack(registry, client, resources.clock, limit_s),
            AskBack(registry, client, resources.clock, limit_s),
        ),
        closing=(client.aclose,),
        beside=(watch.run,),
    )


if __name__ == "__main__":
    service.main("payment", build, PaymentSettings)
