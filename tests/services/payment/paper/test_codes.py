"""A code names its receipt, proves it, and is typed by people."""

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payment.domain.receipts import DIGITS, Receipt
from services.payment.paper.codes import ALPHABET, ReceiptCodes, check_character, read

MASTER = bytes(range(32))
RECEIPT = Receipt(
    kind="charge",
    number="00000017",
    series="L26",
    unit="26737",
    on=date(2026, 11, 20),
    attempt=1,
    amount_vnd=16_000,
    lines=(),
)
CODES = ReceiptCodes(MASTER)
CODE = CODES.code("a", RECEIPT)


def test_a_code_names_its_receipt_and_proves_it():
    named = read(CODE)

    assert (named.series, named.unit, named.number) == ("L26", "26737", 17)
    assert CODES.is_genuine(named, "a", RECEIPT)


@pytest.mark.parametrize(
    "changes",
    [
        {"amount_vnd": 16_001},
        {"kind": "fee"},
        {"unit": "26740"},
        {"number": "00000018"},
        {"on": date(2026, 11, 21)},
        {"series": "L27"},
    ],
)
def test_another_content_another_key_or_another_application_has_another_code(changes):
    other = msgspec.structs.replace(RECEIPT, **changes)

    assert not CODES.is_genuine(read(CODE), "a", other)
    assert not CODES.is_genuine(read(CODE), "b", RECEIPT)
    assert not ReceiptCodes(bytes(32)).is_genuine(read(CODE), "a", RECEIPT)


def test_what_becomes_of_a_receipt_does_not_change_its_code():
    assert CODES.code("a", msgspec.structs.replace(RECEIPT, status="invalid", by="2")) == CODE


def test_a_receipt_from_before_there_were_series_has_no_code():
    assert CODES.code("a", msgspec.structs.replace(RECEIPT, unit="", series="")) == ""


@given(st.sets(st.integers(0, len(CODE) - 1)), st.booleans())
def test_a_code_may_be_typed_in_small_letters_and_with_blanks(places, is_lower):
    typed = "".join(f" {c}" if n in places else c for n, c in enumerate(CODE))

    assert read(typed.lower() if is_lower else typed) == read(CODE)


@given(st.data())
def test_one_wrong_character_is_told_before_anything_is_looked_up(data):
    place = data.draw(st.integers(0, len(CODE) - 1).filter(lambda n: CODE[n] != "-"))
    other = data.draw(st.sampled_from(ALPHABET).filter(lambda c: c != CODE[place]))
    found = read(CODE[:place] + other + CODE[place + 1 :])

    assert found is None or found == read(CODE)


@given(st.text(max_size=80))
def test_whatever_is_typed_is_read_or_not(text):
    named = read(text)

    assert named is None or named.number < 10**DIGITS


def test_a_receipt_may_be_named_without_a_proof():
    assert read("L26-26737-17").text == "L26-26737-17"
    assert read("L26-26737-17").proof == ""


def test_the_check_character_is_that_of_the_standard():
    assert check_character("A12425GABC1234002") == "M"  # ISO 7064's example of MOD 37,36
