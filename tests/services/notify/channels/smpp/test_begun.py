"""What was begun is known after a deploy, a rebalance and a crash: nobody is forgotten, or told
twice.
"""

import asyncio
from collections import Counter

import pytest

from tests.services.notify.channels.smpp.side import (
    Kept,
    Rows,
    centre,
    channel,
    message,
    until,
    world,
)

MESSAGES = [message(n) for n in range(1, 101)]
KEYS = [m.key for m in MESSAGES]


def found(answers) -> Counter[tuple[str, str]]:
    return Counter((a.finding, a.reason) for a in answers)


async def cut_off(sending: asyncio.Task) -> None:
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)


@pytest.mark.parametrize("is_another", [False, True])
async def test_of_a_call_that_was_cut_off_each_message_went_out_or_surely_did_not(is_another):
    rows, kept = Rows(), Kept()
    async with centre() as (made, _, port):
        async with channel(port, rows, kept, "rate_per_s=200") as first:
            await until(first.is_bound)
            sending = asyncio.create_task(first.send(MESSAGES))
            await until(lambda: made.accepted >= 15)
            await cut_off(sending)
            if not is_another:
                await until(lambda: not first._going)
                answers = await first.ask(KEYS)
        if is_another:
            async with channel(port, rows, kept) as second:
                answers = await second.ask(KEYS)
        assert found(answers) == {
            ("handed", ""): made.accepted,
            ("absent", "not_begun"): len(KEYS) - made.accepted,
        }
        assert 15 <= made.accepted < len(KEYS)


async def test_what_was_begun_goes_on_though_nobody_waits():
    async with world("?rate_per_s=100&window=10", receipts=False) as w:
        sending = asyncio.create_task(w.channel.send(MESSAGES[:10]))
        await until(lambda: w.centre.accepted)
        await cut_off(sending)
        await until(lambda: not w.channel._going)
        assert found(await w.channel.ask(KEYS[:10])) == {("handed", ""): 10}


async def test_of_a_process_that_was_killed_two_windows_at_most_are_in_doubt():
    rows, kept = Rows(), Kept()
    async with centre() as (made, _, port):
        async with channel(port, rows, kept, "rate_per_s=200&window=10") as first:
            await until(first.is_bound)
            sending = asyncio.create_task(first.send(MESSAGES))
            await until(lambda: made.accepted >= 35)
            left = Rows()
            left.rows = dict(rows.rows)  # what stands at this moment
            taken = made.accepted
            await cut_off(sending)
        async with channel(port, left, kept) as second:
            says = found(await second.ask(KEYS))
        assert says["unknown", "no_message_id"] <= 20
        assert says["handed", ""] <= taken
        assert says["absent", "not_begun"] <= len(KEYS) - taken


async def test_who_is_asked_first_sends_no_more():
    rows, kept = Rows(), Kept()
    async with centre() as (made, _, port), channel(port, rows, kept) as one:
        await until(one.is_bound)
        assert found(await one.ask(KEYS[:2])) == {("absent", "not_begun"): 2}
        assert found(await one.send(MESSAGES[:3])) == {
            ("absent", "not_begun"): 2,
            ("handed", ""): 1,
        }
        assert made.accepted == 1


async def test_what_was_begun_by_somebody_is_not_sent_again():
    async with world(unanswered=1.0, receipts=False, limit_s=1.0) as w:
        [first] = await w.channel.send(MESSAGES[:1])
        [second] = await w.channel.send(MESSAGES[:1])
        assert (first.reason, second.finding, second.reason) == (
            "no_answer",
            "unknown",
            "begun_before",
        )
        assert found(await w.channel.ask(KEYS[:1])) == {("unknown", "no_message_id"): 1}


async def test_what_was_surely_not_taken_may_be_asked_after_and_goes_again():
    async with world(full=1.0, limit_s=0.5) as w:
        assert found(await w.channel.send(MESSAGES[:1])) == {("absent", "queue_full"): 1}
        assert not any(id_.startswith("begun/") for id_ in w.rows.rows)
        assert found(await w.channel.ask(KEYS[:1])) == {("absent", "not_begun"): 1}


async def test_without_rows_nothing_is_begun():
    async with world() as w:
        w.rows.is_down = True
        assert found(await w.channel.send(MESSAGES[:2])) == {("deferred", "not_begun"): 2}
        assert w.centre.accepted == 0


async def test_an_attempt_of_another_provider_is_not_said_to_be_absent():
    rows, kept = Rows(), Kept()
    async with centre() as (_, _, port):
        async with channel(port, rows, kept) as one:
            await until(one.is_bound)
            await one.send(MESSAGES[:1])
        async with channel(port, rows, kept, name="another") as other:
            assert found(await other.ask(KEYS[:1])) == {("unknown", "no_message_id"): 1}
