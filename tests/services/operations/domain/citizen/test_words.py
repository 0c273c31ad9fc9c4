"""How facts are written, and what is left out of what officers write."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.operations.domain.citizen.words import HIDDEN, Words, masked, written


@pytest.mark.parametrize(
    ("fact", "vi", "en"),
    [
        (16_000, "16.000 đồng", "16,000 VND"),
        (date(2026, 2, 3), "03/02/2026", "3 February 2026"),
        (
            datetime(2026, 11, 20, 17, 30, tzinfo=UTC),
            "00:30 ngày 21/11/2026",
            "00:30 on 21 November 2026",
        ),
        (Words("Xã", "Commune"), "Xã", "Commune"),
        ("VN123", "VN123", "VN123"),
    ],
)
def test_a_fact_is_written_as_its_language_has_it(fact, vi, en) -> None:
    assert (written(fact, "vi"), written(fact, "en")) == (vi, en)


def test_a_sentence_takes_its_facts_in_both_languages() -> None:
    words = Words("Nộp {a} tại {u}.", "Pay {a} at {u}.").told(a=1_000, u=Words("Xã {a}", "C {b}"))
    assert words == Words("Nộp 1.000 đồng tại Xã {a}.", "Pay 1,000 VND at C {b}.")


@pytest.mark.parametrize(
    "text",
    ["CCCD 001099000001.", "gọi 0912 000 001", "+84912000001", "001-099-000-001", "0912.000.001"],
)
def test_a_number_that_may_be_a_persons_or_a_telephones_is_hidden(text) -> None:
    assert HIDDEN in masked(text)
    assert sum(map(str.isdigit, masked(text))) == 0


@pytest.mark.parametrize(
    "text",
    ["Thiếu trang 2 của tờ khai", "Hồ sơ H29.1-20261120-0000001 thiếu 3 bản", "Nghị định 118/2025"],
)
def test_other_numbers_stay(text) -> None:
    assert masked(text) == text


@given(st.text())
def test_no_text_breaks_the_hiding(text) -> None:
    assert len(masked(text)) <= len(text) + len(HIDDEN) * len(text)
