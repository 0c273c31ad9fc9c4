"""Runs the officers until they are told to stop."""

import asyncio
import signal
import sys

from deploy.sandbox.officers.desk import TurnedAway
from deploy.sandbox.officers.habits import Habits
from deploy.sandbox.officers.office import Settings, work
from shared.errors import Misconfigured


async def _run() -> None:
    working = asyncio.create_task(work(Settings(), Habits()))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, working.cancel)
    await asyncio.wait([working])
    if not working.cancelled():
        working.result()


def main() -> None:
    """Run; exit with a sentence if something is wrong."""
    try:
        asyncio.run(_run())
    except* (Misconfigured, TurnedAway) as group:
        sys.exit("; ".join(str(error) for error in group.exceptions))


if __name__ == "__main__":
    main()
