"""A run on a real database: killed at each step, gone on with, raced by a lane, found again."""

import asyncio
import signal
import sys
from datetime import timedelta
from itertools import count

import pytest

from deploy.archive import run
from deploy.archive.run import STEPS, Found
from shared.archived import is_bare
from tests.deploy.archive.runs import QUIET, Killed, archived_rows, export, go_on, killed_at, states


async def test_all_of_it_is_in_the_files_and_only_the_last_versions_are_left(
    books, make, mongo_url, tmp_path
):
    closed = [books.put(make.application(n)) for n in range(3)]
    still = books.put(make.application(9), routing={"at": make.NOW})
    before, stood = books.all(), await states(books, mongo_url, [*closed, still])

    folder, found = export(books, tmp_path, make.NOW)
    removed = run.finish(books.books, folder, make.NOW, go_on)

    assert (found.chosen, found.looked, dict(found.why_not)) == (3, 4, {"not quiet": 1})
    assert removed.removed == dict.fromkeys(books.books, 3)
    kept = archived_rows(folder)
    assert kept == {k: row for k, row in before.items() if still not in k}
    for service in books.books:
        for name in closed:
            first, last = books.rows(service, name)
            assert is_bare(first)
            assert last["archived"] == [folder.name]
            assert last["version"] == len(make.LIVES[service]) + 1
            assert "emitted" not in last
    assert await states(books, mongo_url, [*closed, still]) == stood
    assert found.left_bytes["notify"] < found.whole_bytes["notify"] / 3


async def test_a_second_run_finds_nothing_more(books, make, tmp_path):
    books.put(make.application(1))
    folder, _ = export(books, tmp_path, make.NOW)
    run.finish(books.books, folder, make.NOW, go_on)
    after = books.all()
    again, found = export(books, tmp_path / "again", make.NOW)
    assert again is None
    assert found.chosen == 0
    assert run.unfinished(tmp_path) == []
    assert books.all() == after


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("times", [1, 3])
async def test_killed_at_any_step_nothing_is_lost_and_the_next_run_goes_on(
    books, make, mongo_url, tmp_path, step, times
):
    names = [books.put(make.application(n)) for n in range(3)]
    before, stood = books.all(), await states(books, mongo_url, names)
    folder, _ = export(books, tmp_path, make.NOW)
    try:
        run.finish(books.books, folder, make.NOW, killed_at(step, times))
    except Killed:
        pass
    else:
        assert (step, times) == ("exported", 3)  # this one is reached once
    assert (archived_rows(folder) | books.all()).keys() >= before.keys()
    assert archived_rows(folder) == before
    assert await states(books, mongo_url, names) == stood

    for unfinished in run.unfinished(tmp_path):
        run.finish(books.books, unfinished, make.NOW, go_on)
    assert run.unfinished(tmp_path) == []
    assert archived_rows(folder) == before
    assert await states(books, mongo_url, names) == stood
    assert len(books.all()) == 2 * len(names) * len(books.books)


async def test_a_process_that_is_really_killed_leaves_the_same(books, make, mongo_url, tmp_path):
    names = [books.put(make.application(n)) for n in range(3)]
    before, stood = books.all(), await states(books, mongo_url, names)
    folder, _ = export(books, tmp_path, make.NOW)
    program = (
        "import os, signal\n"
        "from datetime import datetime, UTC\n"
        "from pathlib import Path\n"
        "from deploy.archive import run\n"
        "from deploy.archive.books import open_books\n"
        "steps = []\n"
        "def reached(step):\n"
        "    steps.append(step)\n"
        "    if steps.count('deleted') == 4: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"with open_books({mongo_url!r}, {books.database.name!r}) as books:\n"
        f"    run.finish(books, Path({str(folder)!r}), datetime.now(UTC), reached)\n"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program)
    await process.wait()
    assert process.returncode == -signal.SIGKILL
    assert await states(books, mongo_url, names) == stood
    assert len(books.all()) < len(before)
    run.finish(books.books, folder, make.NOW, go_on)
    assert archived_rows(folder) == before
    assert await states(books, mongo_url, names) == stood


async def test_whoever_decided_meanwhile_is_first_and_stays(books, make, mongo_url, tmp_path):
    name, other = books.put(make.application(1)), books.put(make.application(2))
    folder, _ = export(books, tmp_path, make.NOW)
    late = make.versions("payment", name, (make.PAID,), at=make.NOW)[0]
    late |= {"_id": f"{name}/000003", "version": 3}

    batches = count()

    def reached(step):
        if step == "compared" and next(batches) == list(books.books).index("payment"):
            books.database["payment.journal"].insert_one(dict(late))

    removed = run.finish(books.books, folder, make.NOW, reached)
    assert removed.gone_on == {"payment": 1}
    assert [r["version"] for r in books.rows("payment", name)] == [1, 2, 3]
    assert [r["version"] for r in books.rows("payment", other)] == [1, 3]
    latest = await books.latest(mongo_url, "payment", name)
    assert latest.version == 3
    assert not latest.is_archived


async def test_what_goes_on_after_the_archive_is_archived_again_with_what_it_went_on_from(
    books, make, mongo_url, tmp_path
):
    name = books.put(make.application(1))
    folder, _ = export(books, tmp_path, make.NOW)
    run.finish(books.books, folder, make.NOW, go_on)
    late = make.versions("payment", name, (make.PAID,), at=make.NOW)[0]
    late |= {"_id": f"{name}/000004", "version": 4, "sequence": 3}
    books.database["payment.journal"].insert_one(late)

    assert export(books, tmp_path, make.NOW + timedelta(days=1))[0] is None
    later = make.NOW + timedelta(days=40)
    second, found = export(books, tmp_path, later)
    assert found.versions["payment"] == 3
    run.finish(books.books, second, later, go_on)
    first, last = books.rows("payment", name)
    assert (first["version"], last["version"], last["sequence"]) == (1, 5, 3)
    assert last["archived"] == [folder.name, second.name]


def test_a_limit_is_kept_and_the_oldest_come_first(books, make, tmp_path):
    names = [books.put(make.application(n)) for n in range(5)]
    folder, found = export(books, tmp_path, make.NOW, limit=2)
    assert found.chosen == 2
    assert {key.split()[1][:-7] for key in archived_rows(folder)} == set(names[:2])


def test_an_export_that_ended_early_is_not_taken_for_a_run(books, make, tmp_path):
    books.put(make.application(1))

    def ends_early(chosen):
        yield from chosen
        raise Killed

    chosen = run.choose(books.books, books.committed, QUIET, 9, make.NOW, Found())
    with pytest.raises(Killed):
        run.export(books.books, ends_early(chosen), tmp_path, make.NOW, make.NOW)
    assert run.unfinished(tmp_path) == []
    assert len(run.leftovers(tmp_path)) == 1
    folder, _ = export(books, tmp_path, make.NOW + timedelta(seconds=1))
    assert run.unfinished(tmp_path) == [folder]
