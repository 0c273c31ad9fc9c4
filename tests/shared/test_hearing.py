"""The loop that hears topics of a few messages: again until it is through, and not before."""

from collections.abc import Mapping, Sequence

import pytest

from shared.bus import Partition, Record
from shared.errors import Fenced, Unknown
from shared.hearing import Hearing, Pace

QUICK = Pace(retry_s=0.0, retry_limit_s=0.0)
RECORDS = [Record("a", 0, n, 0, b"k", b"v") for n in range(3)]


class Over(Exception):
    """Nothing more to hear."""


class Lanes:
    """An assignment whose fetches are told beforehand."""

    lanes = frozenset({0})

    def __init__(self, *fetched: Sequence[Record] | Exception) -> None:
        self.committed: Mapping[Partition, int] = {}
        self._fetched, self.idled = [*fetched], 0
        self.fails: list[Exception] = []

    async def fetch(self, max_records: int, wait_s: float) -> list[Record]:
        if not self._fetched:
            raise Over
        found = self._fetched.pop(0)
        if isinstance(found, Exception):
            raise found
        return [*found]

    async def commit(self, offsets: Mapping[Partition, int]) -> None:
        if self.fails:
            raise self.fails.pop(0)
        self.committed = {**self.committed, **offsets}

    async def idle(self, wait_s: float) -> None:
        self.idled += 1


class Keeper:
    def __init__(self, *fails: Exception) -> None:
        self.kept: list[int] = []
        self._fails = [*fails]

    async def keep(self, records: Sequence[Record]) -> None:
        if self._fails:
            raise self._fails.pop(0)
        self.kept += [r.offset for r in records]


def hearing(keeper: Keeper) -> Hearing:
    return Hearing(keeper.keep, lambda: 0.0, pace=QUICK)


async def test_what_is_kept_is_committed() -> None:
    lanes, keeper = Lanes(RECORDS[:2], [], RECORDS[2:]), Keeper()
    with pytest.raises(Over):
        await hearing(keeper).serve(lanes)
    assert (keeper.kept, lanes.committed) == ([0, 1, 2], {("a", 0): 3})


async def test_what_is_in_doubt_is_repeated_before_it_is_committed() -> None:
    lanes, keeper = Lanes(Unknown("away"), RECORDS), Keeper(Unknown("x"), Unknown("y"))
    with pytest.raises(Over):
        await hearing(keeper).serve(lanes)
    assert (keeper.kept, lanes.idled) == ([0, 1, 2], 3)


async def test_a_commit_in_doubt_is_left_to_the_next() -> None:
    lanes, keeper = Lanes(RECORDS[:1], RECORDS[1:]), Keeper()
    lanes.fails = [Unknown("away")]
    with pytest.raises(Over):
        await hearing(keeper).serve(lanes)
    assert lanes.committed == {("a", 0): 3}


async def test_lanes_that_are_lost_end_it_and_it_is_not_ready_then() -> None:
    lanes, keeper = Lanes(RECORDS), Keeper()
    lanes.fails = [Fenced("gone")]
    loop = hearing(keeper)
    with pytest.raises(Fenced):
        await loop.serve(lanes)
    assert not loop.health.is_ready()


async def test_another_error_ends_it() -> None:
    with pytest.raises(KeyError):
        await hearing(Keeper(KeyError("mistake"))).serve(Lanes(RECORDS))
