"""Whatever an endpoint answers, it ends nothing but its own attempt."""

import pytest

from services.payment.webhooks.calling import Answered
from tests.services.payment.replay.look import settled

BEYOND_EVERY_DATE = "Mon, 1 Jan 99999999999999 00:00:00 GMT"


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (Answered(503, BEYOND_EVERY_DATE), (1, "failed", 503)),
        (Answered(429, BEYOND_EVERY_DATE), (1, "slow", 429)),
        (Answered(503, None), (1, "failed", 0)),  # as no client should give it
        (ZeroDivisionError("planted"), (1, "failed", 0)),
    ],
)
async def test_nothing_that_is_answered_ends_a_process(bench, answer, found) -> None:
    endpoint = await bench.endpoint()
    bench.line.answers = [answer]
    bench.write(settled(1))
    await bench.work()
    [attempt] = await bench.deliveries.attempts(endpoint.id, 5)
    assert (attempt.number, attempt.finding, attempt.status) == found
    bench.later(minutes=1)
    await bench.work()
    assert len(bench.line.calls) == 2
    assert bench.due == []


async def test_a_mistake_of_ours_is_not_hidden(bench) -> None:
    await bench.endpoint()
    bench.write(settled(1))

    async def finish(*_) -> None:
        raise ZeroDivisionError("planted")

    courier = bench.courier()
    bench.tables[3].insert_missing = bench.tables[3].insert = finish
    with pytest.raises(ZeroDivisionError):
        await bench.work(courier=courier)
