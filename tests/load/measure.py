"""One load, measured: offered at a steady rate, until all is worked off."""

import asyncio
from collections.abc import Coroutine
from typing import Any, NamedTuple

import msgspec

from deploy.log.lag import Lags, Sample
from tests.load.generator import Offered
from tests.load.meter import Meter, Used
from tests.load.workers import Worker

WARM_RATE = 200.0  # at least; what is measured at 65/s needs a warm broker as well
LOOK_S = 1.0
LAG_EVERY_S = 5.0
LAG_SAMPLES_LEAST = 12  # in a short load they come more often
ROUNDS = 10  # a bank that was told to call again does so after half a second


class Load(NamedTuple):
    """What is offered, and what before it is not counted."""

    rate: float
    seconds: float
    warm_up_s: float

    @property
    def applications(self) -> float:
        """Return how many there are, warm-up included."""
        return self.rate * self.seconds + max(self.rate, WARM_RATE) * self.warm_up_s


class Measured(NamedTuple):
    """What a load cost, and how far behind it left whom."""

    warm_up: Offered
    offered: Offered
    used: Used
    samples: list[Sample]  # while it was offered; the last at its end
    rest: Sample
    paid: dict[str, Any]
    memory_mib: dict[str, float]


async def measure(
    load: Load, generator: Worker, payers: Worker, meter: Meter, lags: Lags
) -> Measured:
    """Warm up, then offer the load; return when all is at rest."""
    rate = max(load.rate, WARM_RATE)
    warm_up = await _offer(generator, rate, load.warm_up_s)
    await _until_paid(payers, lags)
    before = meter.used()
    samples: list[Sample] = []
    offered = await _offer_watched(load, generator, _watch(meter, lags, load.seconds, samples))
    samples.append(await lags.look())
    rest, paid = await _until_paid(payers, lags)
    meter.look()
    used = meter.used().since(before)
    return Measured(warm_up, offered, used, samples, rest, paid, dict(meter.peak_mib))


async def _offer(generator: Worker, rate: float, seconds: float) -> Offered:
    return msgspec.convert(await generator.ask(rate=rate, seconds=seconds), Offered)


async def _until_paid(payers: Worker, lags: Lags) -> tuple[Sample, dict[str, Any]]:
    """Wait until nothing moves and no callback is under way."""
    for _ in range(ROUNDS):
        rest = await lags.until_at_rest()
        paid = await payers.ask(tally=True)
        if not paid["under_way"]:
            break
    return rest, paid


async def _offer_watched(
    load: Load, generator: Worker, watch: Coroutine[Any, Any, None]
) -> Offered:
    """Offer the load, unless a process that is watched ends."""
    offering = asyncio.create_task(_offer(generator, load.rate, load.seconds))
    watching = asyncio.create_task(watch)
    try:
        await asyncio.wait({offering, watching}, return_when=asyncio.FIRST_COMPLETED)
        if watching.done():
            watching.result()  # says who ended
        return await offering
    finally:
        for task in (offering, watching):
            task.cancel()
        await asyncio.gather(offering, watching, return_exceptions=True)


async def _watch(meter: Meter, lags: Lags, seconds: float, samples: list[Sample]) -> None:
    """Look at memory every second, at lags now and then."""
    every_s = min(LAG_EVERY_S, max(LOOK_S, seconds / LAG_SAMPLES_LEAST))
    looked_s = float("-inf")
    while True:
        meter.look()
        now_s = asyncio.get_running_loop().time()
        if now_s - looked_s >= every_s:
            looked_s = now_s
            samples.append(await lags.look())
        await asyncio.sleep(LOOK_S)
