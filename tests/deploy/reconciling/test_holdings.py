"""Payment's money of some hours, as its log tells it: once each, and with what was asked for."""

from datetime import UTC, datetime
from random import Random

import msgspec
import pytest

from deploy.reconciling import generate
from deploy.reconciling.holdings import Holdings
from shared import events

BEGIN = datetime(2026, 11, 19, 17, tzinfo=UTC)


@pytest.fixture
def decided() -> list[bytes]:
    made = generate.lines(3, BEGIN, Random(1))
    return [value for a, line in made for value in generate.decided(a, line, "vnpay")]


def heard(values, partner="vnpay"):
    holdings = Holdings(partner)
    for value in values:
        holdings.hear(value)
    return [held for some in holdings.by_key().values() for held in some]


def changed(value: bytes, **fields) -> bytes:
    event = events.decode(value)
    data = msgspec.json.decode(event.data) | fields
    return events.encode(msgspec.structs.replace(event, data=msgspec.Raw(events.encode(data))))


def test_what_settled_is_held_with_the_sum_of_its_receipts(decided) -> None:
    found = heard(decided)
    assert len(found) == 3
    assert all(h.due_vnd == h.amount_vnd > 0 for h in found)
    assert all(h.kept_as == "settled" and h.key == f"paid/{h.transaction}" for h in found)


def test_what_stands_on_the_log_twice_counts_once(decided) -> None:
    assert heard([*decided, *decided]) == heard(decided)
    assert heard([v for value in decided for v in (value, value)]) == heard(decided)
    assert heard([decided[0], *decided]) == heard(decided)  # published in part, and again


def went_back(decided, **changes) -> bytes:
    """Return that the first of what settled went back."""
    settled = events.decode(decided[0])
    data = msgspec.json.decode(settled.data) | {"refund": "r", "told": "R1", "by": ""} | changes
    data.pop("moment", None)
    return events.encode(
        msgspec.structs.replace(
            settled,
            type="refund.done",
            sequence="000099",
            data=msgspec.Raw(events.encode(data)),
        )
    )


def test_what_went_back_is_held_by_the_partners_number_of_it(decided) -> None:
    *_, back = heard([*decided, went_back(decided)])
    assert back.key == "refunded/R1"
    assert back.amount_vnd == heard(decided)[0].amount_vnd


def paid_out(decided, **changes) -> bytes:
    """Return that an allowance was paid out, as well."""
    settled = events.decode(decided[0])
    data = {"partner": "vnpay", "reference": "A.disbursement.1", "transaction": "D1", "by": ""}
    told = msgspec.Raw(events.encode({"amount_vnd": 500_000} | data | changes))
    done = {"type": "disbursement.done", "sequence": "000099", "data": told}
    return events.encode(msgspec.structs.replace(settled, **done))


def test_what_was_paid_out_is_held_by_the_partners_number_of_it(decided) -> None:
    *_, out = heard([*decided, paid_out(decided)])
    assert (out.key, out.amount_vnd, out.reference) == ("disbursed/D1", 500_000, "A.disbursement.1")
    assert heard([*decided, paid_out(decided, by="p")]) == heard(decided)


def test_what_a_person_gave_back_is_on_no_partners_statement(decided) -> None:
    assert heard([*decided, went_back(decided, by="operator-1")]) == heard(decided)


def test_a_receipt_of_another_amount_is_what_was_asked_for(decided) -> None:
    wrong = [decided[0], changed(decided[1], amount_vnd=1)]
    [held] = heard(wrong)
    assert (held.due_vnd, held.amount_vnd > 1) == (1, True)


def test_without_a_receipt_what_settled_was_due(decided) -> None:
    [held] = heard(decided[:1])
    assert held.due_vnd == held.amount_vnd


def test_another_partners_money_is_not_held(decided) -> None:
    assert heard(decided, "a-bank") == []
    tricky = changed(decided[0], partner="a-bank", moment="vnpay")
    assert heard([tricky, decided[1]]) == []


def test_what_is_no_money_is_passed_over(decided) -> None:
    event = events.decode(decided[0])
    other = events.encode(msgspec.structs.replace(event, type="payment.requested"))
    assert heard([None, other, b'{"type": 1}']) == []


def test_overpaid_and_mismatched_money_is_held_as_that(decided) -> None:
    event = events.decode(decided[0])
    over = events.encode(msgspec.structs.replace(event, type="payment.overpaid"))
    [held] = heard([over])
    assert (held.kept_as, held.due_vnd) == ("overpaid", 0)
    wrong = changed(over, expected_vnd=20_000).replace(b"payment.overpaid", b"payment.mismatched")
    [held] = heard([wrong])
    assert (held.kept_as, held.due_vnd) == ("mismatched", 20_000)
