"""The reference library in Python verifies what we send, and signs as we do.

Its quirks, so that nobody takes them for ours: it reads a time of another zone as if it were UTC,
and a signature without a comma is a ValueError of its own.
"""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from shared.signing import headers, shown
from tests.services.payment.webhooks.vectors import of, secret

NEW, OLD = bytes(range(32)), bytes(range(32, 64))
ID, BODY = (
    "019aa0a5-b1c0-7d3e-8f4a-2b6c8d0e1f23/payment/000003",
    b'{"note":"Ho\xc3\xa0n ph\xc3\xad"}',
)


def now_s() -> int:
    return int(datetime.now(UTC).timestamp())


def test_it_verifies_what_we_sign() -> None:
    told = headers(ID, now_s(), BODY, [NEW])
    assert Webhook(shown(NEW)).verify(BODY, told) == {"note": "Hoàn phí"}


def test_while_a_secret_is_rotated_it_verifies_with_either() -> None:
    told = headers(ID, now_s(), BODY, [NEW, OLD])
    for key in (NEW, OLD):
        Webhook(shown(key)).verify(BODY, told)


@pytest.mark.parametrize(
    ("id_", "body", "key", "late_s"),
    [
        (ID + "0", BODY, NEW, 0),
        (ID, BODY + b" ", NEW, 0),
        (ID, BODY, OLD, 0),
        (ID, BODY, NEW, 301),
        (ID, BODY, NEW, -310),
    ],
)
def test_it_refuses_another_id_body_secret_or_time(id_, body, key, late_s) -> None:
    told = headers(ID, now_s() - late_s, BODY, [NEW]) | {"webhook-id": id_}
    with pytest.raises(WebhookVerificationError):
        Webhook(shown(key)).verify(body, told)


@pytest.mark.parametrize("vector", of("outbound_webhook"))
def test_it_signs_as_the_vectors_say_and_as_we_do(vector) -> None:
    asked, text = vector["input"], vector["key"]["secret"]
    at = datetime.fromtimestamp(asked["timestamp"], UTC)
    body = asked["payload"].encode()
    theirs = Webhook(text).sign(asked["msg_id"], at, asked["payload"])
    ours = headers(asked["msg_id"], asked["timestamp"], body, [secret(text)])
    assert ours["webhook-signature"] == theirs == vector["expected"]["webhook-signature"]


def test_its_quirks_are_as_we_know_them() -> None:
    there = Webhook(shown(NEW))
    at = datetime(2026, 11, 20, 9, tzinfo=timezone(timedelta(hours=7)))
    assert there.sign(ID, at, "x") != there.sign(ID, at.astimezone(UTC), "x")
    told = headers(ID, now_s(), BODY, [NEW]) | {"webhook-signature": "nonsense"}
    with pytest.raises(ValueError, match="not enough values"):
        there.verify(BODY, told)
