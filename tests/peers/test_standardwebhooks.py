"""Webhooks as npm `standardwebhooks` understands them: a receiver and signer, not of our making."""

import time
from typing import Any

from shared.signing import headers, shown
from tests.peers.asking import ask, needs
from tests.services.payment.webhooks.vectors import VECTORS, secret

pytestmark = needs("standardwebhooks")

NEW, OLD = bytes(range(32)), bytes(range(32, 64))
ID, BODY = "019aa0a5-b1c0-7d3e-8f4a-2b6c8d0e1f23/payment/000003", '{"note":"Hoàn phí"}'


def verify(told: dict[str, str], body: str = BODY, key: bytes = NEW) -> dict[str, Any]:
    return {"method": "verify", "secret": shown(key), "headers": told, "body": body}


def said(*asked: dict[str, Any]) -> list[dict[str, Any]]:
    return ask("standardwebhooks", asked=asked)


def test_they_sign_every_vector_as_we_do():
    vectors = [v for v in VECTORS.values() if v["kind"] == "outbound_webhook"]
    answers = said(
        *(
            {
                "method": "sign",
                "secret": v["key"]["secret"],
                "id": v["input"]["msg_id"],
                "timestamp": v["input"]["timestamp"],
                "body": v["input"]["payload"],
            }
            for v in vectors
        )
    )

    for vector, answer in zip(vectors, answers, strict=True):
        asked, key = vector["input"], secret(vector["key"]["secret"])
        ours = headers(asked["msg_id"], asked["timestamp"], asked["payload"].encode(), [key])
        assert answer["result"] == ours["webhook-signature"]


def test_they_verify_what_we_sign_also_with_both_secrets_of_a_rotation():
    both = headers(ID, int(time.time()), BODY.encode(), [NEW, OLD])

    answers = said(verify(both), verify(both, key=OLD))

    assert [a["result"] for a in answers] == [{"note": "Hoàn phí"}] * 2


def test_they_refuse_another_id_body_secret_or_time():
    now_s = int(time.time())
    told = headers(ID, now_s, BODY.encode(), [NEW])
    late, early = (headers(ID, now_s + s, BODY.encode(), [NEW]) for s in (-310, 400))

    answers = said(
        verify(told | {"webhook-id": f"{ID}0"}),
        verify(told, f"{BODY} "),
        verify(told, key=OLD),
        verify(late),
        verify(early),
    )

    assert [a["result"] for a in answers] == [None] * 5
    assert all(a["error"] for a in answers)
