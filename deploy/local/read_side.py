"""What operations has read, for commands that look at MongoDB themselves."""

from collections.abc import Callable
from typing import Any, NamedTuple

from services.operations.edition import SERVING, Edition, serving
from shared.errors import Misconfigured
from shared.mongo import MongoTable


class ReadSide(NamedTuple):
    """Operations' tables, of the edition that serves."""

    edition: Edition
    table: Callable[[str], MongoTable]


async def read_side(database: Any, needs: str) -> ReadSide:
    """Return the tables.  Raises `Misconfigured` without the one that it `needs`, `Unknown`."""

    def table(name: str) -> MongoTable:
        return MongoTable(database[f"operations.{name}"])

    edition, _ = await serving(table(SERVING))
    name = f"operations.{edition.tables(str)(needs)}"
    if name not in await database.list_collection_names():
        raise Misconfigured(
            f"Nothing that operations has read stands in the database {database.name!r}: name the"
            " right one in MOTCUA_DATABASE, or the right server in MONGO_URL."
        )
    return ReadSide(edition, edition.tables(table))
