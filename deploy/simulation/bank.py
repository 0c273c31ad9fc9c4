"""A bank: what becomes of each order, callbacks that come late or twice, answers to queries, and
money that it gives back.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple
from zlib import crc32

import msgspec

from deploy.simulation.outside import Outside
from shared.effects import NotCalled, Request
from shared.events import Data, Event
from shared.events.payment import Finding, Notified, Queried, QueryRequested, Requested
from shared.events.refunds import RefundAnswered, RefundQueryRequested, RefundRequested

PARTNER = "simulated"
QUERY_LIMIT_S = 3.0
ENDS = (
    *("paid", "paid", "paid", "paid in silence", "declined", "mispaid", "declined, then paid"),
    *("paid, then paid", "paid, then paid", "mispaid, then paid", ""),
)
DECLINED = "24"
REFUSED = 4  # one name in so many
Became = Literal["done", "failed", "by_hand"]


class Deed(NamedTuple):
    """What the bank did about an order."""

    finding: Finding
    transaction: str
    amount_vnd: int


class Bank:
    """Every order that payment announced, and what was done about it."""

    def __init__(self, outside: Outside, trouble: Callable[[], float]) -> None:
        self._outside, self.trouble = outside, trouble
        self.deeds: dict[str, list[Deed]] = {}
        self.given_back: Counter[str] = Counter()  # refund → how often it was told so
        outside.listen("payment.events", self._hear)

    def give_back(self, wanted: RefundRequested | RefundQueryRequested) -> None:
        """Do what is told, each time; some names are refused for ever."""
        if not _is_refused(wanted):
            self.given_back[_name(wanted)] += 1

    def became_of(self, wanted: RefundRequested | RefundQueryRequested) -> Became:
        """Return what it did; of what was not heard of yet nobody knows."""
        if _is_refused(wanted):
            return "failed"
        return "done" if self.given_back[_name(wanted)] else "by_hand"

    def _hear(self, event: Event) -> None:
        if event.type == Requested.TYPE:
            order = msgspec.json.decode(event.data, type=Requested)
            end = self._outside.rng.choice(ENDS)
            for what in end.removesuffix(" in silence").split(", then "):
                self._do(event.subject, order, what, is_silent=end.endswith("in silence"))

    def _do(self, application: str, order: Requested, what: str, *, is_silent: bool) -> None:
        if not what:
            return
        deeds = self.deeds.setdefault(order.reference, [])
        amount_vnd = order.amount_vnd + (1_000 if what == "mispaid" else 0)
        transaction = f"{order.reference[-8:]}{len(deeds)}"
        deed = Deed("failed" if what == "declined" else "paid", transaction, amount_vnd)
        deeds.append(deed)
        if is_silent:
            return
        code = DECLINED if deed.finding == "failed" else "00"
        notified = Notified(
            partner=order.partner,
            reference=order.reference,
            transaction=transaction,
            amount_vnd=amount_vnd,
            finding="failed" if deed.finding == "failed" else "paid",
            code=code,
        )
        self._outside.say(
            "payment.inbox",
            application,
            notified,
            source=f"/partners/{order.partner}",
            id_=f"{order.reference}/{transaction}/{code}",
        )

    def find(self, reference: str) -> Deed:
        """Return what an answer to a query says: money, if there was any."""
        deeds = self.deeds.get(reference, [])
        paid = [d for d in deeds if d.finding == "paid"]
        return (paid or deeds or [Deed("not_found", "", 0)])[-1]


class BankQuery:
    """The call by which payment asks."""

    request_type = QueryRequested.TYPE
    batch_limit = 1
    limit_s = QUERY_LIMIT_S

    def __init__(self, bank: Bank, outside: Outside) -> None:
        self._bank, self._rng = bank, outside.rng

    def partner(self, request: Request) -> str:
        """Return who is asked."""
        return _asked(request).partner

    def key(self, request: Request) -> str:
        """Return the question's key."""
        return _asked(request).key

    async def call(self, requests: Sequence[Request]) -> Sequence[Data]:
        """Ask.  Raises `NotCalled`."""
        if self._rng.random() < self._bank.trouble():
            raise NotCalled("connection refused")
        slow = self._rng.random() < self._bank.trouble()
        await asyncio.sleep(self._rng.random() * (2 * QUERY_LIMIT_S if slow else 0.02))
        return [self._answer(_asked(r)) for r in requests]

    def _answer(self, asked: QueryRequested) -> Queried:
        deed = self._bank.find(asked.reference)
        return Queried(
            key=asked.key,
            partner=asked.partner,
            reference=asked.reference,
            finding=deed.finding,
            transaction=deed.transaction,
            amount_vnd=deed.amount_vnd,
        )

    def unknown(self, request: Request) -> Data:
        """Return that nobody knows."""
        return _nothing(_asked(request), "unknown")

    def deferred(self, request: Request) -> Data:
        """Return that it was not asked."""
        return _nothing(_asked(request), "deferred")


