"""What applications take on the disk: each collection and each topic, before and after
compression.

Topics are kept uncompressed, so no reader needs a codec; what one would save is tried on batches of
the log as they stand in its files.
"""

import struct
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from pymongo.errors import PyMongoError
from rich.table import Table

from deploy.local.packing import compressors
from shared import topics
from shared.errors import Misconfigured
from shared.mongo import connect

SAMPLE_BYTES = 8 << 20  # of each topic, from its end
_BATCH = struct.Struct(">qiibIhiqqqhii")  # the header of a batch, magic 2


class Collection(msgspec.Struct, frozen=True, kw_only=True):
    """A collection: documents, their bytes, what they take on the disk, and their indexes."""

    rows: int
    bytes: int
    stored_bytes: int
    index_bytes: int
    compressor: str


class Topic(msgspec.Struct, frozen=True, kw_only=True):
    """A topic: records, batches and bytes on the disk; `packed`: the share that is left."""

    records: int
    batches: int
    bytes: int
    packed: dict[str, float]


class Sizes(msgspec.Struct, frozen=True, kw_only=True):
    """All of it."""

    applications: int
    collections: dict[str, Collection]
    topics: dict[str, Topic]


def measure(mongo_url: str, database: str, kafka_data: Path) -> Sizes:
    """Return the sizes of a system as it stands.  Raises `Misconfigured`."""
    try:
        applications, collections = _collections(mongo_url, database)
    except PyMongoError as error:
        raise Misconfigured(
            f"MongoDB does not answer ({type(error).__name__}): start it, or name it in MONGO_URL."
        ) from error
    if not applications:
        raise Misconfigured(
            f"No application stands in the database {database!r}: hand some in first, or name"
            " another database in MOTCUA_DATABASE."
        )
    return Sizes(applications=applications, collections=collections, topics=_topics(kafka_data))


def _collections(mongo_url: str, database: str) -> tuple[int, dict[str, Collection]]:
    opened: Any = connect(mongo_url, database).delegate
    try:
        opened.client.admin.command("fsync")  # a checkpoint: what is stored is counted there
        found = {}
        for name in sorted(opened.list_collection_names()):
            told = opened.command("collStats", name)
            created = told.get("wiredTiger", {}).get("creationString", "")
            found[name] = Collection(
                rows=told["count"],
                bytes=int(told["size"]),
                stored_bytes=int(told["storageSize"]),
                index_bytes=int(told["totalIndexSize"]),
                compressor=created.partition("block_compressor=")[2].partition(",")[0],
            )
        return opened["intake.journal"].count_documents({"version": 1}), found
    finally:
        opened.client.close()


def _topics(kafka_data: Path) -> dict[str, Topic]:
    found: dict[str, list[Path]] = defaultdict(list)
    for segment in sorted(kafka_data.glob("*/*.log")):
        found[segment.parent.name.rpartition("-")[0]].append(segment)
    names = [name for name in topics.all_names() if name in found]
    if not names:
        raise Misconfigured(
            f"{kafka_data} has no topic's files: run this where the broker keeps its log and name"
            " that folder with --kafka-data."
        )
    return {name: _topic(found[name]) for name in names}


def _topic(segments: list[Path]) -> Topic:
    records = batches = size = sampled = 0
    packers = compressors()
    packed = dict.fromkeys(packers, 0)
    for segment in reversed(segments):
        for header, body in _batches(segment):
            batches += 1
            records += header[-1]
            size += _BATCH.size + len(body)
            if sampled < SAMPLE_BYTES:
                sampled += _BATCH.size + len(body)
                for name, pack in packers.items():
                    packed[name] += _BATCH.size + min(pack(body), len(body))
    shares = {name: round(left / sampled, 3) for name, left in packed.items()} if sampled else {}
    return Topic(records=records, batches=batches, bytes=size, packed=shares)


def _batches(segment: Path) -> Iterator[tuple[tuple[int, ...], bytes]]:
    """Return each batch that is whole; the active segment may end in half a one, or in zeros."""
    with segment.open("rb") as file:
        while len(head := file.read(_BATCH.size)) == _BATCH.size:
            header = _BATCH.unpack(head)
            length = header[1] + 12 - _BATCH.size  # it counts from after itself
            if length < 0:
                return
            body = file.read(length)
            if len(body) < length:
                return
            yield header, body


def write(sizes: Sizes, to: Path) -> None:
    """Write it as JSON.  Raises `Misconfigured`."""
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(msgspec.json.format(msgspec.json.encode(sizes), indent=2) + b"\n")
    except OSError as error:
        raise Misconfigured(
            f"{to} cannot be written ({error.strerror}): free space there or name another file"
            " with --to."
        ) from error


def shown(sizes: Sizes) -> tuple[Table, Table]:
    """Return the tables: bytes per application."""
    n = sizes.applications
    stored = _table("collection", "rows", "bytes", "stored", "indexes", "compressor")
    for name, c in sizes.collections.items():
        stored.add_row(
            name,
            f"{c.rows / n:,.2f}",
            *(f"{b / n:,.0f}" for b in (c.bytes, c.stored_bytes, c.index_bytes)),
            c.compressor,
        )
    total = [sum(getattr(c, f) for c in sizes.collections.values()) / n for f in _SUMMED]
    stored.add_row("all", *(f"{each:,.0f}" for each in total), "", style="bold")
    names = list(compressors())
    logged = _table("topic", "records", "in a batch", "bytes", *names)
    for name, t in sizes.topics.items():
        if t.records:
            packed = (f"{t.bytes * t.packed[c] / n:,.0f}" for c in names)
            each = f"{t.records / n:,.2f}", f"{t.records / t.batches:,.1f}", f"{t.bytes / n:,.0f}"
            logged.add_row(name, *each, *packed)
    bytes_ = [t.bytes for t in sizes.topics.values()]
    left = [sum(t.bytes * t.packed.get(c, 1) for t in sizes.topics.values()) / n for c in names]
    sums = f"{sum(bytes_) / n:,.0f}", *(f"{each:,.0f}" for each in left)
    logged.add_row("all", "", "", *sums, style="bold")
    return stored, logged


_SUMMED = ("rows", "bytes", "stored_bytes", "index_bytes")


def _table(*titles: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in titles:
        is_text = title in (titles[0], "compressor")
        table.add_column(title, justify="left" if is_text else "right")
    return table
