"""By what people are reached: mobile numbers and mail addresses, and what only looks like them."""

import pytest

from shared.reached import is_email, is_mobile


@pytest.mark.parametrize("text", ["0900000000", "+84900000000", "0350000000"])
def test_a_mobile_number_of_viet_nam_is_one(text):
    assert is_mobile(text)


@pytest.mark.parametrize("text", ["", "abc", "0100000000", "84900000000", "0900000000\n"])
def test_whatever_else_is_none(text):
    assert not is_mobile(text)


@pytest.mark.parametrize("text", ["a@example.invalid", "a.b@x.example.invalid"])
def test_a_mail_address_is_one(text):
    assert is_email(text)


@pytest.mark.parametrize(
    "text", ["", "a", "a@x", "a@@x.y", "a b@x.y", "a\u200b@x.y", "a@x.y\n", f"a@{'x.' * 127}y"]
)
def test_what_only_looks_like_one_is_none(text):
    assert not is_email(text)
