"""The six-group service index of settled dossiers: what each counts as, and what that makes.  Pure.

A criterion is a share of its points.  What the log does not tell has no number: null is not zero.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from services.operations.domain.entries import Entry, in_order
from services.operations.domain.service_criteria import CRITERIA, Group
from shared.events import feedback, intake, payment, routing

SATISFIED_FROM = 4  # of five; ours: no text says from which score on
ELECTRONIC = "electronic"
PAPER_CHANNELS = ("direct", "post")


class Tally(msgspec.Struct, kw_only=True):
    """What was counted of some dossiers.  Tallies add up: `parts` and `wholes` by criterion;
    `charged` and `paid` are procedures, and one in both counts once.
    """

    dossiers: int = 0
    parts: dict[str, int] = {}
    wholes: dict[str, int] = {}
    charged: set[str] = set()
    paid: set[str] = set()


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A criterion; `points` are null where nothing is known, of `most`."""

    criterion: str
    group: Group
    vi: str
    en: str
    numerator: int | None
    denominator: int | None
    points: float | None
    most: int
    why_vi: str = ""
    why_en: str = ""


class _Facts(NamedTuple):
    """What is looked at of a dossier; None: it was not told."""

    registered: intake.Registered | None
    fee_vnd: int
    is_paid: bool
    form: str
    scores: Mapping[str, int]


IsFullyOnline = Callable[[str, int], bool]  # of a procedure, when it was registered, ms


def tallied(entries: Iterable[Entry], is_fully_online: IsFullyOnline) -> Tally:
    """Return what one dossier counts as; `entries` are its first occurrences."""
    found, at_ms = _facts(in_order(entries))
    tally = Tally(dossiers=1)
    if found.registered:
        _of_filing(tally, found.registered, is_fully_online(found.registered.procedure, at_ms))
    if found.fee_vnd:
        _add(tally, "paid_online", part=found.is_paid)
        procedure = found.registered.procedure if found.registered else ""
        tally.charged = {procedure} - {""}
        tally.paid = tally.charged if found.is_paid else set()
    if found.form:
        _add(tally, "e_result", part=found.form == ELECTRONIC)
    for score in found.scores.values():
        _add(tally, "satisfied", part=score >= SATISFIED_FROM)
    return tally


def added(tallies: Iterable[Tally]) -> Tally:
    """Return dossiers together, in whatever pieces they were counted."""
    out = Tally()
    parts, wholes = Counter[str](), Counter[str]()
    for tally in tallies:
        out.dossiers += tally.dossiers
        parts.update(tally.parts)
        wholes.update(tally.wholes)
        out.charged = out.charged | tally.charged
        out.paid = out.paid | tally.paid
    out.parts, out.wholes = dict(parts), dict(wholes)
    return out


def lines(tally: Tally | None, in_time: tuple[int, int]) -> list[Line]:
    """Return every criterion; `in_time` and all that was settled, from the form.

    No tally: the dossiers were not opened.
    """
    return [_line(name, tally, in_time) for name in CRITERIA]


def _line(name: str, tally: Tally | None, in_time: tuple[int, int]) -> Line:
    criterion = CRITERIA[name]
    numbers: tuple[int, int] | None = None
    if name == "in_time":
        numbers = in_time
    elif tally and name == "procedures_paid":
        numbers = len(tally.paid), len(tally.charged)
    elif tally and not criterion.unknown:
        numbers = tally.parts.get(name, 0), tally.wholes.get(name, 0)
    part, all_ = numbers or (None, None)
    return Line(
        criterion=name,
        group=criterion.group,
        vi=criterion.title.vi,
        en=criterion.title.en,
        numerator=part,
        denominator=all_,
        points=round(criterion.points * part / all_, 2) if part is not None and all_ else None,
        most=criterion.points,
        why_vi=criterion.unknown.vi if criterion.unknown else "",
        why_en=criterion.unknown.en if criterion.unknown else "",
    )


def _facts(entries: Sequence[Entry]) -> tuple[_Facts, int]:
    registered, at_ms, fee_vnd, form = None, 0, 0, ""
    is_paid, scores = False, dict[str, int]()
    for entry, data in _decided(entries):
        match data:
            case intake.Registered():
                registered, at_ms = data, entry.logged_ms
            case payment.FeeAssessed():
                fee_vnd = data.total_vnd
            case payment.FeeWaived():
                fee_vnd = 0
            case payment.Settled():
                is_paid = True
            case routing.Returned():
                form = data.form
            case feedback.FeedbackRecorded():
                scores[data.milestone] = data.score  # a later one takes the place
    return _Facts(registered, fee_vnd, is_paid, form, scores), at_ms


_LOOKED_AT: Mapping[str, msgspec.json.Decoder[object]] = {
    kind.TYPE: msgspec.json.Decoder(kind)
    for kind in (
        intake.Registered,
        payment.FeeAssessed,
        payment.FeeWaived,
        payment.Settled,
        routing.Returned,
        feedback.FeedbackRecorded,
    )
}


def _decided(entries: Iterable[Entry]) -> Iterator[tuple[Entry, object]]:
    for entry in entries:
        decoder = _LOOKED_AT.get(entry.type)
        if decoder and entry.sequence:
            try:
                yield entry, decoder.decode(entry.data)
            except msgspec.DecodeError:
                continue  # cut short: nothing is said of it


def _of_filing(tally: Tally, registered: intake.Registered, is_fully_online: bool) -> None:
    if is_fully_online:
        _add(tally, "filed_online", part=registered.channel == "online")
    _add(tally, "reused", part=any(mark.reused for mark in registered.marks))
    if registered.channel in PAPER_CHANNELS and registered.documents:
        tally.parts["digitised"] = sum(mark.digitised for mark in registered.marks)
        tally.wholes["digitised"] = len(registered.documents)


def _add(tally: Tally, name: str, *, part: bool) -> None:
    tally.parts[name] = tally.parts.get(name, 0) + part
    tally.wholes[name] = tally.wholes.get(name, 0) + 1
