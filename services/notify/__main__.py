"""Wires notify and runs it."""

from services.notify import api, stuck_api, templates_api
from services.notify.addresses import Addresses
from services.notify.contacts import Contacts
from services.notify.domain.templates import load
from services.notify.effects import Ask, Send
from services.notify.lane import table
from services.notify.providers import channels, firsts, read, terms
from services.notify.pulse import Pulse
from services.notify.settings import NotifySettings
from shared import partners, service
from shared.lanes import pace
from shared.pages import Pages
from shared.service import Parts, Resources
from shared.settings import told


async def build(resources: Resources) -> Parts:
    """Return notify's parts."""
    settings = told(NotifySettings)
    templates = load(settings.notice_templates)
    rows = read(settings.providers)
    addresses = Addresses(
        resources.table("addresses"),
        resources.vault.pepper,
        resources.clock,
        settings.notice_daily_cap,
    )
    contacts = Contacts(resources.vault, templates, addresses, settings.units())
    pulse = Pulse(rows, resources.partners.refuses)
    lanes = table(settings.policy(terms(rows)), templates, pulse.prepare)
    journal = resources.journal(lanes)
    limit_s = settings.notice_limit_s
    carriers = channels(rows, resources.secrets.providers, settings.sms_url, limit_s)
    first = firsts(rows)
    prices: dict[str, int] = {row.channel: row.segment_vnd for row in reversed(rows)}
    routes = api.router(resources.publisher, journal, resources.clock, templates)
    routes.include_router(
        stuck_api.router(Pages(resources.table("journal"), journal), resources.clock)
    )
    routes.include_router(templates_api.router(templates, resources.clock, prices))
    return Parts(
        router=routes,
        lanes=lanes,
        pace=pace.PATIENT,
        limits=partners.PATIENT,
        effects=(
            Send(contacts, carriers, limit_s, first),
            Ask(carriers, limit_s, first),
        ),
        beside=(addresses.keep_sweeping,),
        closing=tuple(carrier.aclose for carrier in carriers.values()),
    )


if __name__ == "__main__":
    service.main("notify", build, NotifySettings)
