"""What a contract says is told in words, whatever it says."""

from typing import Any

import pytest

from services.operations.domain.dead import contrast
from services.operations.domain.dead.wording import SAID, found, told


@pytest.mark.parametrize(
    ("expected", "vi", "en"),
    [
        (
            {"type": "integer", "minimum": 1, "maximum": 100},
            "số nguyên, từ 1, đến 100",
            "a whole number, from 1, up to 100",
        ),
        ({"type": ["integer", "null"]}, "số nguyên hoặc null", "a whole number or null"),
        ({"enum": ["vi", "en"]}, "một trong: vi, en", "one of: vi, en"),
        ({"fields": ["a", "b"]}, "chỉ có: a, b", "only: a, b"),
        (
            {"required": True, "type": "string"},
            "văn bản, bắt buộc phải có",
            "a text, it has to be there",
        ),
        ({}, "không nói gì", "nothing"),
    ],
)
def test_a_place_is_told_in_words(expected: dict[str, Any], vi: str, en: str) -> None:
    assert (told(expected).vi, told(expected).en) == (vi, en)


def test_every_keyword_that_is_looked_at_has_words() -> None:
    assert {*contrast._TOLD, "fields", "fixed", "exists"} == SAID.keys()


def test_what_a_record_has_is_told_as_far_as_it_may_be_seen() -> None:
    assert (found("nothing").vi, found("“9999”").vi) == ("không có gì", "“9999”")
