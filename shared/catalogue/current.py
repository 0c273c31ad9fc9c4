"""The catalogue that a process decides by, and how another edition takes its place meanwhile.

An edition never changes.  The one object that lanes and edges hold turns from one edition to the
next in a single step, on the event loop: what is decided in one go is decided by one edition, and
says which.
"""

import asyncio
import signal
from contextlib import suppress
from pathlib import Path

import structlog

from shared.catalogue.lookups import Catalogue
from shared.catalogue.reading import FILES, TOLD_LIMIT, load
from shared.catalogue.turning import obstacles
from shared.clock import Clock, off_by
from shared.errors import Misconfigured
from shared.settings import Settings
from shared.working_time import local_day

_log = structlog.get_logger("catalogue")

Stamp = tuple[tuple[int, int, int], ...]  # of each file: which one, when written, how long


class Current(Catalogue):
    """The edition in use; `turn_to` is its only way to change."""

    @classmethod
    def of(cls, edition: Catalogue) -> "Current":
        """Return a catalogue that begins with this edition."""
        current = cls.__new__(cls)
        current.turn_to(edition)
        return current

    def edition(self) -> Catalogue:
        """Return the edition in use; it does not turn."""
        edition = Catalogue.__new__(Catalogue)
        object.__setattr__(edition, "__dict__", self.__dict__)
        return edition

    def turn_to(self, edition: Catalogue) -> None:
        """Be this edition from now on: everything in one step, what it has worked out included."""
        object.__setattr__(self, "__dict__", vars(edition))


class Watch:
    """Looks at a folder every so often, and at once on SIGHUP.

    An edition is taken when the folder has stayed the same from one look to the next (nobody is
    still copying), can be read, is free of contradictions and leaves as it is what the one in use
    has decided by; otherwise the one in use stays, and the log says why, once.
    """

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        """Read the first edition.  Raises `Misconfigured`."""
        self._clock = clock or off_by(settings.clock_offset_s)
        self._folder, self._look_s = settings.catalogue, settings.catalogue_look_s
        self._seen = self._judged = _stamp(self._folder)
        self.current = Current.of(load(self._folder))

    async def run(self) -> None:
        """Look until cancelled."""
        asked = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGHUP, asked.set)
        try:
            while True:
                with suppress(TimeoutError):
                    await asyncio.wait_for(asked.wait(), self._look_s)
                if asked.is_set():
                    asked.clear()
                    await self.take()
                else:
                    await self.look()
        finally:
            loop.remove_signal_handler(signal.SIGHUP)

    async def look(self) -> None:
        """Take what is there if it is new and nobody writes it any more."""
        stamp = _stamp(self._folder)
        is_settled, self._seen = stamp == self._seen, stamp
        if is_settled and stamp != self._judged:
            await self.take()

    async def take(self) -> None:
        """Take what is there now, if it is whole and right."""
        self._judged = _stamp(self._folder)
        try:
            edition = await asyncio.to_thread(self._read, self.current.edition())
        except Misconfigured as error:
            _log.error("edition refused", in_use=self.current.version, reason=str(error))
            return
        if edition.version != self.current.version:
            _log.info("edition taken", before=self.current.version, now=edition.version)
            self.current.turn_to(edition)

    def _read(self, in_use: Catalogue) -> Catalogue:
        edition = load(self._folder)
        if found := obstacles(in_use, edition, local_day(self._clock())):
            raise Misconfigured("; ".join(found[:TOLD_LIMIT]))
        return edition


def _stamp(folder: Path) -> Stamp:
    found = []
    for name in FILES:
        try:
            stat = (folder / f"{name}.json").stat()
            found.append((stat.st_ino, stat.st_mtime_ns, stat.st_size))
        except OSError:
            found.append((0, 0, 0))
    return tuple(found)
