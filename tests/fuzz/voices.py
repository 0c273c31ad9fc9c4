"""What each family's partner says before it is attacked: genuine calls of made-up partners."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from deploy.conformance.voices import News
from deploy.conformance.voices.families import VOICES as SPEAKING
from services.payment.domain.terms import Terms
from services.payment.gateways import Account, Key, Partner
from services.payment.gateways.families import FAMILIES
from tests.fuzz.oracle import Voice

AT = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
BEGUN = datetime(2025, 7, 1, tzinfo=UTC)
KEY, THEIR_KEY = (
    Key(secret=f"fuzzed-{direction}-key-0001", valid_from=BEGUN)
    for direction in ("outgoing", "incoming")
)
PAID = News("DVC261102000000016", 16_000, 4_100_000_001, AT)
# what a family has besides; those with a key each way are told so
BESIDES: Mapping[str, Mapping[str, Any]] = {
    "momo": {"ids": {"access_key": "access-1"}},
    "zalopay": {"ids": {"app_id": "2600"}, "incoming": (THEIR_KEY,)},
    "payos": {"ids": {"api_key": "api-key-1"}},
    "keypay": {"incoming": (THEIR_KEY,)},
    "neutral": {"incoming": (THEIR_KEY,)},
    "iso20022": {"incoming": (THEIR_KEY,)},
}


def partner(family: str, **changes: Any) -> Partner:
    """Return a whole valid partner of a family."""
    row: dict[str, Any] = {
        "name": family,
        "title": "Đối tác thử nghiệm",
        "kind": "intermediary",
        "family": family,
        "merchant": "MC0001",
        "outgoing": (KEY,),
        "incoming": (KEY,),
        "terms": Terms(
            partner=family, lifetime_s=900, min_vnd=1, max_vnd=10**10, active_from=BEGUN
        ),
        "base_url": "http://127.0.0.1:9",
        "page_url": "http://127.0.0.1:9",
        "callback_url": f"http://127.0.0.1:9/v1/callbacks/{family}",
        "return_url": f"http://127.0.0.1:9/v1/return/{family}",
        "account": Account(bank="970436", number="1234567890", name="KHO BAC THU NGHIEM"),
    }
    return Partner(**row | changes)


def voice(family: str) -> Voice:
    """Return a partner that tells of a payment, and of a failure if it ever does."""
    row = partner(family, **BESIDES.get(family, {}))
    speaking = SPEAKING[family](row)
    said = [speaking.text(PAID)]
    if speaking.tells_failures:
        said.append(speaking.text(PAID._replace(is_paid=False)))
    if family == "sepay":
        said.append(said[0].replace(b'"in"', b'"out"'))
    signed = partial(speaking.signed, at=AT)
    calls = [signed(text) for text in said]
    return Voice(FAMILIES[family](row), AT, calls, signed, signs_code=family != "keypay")


VOICES: Mapping[str, Callable[[], Voice]] = {name: partial(voice, name) for name in SPEAKING}
