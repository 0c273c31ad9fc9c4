import asyncio
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.numbers import BLOCK, BLOCKS_LIMIT, Numbers, Place
from shared.errors import Misconfigured, Unknown

DAY = date(2026, 11, 20)
HERE, THERE = Place("00004", DAY), Place("00008", DAY)


async def test_a_batch_costs_one_insert(make) -> None:
    rows = make.Rows()
    given_out = await Numbers(rows).give({"a": HERE, "b": HERE, "c": THERE})
    assert given_out == {"a": 1, "b": 2, "c": 1}
    assert rows.calls == ["insert_missing"]
    assert set(rows.rows) == {"00004/20261120/00000", "00008/20261120/00000"}


async def test_no_application_asks_for_nothing(make) -> None:
    rows = make.Rows()
    assert await Numbers(rows).give({}) == {}
    assert rows.calls == []


async def test_the_next_batch_uses_what_is_left_of_the_block(make) -> None:
    rows = make.Rows()
    numbers = Numbers(rows)
    await numbers.give({"a": HERE})
    assert await numbers.give({"b": HERE}) == {"b": 2}
    assert len(rows.calls) == 1


async def test_a_repeated_batch_gets_the_same_numbers(make) -> None:
    numbers = Numbers(make.Rows())
    wanted = {"a": HERE, "b": HERE}
    assert await numbers.give(wanted) == await numbers.give(wanted)
    assert (await numbers.give({"a": THERE, "b": HERE}))["b"] == 2


async def test_a_claim_in_doubt_leaves_a_gap_and_nothing_else(make) -> None:
    rows = make.Rows()
    numbers = Numbers(rows)
    rows.doubt = True
    with pytest.raises(Unknown):
        await numbers.give({"a": HERE})
    assert await numbers.give({"a": HERE}) == {"a": BLOCK + 1}


async def test_after_a_restart_it_goes_on_behind_the_last_block(make) -> None:
    rows = make.Rows()
    for _ in range(3):
        await Numbers(rows).give({"a": HERE})
    rows.calls.clear()
    assert await Numbers(rows).give({"a": HERE, "b": THERE}) == {"a": 3 * BLOCK + 1, "b": 1}
    assert rows.calls == ["insert_missing", "ranges", "insert_missing"]


async def test_a_large_batch_claims_several_blocks_at_once(make) -> None:
    rows = make.Rows()
    given_out = await Numbers(rows).give({str(n): HERE for n in range(BLOCK + 1)})
    assert set(given_out.values()) == set(range(1, BLOCK + 2))
    assert rows.calls == ["insert_missing"]


async def test_numbers_do_not_run_over_seven_digits(make) -> None:
    rows = make.Rows()
    last = HERE.row(BLOCKS_LIMIT)
    await rows.insert_missing([{"_id": HERE.row(0)}, {"_id": last}])
    with pytest.raises(Misconfigured, match="00004"):
        await Numbers(rows).give({"a": HERE})
    assert (BLOCKS_LIMIT + 1) * BLOCK < 10_000_000


BATCHES = st.lists(
    st.tuples(
        st.integers(0, 2),  # which process
        st.lists(st.tuples(st.integers(0, 300), st.sampled_from([HERE, THERE])), max_size=40),
        st.booleans(),  # its insert ends in doubt
        st.booleans(),  # it is started again first
    ),
    max_size=25,
)


@settings(max_examples=60)
@given(BATCHES, st.integers(1, 50))
async def test_no_number_is_given_twice_whatever_happens(make, batches, remembered) -> None:
    class Slow(make.Rows):
        """Others run between question and answer."""

        async def insert_missing(self, rows):
            await asyncio.sleep(0)
            stood = await super().insert_missing(rows)
            await asyncio.sleep(0)
            return stood

    rows = Slow()
    processes = [Numbers(rows, remembered=remembered) for _ in range(3)]
    owners: dict[tuple[Place, int], set[str]] = {}

    async def batch(n, wanted, doubt, restart) -> None:
        if restart:
            processes[n] = Numbers(rows, remembered=remembered)
        rows.doubt = rows.doubt or doubt
        asked = {f"{n}/{application}": place for application, place in wanted}
        for _ in range(2):
            try:
                found = await processes[n].give(asked)
            except Unknown:
                continue
            for application, number in found.items():
                owners.setdefault((asked[application], number), set()).add(application)

    for at in range(0, len(batches), 5):  # five at a time, some of them in the same process
        await asyncio.gather(*(batch(*each) for each in batches[at : at + 5]))
    assert all(len(applications) == 1 for applications in owners.values())
