"""Where a file is wrong or a disk is full, nothing is removed."""

import gzip
import json
from pathlib import Path

import pytest

from deploy.archive import files, run
from deploy.archive.run import Found
from shared.errors import Misconfigured
from tests.deploy.archive.runs import QUIET, export, go_on


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
