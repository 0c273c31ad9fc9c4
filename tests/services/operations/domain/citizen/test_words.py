"""How facts are written."""

from datetime import UTC, date, datetime

import pytest

from services.operations.domain.citizen.words import Words, written


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
