"""Wires notify and runs it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from fastapi import APIRouter

from services.notify import (
    addresses_api,
    api,
    bounces_api,
    broadcasts_api,
    feedback_api,
    forms_api,
    receipts_api,
    stuck_api,
    templates_api,
)
from services.notify.addresses import Addresses
from services.notify.broadcasts.desk import Desk
from services.notify.broadcasts.results import Results
from services.notify.broadcasts.rounds import Cancelled, Rounds
from services.notify.broadcasts.rows import Broadcasts
from services.notify.broadcasts.telling import Telling
from services.notify.broadcasts.walking import Walk
from services.notify.broadcasts.wordbook import Wordbook
from services.notify.channels import File
from services.notify.channels.mail.dates import enclosed
from services.notify.channels.mail.turns import Turns
from services.notify.channels.receipts import publishing
from services.notify.channels.smpp.figures import Metrics
from services.notify.channels.smpp.sent import sweep as sweep_texted
from services.notify.channels.sms_smpp import SmsSmpp
from services.notify.contacts import Contacts, Learn
from services.notify.domain import Dossier
from services.notify.domain.templates import Templates, load
from services.notify.effects import Ask, Send
from services.notify.forms.drawing import Forms
from services.notify.lane import Facts, table
from services.notify.petitions import office_api, portal_api
from services.notify.petitions.at_units import AtUnits
from services.notify.petitions.counter import Counter
from services.notify.providers import (
    MAILED,
    PUSHED,
    House,
    Row,
    channels,
    firsts,
    gateway,
    limits,
    organiser,
    prices,
    read,
    reporters,
    terms,
)
from services.notify.pulse import Pulse
from services.notify.rates import Rates
from services.notify.settings import NotifySettings
from services.notify.sweeping import DAY_S, HOUR_S, keep_sweeping
from shared import partners, service
from shared.catalogue import Catalogue
from shared.catalogue.current import Watch
from shared.clock import VIETNAM
from shared.events.notify import NoticeRequested
from shared.journal import Journal
from shared.lanes import pace
from shared.lanes.table import Arrival
from shared.noted import NotedJournal
from shared.pages import Pages
from shared.papers.press import Press
from shared.service import Parts, Resources
from shared.settings import told
from shared.status_links import StatusLinks
from shared.vault import derive

BROADCASTS = ("broadcasts", "broadcast_recipients", "broadcast_places")  # their tables


async def build(resources: Resources) -> Parts:
    """Return notify's parts."""
    settings = told(NotifySettings)
    watch = Watch(resources.settings)
    today = resources.clock().astimezone(VIETNAM).date()
    templates = load(settings.notice_templates, watch.current.unit_name, today)
    rows = read(settings.providers)
    addresses = Addresses(
        resources.table("addresses"),
        resources.vault.pepper,
        resources.clock,
        settings.notice_daily_cap,
    )
    broadcasts = Broadcasts(*map(resources.table, BROADCASTS))
    learn, cancelled = Wordbook(broadcasts, templates).learn, Cancelled(broadcasts)
    contacts = Contacts(resources.vault, templates, addresses, settings.units(), learn)
    pulse = Pulse(rows, resources.partners.refuses)

    async def prepare(arrivals: Sequence[Arrival], states: Mapping[str, Dossier | None]) -> Facts:
        return Facts(await pulse.prepare(arrivals, states), await cancelled.milestones())

    lanes = table(settings.policy(terms(rows)), templates, prepare, watch.current)
    at_units = AtUnits(resources.table("petitions"))
    journal = NotedJournal(resources.table("journal"), lanes, at_units)
    results = Results(broadcasts, journal, resources.clock)
    desk = Desk(broadcasts, results, journal, templates, prices(rows), resources.clock)
    asked, mails = Press(at_once=1), Press(at_once=1)
    missed = resources.telemetry.mails_without_form
    links = StatusLinks(resources.secrets.master_key, settings.status_page)
    forms = Forms(journal, contacts.applicants, watch.current, mails, links, missed)
    house = House(
        settings.urls(),
        settings.notice_limit_s,
        resources.table,
        resources.clock,
        derive(resources.secrets.master_key, "mail ids"),
        lambda name: publishing(resources.publisher, name, resources.clock),
        addresses.bounced,
        settings.providers_clear,
    )
    carriers = channels(rows, resources.secrets.providers, house)
    smpp = {name: each for name, each in carriers.items() if isinstance(each, SmsSmpp)}
    resources.telemetry.also(Metrics(smpp))
    usual_s, first, own = settings.notice_limit_s, firsts(rows), limits(rows, house.limit_s)
    whose = organiser(rows)

    def enclose(application: str, notice: NoticeRequested, at: datetime) -> tuple[File, ...]:
        return enclosed(application, notice, at, whose)

    texted = resources.table("texted")
    sweeps = (
        (addresses.sweep, HOUR_S),
        (Turns(resources.table("mails"), resources.clock).sweep, DAY_S),
        (lambda: sweep_texted(texted, resources.clock()), DAY_S),
    )
    routes = _routes(
        resources, journal, at_units, watch.current, templates, rows, house, addresses, learn
    )
    routes.include_router(broadcasts_api.router(desk, resources.clock))
    office = forms_api.Office(
        forms,
        asked,
        journal,
        watch.current,
        links,
        resources.clock,
        forms_api.Asked(resources.clock),
    )
    routes.include_router(forms_api.router(office))
    return Parts(
        router=routes,
        lanes=lanes,
        journal=journal,
        pace=pace.PATIENT,
        limits=replace(partners.PATIENT, begin_limit_s=usual_s),
        effects=(
            Send(
                contacts, carriers, usual_s, first, own, enclose, Rates(rows), draw=forms.enclosed
            ),
            Ask(carriers, usual_s, first, own),
        ),
        beside=(
            watch.run,
            *(partial(keep_sweeping, sweep, every_s) for sweep, every_s in sweeps),
            _rounds(resources, broadcasts, cancelled, journal, results).keep_going,
            *(carrier.run for carrier in smpp.values()),
        ),
        closing=tuple(carrier.aclose for carrier in carriers.values()),
    )


