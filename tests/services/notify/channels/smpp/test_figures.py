"""What operators see of a bind, as metrics, read when they are asked for."""

import asyncio
import re

from services.notify.channels.smpp.figures import Metrics
from services.notify.channels.smpp.session import NO_ANSWER
from shared.telemetry import Telemetry
from tests.services.notify.channels.smpp.side import World, message, until, world


def shown(w: World) -> dict[str, float]:
    """The metrics of a channel by name and labels, without the provider's."""
    made = Telemetry("notify", 0.0)
    made.also(Metrics({"smsc": w.channel}))
    lines = re.findall(
        r"^motcua_smpp_(\w+?)(?:_total)?\{(.*)\} (\S+)$", made.metrics().decode(), re.M
    )
    return {
        " ".join([name, *re.findall(r'(?:answer|outcome)="(\w+)"', labels)]): float(value)
        for name, labels, value in lines
    }


async def test_messages_their_answers_and_receipts_are_counted() -> None:
    async with world("?window=7") as w:
        await w.channel.send([message(n) for n in (1, 2, 3)])
        await until(lambda: len(w.kept.receipts) == 3)
        assert shown(w) == {
            "bound": 1,
            "binds": 1,
            "window": 7,
            "under_way": 0,
            "submitted": 3,
            "answers ok": 3,
            "receipts taken": 3,
        }


async def test_each_time_a_message_is_throttled_counts() -> None:
    async with world(throttled=1.0, limit_s=1.0) as w:
        await w.channel.send([message()])
        told = shown(w)
        assert told["answers throttled"] == told["submitted"] >= 1


async def test_what_waits_for_an_answer_is_seen_and_that_it_never_came() -> None:
    async with world(unanswered=1.0, limit_s=2.0) as w:
        sending = asyncio.create_task(w.channel.send([message()]))
        await until(lambda: shown(w)["under_way"] == shown(w)["submitted"] == 1)
        await sending
        assert shown(w)[f"answers {NO_ANSWER}"] == 1


async def test_a_bind_that_is_lost_is_seen_and_each_new_one_counts() -> None:
    async with world() as w:
        w.channel._session.hang_up("planted")
        await until(lambda: not w.channel.is_bound())
        assert (shown(w)["bound"], shown(w)["under_way"]) == (0, 0)
        await until(w.channel.is_bound)
        assert (shown(w)["bound"], shown(w)["binds"]) == (1, 2)
