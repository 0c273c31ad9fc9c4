"""Which milestones put a day into a citizen's calendar, move it, or take it out again.

All that is told of one day of an application is one entry: the apology with its new day takes the
place of the day that was told first.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from services.notify.channels import File
from services.notify.channels.mail.ical import Entry, day, file
from shared.events.notify import NoticeRequested

_FIRST = datetime(2024, 1, 1, tzinfo=UTC)


class Day(NamedTuple):
    """A day that is told: what it is about, which fact it is, and in which words."""

    about: str
    fact: str
    vi: str
    en: str


DUE = Day(
    "due", "due", "Hẹn trả kết quả hồ sơ {dossier_code}", "Result of application {dossier_code} due"
)
TOLD: Mapping[str, Day] = {"accepted": DUE, "resumed": DUE, "apologised": DUE}
# the clock stands still, or nothing is waited for any more
GONE: Mapping[str, Day] = {
    "supplement_requested": DUE,
    "cancelled": DUE,
    "withdrawn": DUE,
}


def entries(
    milestone: str,
    application: str,
    facts: Mapping[str, str],
    language: str,
    organiser: str,
    at: datetime,
    *,
    was_told: Mapping[str, str],
) -> tuple[File, ...]:
    """Return what goes with the mail of a milestone that was decided `at`.

    `facts` are the notice's; `was_told` are the facts of days that were told before, without which
    there is nothing to take out of a calendar.
    """
    told = TOLD.get(milestone)
    if told and told.fact in facts:
        return (file(_entry(told, application, facts, facts, language, organiser, at)),)
    gone = GONE.get(milestone)
    if gone and gone.fact in was_told:
        entry = _entry(gone, application, facts, was_told, language, organiser, at)
        return (file(entry._replace(cancelled=True)),)
    return ()


def enclosed(
    application: str, notice: NoticeRequested, at: datetime, organiser: str
) -> tuple[File, ...]:
    """Return what goes with the mail of a notice, and of those that are told with it."""
    told = ((notice.milestone, notice.params), *((j.milestone, j.params) for j in notice.joined))
    found: dict[str, File] = {}  # of one day the last that is told counts
    for milestone, facts in told:
        was = {"due": facts["told_due"]} if "told_due" in facts else {}
        files = entries(milestone, application, facts, notice.language, organiser, at, was_told=was)
        found |= {each.name: each for each in files}
    return tuple(found.values())


def _entry(
    what: Day,
    application: str,
    facts: Mapping[str, str],
    days: Mapping[str, str],
    language: str,
    organiser: str,
    at: datetime,
) -> Entry:
    title = (what.en if language == "en" else what.vi).format_map(facts)
    return Entry(
        application=application,
        about=what.about,
        title=title,
        starts=day(datetime.fromisoformat(days[what.fact])),
        organiser=organiser,
        stamped=at,
        number=int((at - _FIRST).total_seconds()),  # what is told later counts; enough until 2092
        language=language,
    )
