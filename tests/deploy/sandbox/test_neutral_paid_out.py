"""Money that the sandbox bank of our own protocol pays out: once, at once or later, or not."""

from base64 import b64decode

import pytest

from tests.deploy.sandbox.neutral_house import House, Merchant

PAID_OUT = {
    "disbursement": "TC-1",
    "route": "napas",
    "amount_vnd": 20_000,
    "currency": "VND",
    "bank": "970499",
    "number": "0020100000101",
    "name": "TRAN THI THU NGHIEM",
    "purpose": "Tro cap",
}


@pytest.fixture
def house() -> House:
    return House(Merchant())


async def test_a_disbursement_is_made_once(house):
    one = await house.ask("disburse", "1", **PAID_OUT)
    other = await house.ask("disburse", "2", **PAID_OUT)

    assert one["transaction"] == other["transaction"]
    said = await house.ask("status", "s", kind="disbursement", reference="TC-1")
    assert (said["status"], said["amount_vnd"]) == ("done", 20_000)


@pytest.mark.parametrize(
    ("ending", "statuses"),
    [("0001", ["pending", "pending", "done"]), ("0002", ["pending", "pending", "failed"])],
)
async def test_some_disbursements_end_once_they_were_asked_after(house, ending, statuses):
    asked = PAID_OUT | {"number": f"002010000{ending}"}
    about = {"kind": "disbursement", "reference": "TC-1"}
    said = [await house.ask("disburse", "1", **asked)]
    said += [await house.ask("status", name, **about) for name in "ab"]

    assert [s["status"] for s in said] == statuses
    statement = (await house.http.get("/sandbox/statement")).json()
    assert len(statement["disbursements"]) == (statuses[-1] == "done")
    text = b64decode((await house.ask("statement", "1", day="20261102"))["file"]).decode()
    assert f"|{statuses[-1]}|disburse" in text
