"""What the kernel expects of a database; MongoDB, the simulated and the tests' one keep to it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from random import Random

import pytest
from motor.motor_asyncio import AsyncIOMotorClient

from deploy.simulation.faults import Faults, Rates
from deploy.simulation.loop import Loop
from deploy.simulation.table import Database
from shared.errors import Refused, Unknown
from shared.mongo import MongoTable, connect
from shared.store import Row, Table, prefix
from tests.shared.tables import MemoryTable

Check = Callable[[Table], Awaitable[None]]
Backend = Callable[[Check], None]  # runs a check on an empty table of its own

_names = (f"table{n}" for n in count())


WELL = Rates()


def simulated(rates: Rates = WELL) -> Iterator[Backend]:
    rng = Random(1)
    loop = Loop(rng)

    def run(check: Check) -> None:
        database = Database(loop, Faults(rng, rates))
        loop.run_until_complete(check(database.table("table")))

    yield run
    loop.close()


def memory(made: Callable[[], Table] = MemoryTable) -> Iterator[Backend]:
    yield lambda check: asyncio.run(check(made()))


def mongo(url: str) -> Iterator[Backend]:
    def run(check: Check) -> None:
        async def main() -> None:
            database = connect(url, "store_contract")
            await check(MongoTable(database[next(_names)]))
            database.client.close()

        asyncio.run(main())

    yield run


@pytest.fixture(params=["simulated", "memory", pytest.param("mongo", marks=pytest.mark.stack)])
def backend(request: pytest.FixtureRequest) -> Iterator[Backend]:
    if request.param == "simulated":
        yield from simulated()
    elif request.param == "memory":
        yield from memory()
    else:
        yield from mongo(request.getfixturevalue("mongo_url"))


def unreachable_mongo(check: Check) -> None:
    async def main() -> None:
        client: AsyncIOMotorClient[Row] = AsyncIOMotorClient(
            "127.0.0.1", 1, serverSelectionTimeoutMS=100
        )
        await check(MongoTable(client["nowhere"]["table"]))
        client.close()

    asyncio.run(main())


class Away(MemoryTable):
    """Nobody answers."""

    async def begin(self, call: str) -> None:
        raise Unknown("planted")


@pytest.fixture(params=["simulated", "memory", "mongo"])
def unreachable(request: pytest.FixtureRequest) -> Iterator[Backend]:
    if request.param == "simulated":
        yield from simulated(Rates(unknown=1.0))
    elif request.param == "memory":
        yield from memory(Away)
    else:
        yield unreachable_mongo


def rows(*ids: str) -> list[Row]:
    return [{"_id": i} for i in ids]


def ids(found: list[Row]) -> list[str]:
    return [row["_id"] for row in found]


async def everything(table: Table) -> list[str]:
    return ids(await table.ranges([("", "~")]))


def test_a_row_comes_back_as_it_was_written(backend: Backend) -> None:
    row = {
        "_id": "a/000001",
        "at": datetime(2026, 6, 9, 1, 2, 3, 456_000, UTC),
        "state": '{"tên": "Đơn"}',
        "seen": {"intake": 4},
        "emitted": ["{}", "{}"],
        "held": [["topic", 1, 2, 3, b"key", None, [["name", b"\x00\xff"]]]],
        "amount_vnd": 2**53 + 1,
    }

    async def check(table: Table) -> None:
        await table.insert([row])
        assert await table.get(["a/000001"]) == [row]
        assert await table.last(prefix("a/"), 1) == [row]

    backend(check)


def test_tuples_come_back_as_lists(backend: Backend) -> None:
    async def check(table: Table) -> None:
        await table.insert([{"_id": "a", "handled": ("x", ("y", b"z"))}])
        assert await table.get(["a"]) == [{"_id": "a", "handled": ["x", ["y", b"z"]]}]

    backend(check)


def test_what_stands_is_nobodys_to_change(backend: Backend) -> None:
    async def check(table: Table) -> None:
        written = {"_id": "a", "kept": [1]}
        await table.insert([written])
        written["kept"].append(2)
        for found in (
            *await table.get(["a"]),
            *await table.ranges([("a", "b")]),
            *await table.last(("a", "b"), 1),
        ):
            found["kept"].append(3)
        assert await table.get(["a"]) == [{"_id": "a", "kept": [1]}]

    backend(check)


def test_an_insert_stops_at_the_first_id_that_stands(backend: Backend) -> None:
    async def check(table: Table) -> None:
        await table.insert(rows("b"))
        with pytest.raises(Refused):
            await table.insert(rows("a", "b", "c"))
        assert await everything(table) == ["a", "b"]

    backend(check)


def test_a_refused_row_leaves_the_standing_one_as_it_was(backend: Backend) -> None:
    async def check(table: Table) -> None:
        await table.insert([{"_id": "a", "by": "the first"}])
        with pytest.raises(Refused):
            await table.insert([{"_id": "a", "by": "the second"}])
        assert await table.insert_missing([{"_id": "a", "by": "the third"}]) == {"a"}
        assert await table.get(["a"]) == [{"_id": "a", "by": "the first"}]

    backend(check)


def test_inserting_what_is_missing_tells_what_stood(backend: Backend) -> None:
    async def check(table: Table) -> None:
        assert await table.insert_missing(rows("b")) == set()
        assert await table.insert_missing(rows("a", "b", "c")) == {"b"}
        assert await everything(table) == ["a", "b", "c"]

    backend(check)


def test_the_same_id_twice_in_one_insert_is_refused_too(backend: Backend) -> None:
    async def check(table: Table) -> None:
        with pytest.raises(Refused):
            await table.insert(rows("a", "a", "b"))
        assert await table.insert_missing(rows("c", "c", "d")) == {"c"}
        assert await everything(table) == ["a", "c", "d"]

    backend(check)


@pytest.mark.parametrize(("count", "size"), [(20, 1 << 20), (100_001, 1)])
def test_what_is_too_much_for_one_command_is_inserted_all_the_same(
    backend: Backend, count: int, size: int
) -> None:
    many = [{"_id": f"{n:06d}", "text": "x" * size} for n in range(count)]

    async def check(table: Table) -> None:
        await table.insert(many[-1:])
        assert await table.insert_missing(many) == {many[-1]["_id"]}
        assert len(await everything(table)) == count
        with pytest.raises(Refused):
            await table.insert(many)

    backend(check)


def test_only_one_of_many_wins_an_id(backend: Backend) -> None:
    async def check(table: Table) -> None:
        outcomes = await asyncio.gather(
            *(table.insert(rows("a")) for _ in range(8)), return_exceptions=True
        )
        assert sorted(type(o).__name__ for o in outcomes) == ["NoneType", *["Refused"] * 7]

    backend(check)


def test_get_returns_what_there_is(backend: Backend) -> None:
    async def check(table: Table) -> None:
        await table.insert(rows("a", "b", "c"))
        assert sorted(ids(await table.get(["c", "x", "a", "a"]))) == ["a", "c"]

    backend(check)


def test_ranges_come_ordered_by_id_and_end_before_their_upper_bound(backend: Backend) -> None:
    async def check(table: Table) -> None:
        await table.insert(rows("b/2", "a/1", "b/1", "c/1", "a/2", "a0"))
        assert ids(await table.ranges([prefix("b/"), prefix("a/")])) == ["a/1", "a/2", "b/1", "b/2"]
        assert ids(await table.ranges([("a/1", "b/1")])) == ["a/1", "a/2", "a0"]
        assert ids(await table.ranges([prefix("b/"), prefix("a/")], 3)) == ["a/1", "a/2", "b/1"]

    backend(check)


def test_many_ranges_are_one_question(backend: Backend) -> None:
    async def check(table: Table) -> None:
        every = [f"{n:04d}/1" for n in range(450)]
        await table.insert(rows(*every))
        bounds = [prefix(f"{n:04d}/") for n in reversed(range(450))]
        assert ids(await table.ranges(bounds)) == every
        assert ids(await table.ranges(bounds, 5)) == every[:5]

    backend(check)


def test_the_last_rows_of_a_range(backend: Backend) -> None:
    async def check(table: Table) -> None:
        await table.insert(rows("a/000001", "a/000002", "a/000010", "b/000001"))
        assert ids(await table.last(prefix("a/"), 1)) == ["a/000010"]
        assert ids(await table.last(prefix("a/"), 2)) == ["a/000002", "a/000010"]
        assert ids(await table.last(prefix("a/"), 9)) == ["a/000001", "a/000002", "a/000010"]
        assert await table.last(prefix("x/"), 2) == []

    backend(check)


def test_deleted_rows_are_gone_and_absent_ones_are_no_error(backend: Backend) -> None:
    async def check(table: Table) -> None:
        await table.insert(rows("a", "b", "c"))
        await table.delete(["a", "x", "c"])
        assert await everything(table) == ["b"]
        await table.insert(rows("a"))
        assert await everything(table) == ["a", "b"]

    backend(check)


def test_nothing_asked_is_nothing_done(backend: Backend) -> None:
    async def check(table: Table) -> None:
        await table.insert([])
        assert await table.insert_missing([]) == set()
        assert await table.get([]) == []
        assert await table.ranges([]) == []
        await table.delete([])

    backend(check)


def test_a_database_that_does_not_answer_is_unknown(unreachable: Backend) -> None:
    async def check(table: Table) -> None:
        for call in (
            table.insert(rows("a")),
            table.insert_missing(rows("a")),
            table.get(["a"]),
            table.ranges([("a", "b")]),
            table.last(("a", "b"), 1),
            table.delete(["a"]),
        ):
            with pytest.raises(Unknown):
                await call

    unreachable(check)
