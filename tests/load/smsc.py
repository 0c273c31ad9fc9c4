"""A message centre in a process of its own, on the last core."""

import asyncio
import sys

import msgspec
import psutil

from deploy.sandbox.smsc.behaviour import Faults
from deploy.sandbox.smsc.centre import Centre
from deploy.sandbox.smsc.link import Switchboard
from tests.load.workers import orders, say


class Job(msgspec.Struct, frozen=True):
    """Who may bind."""

    system_id: str
    password: str


async def serve(job: Job) -> None:
    """Take binds; asked `where`, say on which port, asked `outbox`, say what was taken."""
    centre = Centre(Faults())
    switchboard = Switchboard(centre, (job.system_id, job.password))
    port = await switchboard.open("127.0.0.1", 0)
    async for order in orders():
        if "where" in order:
            say(port=port)
        else:
            out = centre.outbox(counts=False)
            say(**{name: out[name] for name in ("accepted", "receipts_owed", "doubled")})
    await switchboard.close()


def main() -> None:
    """Serve as told by the first argument."""
    *_, last = psutil.Process().cpu_affinity() or [0]
    psutil.Process().cpu_affinity([last])
    asyncio.run(serve(msgspec.json.decode(sys.argv[1], type=Job)))


if __name__ == "__main__":
    main()
