"""Numbers of persons, mobile numbers and mail addresses are hidden, what is to be read is not."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.masking import HIDDEN, masked

SEPARATORS = (" ", "\u00a0", "\u202f", "  ", ".", "-", "–", "\u2011", "/", " - ", " / ", "_", ",")


@st.composite
def grouped(draw: st.DrawFn, digits: st.SearchStrategy[str]) -> str:
    """Cut digits into groups of one to three, whatever stands between each two."""
    rest, written = draw(digits), ""
    while rest:
        size = draw(st.integers(1, 3))
        written += rest[:size]
        rest = rest[size:]
        written += draw(st.sampled_from(SEPARATORS)) if rest else ""
    return written


def digits(count: int, begin: str = "0") -> st.SearchStrategy[str]:
    rest = count - len(begin)
    return st.text("0123456789", min_size=rest, max_size=rest).map(lambda text: begin + text)


@given(grouped(digits(12)), st.sampled_from(("", "số ", "(", "CCCD:", "1) ")))
def test_a_personal_number_is_hidden_however_it_is_grouped(number: str, before: str) -> None:
    assert masked(f"{before}{number}, cấp 2020") == f"{before}{HIDDEN}, cấp 2020"


@given(st.sampled_from("0123").flatmap(lambda first: grouped(digits(9, first))))
def test_so_is_the_number_of_an_old_card(number: str) -> None:
    assert masked(f"CMND {number}.") == f"CMND {HIDDEN}."


@given(st.sampled_from(("03", "05", "07", "08", "09")).flatmap(lambda p: grouped(digits(10, p))))
def test_so_is_a_mobile_number(number: str) -> None:
    assert masked(f"gọi {number} nhé") == f"gọi {HIDDEN} nhé"


@given(st.text(), st.sampled_from((9, 12)).flatmap(lambda count: digits(count)), st.text())
def test_whatever_stands_around_a_number_in_one_piece_it_never_shows(before, number, after) -> None:
    words = (re.sub(r"\d", "", text) for text in (before, after))
    assert number not in masked(f" {number} ".join(words))


@pytest.mark.parametrize(
    "text",
    [
        "079\u200b203\u00ad001234",
        "０７９２０３００１２３４",  # full-width digits
        "079203001234A",
        "CMND 123456789 đồng thời",
        "079.203.001.234 đồng",
        "1. 079 203 001 234",
        "1.079.203.001.234",
        "079203001234 0912345678",
        "+84 912 345 678",
        "0084-912-345-678",
        "nguyen.van-a+b@mail.example.vn",
        "0912345678@example.com",
        "a@b.vn",
    ],
)
def test_it_is_hidden_beside_other_things_too(text: str) -> None:
    assert HIDDEN in masked(text)
    assert not re.search(r"\d\D?\d|@", masked(text))


@pytest.mark.parametrize(
    "text",
    [
        "Nộp 100.000.000 đồng",
        "Nộp 150.000.000đ",
        "999.999.999.999 VND",
        "phí 150\u00a0000\u00a0000 đồng",
        "trị giá 1.500.000.000",
        "20-11-2026 10",
        "20-11-2026 10 30",
        "8:30 5/11/2026",
        "08:00 5/11/2026",
        "từ 5-20/11/2026",
        "10/1-5/2/2026",
        "2026-11-20 10",
        "Quyết định 1234/2026 3 bản",
        "Nghị định 118/2025",
        "Hồ sơ H29.1-20261120-7777777 thiếu 3 bản",
        "G09.20.123-20261120-0092637",
        "PA-20261120-7KQ4M2XDRT8",
        "trang 3, 5, 7, 12, 14, 20",
        "028 3822 1234",
        "1800 1096",
    ],
)
def test_what_is_to_be_read_stays(text: str) -> None:
    assert masked(text) == text


@given(st.text())
def test_hiding_twice_hides_no_more(text: str) -> None:
    assert masked(masked(text)) == masked(text)


def test_a_long_text_without_an_address_is_no_long_search() -> None:
    for text in ("a." * 4_000, "1 " * 4_000, "1" + " " * 8_000, "a@" * 4_000):
        assert len(masked(text)) <= len(text)
