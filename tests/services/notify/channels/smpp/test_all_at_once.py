"""Every fault at once, and whoever sends again only what surely was not sent."""

import asyncio

import pytest

from shared.effects import NotCalled
from tests.services.notify.channels.smpp.side import Kept, Rows, centre, channel, message, until

COUNT = 60
QUESTIONS_AFTER_S = (0.1, 0.4, 1.0, 2.0)
FAULTS = {
    "lost_binds": 0.1,
    "lost_before": 0.02,
    "lost_after": 0.03,
    "unanswered": 0.02,
    "throttled": 0.1,
    "full": 0.05,
    "system_errors": 0.02,
    "doubled_receipts": 0.3,
    "early_receipts": 0.3,
    "malformed_receipts": 0.1,
}


async def told_once(send, ask, n: int) -> str:
    """Try as notify does: a new attempt after a definite no, a question after a doubt."""
    for attempt in range(1, 1_000):
        one = message(n, f"Ho so so {n}.", to=f"09{n:08}", key=f"{n}/registered/sms/{attempt}")
        try:
            [answer] = await send([one])
        except NotCalled:
            await asyncio.sleep(0.05)
            continue
        for wait_s in QUESTIONS_AFTER_S:
            if answer.finding == "unknown":
                await asyncio.sleep(wait_s)
                [answer] = await ask([one.key])
        if answer.finding in ("handed", "rejected", "unknown"):
            return answer.finding
    raise AssertionError("it never ended")


@pytest.mark.parametrize("seed", [0, 2])
async def test_no_handset_gets_a_text_twice_and_what_was_handed_over_is_there(seed):
    rows, kept = Rows(), Kept()
    async with (
        centre(**FAULTS, seed=seed) as (made, _, port),
        channel(port, rows, kept, query="?window=4", limit_s=1.0) as ours,
    ):
        ours._sleep = lambda seconds: asyncio.sleep(seconds / 20)
        await until(ours.is_bound)
        found = await asyncio.gather(
            *(told_once(ours.send, ours.ask, n) for n in range(1, COUNT + 1))
        )
        await until(lambda: made.outbox(counts=False)["receipts_owed"] == 0)
        out = made.outbox(counts=False)
        there = [text for got in out["handsets"].values() for text in got]
        handed = {f"Ho so so {n}." for n, f in enumerate(found, start=1) if f == "handed"}
        assert out["doubled"] == []
        assert out["binds"] > 1, "it was a quiet run"
        assert len(handed) > COUNT / 2
        assert len(there) == len(set(there))
        assert handed <= set(there)
        assert {key.split("/")[0] for key in (r.key for r in kept.receipts)} <= {
            text.removeprefix("Ho so so ").rstrip(".") for text in there
        }
