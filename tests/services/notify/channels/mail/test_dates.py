"""A due date is one entry of a calendar, whatever becomes of it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from services.notify.channels.mail.dates import GONE, TOLD, entries
from services.notify.domain.milestones import MILESTONES

APPLICATION = "0198c0de-0000-7000-8000-000000000001"
AT = datetime(2026, 11, 20, 8, tzinfo=UTC)
CODE = {"dossier_code": "G09.20-20261120-0000001"}
FIRST = {"due": "2026-12-01T09:30:00+00:00"}
SECOND = {"due": "2026-12-07T17:00:00+00:00"}


def sent(
    milestone: str,
    facts: dict[str, str],
    at: datetime = AT,
    language: str = "vi",
    was_told: dict[str, str] | None = None,
    organiser: str = "khong-tra-loi@dvc.test",
) -> list[Any]:
    files = entries(
        milestone,
        APPLICATION,
        CODE | facts,
        language,
        organiser,
        at,
        was_told=was_told or {},
    )
    return [event for f in files for event in Calendar.from_ical(f.content).events]


def test_a_due_date_is_told_moved_and_taken_out_as_one_entry() -> None:
    [told] = sent("accepted", FIRST)
    [moved] = sent("apologised", SECOND, AT + timedelta(days=10))
    [gone] = sent("withdrawn", {}, AT + timedelta(days=11), was_told=SECOND)
    assert told["UID"] == moved["UID"] == gone["UID"]
    assert told["SEQUENCE"] < moved["SEQUENCE"] < gone["SEQUENCE"]
    assert [e.start for e in (told, moved, gone)] == [
        date(2026, 12, 1),
        date(2026, 12, 8),  # after midnight in Vietnam
        date(2026, 12, 8),
    ]
    assert [e["STATUS"] for e in (told, moved, gone)] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]


def test_what_is_told_a_second_later_counts_also_from_another_address() -> None:
    [told] = sent("accepted", FIRST)
    later = AT + timedelta(seconds=1)
    [gone] = sent("withdrawn", {}, later, was_told=FIRST, organiser="other@elsewhere.test")
    assert told["SEQUENCE"] < gone["SEQUENCE"] < 1 << 31
    assert told["UID"] == gone["UID"]


def test_numbers_are_what_calendars_can_count_for_as_long_as_they_are_needed() -> None:
    [told] = sent("accepted", FIRST, datetime(2092, 1, 1, tzinfo=UTC))
    assert told["SEQUENCE"] < 1 << 31


def test_it_is_in_the_citizens_language_and_names_the_dossier() -> None:
    assert sent("accepted", FIRST)[0]["SUMMARY"] == (
        "Hẹn trả kết quả hồ sơ G09.20-20261120-0000001"
    )
    assert sent("accepted", FIRST, language="en")[0]["SUMMARY"] == (
        "Result of application G09.20-20261120-0000001 due"
    )


def test_what_was_never_told_is_not_taken_out() -> None:
    assert sent("supplement_requested", {}) == []


@pytest.mark.parametrize("milestone", sorted(MILESTONES.keys() - TOLD.keys() - GONE.keys()))
def test_a_milestone_without_a_day_has_no_entry(milestone: str) -> None:
    assert sent(milestone, FIRST, was_told=FIRST) == []


def test_each_milestone_of_the_table_exists_and_has_its_fact() -> None:
    assert {*TOLD, *GONE} <= set(MILESTONES)
    assert all(what.fact in MILESTONES[name].fields for name, what in TOLD.items())
    told = {name for name, m in MILESTONES.items() if "due" in m.fields}
    of_petitions = {name for name in told if name.startswith("petition_")}  # nobody has to come
    assert told - of_petitions == set(TOLD)
