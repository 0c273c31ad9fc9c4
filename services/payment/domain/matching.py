"""Three-way match: a line of a partner's statement, the money payment holds, what was asked for.

What is found of a line is a cause; the table says what kind of break that is, and what cures it.
Nothing here depends on the order of lines: of a line that stands there several times one is
matched, and the others are repeats of it.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from hashlib import blake2b
from typing import Literal, NamedTuple

from services.payment.domain.lines import Line, Movement
from services.payment.domain.ordered import Ordered
from services.payment.domain.paying_out import reference_of
from services.payment.domain.state import KeptAs, Payment
from shared.events.reconciliation import BreakCause, BreakKind, Cure
from shared.working_time import local_day

Cause = Literal["agrees"] | BreakCause


class Ruling(NamedTuple):
    """What kind of break a cause is, and what cures it.

    `settle`, `refund`: the lane is told, as by a callback, and decides; `ask`: the partner is;
    `person`: nobody but a person may.
    """

    kind: BreakKind
    cure: Cure


RULINGS: Mapping[BreakCause, Ruling] = {
    "order_waits": Ruling("missing_here", "settle"),
    "order_over": Ruling("late", "refund"),
    "order_amount": Ruling("amount", "person"),
    "held_amount": Ruling("amount", "person"),
    "asked_amount": Ruling("amount", "person"),
    "held_elsewhere": Ruling("duplicate", "person"),
    "repeated": Ruling("duplicate", "person"),
    "other_partner": Ruling("unknown", "person"),
    "foreign": Ruling("unknown", "person"),
    "not_sent": Ruling("missing_here", "person"),
    "unstated": Ruling("missing_there", "ask"),
}
# of what left the partner has said all that it will: a person writes to it
UNSTATED: Mapping[Movement, Ruling] = {
    "paid": RULINGS["unstated"],
    "refunded": Ruling("missing_there", "person"),
    "disbursed": Ruling("missing_there", "person"),
}


class Held(NamedTuple):
    """Money that payment holds.  `due_vnd`: what the application was asked for with that order;
    `at`: when payment took it in, None where that is not known.
    """

    application: str
    reference: str
    transaction: str
    amount_vnd: int
    kept_as: KeptAs
    due_vnd: int
    at: datetime | None = None
    kind: Movement = "paid"

    @property
    def key(self) -> str:
        """Return the key of the line that should name it."""
        return f"{self.kind}/{self.transaction}"


class Known(NamedTuple):
    """What payment knows: money by the key of its line, orders by reference."""

    held: Mapping[str, Sequence[Held]]
    ordered: Mapping[str, Ordered]


class Break(NamedTuple):
    """What does not match.  `id`: the same whenever it is found; `expected_vnd`: what we have."""

    id: str
    cause: BreakCause
    kind: BreakKind
    cure: Cure
    movement: Movement
    application: str
    reference: str
    transaction: str
    amount_vnd: int
    expected_vnd: int
    booked_at: datetime
    line: int


class Matched(NamedTuple):
    """What became of some lines; `lines` of them match.  `beyond`: the keys of those that match
    money of another statement's hours; `beside`: what came by them on other days, None: unknown.
    """

    lines: int
    amount_vnd: int
    breaks: tuple[Break, ...]
    beyond: tuple[str, ...]
    beside: Mapping[date | None, int]


class Matching:
    """Matches the lines of one file, some at a time.  `is_of_day` tells of an instant at which
    payment took money in whether this very statement should name it; `named`: the keys of all lines
    of the file.
    """

    def __init__(
        self,
        partner: str,
        day: date,
        is_of_day: Callable[[datetime], bool] = lambda _: True,
        named: Collection[str] = (),
    ) -> None:
        self._partner, self._day, self._is_of_day = partner, day, is_of_day
        self._named = named
        self._times: dict[str, int] = {}

    def skip(self, lines: Iterable[Line]) -> None:
        """Take note of lines that were matched before."""
        for line in lines:
            self._again(line)

    def take(self, lines: Iterable[Line], known: Known) -> Matched:
        """Match these lines."""
        count = amount_vnd = 0
        breaks, beyond, beside = list[Break](), list[str](), Counter[date | None]()
        for line in lines:
            times = self._again(line)
            found = judge(line, self._partner, known, self._named)
            cause, ordered, held = ("repeated", None, None) if times else found
            if cause != "agrees":
                breaks.append(self._break(line, cause, ordered, held, times))
                continue
            count += 1
            amount_vnd += line.amount_vnd
            if held is None or held.at is None or not self._is_of_day(held.at):
                beyond.extend(line.keys)
            day = local_day(held.at) if held and held.at else None
            if line.kind == "paid" and day != self._day:
                beside[day] += line.amount_vnd
        return Matched(count, amount_vnd, tuple(breaks), tuple(beyond), beside)

    def unstated(self, held: Iterable[Held], named: Collection[str]) -> Iterator[Break]:
        """Yield the money of the day that no line names, each transaction once."""
        done = set[str]()
        for money in sorted(held, key=_last_told):
            if money.at is None or not self._is_of_day(money.at):
                continue
            if money.key not in named and money.key not in done:
                done.add(money.key)
                yield Break(
                    self._id("missing_there", money.key, 0),
                    "unstated",
                    *UNSTATED[money.kind],
                    money.kind,
                    money.application,
                    money.reference,
                    money.transaction,
                    money.amount_vnd,
                    money.amount_vnd,
                    money.at,
                    0,
                )

    def _again(self, line: Line) -> int:
        """Return how often this movement stood in the file before: a transfer of ours that was
        booked twice has two numbers, but one name.
        """
        times = max(self._times.get(key, 0) for key in line.keys)
        self._times.update(dict.fromkeys(line.keys, times + 1))
        return times

    def _break(
        self, line: Line, cause: BreakCause, ordered: Ordered | None, held: Held | None, times: int
    ) -> Break:
        kind, cure = RULINGS[cause]
        known = held or ordered
        return Break(
            self._id(kind, line.key, times),
            cause,
            kind,
            cure,
            line.kind,
            known.application if known else "",
            line.reference,
            line.transaction,
            line.amount_vnd,
            _expected(cause, ordered, held),
            line.booked_at,
            line.number,
        )

    def _id(self, kind: BreakKind, key: str, times: int) -> str:
        digest = blake2b(f"{key}#{times}".encode(), digest_size=8).hexdigest()
        return f"{self._partner}.{self._day}.{kind}.{digest}"


def judge(
    line: Line, partner: str, known: Known, named: Collection[str] = ()
) -> tuple[Cause, Ordered | None, Held | None]:
    """Return what is found of a line, and by which order or money.

    Of an order that is over the line may be the very money that ended it, under another number:
    only where lines name all of that is it other money, to be given back.
    """
    if money := next((m for key in line.keys if (m := known.held.get(key))), None):
        held = min(money, key=lambda m: (not agrees(line, m), m.kept_as == "mismatched", m))
        return _of_held(line, held), None, held
    if line.kind != "paid":
        return "not_sent", None, None
    ordered = known.ordered.get(line.reference)
    if ordered is None:
        return "foreign", None, None
    if ordered.partner != partner:
        return "other_partner", ordered, None
    if ordered.amount_vnd != line.amount_vnd:
        return "order_amount", ordered, None
    if ordered.waits:
        return "order_waits", ordered, None
    is_other = all(key in named for key in ordered.brought)
    return ("order_over" if is_other else "held_elsewhere"), ordered, None


def agrees(line: Line, held: Held) -> bool:
    """Tell whether statement, payment and application say the same."""
    return _of_held(line, held) == "agrees"


def _of_held(line: Line, held: Held) -> Cause:
    if line.reference not in ("", held.reference):
        return "held_elsewhere"
    if line.amount_vnd != held.amount_vnd:
        return "held_amount"
    if held.kept_as == "mismatched":
        return "asked_amount"
    if held.kept_as == "settled" and held.due_vnd != line.amount_vnd:
        return "asked_amount"
    return "agrees"  # settled; or kept until its order is known, or to be refunded


def _expected(cause: BreakCause, ordered: Ordered | None, held: Held | None) -> int:
    if held:
        return held.due_vnd if cause == "asked_amount" else held.amount_vnd
    return ordered.amount_vnd if ordered else 0


def _last_told(held: Held) -> tuple[bool, str, int]:
    """Of several amounts of one transaction the one that counts comes first."""
    return held.kept_as == "mismatched", held.key, -held.amount_vnd


# ---- what a state says


def held_in(application: str, state: Payment, partner: str) -> Iterator[Held]:
    """Yield the money of a partner that an application has, and what left."""
    for money in state.money:
        if money.partner != partner:
            continue
        attempt = state.attempt(money.reference)
        yield Held(
            application,
            money.reference,
            money.transaction,
            money.amount_vnd,
            money.kept_as,
            attempt.amount_vnd if attempt else 0,
        )
    for refund in state.refunds:
        if refund.partner == partner and refund.status == "done":
            number = refund.told or refund.transaction
            yield gone("refunded", application, refund.reference, number, refund.amount_vnd)
    for paid in state.disbursements:
        if paid.partner == partner and paid.status == "done":
            reference = reference_of(application, paid)
            yield gone("disbursed", application, reference, paid.transaction, paid.amount_vnd)


def gone(
    kind: Movement,
    application: str,
    reference: str,
    transaction: str,
    amount_vnd: int,
    at: datetime | None = None,
) -> Held:
    """Return money that left as what a line should name; `transaction` is the partner's number."""
    return Held(application, reference, transaction, amount_vnd, "overpaid", amount_vnd, at, kind)
