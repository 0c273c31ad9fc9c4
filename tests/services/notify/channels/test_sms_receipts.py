"""Receipts of the bulk gateway, read one by one."""

import msgspec

from services.notify.channels.sms_http import Receipts, read_receipts

APPLICATION = "0198c0de-0000-7000-8000-000000000001"


def bulk(*receipts) -> Receipts:
    return msgspec.convert(
        {"receipts": [msgspec.Raw(msgspec.json.encode(r)) for r in receipts]}, Receipts
    )


def test_receipts_are_read_one_by_one():
    key = f"{APPLICATION}/accepted/sms/1"
    good = {"reference": key, "status": "delivered", "message_id": "sms-1", "more": "ignored"}
    bad = [
        {"reference": "not-ours", "status": "delivered"},
        {"reference": key, "status": "buffered"},
        {"reference": key},
        {"reference": key.upper(), "status": "delivered"},
        7,
    ]
    found, problems = read_receipts(bulk(good, *bad), "sms")
    assert [(r.application, r.data.key, r.data.delivered) for r in found] == [
        (APPLICATION, key, True)
    ]
    assert [p.field for p in problems] == [
        "/receipts/1/reference",
        "/receipts/2/status",
        "/receipts/3",
        "/receipts/4/reference",
        "/receipts/5",
    ]
    assert all(p.remedy_vi and p.remedy_en for p in problems)


def test_a_receipt_that_is_not_utf8_is_named_and_the_others_are_taken():
    good = {"reference": f"{APPLICATION}/accepted/sms/1", "status": "delivered"}
    raw = [b'{"reference":"\xff"}', msgspec.json.encode(good | {"message_id": "sms-1"})]
    found, problems = read_receipts(Receipts(receipts=[msgspec.Raw(r) for r in raw]), "sms")
    assert len(found) == 1
    assert [p.field for p in problems] == ["/receipts/0"]
