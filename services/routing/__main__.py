"""Wires routing and runs it."""

from fastapi import APIRouter

from services.routing import forms_api, inbox_api, recounts_api, rehoming
from services.routing.api import router
from services.routing.domain.dossier import Dossier
from services.routing.domain.rules import Rules, load_rules
from services.routing.inbox import Inbox
from services.routing.lane import table
from services.routing.settings import RoutingSettings
from shared import service
from shared.catalogue import Catalogue
from shared.catalogue.current import Watch
from shared.clock import Clock
from shared.journal import Journal
from shared.noted import NotedJournal
from shared.pages import Pages
from shared.papers.press import Press
from shared.publisher import Publisher
from shared.service import Parts, Resources
from shared.settings import told


def edge(
    publisher: Publisher,
    journal: Journal[Dossier],
    inbox: Inbox,
    pages: Pages[Dossier],
    catalogue: Catalogue,
    rules: Rules,
    clock: Clock,
) -> APIRouter:
    """Return all that routing answers."""
    routes = router(publisher, journal, catalogue, rules, clock)
    routes.include_router(rehoming.router(publisher, journal, pages, catalogue, rules, clock))
    routes.include_router(recounts_api.router(publisher, pages, catalogue, clock))
    routes.include_router(inbox_api.router(inbox, journal, pages, catalogue, clock))
    routes.include_router(forms_api.router(journal, catalogue, clock, Press()))
    return routes


async def build(resources: Resources) -> Parts:
    """Return routing's parts."""
    watch = Watch(resources.settings)
    catalogue = watch.current
    rules = load_rules(told(RoutingSettings).rules, catalogue)
    lanes = table(catalogue, rules)
    inbox = Inbox(resources.table("at_units"))
    journal = NotedJournal(resources.table("journal"), lanes, inbox)
    pages = Pages(resources.table("journal"), journal)
    publisher, clock = resources.publisher, resources.clock
    routes = edge(publisher, journal, inbox, pages, catalogue, rules, clock)
    return Parts(router=routes, lanes=lanes, journal=journal, beside=(watch.run,))


if __name__ == "__main__":
    service.main("routing", build, RoutingSettings)
