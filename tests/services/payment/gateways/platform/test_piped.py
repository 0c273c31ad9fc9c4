"""Values joined by a delimiter that nobody escapes: one text for one message, or none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payment.gateways.platform import gateway as platform
from services.payment.gateways.platform import keypay
from services.payment.gateways.platform.piped import Ambiguous, checksum, is_one_of, keyed, piped
from tests.services.payment.gateways.platform.piped_vectors import (
    KEYPAY,
    PLATFORM,
    key,
    names,
    of_kind,
)

SIGNED = {
    "init_request": platform.INIT,
    "confirm_callback": platform.CONFIRMED,
    "query_request": platform.ASKED,
    "get_bill_request": platform.ASKED,
    "keypay_create_checksum": keypay.CREATED,
    "keypay_callback_checksum": keypay.CREATED,
    "keypay_detail_checksum": keypay.DETAIL,
    "keypay_refund_checksum": keypay.REFUND,
    "keypay_refund_detail_checksum": keypay.REFUND_DETAIL,
}
POSITIVE = [v for v in (*PLATFORM.values(), *KEYPAY.values()) if "negative" not in v["kind"]]

values = st.dictionaries(st.sampled_from("abcd"), st.text(max_size=8) | st.integers(), max_size=4)


@pytest.mark.parametrize("vector", POSITIVE, ids=lambda v: v["id"])
def test_each_public_checksum_is_computed_from_its_fields_in_the_order_that_we_know(vector):
    order = SIGNED.get(vector["kind"], names(vector))
    text = piped(vector["input"]["fields"], order)
    secret = key(vector["key"]["secret"])

    assert order == names(vector)
    if vector["protocol"] == "keypay-dvcqg":
        assert text == vector["canonical"]
        assert keyed(secret, text) == vector["expected"]["check_sum"]
    else:
        assert f"{text}|{secret.secret}" == vector["canonical"]
        assert checksum(secret, text) == vector["expected"]["MaXacThuc"]


@pytest.mark.parametrize(
    "vector", of_kind(PLATFORM, "confirm_callback negative (delimiter ambiguity)")
)
def test_two_messages_that_share_a_checksum_are_both_refused(vector):
    for body in (vector["input"]["fields_a"], vector["input"]["fields_b"]):
        joined = "|".join(str(body[name]) for name in names(vector))
        assert f"{joined}|{vector['key']['secret']}" == vector["canonical"]
        with pytest.raises(Ambiguous):
            piped(body, names(vector))


@pytest.mark.parametrize(
    "value",
    ["a|b", "a\nb", "a\rb", "\0", "\x7f", "\x85", "\u2028", "\ud800", None, True, 1.0, [], {}],
)
def test_a_value_of_two_meanings_has_no_text(value):
    with pytest.raises(Ambiguous, match=r"^a "):
        piped({"a": value}, ["a"])


def test_a_refusal_says_nothing_of_the_value():
    with pytest.raises(Ambiguous) as refused:
        piped({"a": "private|matter"}, ["a"])

    assert "private" not in str(refused.value)


@given(values, values)
def test_different_values_have_different_texts(some, others):
    texts = []
    for one in (some, others):
        try:
            texts.append(piped(one, "abcd"))
        except Ambiguous:
            return
    same = all(str(some.get(n, "")) == str(others.get(n, "")) for n in "abcd")

    assert (texts[0] == texts[1]) == same


@pytest.mark.parametrize("given_back", ["", None, 5, [], "A" * 64, "ệ", "a" * 63])
def test_nothing_but_the_signature_itself_is_one(given_back):
    assert not is_one_of(given_back, ["a" * 64])
    assert not is_one_of("a" * 64, [])
    assert is_one_of("a" * 64, ["b" * 64, "a" * 64])
