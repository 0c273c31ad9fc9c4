"""The service index as a page: groups of criteria, with what is not known said so.  Pure."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from services.operations.console.indicators.page import NO_NUMBER, number
from services.operations.console.labels import LABELS
from services.operations.domain.citizen.words import Words
from services.operations.domain.service_criteria import GROUPS
from services.operations.domain.service_index import Line
from services.operations.indicators_api import IndexPage


class Row(NamedTuple):
    """A criterion."""

    title: Words
    counted: Words
    points: Words
    note: Words


class Page(NamedTuple):
    """All of them, by group."""

    groups: Sequence[tuple[Words, Sequence[Row]]]
    lead: Words
    total: Words
    is_opened: bool
    since: date
    until: date


def index_page(found: IndexPage) -> Page:
    """Return the page."""
    told = [line for line in found.lines if line.points is not None]
    total = LABELS["index_sum"].told(
        points=decimal(sum(line.points or 0.0 for line in told)),
        most=f"{sum(line.most for line in told)}",
    )
    lead = LABELS["index_is"].told(
        dossiers=number(found.settled), since=found.since, until=found.until
    )
    is_opened = found.tally is not None
    groups = [
        (title, [_row(each, is_opened=is_opened) for each in found.lines if each.group == group])
        for group, title in GROUPS.items()
    ]
    return Page(groups, lead, total, is_opened, found.since, found.until)


def decimal(points: float) -> Words:
    """Return points as they are read."""
    text = f"{points:.2f}"
    return Words(text.replace(".", ","), text)


def _row(line: Line, *, is_opened: bool) -> Row:
    counted, note = NO_NUMBER, Words(line.why_vi, line.why_en)
    if line.numerator is not None and line.denominator is not None:
        part, all_ = number(line.numerator), number(line.denominator)
        counted = Words(f"{part.vi} / {all_.vi}", f"{part.en} / {all_.en}")
        note = note if line.denominator else LABELS["index_nothing"]
    elif not line.why_en and not is_opened:
        note = LABELS["index_not_opened"]
    points = NO_NUMBER if line.points is None else decimal(line.points)
    most = Words(f"{points.vi} / {line.most}", f"{points.en} / {line.most}")
    return Row(Words(line.vi, line.en), counted, most, note)
