"""The public vectors of Standard Webhooks; the negatives are in tests/docs/test_webhooks.py, where
the receiver of the page for banks meets them.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from shared import signing
from shared.signing import SECRET_BYTES, headers, shown
from tests.services.payment.webhooks.vectors import of, secret


@pytest.mark.parametrize("vector", of("outbound_webhook"))
def test_a_vector_is_signed_as_published(vector) -> None:
    asked, expected = vector["input"], dict(vector["expected"])
    body = asked["payload"].encode()
    both = expected.pop("rotation_header", None)
    now = secret(vector["key"]["secret"])
    assert headers(asked["msg_id"], asked["timestamp"], body, [now]) == expected
    if both:
        before = secret(vector["key"]["previous_secret"])
        told = headers(asked["msg_id"], asked["timestamp"], body, [now, before])
        assert told["webhook-signature"] == both


@given(some.binary(min_size=SECRET_BYTES, max_size=SECRET_BYTES))
def test_a_secret_is_shown_in_a_form_that_gives_its_bytes_back(key: bytes) -> None:
    assert shown(key).startswith("whsec_")
    assert secret(shown(key)) == key
    assert signing.secret(shown(key)) == key


@pytest.mark.parametrize(
    "text", ["", "whsec_", "whsec_!!", shown(bytes(31)), shown(bytes(32))[6:], "whsec_ở"]
)
def test_what_is_no_secret_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of two kinds, both said where it is used
        signing.secret(text)
