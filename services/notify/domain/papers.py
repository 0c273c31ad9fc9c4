"""What official forms are drawn from: kept as it is told, as nobody is asked for it later."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import replace

from shared.events import Data, cancelling, handover, intake, routing

DOCUMENTS_LIMIT = 200  # of an application and its supplements


class Filing(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What came in: of which procedure, at which unit, which documents.  `competent`: who decides,
    where that is known to be another unit.
    """

    procedure: str
    unit: str
    competent: str = ""
    documents: tuple[str, ...] = ()
    copies: int = 1


class Told(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What an event said that brings a form, and how things stood then; `text` is the officer's.

    `documents`: how many there were; more are only ever added behind them.
    """

    at: datetime
    unit: str = ""
    competent: str = ""
    documents: int = 0
    officer: str = ""
    text: str = ""
    due: datetime | None = None
    due_before: datetime | None = None


class Papers(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What came in, and what was told last, by the form that it brings.

    `unit`, `competent`: where it went before the registration was read; then the filing has them.
    """

    filing: Filing | None = None
    told: dict[str, Told] = {}
    unit: str = ""
    competent: str = ""


def noted(papers: Papers | None, data: Data, at: datetime) -> Papers | None:
    """Return the same with what was told at that time; itself, if no form says any of it."""
    note = NOTED.get(type(data))
    return note(papers or Papers(), data, at) if note else papers


def _registered(papers: Papers, data: intake.Registered, _: datetime) -> Papers:
    filing = Filing(
        procedure=data.procedure,
        unit=data.receiving_unit,
        documents=tuple(document.name for document in data.documents),
        copies=data.copies,
    )
    told = {form: _as_of(_moved(filing, t.unit, t.competent), t) for form, t in papers.told.items()}
    return Papers(filing=_moved(filing, papers.unit, papers.competent), told=told)


def _supplemented(papers: Papers, data: intake.Supplemented, _: datetime) -> Papers:
    if papers.filing is None:
        return papers
    documents = (*papers.filing.documents, *(document.name for document in data.documents))
    return replace(papers, filing=replace(papers.filing, documents=documents[:DOCUMENTS_LIMIT]))


def _went_on(
    papers: Papers, data: handover.Transferred | handover.Readdressed, _: datetime
) -> Papers:
    unit, competent = data.receiving_unit, data.competent_unit
    return _decided_by(papers, unit, "" if competent == unit else competent)


def _accepted(papers: Papers, data: routing.Accepted, at: datetime) -> Papers:
    if data.competent_unit:
        unit = papers.filing.unit if papers.filing else papers.unit
        papers = _decided_by(papers, unit, data.competent_unit)
    return _with(papers, "receipt", Told(at=at, officer=data.officer, due=data.due))


def _asked(papers: Papers, data: routing.SupplementRequested, at: datetime) -> Papers:
    return _with(papers, "supplement", Told(at=at, officer=data.officer, text=data.content))


def _refused(
    papers: Papers, data: routing.NotAccepted | cancelling.Cancelled, at: datetime
) -> Papers:
    return _with(papers, "refusal", Told(at=at, officer=data.officer, text=data.reason))


def _apologised(papers: Papers, data: routing.Apologised, at: datetime) -> Papers:
    told = Told(
        at=at, officer=data.officer, text=data.reason, due=data.due, due_before=data.due_before
    )
    return _with(papers, "apology", told)


def _decided_by(papers: Papers, unit: str, competent: str) -> Papers:
    if papers.filing is None:
        return replace(papers, unit=unit, competent=competent)
    return replace(papers, filing=replace(papers.filing, unit=unit, competent=competent))


def _with(papers: Papers, form: str, told: Told) -> Papers:
    if papers.filing:
        told = _as_of(papers.filing, told)
    else:
        told = replace(told, unit=papers.unit, competent=papers.competent)
    return replace(papers, told={**papers.told, form: told})


def _moved(filing: Filing, unit: str, competent: str) -> Filing:
    """Return the same at the unit where it went before it was read; empty: nowhere."""
    return replace(filing, unit=unit or filing.unit, competent=competent)


def _as_of(filing: Filing, told: Told) -> Told:
    """Return the same with where and with which documents the application stands."""
    unit, competent, count = filing.unit, filing.competent, len(filing.documents)
    return replace(told, unit=unit, competent=competent, documents=count)


NOTED: Mapping[type[Data], Callable[[Papers, Any, datetime], Papers]] = {
    intake.Registered: _registered,
    intake.Supplemented: _supplemented,
    handover.Transferred: _went_on,
    handover.Readdressed: _went_on,
    routing.Accepted: _accepted,
    routing.SupplementRequested: _asked,
    routing.NotAccepted: _refused,
    cancelling.Cancelled: _refused,
    routing.Apologised: _apologised,
}
