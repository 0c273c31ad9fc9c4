"""Readiness: what each point rests on, and that nothing is said of what nobody knows."""

from datetime import date, timedelta
from typing import Any

import pytest

from services.operations.domain.readiness import (
    AT_WORK_DAYS,
    BY_HAND,
    POINTS,
    WARN_DAYS,
    Catalogued,
    Seen,
    Tick,
    checked,
    seen,
)
from shared.clock import VIETNAM
from shared.events import handover, routing
from tests.services.operations.story import BEGAN, Story

TODAY = BEGAN.astimezone(VIETNAM).date()
CENTRE = Catalogued("2026-10-10", date(2025, 7, 1), "H26.12", 45)
NOBODY = Seen()


def told(of: Catalogued = CENTRE, looked_at: Seen = NOBODY, **more: Any) -> dict[str, str]:
    asked = {"procedures": (0, 0), "ticks": {}, "today": TODAY} | more
    return {each.point: each.state for each in checked(of, looked_at, **asked)}


def worked(*, days_ago: int) -> Seen:
    at_ms = int((BEGAN - timedelta(days=days_ago)).timestamp() * 1_000)
    return Seen(dossiers=3, last_ms=at_ms, officers={"o1"})


def signed(days: int) -> Seen:
    return Seen(certificates={"s1": TODAY + timedelta(days=days), "s2": date.max})


@pytest.mark.parametrize(
    ("point", "asked", "state"),
    [
        ("in_catalogue", {}, "met"),
        ("in_catalogue", {"of": CENTRE._replace(since=None)}, "unmet"),
        ("dossier_codes", {}, "met"),
        ("dossier_codes", {"of": CENTRE._replace(prefix="")}, "unmet"),
        ("procedures", {}, "met"),
        ("procedures", {"of": CENTRE._replace(procedures=0)}, "unmet"),
        ("at_work", {"looked_at": worked(days_ago=AT_WORK_DAYS)}, "met"),
        ("at_work", {"looked_at": worked(days_ago=AT_WORK_DAYS + 1)}, "unmet"),
        ("at_work", {}, "unknown"),
        ("officers", {"looked_at": worked(days_ago=0)}, "met"),
        ("officers", {}, "unknown"),
        ("certificates", {"looked_at": signed(WARN_DAYS + 1)}, "met"),
        ("certificates", {"looked_at": signed(WARN_DAYS)}, "unmet"),
        ("certificates", {}, "unknown"),
        ("payments", {"procedures": (1, 3)}, "met"),
        ("payments", {"procedures": (0, 3)}, "unmet"),
        ("payments", {}, "unknown"),
    ],
)
def test_a_point_that_is_told_turns_at_its_limit(
    point: str, asked: dict[str, Any], state: str
) -> None:
    assert told(**asked)[point] == state


def test_every_point_is_there_in_order_with_its_evidence() -> None:
    found = checked(CENTRE, NOBODY, (0, 0), {}, TODAY)
    assert [each.point for each in found] == list(POINTS)
    assert all(each.evidence_vi and each.evidence_en for each in found)


@pytest.mark.parametrize("point", BY_HAND)
def test_what_a_person_has_to_look_at_is_as_they_say(point: str) -> None:
    assert told()[point] == "unknown"
    for is_met, state in ((True, "met"), (False, "unmet")):
        tick = Tick(at_ms=1, by="o-1", is_met=is_met, note="Seen on the spot")
        found = checked(CENTRE, NOBODY, (0, 0), {point: tick}, TODAY)
        (finding,) = [each for each in found if each.point == point]
        assert (finding.state, finding.evidence_en, finding.tick) == (state, tick.note, tick)


def test_no_tick_speaks_for_what_the_system_tells() -> None:
    tick = Tick(at_ms=1, by="o-1", is_met=True, note="Believe me")
    assert told(ticks=dict.fromkeys(POINTS, tick))["at_work"] == "unknown"


def test_officers_and_certificates_are_read_from_what_routing_decided(story: Story) -> None:
    story.returned()
    for until in (date(2027, 1, 1), date(2026, 12, 1)):
        asked = handover.SignatureAsked(
            national_code=4, officer="o2", signer="s1", certificate_expires=until, due=BEGAN
        )
        story.acted(routing.OfficerStarted, asked)
    found = seen([story.log.entries(story.application)])
    assert (found.dossiers, found.officers) == (1, {"o1", "o2"})
    assert found.certificates == {"s1": date(2027, 1, 1)}
    assert found.last_ms == int(story.log.now.timestamp() * 1_000)
