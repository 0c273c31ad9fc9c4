"""Portals that ask how applications stand: status look-ups at a steady rate, whatever the answers.

A look-up's latency counts from when it was due.
"""

import asyncio
import random
import sys
import time
from array import array
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import uvloop

from tests.load.calls import Call, Calls
from tests.load.spread import curve, spread
from tests.load.workers import orders, say

TICK_S = 0.005
WAITING_LIMIT = 20_000  # look-ups without an answer: more are counted as not sent


class Job(msgspec.Struct, frozen=True):
    """Where to ask, with which key; `ids` is a file of application ids, a line each."""

    url: str  # the id follows
    key: str
    ids: str


class Readers:
    """Asks, and takes note of what was answered when."""

    def __init__(self, job: Job) -> None:
        address = urlsplit(job.url)
        self._calls = Calls(address.hostname or "", address.port or 80, self._answered, tries=1)
        headers = f"Authorization: Bearer {job.key}\r\n"
        self._requests = [
            self._calls.request(address.path + id_, headers)
            for id_ in Path(job.ids).read_text().split()
        ]
        self._took_ms = array("d")
        self._statuses: dict[int, int] = {}
        self._refused = 0

    async def ask(self, rate: float, seconds: float) -> dict[str, Any]:
        """Ask at this rate for so long; return what came of it."""
        chance, total, sent = random.Random(1), round(rate * seconds), 0
        begin = time.perf_counter()
        while sent < total:
            due = min(total, int((time.perf_counter() - begin) * rate) + 1)
            for n in range(sent, due):
                self._ask_one(chance.choice(self._requests), begin + n / rate)
            sent = max(sent, due)
            await asyncio.sleep(TICK_S)
        await self._calls.until_done()
        spent_s = time.perf_counter() - begin
        return {
            "asked": total,
            "not_sent": self._refused,
            "unanswered": self._calls.given_up,
            "answers": {str(status): n for status, n in sorted(self._statuses.items())},
            "answered_per_s": round(len(self._took_ms) / spent_s, 1),
            "latency_ms": spread(self._took_ms),
            "latency_curve_ms": curve(self._took_ms),
        }

    def _ask_one(self, request: bytes, due: float) -> None:
        if self._calls.under_way >= WAITING_LIMIT:
            self._refused += 1
        else:
            self._calls.call(Call(request, due))

    def _answered(self, call: Call, status: int, body: bytes) -> bool:
        self._took_ms.append(1000 * (time.perf_counter() - call.about))
        self._statuses[status] = self._statuses.get(status, 0) + 1
        return True


async def main(job: Job) -> None:
    """Ask what is ordered, once per order; figures begin anew each time."""
    async for order in orders():
        say(**await Readers(job).ask(order["rate"], order["seconds"]))


if __name__ == "__main__":
    uvloop.run(main(msgspec.json.decode(sys.argv[1], type=Job)))
