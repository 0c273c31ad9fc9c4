"""How each family's partner calls back: its public vectors, and any text under its signature."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from services.payment.domain.terms import Terms
from services.payment.gateways import Call, Key, Partner
from services.payment.gateways.vnpay import Vnpay
from services.payment.gateways.vnpay_signing import SIGNATURE, canonical, sign
from tests.fuzz.oracle import Voice
from tests.services.payment.gateways import vnpay_vectors

AT = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
BEGUN = datetime(2025, 7, 1, tzinfo=UTC)


def partner(family: str, merchant: str, outgoing: str, incoming: str, **ids: str) -> Partner:
    """Return a whole valid partner of a family."""
    return Partner(
        name=family,
        title="Đối tác thử nghiệm",
        kind="intermediary",
        family=family,
        merchant=merchant,
        outgoing=(Key(secret=outgoing, valid_from=BEGUN),),
        incoming=(Key(secret=incoming, valid_from=BEGUN),),
        terms=Terms(partner=family, lifetime_s=900, min_vnd=1, max_vnd=10**10, active_from=BEGUN),
        base_url="http://127.0.0.1:9",
        page_url="http://127.0.0.1:9",
        callback_url=f"http://127.0.0.1:9/v1/callbacks/{family}",
        return_url=f"http://127.0.0.1:9/v1/return/{family}",
        ids=ids,
    )


def vnpay() -> Voice:
    """Return VNPAY's voice."""
    secret = vnpay_vectors.KEY.secret
    gateway = Vnpay(partner("vnpay", "DVCQG001", secret, secret))
    queries = [
        vector["expected"]["query_string"].encode()
        for vector in vnpay_vectors.VECTORS.values()
        if vector["kind"] == "ipn_or_return_query"
    ]

    def signed(text: bytes) -> Call:
        pairs = parse_qsl(text.decode("utf-8", "replace"), keep_blank_values=True)
        said = canonical((n, v) for n, v in dict(pairs).items() if n.startswith("vnp_"))
        return Call(query=f"{said}&{SIGNATURE}={sign(vnpay_vectors.KEY, said)}".encode())

    return Voice(gateway, AT, [Call(query=q) for q in queries], signed)


VOICES: Mapping[str, Callable[[], Voice]] = {"vnpay": vnpay}
