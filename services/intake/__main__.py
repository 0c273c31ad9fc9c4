"""Wires intake and runs it."""

import asyncio

from fastapi import APIRouter

from services.intake.api import APPLICATIONS, near, router
from services.intake.attachments.settings import AttachmentSettings
from services.intake.attachments.wired import attachments
from services.intake.desk import Desk
from services.intake.domain.dossier import Application
from services.intake.domain.receipt import load_contacts
from services.intake.door import Door
from services.intake.forms_api import forms_router
from services.intake.lane import table
from services.intake.likeness import Likeness
from services.intake.numbers import Numbers
from services.intake.revisions import Revisions
from services.intake.settings import IntakeSettings
from services.intake.subjects import Subjects
from services.intake.subjects_api import subjects_router
from shared import jwe, service
from shared.catalogue import Catalogue
from shared.catalogue import forms as procedure_forms
from shared.catalogue.current import Watch
from shared.catalogue.forms import Forms
from shared.clock import Clock
from shared.lanes.known import LatestDecisions
from shared.noted import NotedJournal
from shared.pages import Pages
from shared.service import Parts, Resources
from shared.settings import told
from shared.status_links import StatusLinks


def edge(
    desk: Desk,
    files: APIRouter,
    catalogue: Catalogue,
    forms: Forms,
    clock: Clock,
    subjects: Subjects,
    pages: Pages[Application],
) -> APIRouter:
    """Return all that intake answers."""
    routes = router(desk)
    routes.include_router(files)
    routes.include_router(forms_router(catalogue, forms, clock))
    routes.include_router(subjects_router(subjects, pages))
    return routes


async def build(resources: Resources) -> Parts:
    """Return intake's parts."""
    settings = told(IntakeSettings)
    forms = procedure_forms.load(settings.forms)
    watch = Watch(resources.settings)
    catalogue = watch.current
    files = attachments(resources, told(AttachmentSettings))
    private_key = jwe.import_key(resources.secrets.intake_jwk)
    door = Door(
        catalogue,
        resources.vault,
        Numbers(resources.table("numbers")),
        private_key,
        resources.clock,
        forms,
        Likeness(resources.table("likeness")),
        files.named,
        Revisions(resources.table("journal"), resources.vault, private_key),
        settings.duplicates_refused,
        breathe=lambda: asyncio.sleep(0),
    )
    lanes = table(door)
    subjects, rows = Subjects(resources.table("subjects")), resources.table("journal")
    journal = NotedJournal(rows, lanes, subjects)
    desk = Desk(
        resources.publisher,
        LatestDecisions(resources.known, journal),
        journal,
        catalogue,
        jwe.import_key(jwe.public_part(private_key)),
        resources.vault.pepper,
        resources.clock,
        forms,
        StatusLinks(resources.secrets.master_key, settings.status_page),
        load_contacts(settings.contacts),
        files.named,
    )
    pages = Pages(rows, journal)
    return Parts(
        router=edge(desk, files.router, catalogue, forms, resources.clock, subjects, pages),
        near={APPLICATIONS: near(desk, resources.known.get)},
        lanes=lanes,
        journal=journal,
        background=(files.loop,),
        beside=(watch.run,),
        closing=(files.close,),
    )


if __name__ == "__main__":
    service.main("intake", build, IntakeSettings, AttachmentSettings)
