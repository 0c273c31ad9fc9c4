"""What the database's errors are taken for."""

from typing import Any

import pytest
from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    DocumentTooLarge,
    NotPrimaryError,
    OperationFailure,
)
from pymongo.write_concern import WriteConcern

from shared.errors import Refused, Unknown
from shared.mongo import TOO_LARGE, MongoTable

ROW = {"_id": "a/000001"}


class Answering:
    """A collection, and its database, that answers every insert with the same."""

    name = "table"
    write_concern = WriteConcern("majority")

    def __init__(self, answer: Exception | dict[str, Any]) -> None:
        self.database, self._answer = self, answer
        self.told: list[Any] = []

    async def command(self, command: Any) -> Any:
        self.told.append(command)
        if isinstance(self._answer, Exception):
            raise self._answer
        return {"ok": 1, **self._answer}

    async def insert_many(self, rows: Any, ordered: bool) -> None:
        assert isinstance(self._answer, Exception)
        raise self._answer


def failed(*codes: int) -> dict[str, Any]:
    return {"writeErrors": [{"index": 0, "code": code, "errmsg": "no"} for code in codes]}


@pytest.mark.parametrize(
    ("answer", "named"),
    [
        (failed(11000), Refused),
        (failed(91), Unknown),
        (failed(11000, 91), Unknown),
        (failed(11000) | {"writeConcernError": {"code": 64}}, Unknown),
        ({"writeConcernError": {"code": 64}}, Unknown),
        (BulkWriteError({"writeErrors": [], "writeConcernErrors": [{"code": 64}]}), Unknown),
        (OperationFailure("not authorized", 13), Unknown),
        (NotPrimaryError("stepped down"), Unknown),
        (AutoReconnect("gone"), Unknown),
        (failed(TOO_LARGE), DocumentTooLarge),
        (DocumentTooLarge("17 MiB"), DocumentTooLarge),
    ],
)
async def test_an_insert_that_can_never_succeed_is_not_taken_for_an_unknown_outcome(
    answer: Exception | dict[str, Any], named: type[Exception]
) -> None:
    collection: Any = Answering(answer)
    with pytest.raises(named):
        await MongoTable(collection).insert([ROW])


async def test_an_insert_names_how_many_must_have_it() -> None:
    collection: Any = Answering({"n": 1})
    await MongoTable(collection).insert([ROW])
    assert [told["writeConcern"] for told in collection.told] == [{"w": "majority"}]
