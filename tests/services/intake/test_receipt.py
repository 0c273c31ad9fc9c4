"""The receipt names where an application went in, and whom to ask."""

from datetime import date

import pytest

from services.intake.domain.receipt import Contact, load_contacts, receipt
from shared.catalogue import load
from shared.errors import Misconfigured

CATALOGUE = load()
DAY = date(2026, 11, 20)


def row(unit: str, hotline: str, address: str = "", since: date = date(2025, 7, 1)) -> Contact:
    return Contact(unit, hotline, address, "made up", since, None)


def handed(unit: str, *rows: Contact):
    contacts = {r.unit: [r] for r in rows}
    return receipt(unit, DAY, CATALOGUE, contacts, "/status#token")


def test_the_unit_is_named_and_the_national_hotline_given_where_it_has_none() -> None:
    found = receipt("00004", DAY, CATALOGUE, load_contacts(), "/status#token")
    assert found.unit_name == "Phường Ba Đình"
    assert found.address == "Phường Ba Đình, Thành phố Hà Nội"
    assert found.hotline == "1800 1096"
    assert found.status_link == "/status#token"


def test_a_units_own_contact_goes_before_its_provinces_and_that_before_everybodys() -> None:
    rows = [row("", "1"), row("01", "2", "Số 2"), row("00004", "3", "Số 3")]
    assert (handed("00004", *rows).hotline, handed("00004", *rows).address) == ("3", "Số 3")
    assert (handed("00004", *rows[:2]).hotline, handed("00004", *rows[:2]).address) == ("2", "Số 2")
    assert handed("00004", *rows[:1]).hotline == "1"
    assert handed("01", rows[0]).address == "Thành phố Hà Nội"


def test_where_no_address_is_known_the_receipt_says_so() -> None:
    assert not handed("00004", row("", "1")).is_address_known
    assert handed("00004", row("01", "2", "Số 2")).is_address_known


def test_a_contact_counts_from_its_day_on() -> None:
    rows = [row("", "1"), row("00004", "3", since=date(2026, 11, 21))]
    assert handed("00004", *rows).hotline == "1"


def test_every_unit_in_force_has_a_hotline_and_an_address() -> None:
    contacts = load_contacts()
    for unit in CATALOGUE.units_in_force(DAY):
        found = receipt(unit.code, DAY, CATALOGUE, contacts, "")
        assert found.hotline
        assert found.address


def test_a_file_that_cannot_be_read_is_said_to_be_the_reason(tmp_path) -> None:
    for text in ("{", '{"rows": [["01"]]}'):
        (tmp_path / "contacts.json").write_text(text)
        with pytest.raises(Misconfigured, match=r"contacts\.json"):
            load_contacts(tmp_path / "contacts.json")
