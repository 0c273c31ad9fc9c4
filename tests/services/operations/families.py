"""Interlinked applications, as citizens find them; all of it made up."""

from collections.abc import Mapping
from typing import Any, Literal

from shared.events import Event, intake
from tests.services.operations.story import BEGAN, Story

UNIT, OTHER = "26737", "26740"
PARTS: Mapping[str, dict[str, Any]] = {
    "birth": {
        "application": "0198c0de-0000-8000-8000-000000000001",
        "procedure": "1.001193",
        "receiving_unit": UNIT,
    },
    "residence": {
        "application": "0198c0de-0000-9000-8000-000000000001",
        "procedure": "1.004222",
        "receiving_unit": OTHER,
    },
    "health_card": {
        "application": "0198c0de-0000-a000-8000-000000000001",
        "procedure": "local.child-health-card",
        "receiving_unit": "79",
    },
}
CODES = {"birth": "H29.1-20260609-0000002", "residence": "H29.1-20260609-0000003"}


def child(name: str, standing: Any, **more: Any) -> intake.ChildView:
    """A part of the birth of a child."""
    whole: dict[str, Any] = {"dossier_code": "" if standing == "waiting" else CODES.get(name, "")}
    return intake.ChildView(name=name, standing=standing, **PARTS[name], **whole | more)


CHILDREN = (
    child("birth", "done", national_code=9),
    child("residence", "waiting"),
)
LOST_RESIDENCE = (
    child("birth", "returned", national_code=10, by_rule={"residence/not_accepted": "stands"}),
    child("residence", "not_accepted", national_code=3, needs_person=("fee",)),
    child("health_card", "withdrawn", by_rule={"residence/not_accepted": "withdraws"}),
)
LOST_BIRTH = (
    child("birth", "not_accepted", national_code=3),
    child("residence", "withdrawn", by_rule={"birth/not_accepted": "withdraws"}, dossier_code=""),
)


def family(story: Story, children: tuple[intake.ChildView, ...] = CHILDREN) -> Event:
    parent = intake.InterlinkedRegistered(
        dossier_code=story.code,
        portal="sandbox",
        procedure="local.interlinked-birth",
        receiving_unit=UNIT,
        language="vi",
        contact="sealed",
        submitted_at=BEGAN,
        catalogue_version="2026-06",
        children=children,
    )
    registered = story.decide("intake", story.submitted(), parent)[0]
    story.told(registered, "interlinked_registered")
    return registered


def ended(
    story: Story, outcome: Literal["partly_done", "failed"], *children: intake.ChildView
) -> None:
    """All parts are at their end, and not all as they should be."""
    registered = family(story)
    end = intake.InterlinkedEnded(outcome=outcome, needs_person=True, children=children)
    story.log.pass_time(days=3)
    story.told(story.decide("intake", registered, end)[0], "interlinked_ended")


def family_partly_done(story: Story) -> None:
    ended(story, "partly_done", *LOST_RESIDENCE)


def family_failed(story: Story) -> None:
    ended(story, "failed", *LOST_BIRTH)
