"""How providers fare: slow receipts, and missing ones, turn the next messages to another."""

from datetime import timedelta

import msgspec
import pytest

from services.notify.domain.providers import Provider, Providers
from services.notify.providers import Row
from services.notify.pulse import ENOUGH, WINDOW_S, Pulse
from shared.events import Event, encode
from shared.events.kernel import TimerFired
from shared.events.notify import ReceiptArrived
from shared.lanes.table import Arrival

ROWS = (
    Row(name="first", channel="sms", kind="sms_http", receipt_slow_s=10, receipt_within_s=60),
    Row(name="second", channel="sms", kind="sms_http", priority=2),
)


class Beside:
    """A pulse, and a notice that was sent by the first provider."""

    def __init__(self, new_case, rows=ROWS) -> None:
        self.now_s, self.refused = 0.0, set[str]()
        self.pulse = Pulse(rows, self.refused.__contains__, lambda: self.now_s)
        self.case = new_case(
            providers=Providers([Provider("first", "sms"), Provider("second", "sms", 2)])
        )
        self.case.learn("application.registered")
        self.case.answer(self.case.key("registered"), "handed")

    async def hear(self, data, after_s: float = 0, times: int = ENOUGH) -> frozenset[str]:
        event = Event(
            id="1",
            source="/gateways/sms",
            type=data.TYPE,
            subject=self.case.application,
            time=self.case.at + timedelta(seconds=after_s),
            data=msgspec.Raw(encode(data)),
        )
        arrival = Arrival(self.case.application, event, data)
        states = {self.case.application: self.case.dossier}
        return await self.pulse.prepare([arrival] * times, states)

    async def receipt(self, after_s: float, times: int = ENOUGH) -> frozenset[str]:
        key = self.case.key("registered")
        return await self.hear(ReceiptArrived(key=key, delivered=True), after_s, times)


@pytest.fixture
def beside(new_case):
    return Beside(new_case)


async def test_whose_receipts_are_slow_is_left_out_until_it_is_forgotten(beside):
    assert await beside.receipt(11) == {"first"}
    assert beside.pulse.slow_share("first") == 1.0
    beside.now_s = WINDOW_S + 1
    assert await beside.receipt(1, times=1) == frozenset()


async def test_receipts_in_time_and_a_few_slow_ones_say_nothing(beside):
    assert await beside.receipt(11, times=ENOUGH - 1) == frozenset()
    assert await beside.receipt(9, times=ENOUGH) == frozenset()


async def test_receipts_that_come_before_the_answer_of_their_call_were_not_slow(beside):
    sent = beside.case.dossier
    beside.case.learn("payment.settled")
    key = beside.case.key("payment_settled")
    assert beside.case.dossier.notices["payment_settled/sms"].status == "requested"
    early = ReceiptArrived(key=key, delivered=True)
    assert await beside.hear(early, 99, times=2 * ENOUGH) == frozenset()
    beside.case.dossier = sent
    assert await beside.receipt(11) == frozenset(), "a third of them was slow"
    assert beside.pulse.slow_share("first") == pytest.approx(1 / 3)


async def test_a_receipt_that_comes_again_is_not_counted_again(beside):
    key = beside.case.key("registered")
    beside.case.receipt(key)
    assert await beside.receipt(11) == frozenset()


async def test_a_receipt_that_did_not_come_is_a_slow_one(beside):
    assert await beside.hear(TimerFired(name="notice.receipt/registered/sms/1", version=1)) == {
        "first"
    }


@pytest.mark.parametrize(
    "data",
    [
        TimerFired(name="notice.receipt/registered/sms/2", version=1),
        TimerFired(name="notice.retry/registered/sms/1", version=1),
        ReceiptArrived(key="x/other/sms/1", delivered=True),
        ReceiptArrived(key="x", delivered=True),
    ],
)
async def test_what_is_about_nothing_of_ours_is_not_counted(beside, data):
    assert await beside.hear(data, 99) == frozenset()


async def test_who_is_out_of_reach_is_left_out(beside):
    beside.refused.add("first")
    assert await beside.receipt(1, times=0) == {"first"}


async def test_where_nobody_stands_by_nothing_is_measured(new_case):
    alone = Beside(new_case, ROWS[:1])
    alone.refused.add("first")
    assert await alone.receipt(99) == frozenset()
    assert alone.pulse.slow_share("first") == 0.0
