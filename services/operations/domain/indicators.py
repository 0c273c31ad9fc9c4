"""How a unit does, as a colour: shares of what it had to do, and what is thought of them.  Pure.

All is worked out from counts, which add up: those of a commune, of its province, of the country.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Literal, NamedTuple

import msgspec

from services.operations.domain.causes import CAUSES, HELD

Colour = Literal["red", "yellow", "grey", "green"]
Better = Literal["more", "fewer"]
Source = Literal["form", "board"]
Why = Literal["", "nothing_to_judge", "too_few", "not_kept"]
WORST_FIRST: Sequence[Colour] = ("red", "yellow", "grey", "green")
WHOLE_PERMILLE, WHOLE_PERCENT = 1_000, 100
Counts = Mapping[str, int]


def of_board(*causes: str, is_stuck: bool | None = None) -> tuple[str, ...]:
    """Return what matters of these causes are counted as: what is stuck, what is not, or both."""
    kinds = [
        kind for kind, stuck in (("stuck", True), ("waits", False)) if is_stuck in (None, stuck)
    ]
    return tuple(f"{cause}/{kind}" for cause in causes for kind in kinds)


def counted_as(cause: str, stuck_ms: int, now_ms: int) -> str:
    """Return what a matter is counted as."""
    return f"{cause}/{'stuck' if stuck_ms <= now_ms else 'waits'}"


class Indicator(NamedTuple):
    """A share; the counts of `numerator` are among those of `denominator`.

    Of the form, of a window of days; or of the board, as of when it was looked at.
    """

    source: Source
    better: Better
    numerator: tuple[str, ...]
    denominator: tuple[str, ...]
    vi: str
    en: str


_SETTLED_IN_TIME = ("competent/settled_early", "competent/settled_on_time")
_OVERDUE = ("competent/in_process_overdue", "competent/suspended_overdue")
_CHANNELS = ("receiving/online", "receiving/direct", "receiving/post")
_SIGNING = ("awaiting_signature", "certificate_expired")

INDICATORS: Mapping[str, Indicator] = {
    "on_time": Indicator(
        "form",
        "more",
        _SETTLED_IN_TIME,
        (*_SETTLED_IN_TIME, "competent/settled_late"),
        "Giải quyết đúng và trước hạn",
        "Settled in time",
    ),
    "overdue": Indicator(
        "form",
        "fewer",
        _OVERDUE,
        (*_OVERDUE, "competent/in_process_within", "competent/suspended_within"),
        "Đang giải quyết, đã quá hạn",
        "Open and overdue",
    ),
    "late_intake": Indicator(
        "board",
        "fewer",
        of_board("awaiting_acceptance", is_stuck=True),
        of_board("awaiting_acceptance"),
        "Tiếp nhận chậm",
        "Taken up late",
    ),
    "online": Indicator(
        "form", "more", ("receiving/online",), _CHANNELS, "Nộp trực tuyến", "Filed online"
    ),
    "stuck": Indicator(
        "board", "fewer", of_board(*CAUSES, is_stuck=True), of_board(*CAUSES), "Ùn tắc", "Stuck"
    ),
    "held": Indicator(
        "board",
        "fewer",
        of_board(HELD),
        of_board(*CAUSES),
        "Hệ thống đang giữ",
        "Held by a service",
    ),
    "notices": Indicator(
        "board",
        "fewer",
        of_board("notice_failing", is_stuck=True),
        of_board(*CAUSES),
        "Thông báo không đến",
        "Notices that fail",
    ),
    "signature": Indicator(
        "board",
        "fewer",
        of_board(*_SIGNING, is_stuck=True),
        of_board(*_SIGNING),
        "Chờ ký quá hạn",
        "Overdue for a signature",
    ),
}
RECEIVED = ("receiving/received", "competent/received")  # fewer of both: nobody can tell
COUNTED = tuple(
    sorted({*RECEIVED, *(n for i in INDICATORS.values() for n in (*i.numerator, *i.denominator))})
)


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How units are judged from a day on: over so many days; grey, what received fewer than
    `least`; never greener than the commune behind `part_percent` of them, the worst first.
    `source_vi` is the source in Vietnamese, where somebody wrote it.
    """

    valid_from: date
    window_days: int
    least: int
    part_percent: int
    source: str
    source_vi: str = ""


