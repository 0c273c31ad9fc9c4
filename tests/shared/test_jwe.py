import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwe import JWERegistry, encrypt_compact
from joserfc.jwk import ECKey

from shared import jwe
from shared.errors import Misconfigured

KEY = jwe.generate_key()
PRIVATE = jwe.import_key(KEY)
PUBLIC = jwe.import_key(jwe.public_part(PRIVATE))
TOKEN = jwe.encrypt_to(PUBLIC, b'{"name":"Synthetic"}')


@given(st.binary(max_size=2000))
def test_what_is_encrypted_to_the_public_key_opens_with_the_private_one(plaintext: bytes) -> None:
    token = jwe.encrypt_to(PUBLIC, plaintext)
    assert jwe.open_with(PRIVATE, token) == plaintext
    assert token.count(".") == 4


def test_the_public_part_holds_nothing_private() -> None:
    assert set(jwe.public_part(PRIVATE)) == {"kty", "crv", "x", "y"}


def test_a_token_made_to_the_letter_of_the_standard_opens() -> None:
    """Made here from RFC 7518 4.6 and RFC 7516, with no JOSE library."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash

    def b64(value: bytes) -> str:
        return base64.urlsafe_b64encode(value).rstrip(b"=").decode()

    def number(text: str) -> int:
        return int.from_bytes(base64.urlsafe_b64decode(text + "="), "big")

    curve = ec.SECP256R1()
    known = jwe.public_part(PRIVATE)
    receiver = ec.EllipticCurvePublicNumbers(number(known["x"]), number(known["y"]), curve)
    ephemeral = ec.generate_private_key(curve)
    point = ephemeral.public_key().public_numbers()
    epk = {
        "kty": "EC",
        "crv": "P-256",
        "x": b64(point.x.to_bytes(32, "big")),
        "y": b64(point.y.to_bytes(32, "big")),
    }
    header = b64(json.dumps({"alg": "ECDH-ES", "enc": "A256GCM", "epk": epk}).encode())
    name = b"A256GCM"
    info = len(name).to_bytes(4, "big") + name + bytes(8) + (256).to_bytes(4, "big")
    secret = ConcatKDFHash(SHA256(), 32, info).derive(
        ephemeral.exchange(ec.ECDH(), receiver.public_key())
    )
    sealed = AESGCM(secret).encrypt(b"n" * 12, b"to the letter", header.encode())
    token = f"{header}..{b64(b'n' * 12)}.{b64(sealed[:-16])}.{b64(sealed[-16:])}"
    assert jwe.open_with(PRIVATE, token) == b"to the letter"


@given(st.integers(0, len(TOKEN) - 1), st.sampled_from("Aaé.=\0-9"))
def test_a_token_altered_anywhere_does_not_open(place: int, letter: str) -> None:
    altered = TOKEN[:place] + letter + TOKEN[place + 1 :]
    # the last letter of a part may hold bits that say nothing: then the bytes are the same
    try:
        opened = jwe.open_with(PRIVATE, altered)
    except jwe.NotOpened:
        return
    assert opened == b'{"name":"Synthetic"}'
    assert altered == TOKEN or TOKEN[place + 1 : place + 2] in (".", "")


@given(st.text(max_size=300) | st.lists(st.text(max_size=20), min_size=5, max_size=5).map(".".join))
def test_any_other_text_does_not_open(text: str) -> None:
    with pytest.raises(jwe.NotOpened):
        jwe.open_with(PRIVATE, text)


@pytest.mark.parametrize(
    "change",
    [
        {"alg": "dir"},
        {"alg": "ECDH-ES+A256KW"},
        {"alg": []},
        {"enc": "A128GCM"},
        {"zip": "DEF"},
        {"crit": ["x"], "x": 1},
        {"epk": 1},
        {"epk": {}},
        {"epk": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}},
        {"epk": {"kty": "EC", "crv": "P-999", "x": "AA", "y": "AA"}},
    ],
)
def test_no_header_but_the_agreed_one_opens(change: dict) -> None:
    header, rest = TOKEN.split(".", 1)
    fields = json.loads(base64.urlsafe_b64decode(header + "==")) | change
    forged = base64.urlsafe_b64encode(json.dumps(fields).encode()).rstrip(b"=").decode()
    with pytest.raises(jwe.NotOpened):
        jwe.open_with(PRIVATE, f"{forged}.{rest}")


def test_a_token_compressed_or_of_another_kind_does_not_open() -> None:
    anything = JWERegistry(algorithms=["ECDH-ES", "ECDH-ES+A256KW", "A256GCM", "A128GCM", "DEF"])
    for header in (
        {"alg": "ECDH-ES", "enc": "A256GCM", "zip": "DEF"},
        {"alg": "ECDH-ES", "enc": "A128GCM"},
        {"alg": "ECDH-ES+A256KW", "enc": "A256GCM"},
    ):
        token = encrypt_compact(header, b"x", PUBLIC, registry=anything)
        with pytest.raises(jwe.NotOpened):
            jwe.open_with(PRIVATE, token)


def test_a_token_to_another_key_or_too_large_does_not_open() -> None:
    other = jwe.import_key(jwe.generate_key())
    with pytest.raises(jwe.NotOpened):
        jwe.open_with(PRIVATE, jwe.encrypt_to(other, b"x"))
    with pytest.raises(jwe.NotOpened, match="characters"):
        jwe.open_with(PRIVATE, "A" * (jwe.SIZE_LIMIT + 1))


def test_a_key_that_is_none_is_named_at_start() -> None:
    rsa_like = {"kty": "RSA", "n": "AQAB", "e": "AQAB"}
    p521 = dict(ECKey.generate_key("P-521").as_dict(private=True))
    for jwk in ({}, {"kty": "EC"}, rsa_like, p521):
        with pytest.raises(Misconfigured, match="P-256"):
            jwe.import_key(jwk)
