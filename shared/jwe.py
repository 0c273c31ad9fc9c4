"""Personal fields on their way to intake: compact JWE, ECDH-ES on P-256 with A256GCM, nothing else.

Anybody can encrypt to intake's public key; only intake opens.  No other algorithm and no
compression is accepted, so a small token never becomes a large text.

Keys and encryption are joserfc's.  Opening is written out here for this one kind of token (RFC 7516
5.2, RFC 7518 4.6): intake does it for every application, and joserfc's generality cost as much
again as the cryptography.  Tests hold it against joserfc and against the standard's own example.
"""

from binascii import a2b_base64, b2a_base64
from typing import Any, Literal

import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import ECDH, SECP256R1, EllipticCurvePublicNumbers
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwe import JWERegistry
from joserfc.jwk import ECKey

from shared.errors import Misconfigured

SIZE_LIMIT = 64 * 1024  # characters of a token
HEADER_LIMIT = 1024  # characters of its header
HEADER = {"alg": "ECDH-ES", "enc": "A256GCM"}
Key = ECKey
_ALGORITHMS = JWERegistry(algorithms=list(HEADER.values()))
_STANDARD = bytes.maketrans(b"-_+/", b"+/  ")  # a blank is no letter of either alphabet
_KEY_BITS, _NONCE_BYTES, _TAG_BYTES = 256, 12, 16


class NotOpened(Exception):
    """What was sealed or encrypted cannot be opened: another key, another place, or altered."""


class _Point(msgspec.Struct, forbid_unknown_fields=True):
    kty: Literal["EC"]
    crv: Literal["P-256"]
    x: str
    y: str


class _Header(msgspec.Struct, forbid_unknown_fields=True):
    """All that a header may hold: neither `zip` nor `crit`, nor where to find a key."""

    alg: Literal["ECDH-ES"]
    enc: Literal["A256GCM"]
    epk: _Point
    apu: str = ""
    apv: str = ""
    kid: str = ""
    typ: str = ""
    cty: str = ""


_header = msgspec.json.Decoder(_Header)


def import_key(jwk: dict[str, Any]) -> Key:
    """Return a key, public or private, from its JWK.  Raises `Misconfigured`."""
    try:
        key = ECKey.import_key(jwk)
        if key.curve_name != "P-256":
            raise ValueError("the curve must be P-256")
        key.check_use("enc")
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
        return _open(private_key, *token.encode("ascii").split(b"."))
    except Exception as error:  # whatever a token made to do harm may bring about
        raise NotOpened("not a compact JWE (ECDH-ES, A256GCM) to this key") from error


def _open(
    own: Key, header: bytes, key: bytes, nonce: bytes, ciphertext: bytes, tag: bytes
) -> bytes:
    if len(header) > HEADER_LIMIT or key:
        raise ValueError("a header too long, or a key where it is agreed upon")
    read = _header.decode(_bytes(header))
    iv, mac = _bytes(nonce), _bytes(tag)
    if (len(iv), len(mac)) != (_NONCE_BYTES, _TAG_BYTES) or own.private_key is None:
        raise ValueError("a nonce or a tag of another length, or no key to open with")
    x, y = (int.from_bytes(_bytes(n.encode())) for n in (read.epk.x, read.epk.y))
    theirs = EllipticCurvePublicNumbers(x, y, SECP256R1()).public_key()  # refuses any other point
    secret = own.private_key.exchange(ECDH(), theirs)
    info = other_info(read.enc, _KEY_BITS, _bytes(read.apu.encode()), _bytes(read.apv.encode()))
    content_key = ConcatKDFHash(SHA256(), _KEY_BITS // 8, info).derive(secret)
    return AESGCM(content_key).decrypt(iv, _bytes(ciphertext) + mac, header)


def other_info(algorithm: str, bits: int, apu: bytes, apv: bytes) -> bytes:
    """Return what an agreed key is bound to (RFC 7518 4.6.2): what it is for, and whose it is."""
    parts = (algorithm.encode(), apu, apv)
    return b"".join(len(p).to_bytes(4) + p for p in parts) + bits.to_bytes(4)


def _bytes(text: bytes) -> bytes:
    """Return what base64url without padding says, written in the one way there is."""
    standard = text.translate(_STANDARD)
    value = a2b_base64(standard + b"==")
    if b2a_base64(value, newline=False).rstrip(b"=") != standard:
        raise ValueError("not base64url as it is written")
    return value
