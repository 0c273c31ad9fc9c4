"""Portals that ask how applications stand: status look-ups at a steady rate, whatever the answers.

A look-up's latency counts from when it was due.
"""

import asyncio
import random
import sys
import time
from array import array
from collections.abc import Iterable
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


class Asking:
    """Asks at a steady rate, and takes note of what was answered when."""

    def __init__(self, url: str, targets: Iterable[str], headers: str = "") -> None:
        address = urlsplit(url)
        self._calls = Calls(address.hostname or "", address.port or 80, self._answered, tries=1)
        self._requests = [self._calls.request(address.path + t, headers) for t in targets]
        self._took_ms = array("d")
        self._statuses: dict[int, int] = {}
        self._refused = 0

    async def ask(self, rate: float, seconds: float, *, in_turn: bool) -> dict[str, Any]:
        """Ask at this rate for so long, each once and `in_turn` or any at random; return what came
        of it.
        """
        chance, total, sent = random.Random(1), round(rate * seconds), 0
        asked = self._requests if in_turn else chance.choices(self._requests, k=total)
        total = min(total, len(asked))
        begin = time.perf_counter()
        while sent < total:
            due = min(total, int((time.perf_counter() - begin) * rate) + 1)
            for n in range(sent, due):
                self._ask_one(asked[n], begin + n / rate)
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


def _ids(job: Job) -> list[str]:
    return Path(job.ids).read_text().split()


async def main(job: Job) -> None:
    """Ask what is ordered, once per order; figures begin anew each time."""
    ids = _ids(job)
    async for order in orders():
        asking = Asking(job.url, ids, f"Authorization: Bearer {job.key}\r\n")
        say(**await asking.ask(order["rate"], order["seconds"], in_turn=False))


if __name__ == "__main__":
    uvloop.run(main(msgspec.json.decode(sys.argv[1], type=Job)))
