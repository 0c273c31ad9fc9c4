"""How long an SMS is, against another way of counting."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.domain.sms_text import BASIC, EXTENSION, is_gsm, size


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ("GSM-7", 0, 1)),
        ("a" * 160, ("GSM-7", 160, 1)),
        ("a" * 161, ("GSM-7", 161, 2)),
        ("a" * 306, ("GSM-7", 306, 2)),
        ("a" * 307, ("GSM-7", 307, 3)),
        ("€" * 80, ("GSM-7", 160, 1)),
        ("€" * 81, ("GSM-7", 162, 2)),
        ("a" * 152 + "€" + "a" * 152, ("GSM-7", 306, 3)),  # the pair is not split
        ("đ" * 70, ("UCS-2", 70, 1)),
        ("đ" * 71, ("UCS-2", 71, 2)),
        ("đ" * 134, ("UCS-2", 134, 2)),
        ("đ" * 135, ("UCS-2", 135, 3)),
        ("đ" * 66 + "😀" + "đ" * 66, ("UCS-2", 134, 3)),
    ],
)
def test_segments_are_counted_as_they_are_paid(text, expected):
    assert size(text) == expected


def test_the_alphabet_is_that_of_the_standard():
    assert len(BASIC) == 127  # 128 without the escape
    assert len(EXTENSION) == 10
    assert not BASIC & EXTENSION.keys()
    assert not is_gsm("`")


@given(st.text(alphabet=st.sampled_from("aZ0 €[đ😀"), max_size=500))
def test_no_segment_holds_more_than_it_can(text):
    encoding, units, segments = size(text)
    whole, part = (160, 153) if encoding == "GSM-7" else (70, 67)
    assert units == (
        sum(2 if c in EXTENSION else 1 for c in text)
        if encoding == "GSM-7"
        else len(text.encode("utf-16-be")) // 2
    )
    assert (segments == 1) == (units <= whole)
    assert segments * max(whole if segments == 1 else part, 1) >= units
    assert segments == 1 or (segments - 1) * (part - 1) < units
