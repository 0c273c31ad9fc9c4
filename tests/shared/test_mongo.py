"""What the database's errors are taken for."""

from typing import Any

import pytest
from pymongo.errors import AutoReconnect, BulkWriteError, DocumentTooLarge

from shared.errors import Refused, Unknown
from shared.mongo import TOO_LARGE, MongoTable


class Failing:
    """A collection that answers every insert with the same error."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def insert_many(self, rows: Any, ordered: bool) -> None:
        raise self._error


def failed(code: int) -> BulkWriteError:
    return BulkWriteError({"writeErrors": [{"code": code, "op": {"_id": "a/000001"}}]})


@pytest.mark.parametrize(
    ("error", "named"),
    [
        (failed(11000), Refused),
        (failed(91), Unknown),
        (AutoReconnect("gone"), Unknown),
        (failed(TOO_LARGE), DocumentTooLarge),
        (DocumentTooLarge("17 MiB"), DocumentTooLarge),
    ],
)
async def test_an_insert_that_can_never_succeed_is_not_taken_for_an_unknown_outcome(
    error: Exception, named: type[Exception]
) -> None:
    collection: Any = Failing(error)
    with pytest.raises(named):
        await MongoTable(collection).insert([{"_id": "a/000001"}])
