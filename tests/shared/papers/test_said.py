"""How facts are written, and that no number of a person is."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.masking import HIDDEN
from shared.papers.facts import STANDINGS
from shared.papers.said import STANDS, TEXT_LIMIT, brief, day, moment, shown

AT = datetime(2026, 11, 20, 17, 5, tzinfo=UTC)
NUMBERS = st.sampled_from((9, 12)).flatmap(lambda n: st.text("0123456789", min_size=n, max_size=n))
AROUND = st.text().filter(lambda text: not re.search(r"\d", text))


def test_a_time_is_that_of_viet_nam_in_words_or_in_figures():
    assert moment(AT).vi == "0 giờ 05 phút, ngày 21 tháng 11 năm 2026"
    assert moment(AT).en == "00:05, 21 November 2026"
    assert day(datetime(2026, 2, 3, tzinfo=UTC)).vi == "03 tháng 02 năm 2026"
    assert brief(AT).vi == "00:05 21/11/2026"
    assert brief(None).vi == ""


def test_every_standing_of_a_step_has_words():
    assert set(STANDS) == set(STANDINGS)
    assert all(said.vi and said.en for said in STANDS.values())


@given(AROUND, NUMBERS, AROUND)
def test_a_personal_number_never_shows_whatever_stands_around_it(before, number, after):
    assert number not in shown(before + number + after)


@given(NUMBERS, st.sampled_from(" .-–\u00a0"), st.sampled_from((3, 6)))
def test_neither_does_one_in_groups(number, between, size):
    grouped = between.join(number[n : n + size] for n in range(0, len(number), size))
    assert shown(f"số {grouped}, cấp năm 2020") == f"số {HIDDEN}, cấp năm 2020"


def test_a_number_at_the_cut_is_not_told_in_part():
    text = "x" * (TEXT_LIMIT - 12) + " 079200001234"
    assert not re.search(r"\d", shown(text))


@pytest.mark.parametrize(
    "kept",
    [
        "H29.1-20261120-0000001",
        "G09.20.123-20261120-0092637",
        "028 3822 1234",
        "100.000.000 đ",
        "999.999.999.999 đồng",
        "ngày 20/11/2026",
        "1800 1096",
        "Thông tư 01/2018/TT-VPCP",
    ],
)
def test_codes_numbers_of_offices_amounts_and_days_stay(kept):
    assert shown(kept) == kept


def test_lines_stay_lines_and_spaces_are_tidied():
    assert shown(" a\t b\r\n\r\n\x0bc\x07\u202ed ") == "a b\ncd"
