"""The edge that shows what a notice will say, and what it will cost, before any is sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from services.notify.domain import sms_text
from services.notify.domain.milestones import MILESTONES
from services.notify.domain.templates import Templates, template
from services.notify.domain.wordings import SAMPLE, Channel, Language
from shared import edge
from shared.access import Caller, require
from shared.clock import VIETNAM, Clock
from shared.problems import Refusal


@dataclass(frozen=True)
class Preview:
    """A notice with made-up facts, as long as they can be.

    `units` are septets of GSM-7 or code units of UCS-2, `segments` what an SMS is paid by; of other
    channels they are empty.
    """

    milestone: str
    channel: str
    language: str
    template: str
    subject: str
    text: str
    sample: dict[str, str]
    encoding: str = ""
    units: int = 0
    segments: int = 0
    cost_vnd: int = 0


PREVIEW = Preview(
    milestone="payment_settled",
    channel="sms",
    language="vi",
    template="payment_settled.plain",
    subject="",
    text="Ho so G09.20.123-20261120-0092637: da nhan 999.999.999 dong. "
    "Bien lai co tren Cong Dich vu cong.",
    sample={"dossier_code": "G09.20.123-20261120-0092637", "amount_vnd": "999999999"},
    encoding="GSM-7",
    units=96,
    segments=1,
    cost_vnd=350,
)


def router(templates: Templates, clock: Clock, segment_vnd: Mapping[str, int]) -> APIRouter:
    """Return the route; `segment_vnd`: what a segment costs with a channel's first provider."""
    routes = APIRouter(tags=["notify"])

    @routes.get(
        "/v1/templates/{name}/preview",
        summary="What a notice says, with made-up facts, and what it costs",
        responses=edge.shown(200, PREVIEW, 404, 422),
    )
    async def preview_template(
        name: str,
        _: Annotated[Caller, Depends(require("portal", "officer", "operator"))],
        channel: Channel = "sms",
        language: Language = "vi",
        on: Annotated[
            date | None, Query(description="the day as of which it is told; left out: today")
        ] = None,
        again: Annotated[bool, Query(description="what is told of it a second time")] = False,
    ) -> Preview:
        if name not in MILESTONES:
            known = ", ".join(MILESTONES)
            raise Refusal(
                404, "unknown-template", f"No template has this name; name one of {known}."
            )
        at = clock() if on is None else datetime.combine(on, time(), VIETNAM)
        chosen = template(name, channel, language, templates.version(name, at, is_again=again))
        words = templates.render(chosen, SAMPLE)
        size = sms_text.size(words.text) if channel == "sms" else None
        return Preview(
            milestone=name,
            channel=channel,
            language=language,
            template=chosen,
            subject=words.subject,
            text=words.text,
            sample=templates.sample(chosen),
            encoding=size.encoding if size else "",
            units=size.units if size else 0,
            segments=size.segments if size else 0,
            cost_vnd=size.segments * segment_vnd.get(channel, 0) if size else 0,
        )

    return routes
