"""What is in the files of a run, and that it comes back to the letter."""

import json

import bson
import msgspec

from deploy.archive import files
from tests.deploy.archive.runs import export


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
