"""From when on what waits is stuck: the law's instant, hours that a unit works, or as told."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from services.operations.domain.causes import ACCEPTANCE_HOURS, CAUSES
from services.operations.domain.matters import Matter, Summary
from services.operations.domain.patience import Patience
from services.operations.domain.summary import followed
from services.operations.settings import OperationsSettings
from shared.catalogue import load
from shared.working_time import CalendarEnds, WorkingCalendar

FRIDAY = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)  # 15:30 in Viet Nam, where work ends at 17:00
MONDAY = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)  # 10:00
LAW = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


def ms(at: datetime) -> int:
    return int(at.timestamp() * 1_000)


def to_accept(since: datetime = FRIDAY, due: datetime | None = LAW) -> Matter:
    return Matter("awaiting_acceptance", "", ms(since), ms(due) if due else 0)


@pytest.fixture(scope="module")
def patience() -> Patience:
    return Patience(load().working_calendar)


def test_a_unit_that_has_worked_for_half_of_the_laws_time_does_not_accept_it(
    patience: Patience,
) -> None:
    given_hours = load().policy(FRIDAY.date()).intake_sla_hours
    assert given_hours == 2 * ACCEPTANCE_HOURS
    assert patience.ends_ms(to_accept()) == ms(MONDAY)
    assert patience.ends_ms(to_accept()) == ms(MONDAY), "it is remembered"


def test_what_the_law_names_is_the_latest(patience: Patience) -> None:
    soon = FRIDAY + timedelta(minutes=5)
    assert patience.ends_ms(to_accept(due=soon)) == ms(soon)
    later = Patience(load().working_calendar, {"awaiting_acceptance": 30 * 86_400.0})
    assert later.ends_ms(to_accept()) == ms(LAW)


def test_what_a_system_is_told_takes_the_place_of_ours() -> None:
    told = Patience(load().working_calendar, {"awaiting_acceptance": 15.0, "unrouted": 5.0})
    assert told.ends_ms(to_accept()) == ms(FRIDAY) + 15_000
    assert told.ends_ms(Matter("unrouted", "", 7_000)) == 12_000
    assert told.ends_ms(Matter("wrong_amount", "T1", 7_000)) == 7_000


def test_a_system_is_told_of_causes_that_there_are() -> None:
    assert OperationsSettings(patience_s={"unrouted": 5}).patience_s == {"unrouted": 5.0}
    with pytest.raises(ValidationError, match="moon: one of"):
        OperationsSettings(patience_s={"moon": 5})


def test_without_a_calendar_or_beyond_it_the_law_is_left() -> None:
    def ends(_: date) -> WorkingCalendar:
        raise CalendarEnds("planted")

    assert Patience().ends_ms(to_accept()) == ms(LAW)
    assert Patience(ends).ends_ms(to_accept()) == ms(LAW)
    assert Patience(ends).ends_ms(to_accept(due=None)) is None


@pytest.mark.parametrize("cause", sorted(CAUSES))
def test_every_cause_ends_by_its_own_time_or_by_one_that_is_named(
    patience: Patience, cause: str
) -> None:
    one, at = CAUSES[cause], ms(FRIDAY)
    ends = patience.ends_ms(Matter(cause, "", at, ms(LAW)))
    if one.patience_s is not None:
        assert ends == at + one.patience_s * 1_000
    else:
        assert ends == (ms(MONDAY) if one.working_hours else ms(LAW))
    assert bool(one.stuck_vi) == bool(one.stuck_en)


def causes(story: Any, log: Any) -> dict[str, int]:
    """Since when which causes are waited for."""
    summary = followed(Summary(), log.entries(story.application))
    return {matter.cause: matter.since_ms for matter in summary.waits()}


def test_a_unit_is_waited_for_once_the_fee_is_paid_and_from_then_on(story: Any, log: Any) -> None:
    routed = story.routed()
    assert "awaiting_acceptance" in causes(story, log)
    charged = story.charged(routed)
    assert {"awaiting_payment"} == set(causes(story, log)) & {
        "awaiting_payment",
        "awaiting_acceptance",
    }
    log.pass_time(hours=20)
    story.paid(charged)
    found = causes(story, log)
    settled = next(e for e in log.entries(story.application) if e.type == "payment.settled")
    assert found["awaiting_acceptance"] == settled.logged_ms
    assert "awaiting_payment" not in found
