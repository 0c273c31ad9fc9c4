"""A bank at its busiest: signed callbacks at a steady rate, each order's once."""

import json
import sys
import time
from pathlib import Path

import msgspec
import uvloop

from tests.load.payers import FIRST_TRANSACTION, callback
from tests.load.readers import Asking
from tests.load.workers import orders, say


class Job(msgspec.Struct, frozen=True):
    """Whom to call; `orders` is a file of references and amounts, a line each."""

    callbacks: str  # the address of callbacks; the query follows
    clients: str
    orders: str


def queries(job: Job) -> list[str]:
    """Return a signed query for each order, made before anything is measured."""
    partner = json.loads(Path(job.clients).read_text())["partners"]["sen-vang"]
    secret = partner["incoming"][0]["secret"].encode()
    paid_at = time.strftime("%Y%m%d%H%M%S", time.gmtime(time.time() + 7 * 3600))
    lines = (line.split() for line in Path(job.orders).read_text().splitlines())
    return [
        f"?{callback(partner['merchant'], secret, reference, int(amount_vnd), number, paid_at)}"
        for number, (reference, amount_vnd) in zip(
            map(str, range(FIRST_TRANSACTION, sys.maxsize)), lines, strict=False
        )
    ]


async def main(job: Job) -> None:
    """Call as ordered, once per order."""
    asking = Asking(job.callbacks, queries(job))
    async for order in orders():
        say(**await asking.ask(order["rate"], order["seconds"], in_turn=True))


if __name__ == "__main__":
    uvloop.run(main(msgspec.json.decode(sys.argv[1], type=Job)))
