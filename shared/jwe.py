"""Personal fields on their way to intake: compact JWE, ECDH-ES on P-256 with A256GCM, nothing else.

Anybody can encrypt to intake's public key; only intake opens.  No other algorithm and no
compression is accepted, so a small token never becomes a large text.
"""

from typing import Any

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwe import JWERegistry
from joserfc.jwk import ECKey

from shared.errors import Misconfigured

SIZE_LIMIT = 64 * 1024  # characters of a token
HEADER = {"alg": "ECDH-ES", "enc": "A256GCM"}
Key = ECKey
_ALGORITHMS = JWERegistry(algorithms=list(HEADER.values()))


class NotOpened(Exception):
    """What was sealed or encrypted cannot be opened: another key, another place, or altered."""


def import_key(jwk: dict[str, Any]) -> Key:
    """Return a key, public or private, from its JWK.  Raises `Misconfigured`."""
    try:
        key = ECKey.import_key(jwk)
        if key.curve_name != "P-256":
            raise ValueError("the curve must be P-256")
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise Misconfigured(f"intake's key is not a P-256 key as JWK: {error!r}") from error
    return key


def generate_key() -> dict[str, Any]:
    """Return a new private key as JWK."""
    return dict(ECKey.generate_key("P-256").as_dict(private=True))


def public_part(key: Key) -> dict[str, Any]:
    """Return what portals may know of a key, as JWK."""
    return dict(key.as_dict(private=False))


def encrypt_to(public_key: Key, plaintext: bytes) -> str:
    """Return a compact JWE that only the holder of the private key opens."""
    return jwe.encrypt_compact(HEADER, plaintext, public_key, registry=_ALGORITHMS)


def open_with(private_key: Key, token: str) -> bytes:
    """Return what a compact JWE holds.  Raises `NotOpened`, whatever is wrong with it."""
    if len(token) > SIZE_LIMIT:
        raise NotOpened(f"more than {SIZE_LIMIT} characters")
    try:
        return jwe.decrypt_compact(token, private_key, registry=_ALGORITHMS).plaintext or b""
    except Exception as error:  # not only JoseError: also KeyError, ValueError, binascii.Error
        raise NotOpened("not a compact JWE (ECDH-ES, A256GCM) to this key") from error
