"""What a partner sees of an event."""

import msgspec
import pytest

from services.payment.replay.outline import SHOWN, UNSHOWN, outline
from shared.events import CONTRACTS, PRODUCERS, payment
from shared.events.data import Strict
from tests.services.payment.office import APPLICATION
from tests.services.payment.replay.look import SETTLED, event

DECIDED = {
    type_: kind
    for type_, kind in CONTRACTS.items()
    if kind.__module__ in {m.__name__ for m in PRODUCERS["payment"]}
    and not issubclass(kind, Strict)
}
OF_A_PARTNER = {t for t, kind in DECIDED.items() if "partner" in kind.__struct_fields__}
PRIVATE = {"application", "by", "lines", "dossier_code", "personal", "name", "moment", "number"}


def test_every_event_that_names_a_partner_is_shown_to_it_or_said_not_to_be() -> None:
    assert SHOWN.keys() | UNSHOWN == OF_A_PARTNER
    assert not SHOWN.keys() & UNSHOWN


@pytest.mark.parametrize("type_", SHOWN)
def test_only_fields_that_the_event_has_are_shown_and_none_that_is_private(type_: str) -> None:
    shown = set(SHOWN[type_])
    assert shown <= set(DECIDED[type_].__struct_fields__)
    assert not shown & PRIVATE
    assert "reference" in shown


def test_what_is_not_in_the_table_is_left_out() -> None:
    found = outline(event(SETTLED, 3))
    assert found
    assert found.data == {"reference": "DVC1", "transaction": "14700001", "amount_vnd": 16_000}
    assert (found.partner, found.id) == ("vnpay", f"{APPLICATION}/payment/000003")


def test_the_body_of_a_webhook_is_thin_and_names_type_time_and_data() -> None:
    found = outline(event(SETTLED, 3))
    assert found
    assert msgspec.json.decode(found.body) == {
        "type": "payment.settled",
        "timestamp": "2026-11-20T02:00:00Z",
        "data": {"reference": "DVC1", "transaction": "14700001", "amount_vnd": 16_000},
    }
    assert len(found.body) < 20_000


@pytest.mark.parametrize("value", [None, b"", b"{", b"\xff", b'{"specversion":"2.0"}'])
def test_what_cannot_be_read_is_nobody_s(value: bytes | None) -> None:
    assert outline(value) is None


def test_a_question_to_a_partner_is_not_shown() -> None:
    asked = payment.QueryRequested(
        key="k",
        partner="vnpay",
        reference="DVC1",
        opened_at=msgspec.convert("2026-11-20T02:00:00Z", payment.Instant),
    )
    assert outline(event(asked, 1)) is None


def test_an_expiry_from_before_it_named_its_partner_is_nobody_s() -> None:
    found = outline(event(payment.Expired(reference="DVC1"), 1))
    assert found
    assert found.partner == ""
