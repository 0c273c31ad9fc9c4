"""Alphabets and parts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.sandbox.smsc.texts import plain
from services.notify.channels.smpp.text import (
    GSM_7,
    UCS_2,
    Text,
    Unfit,
    chunks,
    encoded,
    joined_header,
)
from services.notify.domain.sms_text import size

GSM = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡AZÄÖÑÜ§¿azäöñüà"


@pytest.mark.parametrize(
    ("text", "coding", "octets"),
    [
        ("Ho so @", GSM_7, b"Ho so \x00"),
        ("{€}", GSM_7, b"\x1b\x28\x1b\x65\x1b\x29"),
        ("à_", GSM_7, b"\x7f\x11"),
        ("Hồ", UCS_2, b"\x00H\x1e\xd3"),
        ("😀", UCS_2, b"\xd8\x3d\xde\x00"),
    ],
)
def test_the_shorter_alphabet_that_has_it_all_is_chosen(text, coding, octets):
    assert encoded(text) == Text(coding, octets)


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        ("a" * 160, [160]),
        ("a" * 161, [153, 8]),
        ("a" * 306, [153, 153]),
        ("a" * 152 + "{" + "a" * 10, [152, 12]),
        ("ồ" * 70, [140]),
        ("ồ" * 71, [134, 8]),
        ("ồ" * 66 + "😀" + "ồ" * 5, [132, 14]),
    ],
)
def test_parts_are_as_long_as_they_may_be_and_cut_no_character(text, lengths):
    assert [len(share) for share in chunks(encoded(text))] == lengths


def test_a_text_of_more_than_ten_parts_is_none():
    assert len(chunks(encoded("a" * 1530))) == 10
    with pytest.raises(Unfit, match="too_long"):
        chunks(encoded("a" * 1531))


def test_the_header_that_joins_parts():
    assert joined_header(0x1FF, 3, 2) == b"\x06\x08\x04\x01\xff\x03\x02"


@pytest.mark.parametrize(("text", "longest"), [("a" * 400, 152), ("ồ" * 200, 132)])
def test_our_header_has_room_before_each_part(text, longest):
    shares = chunks(encoded(text), is_headed=True)
    assert max(len(share) for share in shares) == longest


@given(st.one_of(st.text(GSM + "^{}\\[~]|€\f", max_size=900), st.text(max_size=600)))
def test_a_text_put_together_again_is_the_text(text):
    try:
        made = encoded(text)
        shares = chunks(made)
    except Unfit:
        return
    assert "".join(plain(made.coding, share) for share in shares) == text
    assert all(len(share) <= (160 if made.coding == GSM_7 else 140) for share in shares)


@given(st.text(alphabet=st.sampled_from("aZ0 €[đ😀"), min_size=1, max_size=500))
def test_what_is_counted_before_sending_is_what_is_sent(said: str) -> None:
    assert len(chunks(encoded(said))) == size(said).segments
