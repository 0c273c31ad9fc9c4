"""The evidence has every collection of a database in it, but those that hold only keys."""

import pytest

from deploy.audit.evidence import read_collections, read_journals
from deploy.log.reading import decoded
from shared.mongo import connect


async def test_every_collection_is_read_but_the_vaults(mongo_url: str) -> None:
    database = connect(mongo_url, "audited")
    for name in ("intake.journal", "operations.names", "payment.references", "vault.keys"):
        await database[name].insert_one({"_id": f"row of {name}"})
    database.client.close()

    assert await read_collections(mongo_url, "audited") == {
        name: [{"_id": f"row of {name}"}] for name in ("operations.names", "payment.references")
    }
    assert (await read_journals(mongo_url, "audited"))["intake"] == [
        {"_id": "row of intake.journal"}
    ]


@pytest.mark.parametrize("value", [None, b"", b"{", b"\xff", b"[" * 200_000])
def test_a_record_that_nobody_can_read_does_not_end_the_audit(value: bytes | None) -> None:
    assert decoded(value) is None
