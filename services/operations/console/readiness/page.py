"""Readiness as a page: points as rows.  Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from services.operations.console.facts import same
from services.operations.console.labels import LABELS
from services.operations.console.spoken import instant, moment
from services.operations.domain.citizen.words import Words
from services.operations.domain.readiness import POINTS, Finding
from services.operations.readiness_api import ReadinessView

# as `static/console.css` calls them
TONES = {"met": "green", "unmet": "red", "unknown": "grey"}
SIGNS = {"met": "✓", "unmet": "✕", "unknown": "–"}


class Row(NamedTuple):
    """A point; `said`: by whom and when, where a person did."""

    point: str
    title: Words
    state: str
    tone: str
    sign: str
    evidence: Words
    said: Words | None


class Page(NamedTuple):
    """A unit."""

    unit: str
    name: Words
    lead: Words
    told: Sequence[Row]
    by_hand: Sequence[Row]


def readiness_page(view: ReadinessView) -> Page:
    """Return the page."""
    rows = [_row(finding) for finding in view.points]
    return Page(
        unit=view.unit,
        name=same(view.name),
        lead=LABELS["readiness_met"].told(met=f"{view.met}", all=f"{len(rows)}"),
        told=[row for row in rows if POINTS[row.point].is_told],
        by_hand=[row for row in rows if not POINTS[row.point].is_told],
    )


def _row(finding: Finding) -> Row:
    tick = finding.tick
    return Row(
        point=finding.point,
        title=Words(finding.title_vi, finding.title_en),
        state=finding.state,
        tone=TONES[finding.state],
        sign=SIGNS[finding.state],
        evidence=Words(finding.evidence_vi, finding.evidence_en),
        said=LABELS["readiness_said"].told(by=tick.by, at=moment(instant(tick.at_ms)))
        if tick
        else None,
    )
