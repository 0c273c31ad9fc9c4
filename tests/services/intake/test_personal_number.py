from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.personal_number import birth_year, is_unusual, sex
from shared.catalogue import forms as procedure_forms

KNOWN = procedure_forms.load().known_prefixes


@pytest.mark.parametrize(
    ("number", "year", "which"),
    [
        ("001099000001", 1999, "male"),
        ("001199000001", 1999, "female"),
        ("079206000001", 2006, "male"),
        ("096326000001", 2026, "female"),
        ("001999000001", 2399, "female"),
    ],
)
def test_a_number_tells_year_and_sex(number, year, which) -> None:
    assert (birth_year(number), sex(number)) == (year, which)


@pytest.mark.parametrize(
    ("number", "on", "unusual"),
    [
        ("001226000001", date(2026, 1, 1), False),
        ("001227000001", date(2026, 12, 31), True),
        ("003099000001", date(2026, 1, 1), True),
        ("101099000001", date(2026, 1, 1), True),  # born abroad: usual enough, hence no refusal
    ],
)
def test_a_number_is_unusual_by_its_place_or_a_year_to_come(number, on, unusual) -> None:
    assert is_unusual(number, KNOWN, on) is unusual


def test_there_were_sixty_three_provinces() -> None:
    assert len(KNOWN) == 63


@given(st.from_regex("[0-9]{12}", fullmatch=True), st.dates())
def test_any_number_of_twelve_digits_is_judged(number, on) -> None:
    assert is_unusual(number, KNOWN, on) in (True, False)
    assert 1900 <= birth_year(number) <= 2399
