"""Wires notify and runs it."""

from services.notify import api, templates_api
from services.notify.channels import sms_http
from services.notify.channels.sms_http import SmsHttp
from services.notify.contacts import Contacts
from services.notify.domain.templates import load
from services.notify.effects import Ask, Send
from services.notify.lane import table
from services.notify.settings import NotifySettings
from shared import partners, service
from shared.lanes import pace
from shared.service import Parts, Resources
from shared.settings import told


async def build(resources: Resources) -> Parts:
    """Return notify's parts."""
    settings = told(NotifySettings)
    templates = load(settings.notice_templates)
    lanes = table(settings.policy, templates)
    limit_s = settings.notice_limit_s
    channel = SmsHttp(sms_http.connect(settings.sms_url, resources.secrets.sms["key"], limit_s))
    channels = {"sms": channel}
    routes = api.router(resources.publisher, resources.journal(lanes), resources.clock, templates)
    routes.include_router(templates_api.router(templates, resources.clock))
    return Parts(
        router=routes,
        lanes=lanes,
        pace=pace.PATIENT,
        limits=partners.PATIENT,
        effects=(
            Send(Contacts(resources.vault, templates), channels, limit_s),
            Ask(channels, limit_s),
        ),
        closing=(channel.aclose,),
    )


if __name__ == "__main__":
    service.main("notify", build, NotifySettings)
