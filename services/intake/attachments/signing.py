"""AWS Signature Version 4, as S3-compatible stores want it."""

import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import quote

ALGORITHM = "AWS4-HMAC-SHA256"
EMPTY = sha256(b"").hexdigest()

Query = tuple[tuple[str, str], ...]


class Key(NamedTuple):
    """Who signs, for which region of which service."""

    access_key: str
    secret_key: str
    region: str
    service: str = "s3"

    def scope(self, at: datetime) -> str:
        """Return what a signature of this time is good for."""
        return f"{at:%Y%m%d}/{self.region}/{self.service}/aws4_request"


class Call(NamedTuple):
    """What is signed; `headers` are all that go into it, the host among them."""

    method: str
    path: str
    headers: Mapping[str, str]
    payload_sha256: str = EMPTY
    query: Query = ()


def moment(at: datetime) -> str:
    """Return a time as `x-amz-date` has it."""
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def authorization(key: Key, call: Call, at: datetime) -> str:
    """Return the `Authorization` header of a call made at this time."""
    at = at.astimezone(UTC)
    canonical = sha256(_canonical(call).encode()).hexdigest()
    text = "\n".join((ALGORITHM, moment(at), key.scope(at), canonical))
    secret = f"AWS4{key.secret_key}".encode()
    for part in key.scope(at).split("/"):
        secret = hmac.digest(secret, part.encode(), "sha256")
    signature = hmac.digest(secret, text.encode(), "sha256").hex()
    return (
        f"{ALGORITHM} Credential={key.access_key}/{key.scope(at)}, "
        f"SignedHeaders={_names(call)}, Signature={signature}"
    )


def _canonical(call: Call) -> str:
    headers = {name.lower(): " ".join(value.split()) for name, value in call.headers.items()}
    pairs = sorted((quote(n, safe="-_.~"), quote(v, safe="-_.~")) for n, v in call.query)
    return "\n".join(
        (
            call.method,
            quote(call.path, safe="/-_.~"),
            "&".join(f"{name}={value}" for name, value in pairs),
            *(f"{name}:{headers[name]}" for name in sorted(headers)),
            "",
            _names(call),
            call.payload_sha256,
        )
    )


def _names(call: Call) -> str:
    return ";".join(sorted(name.lower() for name in call.headers))
