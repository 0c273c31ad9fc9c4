"""A report as one page to print, that needs nothing else; Vietnamese first, no script."""

from datetime import datetime
from pathlib import Path

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from services.operations.domain.citizen.words import Words
from services.operations.domain.proof.words import KINDS, SECTIONS, WAITS, part, waited
from services.operations.proofs.report import Report, Signed
from shared.clock import VIETNAM

_TEMPLATE = Path(__file__).with_name("paper.html")
EXCEPTED = Words("Ngoại lệ", "Excepted")
WAITED = Words("Đang chờ, không phải ngoại lệ", "Waited for, and no exception")


def page(found: Signed, report: Report) -> str:
    """Return a signed report as HTML."""
    # what is in a report is others' words: all of it is escaped
    made = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    proof = report.proof
    return made.from_string(_TEMPLATE.read_text()).render(
        report=report,
        signature=found.signature,
        since=_at(report.since),
        until=_at(report.until),
        as_of=_at(report.as_of),
        made_at=_at(report.made_at),
        sections=SECTIONS,
        part=part,
        both=_both,
        grouped=_grouped,
        waited=waited(proof),
        lists=(
            (EXCEPTED, proof.excepted, KINDS, proof.exceptions),
            (WAITED, proof.waiting, WAITS, proof.named),
        ),
    )


def _both(words: Words) -> Markup:
    return Markup('{} <span lang="en">/ {}</span>').format(words.vi, words.en)


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", ".")  # as Vietnamese has it


def _at(at: datetime) -> str:
    return f"{at.astimezone(VIETNAM):%H:%M %d/%m/%Y}"
