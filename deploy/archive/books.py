"""A journal as bytes: what is archived is compared to the letter."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import bson
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from pymongo import ReplaceOne
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import BulkWriteError

from deploy.archive.closed import TABLE
from shared.errors import Misconfigured
from shared.mongo import DUPLICATE_KEY, connect
from shared.store import Row, prefix

AWARE: CodecOptions[Row] = CodecOptions(tz_aware=True)
_RAW: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)
IDS_PER_READ = 20_000


def decode(row: bytes) -> Row:
    """Return a row as the kernel reads it."""
    return bson.decode(row, AWARE)


class Book:
    """The journal of one service."""

    def __init__(self, collection: Collection[Row]) -> None:
        self._rows = collection
        self._raw = collection.with_options(codec_options=_RAW)

    def candidates(self, until: str) -> Iterator[tuple[str, list[int]]]:
        """Return every application with an id below `until`, and its versions, from the index."""
        application, versions = "", list[int]()
        asked = {"_id": {"$lt": until}}
        for row in self._rows.find(asked, {"_id": 1}, sort=[("_id", 1)], batch_size=IDS_PER_READ):
            found, _, version = row["_id"].rpartition("/")
            if found != application:
                if application:
                    yield application, versions
                application, versions = found, []
            versions.append(int(version))
        if application:
            yield application, versions

    def rows(self, applications: Sequence[str]) -> dict[str, list[bytes]]:
        """Return the rows of each of these applications, in order, as they stand."""
        found: dict[str, list[bytes]] = {a: [] for a in applications}
        bounds = [prefix(f"{a}/") for a in applications]
        either = [{"_id": {"$gte": low, "$lt": high}} for low, high in bounds]
        for row in self._raw.find({"$or": either}, sort=[("_id", 1)]) if either else ():
            found[row["_id"][:-7]].append(bytes(row.raw))
        return found

    def add(self, rows: Sequence[Row]) -> set[str]:
        """Insert; return the ids that stood already: somebody was there first."""
        if not rows:
            return set()
        try:
            self._rows.insert_many(rows, ordered=False)
        except BulkWriteError as error:
            failures = error.details.get("writeErrors", [])
            others = [f for f in failures if f["code"] != DUPLICATE_KEY]
            if others or error.details.get("writeConcernErrors"):
                raise
            return {str(f["op"]["_id"]) for f in failures}
        return set()

    def remove(self, ids: Sequence[str]) -> None:
        """Delete these versions."""
        if ids:
            self._rows.delete_many({"_id": {"$in": list(ids)}})

    def empty(self, firsts: Sequence[Row]) -> None:
        """Leave nothing of these first versions but what is given."""
        whole = [{"_id": row["_id"], "archived": {"$exists": False}} for row in firsts]
        if firsts:
            pairs = zip(whole, firsts, strict=True)
            self._rows.bulk_write([ReplaceOne(w, row) for w, row in pairs], ordered=False)


@contextmanager
def open_books(mongo_url: str, database: str) -> Iterator[Mapping[str, Book]]:
    """Give every journal.  Raises `Misconfigured` where there is none."""
    opened: Database[Any] = connect(mongo_url, database).delegate
    try:
        names = set(opened.list_collection_names())
        if not any(f"{service}.journal" in names for service in TABLE):
            raise Misconfigured(
                f"No journal stands in the database {database!r}: name the right one in"
                " MOTCUA_DATABASE, or the right server in MONGO_URL."
            )
        yield {service: Book(opened[f"{service}.journal"]) for service in TABLE}
    finally:
        opened.client.close()