class BankRefund:
    """The call by which payment gives money back; the bank does as often as it is told."""

    request_type = RefundRequested.TYPE
    batch_limit = 1
    limit_s = QUERY_LIMIT_S

    def __init__(self, bank: Bank, outside: Outside) -> None:
        self._bank, self._rng = bank, outside.rng

    def partner(self, request: Request) -> str:
        """Return who is told."""
        return _wanted(request).partner

    def key(self, request: Request) -> str:
        """Return the call's key."""
        return _wanted(request).key

    async def call(self, requests: Sequence[Request]) -> Sequence[Data]:
        """Tell.  Raises `NotCalled`."""
        if self._rng.random() < self._bank.trouble():
            raise NotCalled("connection refused")
        for request in requests:
            self._bank.give_back(_wanted(request))
        slow = self._rng.random() < self._bank.trouble()
        await asyncio.sleep(self._rng.random() * (2 * QUERY_LIMIT_S if slow else 0.02))
        return [_refunded(w, self._bank.became_of(w)) for w in map(_wanted, requests)]

    def unknown(self, request: Request) -> Data:
        """Return that nobody knows."""
        return _refunded(_wanted(request), "unknown")

    def deferred(self, request: Request) -> Data:
        """Return that it was not told."""
        return _refunded(_wanted(request), "deferred")


class BankRefundQuery(BankRefund):
    """The call by which payment asks what became of a refund; the bank says no only of
    what it never does.
    """

    request_type = RefundQueryRequested.TYPE

    async def call(self, requests: Sequence[Request]) -> Sequence[Data]:
        """Ask.  Raises `NotCalled`."""
        if self._rng.random() < self._bank.trouble():
            raise NotCalled("connection refused")
        await asyncio.sleep(self._rng.random() * 0.02)
        return [_refunded(w, self._bank.became_of(w)) for w in map(_wanted, requests)]


def _wanted(request: Request) -> RefundRequested | RefundQueryRequested:
    assert isinstance(request.data, RefundRequested | RefundQueryRequested)
    return request.data


def _name(wanted: RefundRequested | RefundQueryRequested) -> str:
    return wanted.name or wanted.refund


def _is_refused(wanted: RefundRequested | RefundQueryRequested) -> bool:
    return crc32(_name(wanted).encode()) % REFUSED == 0


def _refunded(
    wanted: RefundRequested | RefundQueryRequested,
    finding: Became | Literal["unknown", "deferred"],
) -> RefundAnswered:
    return RefundAnswered(key=wanted.key, refund=wanted.refund, finding=finding)


def _asked(request: Request) -> QueryRequested:
    assert isinstance(request.data, QueryRequested)
    return request.data


def _nothing(asked: QueryRequested, finding: Finding) -> Queried:
    return Queried(key=asked.key, partner=asked.partner, reference=asked.reference, finding=finding)
