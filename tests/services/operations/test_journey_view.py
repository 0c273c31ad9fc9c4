"""What a terminal shows of an application, drawn from what the API answers."""

import io
import json
import re
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from rich.console import Console, RenderableType

from deploy.local import journey_view
from deploy.local.fitted import WIDTH
from deploy.local.journey_view import BAR_CELLS, Scale, _bar, _covered, _duration
from services.operations.domain.findings import contiguity
from services.operations.domain.status import status
from services.operations.domain.timeline import timeline
from services.operations.opened import waterfall_of


def answers(story: Any, entries: list[Any]) -> tuple[Any, Any]:
    journey = {
        "application": story.application,
        "status": status(entries),
        "findings": contiguity(entries),
        "timeline": timeline(entries),
    }
    drawn = waterfall_of(story.application, entries)
    return json.loads(msgspec.json.encode(journey)), json.loads(msgspec.json.encode(drawn))


def text(renderable: RenderableType, width: int = WIDTH) -> str:
    console = Console(width=width, file=io.StringIO(), record=True, color_system="truecolor")
    console.print(renderable)
    return console.export_text()


def test_the_timeline_tells_where_it_stands_and_every_message(story: Any, log: Any) -> None:
    story.returned()
    entries = log.entries(story.application)
    shown = text(journey_view.timeline(answers(story, entries)[0]))

    assert story.code in shown
    assert "10 · result returned" in shown
    assert all(entry.type in shown for entry in entries)
    assert "whole and in order" in shown


def test_the_waterfall_names_who_was_waited_for_and_how_long(story: Any, log: Any) -> None:
    story.returned()
    shown = text(journey_view.waterfall(answers(story, log.entries(story.application))[1]))

    assert "citizen 12m 00s" in shown
    assert "officer 12h 00m" in shown
    assert "payment.settled + receipt.issued" in shown


def test_findings_are_shown(story: Any, log: Any) -> None:
    story.returned()
    entries = log.entries(story.application)
    del entries[next(n for n, e in enumerate(entries) if e.type == "fee.assessed")]

    assert "✗ gap" in text(journey_view.timeline(answers(story, entries)[0]))


def test_an_application_is_drawn_at_every_moment_within_the_width(story: Any, log: Any) -> None:
    story.returned()
    entries = log.entries(story.application)
    for n in range(len(entries) + 1):
        journey, drawn = answers(story, entries[:n])
        for renderable in (journey_view.timeline(journey), journey_view.waterfall(drawn)):
            assert max(map(len, text(renderable).splitlines())) <= WIDTH


@pytest.mark.parametrize("width", [60, 80, 100, 120])
def test_numbers_times_and_services_are_whole_at_every_width(
    story: Any, log: Any, width: int
) -> None:
    story.returned()
    journey, drawn = answers(story, log.entries(story.application))
    told = text(journey_view.timeline(journey), width)
    bars = text(journey_view.waterfall(drawn), width)
    rows = [row for row in told.splitlines() if row.startswith((" +", "  ")) and "+" in row]
    first = datetime.fromisoformat(journey["timeline"][0]["at"])

    assert max(len(row.rstrip()) for row in (told + bars).splitlines()) <= width
    assert len(rows) == len(journey["timeline"])
    for row, line in zip(rows, journey["timeline"], strict=True):
        since = datetime.fromisoformat(line["at"]) - first
        assert f"+{_duration(since // timedelta(milliseconds=1))}  " in row
        assert f" {line['service']} " in row
        numbers = re.findall(r"[\d,.]*\d", row.partition(line["service"])[2])
        assert set(numbers) <= set(re.findall(r"[\d,.]*\d", f"{line['type']} {line['text']}"))
    ended_by = {wait["span"]: wait for wait in drawn["waits"]}
    waterfall = [row for row in bars.splitlines() if row.strip()][1:]
    for row, span in zip(waterfall, drawn["spans"], strict=False):
        _, begin, end = journey_view._stretch(span, ended_by.get(span["id"]))
        assert row.rstrip().endswith(f" {_duration(end - begin)}")
        assert f" {span['service']} " in row
    assert "(overlapping)" in bars


@pytest.mark.parametrize(
    ("states", "said"),
    [
        (["delivered"] * 6, "6 delivered"),
        (["delivered", "sent", "delivered"], "2 delivered, 1 sent"),
        (["failed", "sent", "failed"], "2 failed, 1 sent: n0, n2"),
        ([], ""),
    ],
)
def test_notices_are_counted_and_named_unless_they_went_out(states: list[str], said: str) -> None:
    notices = [{"milestone": f"n{n}", "state": state} for n, state in enumerate(states)]
    assert journey_view._notices(notices) == said


@pytest.mark.parametrize("is_wait", [True, False])
@pytest.mark.parametrize("start", [0, 1, 500, 999, 1_000])
@pytest.mark.parametrize("length", [0, 1, 300, 1_000])
def test_a_bar_is_always_seen_and_never_leaves_its_column(
    start: int, length: int, is_wait: bool
) -> None:
    bar = _bar(Scale(0, 1_000), start, min(1_000, start + length), "us", is_wait=is_wait)

    assert bar.plain.strip()
    assert len(bar.plain) <= BAR_CELLS


def test_waits_that_overlap_count_once() -> None:
    assert _covered([(0, 10), (5, 12), (20, 21)]) == 13


@pytest.mark.parametrize(
    ("ms", "said"),
    [
        (0, "0 ms"),
        (999, "999 ms"),
        (4_200, "4.2 s"),
        (724_000, "12m 04s"),
        (12_000_000, "3h 20m"),
        (360_000_000, "4d 4h"),
    ],
)
def test_a_duration_is_said_in_two_units(ms: int, said: str) -> None:
    assert _duration(ms) == said
