"""What was seen, as it is said to whoever is woken."""

import pytest

from services.operations.domain.alarm_words import measured
from services.operations.domain.citizen.words import Words


@pytest.mark.parametrize(
    ("value", "measure", "vi", "en"),
    [
        (12_345, "count", "12.345", "12,345"),
        (9, "days", "9 ngày", "9 d"),
        (0, "s", "0 giây", "0 s"),
        (120, "s", "2 phút", "2 min"),
        (125, "s", "2 phút 5 giây", "2 min 5 s"),
        (86_400, "s", "24 giờ", "24 h"),
        (90_305, "s", "25 giờ 5 phút", "25 h 5 min"),
    ],
)
def test_a_number_is_said_in_its_measure(value: int, measure: str, vi: str, en: str) -> None:
    assert measured(value, measure) == Words(vi, en)
