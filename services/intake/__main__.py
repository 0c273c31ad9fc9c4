"""Wires intake and runs it."""

from services.intake.api import Desk, router
from services.intake.attachments.settings import AttachmentSettings
from services.intake.attachments.wired import attachments
from services.intake.forms_api import forms_router
from services.intake.lane import Door, table
from services.intake.numbers import Numbers
from shared import jwe, service
from shared.catalogue import forms as procedure_forms
from shared.catalogue.current import Watch
from shared.service import Parts, Resources


async def build(resources: Resources) -> Parts:
    """Return intake's parts."""
    watch, forms = Watch(resources.settings), procedure_forms.load()
    catalogue = watch.current
    private_key = jwe.import_key(resources.secrets.intake_jwk)
    door = Door(
        catalogue,
        resources.vault,
        Numbers(resources.table("numbers")),
        private_key,
        resources.clock,
        forms,
    )
    lanes = table(door)
    desk = Desk(
        resources.publisher,
        resources.journal(lanes),
        catalogue,
        jwe.import_key(jwe.public_part(private_key)),
        resources.vault.pepper,
        resources.clock,
        forms,
    )
    files = attachments(resources, AttachmentSettings())
    edge = router(desk)
    edge.include_router(files.router)
    edge.include_router(forms_router(catalogue, forms, resources.clock))
    return Parts(
        router=edge,
        lanes=lanes,
        background=(files.loop,),
        beside=(watch.run,),
        closing=(files.close,),
    )


if __name__ == "__main__":
    service.main("intake", build)
