"""Callbacks of one transaction or two, with whatever amounts, repeated and out of order.

Answered from memory, from a memory that is behind, or from the journal: what the bank was told is
what stands on the log, and the money adds up.
"""

import asyncio
from collections import Counter as Tally

import msgspec
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.payment.callbacks import Callbacks, Near
from services.payment.domain.state import Payment
from services.payment.gateways import Call
from services.payment.gateways.vnpay.gateway import Vnpay
from services.payment.references import References, reference
from services.payment.set_aside import SetAside
from shared import events
from shared.events.payment import Mismatched, Notified, Overpaid, ReceiptIssued, Settled
from tests.services.payment.counter import Counter

ASKED_VND = 16_000
KEPT = (Settled, Overpaid, Mismatched)

calls = st.tuples(
    st.just("call"),
    st.integers(1, 2),  # of which attempt
    st.integers(1, 2),  # transaction
    st.sampled_from([1, ASKED_VND, ASKED_VND, 1_600_000]),
)
declines = st.tuples(st.just("decline"), st.integers(1, 2))
decisions = st.tuples(st.just("decide"), st.booleans())
stories = st.lists(st.one_of(calls, calls, declines, decisions), max_size=12)


class Desk:
    """The edge of one process: what it knows of itself first, then the journal."""

    def __init__(self, lane_table, a, *, knows_reference):
        rows = a.rows()
        references = References(rows)
        self.counter = Counter(lane_table(rows=rows), rows, a)
        self._a = a
        self.answered, self.emitted = [], []
        self._callbacks = Callbacks(
            Vnpay(a.partner()),
            self._find(references),
            self.counter.journal.latest,
            Near(
                lambda _: a.application if knows_reference else None,
                self.counter.known.get,
            ),
            self.counter.publisher,
            SetAside("vnpay", self.counter.publisher, self.counter.seal),
            lambda: a.now,
        )

    @staticmethod
    def _find(references):
        async def find(name):
            return (await references.find([name])).get(name)

        return find

    async def call(self, attempt, transaction, amount_vnd, **changes):
        order = reference(self._a.application, attempt)
        query = self.counter.query(
            vnp_TxnRef=order,
            vnp_TransactionNo=f"T{transaction}",
            vnp_Amount=str(amount_vnd * 100),
            **changes,
        )
        reply = await self._callbacks.take(Call(query.encode()))
        code = msgspec.json.decode(reply.body)["RspCode"]
        self.answered.append((code, order, f"T{transaction}", amount_vnd, bool(changes)))

    async def decide(self, *, remember):
        decided = await self.counter.decide(remember=remember)
        self.emitted += [
            msgspec.json.decode(e.data, type=events.CONTRACTS[e.type]) for e in decided
        ]

    async def state(self):
        latest = await self.counter.journal.latest(self._a.application)
        return (latest.state if latest else None) or Payment()

    def of(self, *kinds):
        return [e for e in self.emitted if isinstance(e, kinds)]

    def recorded(self):
        """Return what the log has of the bank: order, transaction, amount, finding."""
        found = (msgspec.json.decode(events.decode(r.value).data) for r in self.counter.inbox())
        said = [msgspec.convert(d, type=Notified) for d in found]
        return {(s.reference, s.transaction, s.amount_vnd, s.finding == "failed") for s in said}


async def lived(desk, a, story):
    await desk.counter.bring(a.routed())
    for what, *rest in story:
        if what == "call":
            await desk.call(*rest)
        elif what == "decline":
            await desk.call(
                rest[0], 0, ASKED_VND, vnp_ResponseCode="24", vnp_TransactionStatus="02"
            )
        else:
            await desk.decide(remember=rest[0])
    await desk.decide(remember=False)
    return await desk.state()


@settings(max_examples=150, deadline=None)
@given(st.booleans(), stories)
@example(False, [("call", 1, 1, 1), ("decide", True), *[("call", 1, 1, ASKED_VND)] * 2])
@example(True, [("call", 1, 1, 1), ("call", 1, 1, ASKED_VND), ("decide", True)])
@example(True, [("call", 1, 1, ASKED_VND), ("decide", True), ("call", 1, 1, 1_600_000)])
def test_what_is_answered_00_stands_as_it_was_said_and_the_money_adds_up(
    lane_table, a, knows_reference, story
):
    desk = Desk(lane_table, a, knows_reference=knows_reference)
    state = asyncio.run(lived(desk, a, story))

    paid = {answered[1:4] for answered in desk.answered if not answered[4]}
    recorded = desk.recorded()
    for code, *said in desk.answered:
        if code == "00":
            assert tuple(said) in recorded, "the bank was told that this stands"
            assert said[2] == ASKED_VND
    references = {t.reference for t in state.attempts}
    kept = desk.of(*KEPT)
    aside = {letter.reason.rpartition(" ")[2] for letter in desk.counter.dead()}
    assert {m for m in paid if m[0] not in aside} <= {m[:3] for m in recorded}
    early = {
        (m.reference, m.transaction, m.amount_vnd) for m in state.money if m.kept_as == "early"
    }
    assert not any(m[0] in references for m in early), "its order is not known yet"
    told = {m[:3] for m in recorded if not m[3]} - early
    assert Tally((k.reference, k.transaction, k.amount_vnd) for k in kept) == Tally(told)

    settled = desk.of(Settled)
    assert len(settled) <= 1
    has_right = any(m[0] in references and m[2] == ASKED_VND for m in told)
    assert bool(settled) == has_right
    assert sum(s.amount_vnd for s in settled) == sum(r.amount_vnd for r in desk.of(ReceiptIssued))
    by_transaction = Tally(k.transaction for k in desk.of(Settled, Overpaid))
    assert all(times == 1 for times in by_transaction.values())
    assert state.to_refund_vnd <= sum(k.amount_vnd for k in desk.of(Overpaid, Mismatched))
    needless = {k.transaction for k in kept} - {s.transaction for s in settled}
    assert bool(state.to_refund_vnd) == bool(needless)
