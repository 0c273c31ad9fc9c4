"""Amounts in words, as they are said in Vietnamese."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payment.paper.words import in_words


@pytest.mark.parametrize(
    ("amount_vnd", "words"),
    [
        (0, "Không đồng"),
        (5, "Năm đồng"),
        (10, "Mười đồng"),
        (15, "Mười lăm đồng"),
        (21, "Hai mươi mốt đồng"),
        (24, "Hai mươi bốn đồng"),
        (105, "Một trăm linh năm đồng"),
        (16_000, "Mười sáu nghìn đồng"),
        (20_500, "Hai mươi nghìn năm trăm đồng"),
        (838_000, "Tám trăm ba mươi tám nghìn đồng"),
        (1_001_015, "Một triệu không trăm linh một nghìn không trăm mười lăm đồng"),
        (2_000_000_000, "Hai tỷ đồng"),
    ],
)
def test_an_amount_is_said(amount_vnd, words):
    assert in_words(amount_vnd) == words


@given(st.sets(st.integers(0, 10**12), min_size=2, max_size=2))
def test_two_amounts_are_never_said_the_same(amounts):
    first, second = amounts

    assert in_words(first) != in_words(second)
