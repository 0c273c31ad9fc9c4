"""A detached JWS (RFC 7515, appendix F) with Ed25519 (RFC 9864) over JSON in its one form.

That form is RFC 8785's: keys sorted, no blanks, UTF-8.  There are no fractions in it, whose form
would need more.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from shared.errors import Misconfigured

ALGORITHM = "Ed25519"
KEY = "proof_jwk"  # its name in the files of secrets
_JSON = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical(value: Any) -> bytes:
    """Return a JSON value in its one form, made piece by piece: whatever else the process does goes
    on meanwhile, if this is in a thread.
    """
    return "".join(_JSON.iterencode(value)).encode()


def sign(value: Any, jwk: Mapping[str, Any]) -> str:
    """Return the detached signature of a JSON value.  Raises `Misconfigured`."""
    key = _key(jwk, "the secrets file")
    if not key.is_private:
        raise Misconfigured(f"{KEY} of the secrets file verifies, and cannot sign: it has no `d`.")
    header = {"alg": ALGORITHM, "kid": jwk.get("kid", "")}
    whole = jws.serialize_compact(header, canonical(value), key, algorithms=[ALGORITHM])
    signature: str = jws.detach_content(whole)
    return signature


def is_signed(value: Any, signature: str, jwk: Mapping[str, Any], of: str) -> bool:
    """Tell whether this key signed this.  `of`: where the key is from.  Raises `Misconfigured`."""
    key = _key(jwk, of)
    try:
        jws.deserialize_compact(signature, key, algorithms=[ALGORITHM], payload=canonical(value))
    except (JoseError, ValueError):
        return False
    return True


def read_key(path: Path) -> dict[str, Any]:
    """Return the key in a file: a JWK, or of secrets that have one.  Raises `Misconfigured`."""
    try:
        found = json.loads(path.read_text())
    except OSError as error:
        raise Misconfigured(f"{path} cannot be read: {error.strerror}. Name a file.") from error
    except ValueError as error:
        raise Misconfigured(f"{path} is no JSON: name a JWK, or a file with {KEY}.") from error
    jwk = found.get(KEY, found) if isinstance(found, dict) else None
    if not isinstance(jwk, dict) or "kty" not in jwk:
        raise Misconfigured(
            f"{path} has no {KEY}: `motcua secrets` gives one to files from before it was there."
        )
    return jwk


def _key(jwk: Mapping[str, Any], of: str) -> OKPKey:
    try:
        key = OKPKey.import_key(dict(jwk))
    except (JoseError, ValueError, KeyError) as error:
        raise Misconfigured(f"{KEY} of {of} is no {ALGORITHM} key: {error}.") from error
    if key.curve_name != ALGORITHM:
        raise Misconfigured(f"{KEY} of {of} is of {key.curve_name}: it has to be {ALGORITHM}.")
    return key
