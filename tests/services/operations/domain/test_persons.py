"""Whether a person is meant by what somebody types."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.operations.domain.persons import hash_in, number_in

NUMBER = "001199000001"


@pytest.mark.parametrize(
    "typed",
    [
        NUMBER,
        f"  {NUMBER} ",
        "001 199 000001",
        "001.199.000.001",
        "001-199-000001",
        "001 \u2013 199".replace(" \u2013 ", "\u2013") + "\u2013000001",
        "\uff10\uff10\uff11\uff11\uff19\uff19\uff10\uff10\uff10\uff10\uff10\uff11",
        f"CCCD {NUMBER}",
        f"số {NUMBER}, Nguyễn Thử Nghiệm",
    ],
)
def test_a_personal_number_is_known_as_people_type_it(typed: str) -> None:
    assert number_in(typed) == NUMBER


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "00119900000",
        "0011990000012",
        "101199000001",
        "001999000001",
        "DVC020512345678903",
        "H29.1-20261120-0000001",
        "FT26325001",
        f"sen-vang/{NUMBER}",
        "20/11/2026 – 22/11/2026",
        "2026-11-20 2026-11-22",
        "0912345678",
    ],
)
def test_what_else_is_typed_is_none(typed: str) -> None:
    assert number_in(typed) is None


def test_a_person_is_named_by_a_hash_as_well() -> None:
    hashed = "5f" * 32
    assert hash_in(f" subject:{hashed} ") == hash_in(f"SUBJECT: {hashed.upper()}") == hashed
    assert hash_in(hashed) is None
    assert hash_in(f"subject:{hashed}0") is None


@given(st.text(max_size=60))
def test_any_text_is_read(typed: str) -> None:
    found = number_in(typed)
    assert found is None or len(found) == 12
    assert hash_in(typed) is None
