"""A text in parts is one message: there when all of it is, and in doubt when a part of it is."""

import pytest

from services.notify.channels.smpp.wire import Frames
from tests.services.notify.channels.smpp.side import (
    Kept,
    Rows,
    centre,
    channel,
    message,
    until,
    world,
)

LONG = "Hồ sơ của bạn đã được tiếp nhận. " * 6
HOW = pytest.mark.parametrize("how", ["?long=udh", "?long=sar"])


@HOW
async def test_of_what_was_taken_in_part_nobody_says_that_it_went_out(how):
    async with world(how, lost_receipts=1.0) as w:
        refusals = iter([0, 0x45])
        w.centre.refusal = lambda _: next(refusals)
        [answer] = await w.channel.send([message(text=LONG)])
        [asked] = await w.channel.ask([answer.key])
        assert (answer.finding, answer.reason) == ("unknown", "in_part_submit_failed")
        assert (asked.finding, w.kept.receipts) == ("unknown", [])


@HOW
async def test_a_message_is_delivered_when_its_last_part_is_wherever_they_are_heard_of(how):
    rows, kept = Rows(), Kept()
    async with centre(receipts=False) as (made, _, port):
        async with channel(port, rows, kept, how) as first:
            await until(first.is_bound)
            [answer] = await first.send([message(text=LONG)])
            ids = list(made._taken)
            await heard(first, made, ids[0])
            await heard(first, made, ids[0])
            assert kept.receipts == []
        async with channel(port, rows, kept, how) as second:
            for id_ in ids[1:]:
                assert kept.receipts == []
                await heard(second, made, id_)
            assert [(r.key, r.delivered) for r in kept.receipts] == [(answer.key, True)]


@HOW
async def test_a_message_of_which_a_part_is_lost_is_not_delivered(how):
    async with world(how, receipts=False) as w:
        [answer] = await w.channel.send([message(text=LONG)])
        *others, last = list(w.centre._taken)
        w.centre._taken[last].state = 5
        for id_ in (last, *others):
            await heard(w.channel, w.centre, id_)
        assert [(r.key, r.delivered) for r in w.kept.receipts] == [(answer.key, False)]
        [asked] = await w.channel.ask([answer.key])
        assert [r.delivered for r in w.kept.receipts] == [False, False], "so it is by asking"
        assert asked.finding == "handed"


async def heard(one, made, id_: str) -> None:
    [pdu] = Frames().feed(made.receipt(made._taken[id_], 1))
    assert await one.hearing.take([pdu], list) == [0]
