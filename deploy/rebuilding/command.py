"""`motcua rebuild`."""

import asyncio
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

from deploy.importing.shown import progress
from deploy.local import mongo
from deploy.local.children import Children, home_in_use
from deploy.local.ports import free
from deploy.local.refusals import say
from deploy.local.secrets import SERVICES_FILE
from deploy.local.settings import HOST, Settings
from deploy.rebuilding.editions import Editions, editions, is_near
from services.operations.edition import Edition
from shared.errors import Misconfigured

NAME = "operations-rebuild"
LOOK_EVERY_S = 1.0
LEAVE_LOOKS = 60  # for the processes that serve to begin anew

console = Console(highlight=False)


def rebuild() -> None:
    """Have operations read the log anew while it serves, then serve what was read.

    It may be run again at any time; until the last step nothing of what serves is touched.
    """
    began_s = time.monotonic()
    read, left = asyncio.run(_rebuild())
    took_s = time.monotonic() - began_s
    say(console, f"[bold]Read anew: {read:,} records[/] in {took_s:,.0f} s, and it serves.")
    if left:
        say(
            console,
            f"[yellow]{left} processes read what served before still: what they keep is dropped "
            "with the next rebuild. See that they run, and start them again.[/]",
        )


async def _rebuild() -> tuple[int, int]:
    """Return how many records were read, and how many processes did not follow."""
    async with editions() as there:
        serves, turn = await there.serving()
        other = serves.other
        if await there.members(other) or not await there.begins(turn + 1):
            raise Misconfigured(
                f"A rebuild is under way (groups {', '.join(other.groups)}): wait for it, or end "
                "it; after one that was ended wait two minutes."
            )
        await there.drop(other)
        await there.rewind(other)
        with _reading() as reader:
            read = await _until_near(there, other, reader)
            if not await there.have_serve(other, turn + 1):
                raise Misconfigured("Somebody else had another edition serve meanwhile.")
            left = await _until_left(there, serves)
        if not left:
            await there.drop(serves)
        return read, left


async def _until_near(there: Editions, edition: Edition, reader: Children) -> int:
    """Wait until the log is read, showing how far that is; return how many records it has."""
    async with there.lags(edition) as lags:
        before = await lags.look()
        whole = sum(before.end.values())
        with progress(console, "Reading the log anew, records", whole) as moved:
            while True:
                await asyncio.sleep(LOOK_EVERY_S)
                if not reader.find(NAME):
                    raise Misconfigured(f"The reader ended: {reader.log(NAME)} says why.")
                now = await lags.look()
                moved(sum(now.end.values()) - now.total)
                if is_near(before, now):
                    return sum(now.end.values())
                before = now


async def _until_left(there: Editions, edition: Edition) -> int:
    """Wait for those who read into an edition to leave it; return how many did not."""
    members = await there.members(edition)
    for _ in range(LEAVE_LOOKS):
        if not members:
            break
        await asyncio.sleep(LOOK_EVERY_S)
        members = await there.members(edition)
    return members


@contextmanager
def _reading() -> Iterator[Children]:
    """Run a process that reads the other edition for as long as the block runs."""
    settings = Settings()
    home = home_in_use(settings)
    [port] = free(1)
    with Children(home / "rebuild") as reader:
        told = {
            "KAFKA_URL": settings.kafka_url or f"{HOST}:{settings.kafka_port}",
            "MONGO_URL": settings.mongo_url or mongo.url(settings.mongo_port),
            "MOTCUA_LANES": str(settings.lanes),
            "MOTCUA_SECRETS": os.environ.get(
                "MOTCUA_SECRETS", str(home / "secrets" / SERVICES_FILE)
            ),
            "MOTCUA_OPERATIONS_REBUILDS": "true",
            "MOTCUA_PORT": str(port),
        }
        reader.start(NAME, [sys.executable, "-m", "services.operations"], port, told)
        yield reader
