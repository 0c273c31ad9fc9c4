"""A run on a real database: killed at each step, gone on with, raced by a lane, found again."""

import asyncio
import gzip
import json
import signal
import sys
from datetime import timedelta
from itertools import count
from pathlib import Path

import bson
import msgspec
import pytest

from deploy.archive import files, run
from deploy.archive.books import decode
from deploy.archive.run import STEPS, Found
from shared.archived import is_bare
from shared.errors import Misconfigured

QUIET = timedelta(days=30)


class Killed(BaseException):
    """Nothing catches it."""


def killed_at(step, times=1):
    counted = count(1)

    def reached(name):
        if name == step and next(counted) == times:
            raise Killed

    return reached


def go_on(_):
    return None


def export(books, to, now, limit=1_000):
    found = Found()
    chosen = run.choose(books.books, books.committed, QUIET, limit, now, found)
    return run.export(books.books, chosen, to, now - QUIET, now), found


def archived_rows(folder):
    """Return every row of a run's files, by service and id."""
    out = {}
    for service, file in files.manifest(folder).services.items():
        for _, rows in files.applications(folder / file.name):
            out |= {f"{service} {decode(row)['_id']}": row for row in rows}
    return out


async def states(books, url, names):
    found = {}
    for service in books.books:
        for name in names:
            latest = await books.latest(url, service, name)
            found[service, name] = latest and (
                latest.state,
                latest.seen,
                latest.handled,
                latest.sequence,
            )
    return found


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


def test_a_file_that_was_changed_removes_nothing(books, make, tmp_path):
    books.put(make.application(1))
    before = books.all()
    folder, _ = export(books, tmp_path, make.NOW)
    path = folder / "routing.jsonl.gz"
    whole = path.read_bytes()
    path.write_bytes(whole[:-9] + b"x" + whole[-8:])
    with pytest.raises(Misconfigured, match=r"routing.jsonl.gz is not what was written"):
        run.finish(books.books, folder, make.NOW, go_on)
    assert books.all() == before


def test_a_file_that_says_something_else_than_the_journal_removes_nothing_of_that(
    books, make, tmp_path
):
    """Planted: one letter of one version, under a manifest that fits it."""
    name = books.put(make.application(1))
    folder, _ = export(books, tmp_path, make.NOW)
    path, manifest = folder / "routing.jsonl.gz", folder / files.MANIFEST
    text = gzip.decompress(path.read_bytes()).replace(b"G09.20", b"G09.21", 1)
    path.write_bytes(gzip.compress(text))
    told = json.loads(manifest.read_text())
    told["services"]["routing"]["sha256"] = files.digest(path)
    manifest.write_text(json.dumps(told))
    removed = run.finish(books.books, folder, make.NOW, go_on)
    assert removed.gone_on == {"routing": 1}
    assert len(books.rows("routing", name)) == len(make.LIVES["routing"])


FULL = Path("/dev/full")  # takes nothing: "No space left on device"


class OnAFullDisk(files.Writer):
    """Begins its file, and finds no room for what it is to hold."""

    def __init__(self, folder, name):
        (folder / name).with_suffix(".part").symlink_to(FULL)
        super().__init__(folder, name)


def with_a_full_disk_for(name, chosen, to):
    """Choose as before; there is no room any more for one more file of the run."""
    for each in chosen:
        yield each
        [folder] = to.iterdir()
        (folder / name).with_suffix(".part").symlink_to(FULL)


@pytest.mark.parametrize("file", ["a journal's", files.MANIFEST])
def test_a_full_disk_is_a_sentence_and_removes_nothing(books, make, tmp_path, file):
    books.put(make.application(1))
    before = books.all()
    chosen = run.choose(books.books, books.committed, QUIET, 9, make.NOW, Found())
    begin = OnAFullDisk if file == "a journal's" else files.Writer
    if begin is files.Writer:
        chosen = with_a_full_disk_for(file, chosen, tmp_path)
    told = r"No space left on device\): free space there or name another"
    with pytest.raises(Misconfigured, match=told):
        run.export(books.books, chosen, tmp_path, make.NOW, make.NOW, begin)
    assert books.all() == before
    assert run.unfinished(tmp_path) == []


def test_where_no_folder_can_be_made_that_is_said(books, make):
    books.put(make.application(1))
    with pytest.raises(Misconfigured, match=r"cannot be written .*name another folder with --to"):
        export(books, Path("/proc"), make.NOW)  # no account may make one there


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


def test_a_line_is_found_without_reading_the_others(books, make, tmp_path):
    names = [books.put(make.application(n)) for n in range(3)]
    folder, _ = export(books, tmp_path, make.NOW)
    found = files.find(folder / "notify.jsonl.gz", names[1])
    assert [json.loads(line)["_id"] for line in found] == [
        f"{names[1]}/{n:06d}" for n in range(1, 9)
    ]
    assert files.find(folder / "notify.jsonl.gz", make.application(99)) == []


def test_every_type_of_a_row_comes_back_to_the_letter(tmp_path, make):
    row = {
        "_id": f"{make.application(1)}/000001",
        "at": make.NOW,
        "big": 2**40,
        "small": 7,
        "long": bson.Int64(7),
        "held": [["t", 1, 2, 3, b"\x00\xff", None, [["h", b""]]]],
        "state": '{"tên":"Đơn \\u0000 \\n"}',
        "share": 0.1,
        "yes": True,
    }
    raw = bson.encode(row)
    writer = files.Writer(tmp_path, "x.jsonl.gz")
    writer.add([raw])
    file = writer.close()
    [(_, [again])] = files.applications(tmp_path / file.name)
    assert again == raw
    assert (file.versions, file.applications, file.whole_bytes) == (1, 1, len(raw))


def test_a_manifest_says_what_is_there(books, make, tmp_path):
    books.put(make.application(1))
    folder, _ = export(books, tmp_path, make.NOW)
    manifest = msgspec.json.decode((folder / files.MANIFEST).read_bytes(), type=files.Manifest)
    assert manifest.run == folder.name == "20261120T080000Z"
    for service, file in manifest.services.items():
        assert file.sha256 == files.digest(folder / file.name)
        assert file.versions == len(make.LIVES[service])
        assert file.bytes == (folder / file.name).stat().st_size
    assert folder.stat().st_mode & 0o077 == 0
