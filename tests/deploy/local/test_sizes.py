"""The sizes of a system, from its database and the files of its log."""

import struct
import zlib

import msgspec
import pytest

from deploy.local import sizes
from deploy.local.packing import compressors
from shared.errors import Misconfigured
from shared.mongo import connect

HEADER = struct.Struct(">qiibIhiqqqhii")
TEXT = b'{"type":"application.registered","subject":"0198c0de"}' * 40


def batch(records, body=TEXT):
    return HEADER.pack(0, 49 + len(body), 0, 2, 0, 0, 0, 0, 0, -1, -1, -1, records) + body


@pytest.fixture
def log(tmp_path):
    """Two lanes of a topic; one segment ends in zeros, one in half a batch."""
    for lane, content in (
        ("0", batch(3) + batch(1) + bytes(4096)),
        ("1", batch(2) + batch(9)[:-5]),
    ):
        folder = tmp_path / f"intake.events-{lane}"
        folder.mkdir()
        (folder / "00000000000000000000.log").write_bytes(content)
    return tmp_path


def test_whole_batches_are_counted_and_tried_with_every_compressor(log):
    found = sizes._topics(log)
    assert set(found) == {"intake.events"}
    topic = found["intake.events"]
    assert (topic.records, topic.batches) == (6, 3)
    assert topic.bytes == 3 * (61 + len(TEXT))
    assert set(topic.packed) == set(compressors())
    assert all(share < 0.2 for share in topic.packed.values())


def test_what_does_not_shrink_is_counted_as_it_is(tmp_path):
    folder = tmp_path / "intake.events-0"
    folder.mkdir()
    noise = bytes((n * 197 + n // 7) % 256 for n in range(40))
    (folder / "0.log").write_bytes(batch(1, noise))
    assert all(s == 1 for s in sizes._topics(tmp_path)["intake.events"].packed.values())


def test_a_folder_that_is_no_brokers_is_told(tmp_path):
    with pytest.raises(Misconfigured, match="has no topic's files: run this where the broker"):
        sizes._topics(tmp_path)


def test_a_compressor_says_what_its_format_takes():
    packed = compressors()
    assert packed["gzip"](TEXT) == len(zlib.compress(TEXT)) + 12  # its head and tail are longer
    assert all(0 < pack(TEXT) < len(TEXT) / 5 for pack in packed.values())
    assert all(pack(b"") >= 0 for pack in packed.values())


async def test_collections_are_told_by_application(mongo_url, log, tmp_path):
    database = connect(mongo_url, "sizes_test")
    rows = [
        {"_id": f"{n}/{v:06d}", "version": v, "state": "x" * 900}
        for n in range(50)
        for v in (1, 2, 3)
    ]
    await database["intake.journal"].insert_many(rows)
    database.client.close()
    found = sizes.measure(mongo_url, "sizes_test", log)
    journal = found.collections["intake.journal"]
    assert (found.applications, journal.rows) == (50, 150)
    assert journal.bytes > 150 * 900
    assert 0 < journal.stored_bytes < journal.bytes
    assert journal.compressor == "snappy"
    sizes.write(found, tmp_path / "build" / "sizes.json")
    text = (tmp_path / "build" / "sizes.json").read_bytes()
    assert msgspec.json.decode(text, type=sizes.Sizes) == found
    stored, logged = sizes.shown(found)
    assert (stored.row_count, logged.row_count) == (2, 2)


def test_an_empty_system_and_a_missing_database_are_told(mongo_url, log):
    with pytest.raises(Misconfigured, match="No application stands in the database 'nothing'"):
        sizes.measure(mongo_url, "nothing", log)
    nobody = "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=100"
    with pytest.raises(Misconfigured, match="MongoDB does not answer"):
        sizes.measure(nobody, "motcua", log)