def _rounds(
    resources: Resources,
    rows: Broadcasts,
    cancelled: Cancelled,
    journal: Journal[Dossier],
    results: Results,
) -> Rounds:
    clock, pages = resources.clock, Pages(resources.table("journal"), journal)
    walk, telling = Walk(rows, pages, journal, clock), Telling(rows, resources.publisher, clock)
    return Rounds(rows, cancelled, walk, telling, results, clock)


def _routes(
    resources: Resources,
    journal: Journal[Dossier],
    at_units: AtUnits,
    catalogue: Catalogue,
    templates: Templates,
    rows: Sequence[Row],
    house: House,
    addresses: Addresses,
    learn_words: Learn,
) -> APIRouter:
    publisher, clock = resources.publisher, resources.clock
    first: dict[str, int] = {row.channel: row.segment_vnd for row in reversed(rows)}
    mailed = reporters(rows, MAILED)
    desk = receipts_api.Desk(publisher, clock, reporters(rows, PUSHED))
    # first: one of its routes is that of receipts of a provider, with a name of its own
    routes = api.router(publisher, journal, clock, templates, desk, gateway(rows), learn_words)
    routes.include_router(receipts_api.router(desk))
    begun = Turns(resources.table("mails"), clock).begun
    routes.include_router(
        bounces_api.router(publisher, clock, mailed, house.ids_key, begun, house.bounced)
    )
    routes.include_router(addresses_api.router(addresses))
    routes.include_router(feedback_api.router(publisher, journal, clock, resources.vault))
    counter = Counter(publisher, journal, catalogue, resources.vault, clock)
    routes.include_router(portal_api.router(counter))
    routes.include_router(office_api.router(counter, at_units))
    routes.include_router(stuck_api.router(Pages(resources.table("journal"), journal), clock))
    routes.include_router(templates_api.router(templates, clock, first))
    return routes


if __name__ == "__main__":
    service.main("notify", build, NotifySettings)