class Threshold(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From a day on: how much per mille is still `green`, and beyond which it is `red`; of fewer
    than `least` nothing is said.  `source_vi` is the source in Vietnamese, where somebody wrote it.
    """

    indicator: str
    valid_from: date
    green: int
    red: int
    least: int
    source: str
    source_vi: str = ""


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """An indicator of a unit; `why` there is no number, or no colour."""

    indicator: str
    colour: Colour
    numerator: int | None
    denominator: int | None
    permille: int | None
    why: Why


class Whole(NamedTuple):
    """Units together: what was counted of them, and how many of their communes have a colour."""

    counts: Counts
    colours: Mapping[Colour, int]


NOTHING = Whole({}, {})


class Judge:
    """Judges by the rules of a day; `sources` are those that something is known of."""

    def __init__(
        self, rule: Rule, thresholds: Mapping[str, Threshold], sources: frozenset[Source]
    ) -> None:
        self.rule, self.thresholds, self._sources = rule, thresholds, sources

    def cells(self, counts: Counts) -> list[Cell]:
        """Return every indicator of these counts."""
        return [self._cell(name, counts) for name in INDICATORS]

    def one(self, counts: Counts) -> Whole:
        """Return a commune, or what else is not a sum of units."""
        return Whole(counts, {self._own(counts): 1})

    def colour(self, whole: Whole) -> Colour:
        """Return the worse one of how all of it does, and how the worse part of its communes do."""
        return worse(self._own(whole.counts), self._of_part(whole.colours))

    def _own(self, counts: Counts) -> Colour:
        if sum(counts.get(name, 0) for name in RECEIVED) < self.rule.least:
            return "grey"
        judged = [cell.colour for cell in self.cells(counts) if not cell.why]
        return worse(*judged) if judged else "grey"

    def _of_part(self, colours: Mapping[Colour, int]) -> Colour:
        left = -(-sum(colours.values()) * self.rule.part_percent // WHOLE_PERCENT)
        for colour in WORST_FIRST:
            left -= colours.get(colour, 0)
            if colours.get(colour, 0) and left <= 0:
                return colour
        return "grey"

    def _cell(self, name: str, counts: Counts) -> Cell:
        indicator, threshold = INDICATORS[name], self.thresholds[name]
        if indicator.source not in self._sources:
            return _unjudged(name, None, None, "not_kept")
        part, all_ = (
            sum(counts.get(n, 0) for n in names)
            for names in (indicator.numerator, indicator.denominator)
        )
        if all_ < max(1, threshold.least):
            return _unjudged(name, part, all_, "too_few" if all_ else "nothing_to_judge")
        return Cell(
            indicator=name,
            colour=_colour(indicator.better, threshold, part, all_),
            numerator=part,
            denominator=all_,
            permille=_permille(part, all_),
            why="",
        )


def together(wholes: Iterable[Whole]) -> Whole:
    """Return units as one, in whatever order and pieces they are put together."""
    counts: Counter[str] = Counter()
    colours: Counter[Colour] = Counter()
    for whole in wholes:
        counts.update(whole.counts)
        colours.update(whole.colours)
    return Whole(counts, colours)


def worse(*colours: Colour) -> Colour:
    """Return the worst of these."""
    return min(colours, key=WORST_FIRST.index)


def _unjudged(name: str, part: int | None, all_: int | None, why: Why) -> Cell:
    return Cell(
        indicator=name,
        colour="grey",
        numerator=part,
        denominator=all_,
        permille=_permille(part, all_) if part is not None and all_ else None,
        why=why,
    )


def _permille(part: int, all_: int) -> int:
    """Round to the nearest, but neither to all nor to nothing where it is neither."""
    if part in (0, all_):
        return WHOLE_PERMILLE * (part > 0)
    return min(max(1, (2 * WHOLE_PERMILLE * part + all_) // (2 * all_)), WHOLE_PERMILLE - 1)


def _colour(better: Better, threshold: Threshold, part: int, all_: int) -> Colour:
    """Compare as whole numbers: a share that is written rounded is not judged rounded."""
    share, green, red = WHOLE_PERMILLE * part, threshold.green * all_, threshold.red * all_
    if better == "more":
        return "green" if share >= green else "red" if share < red else "yellow"
    return "green" if share <= green else "red" if share > red else "yellow"
