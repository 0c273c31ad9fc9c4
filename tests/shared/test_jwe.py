import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwe import JWERegistry, decrypt_compact, encrypt_compact
from joserfc.jwk import ECKey

from shared import jwe
from shared.errors import Misconfigured

KEY = jwe.generate_key()
PRIVATE = jwe.import_key(KEY)
PUBLIC = jwe.import_key(jwe.public_part(PRIVATE))
TOKEN = jwe.encrypt_to(PUBLIC, b'{"name":"Synthetic"}')
AGREED = JWERegistry(algorithms=["ECDH-ES", "A256GCM"])
OPTIONAL = {"apu": "QWxpY2U", "apv": "Qm9i", "kid": "1", "typ": "JWE", "cty": "json"}


def b64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "==")


def made(
    text: str = "",
    *,
    key: str = "",
    nonce: bytes = b"n" * 12,
    epk: dict[str, Any] | None = None,
    **changed: Any,
) -> str:
    """A token made to the letter of RFC 7516 and RFC 7518 4.6, with no JOSE library.

    What is changed of its header is sealed with it: nothing but the header is wrong then.
    """
    ephemeral = ec.generate_private_key(ec.SECP256R1())
    point = ephemeral.public_key().public_numbers()
    public = {"kty": "EC", "crv": "P-256"}
    public |= {"x": b64(point.x.to_bytes(32)), "y": b64(point.y.to_bytes(32))}
    fields: dict[str, Any] = {
        "alg": "ECDH-ES",
        "enc": "A256GCM",
        "epk": public | (epk or {}),
    } | changed
    # No letter of base64url is in "<epk>": a key that happened to hold the word would be spoilt.
    header = b64((text or json.dumps(fields)).replace("<epk>", json.dumps(public)).encode())
    parties = [
        unb64(p) if isinstance(p := changed.get(n, ""), str) else b"" for n in ("apu", "apv")
    ]
    named = [str(fields["enc"]).encode(), *parties]
    info = b"".join(len(p).to_bytes(4) + p for p in named) + (256).to_bytes(4)
    secret = ephemeral.exchange(ec.ECDH(), PUBLIC.public_key)
    content_key = ConcatKDFHash(SHA256(), 32, info).derive(secret)
    sealed = AESGCM(content_key).encrypt(nonce, b"to the letter", header.encode())
    return f"{header}.{key}.{b64(nonce)}.{b64(sealed[:-16])}.{b64(sealed[-16:])}"


def part(number: int, change: Any, token: str = TOKEN) -> str:
    """The token with one of its parts changed."""
    parts = token.split(".")
    parts[number] = change(parts[number])
    return ".".join(parts)


def moved(token: str) -> str:
    """The token with the last byte of the ciphertext made the first of the tag."""
    *rest, ciphertext, tag = token.split(".")
    sealed = unb64(ciphertext) + unb64(tag)
    return ".".join([*rest, b64(sealed[:-17]), b64(sealed[-17:])])


def ours(token: str) -> bytes | None:
    try:
        return jwe.open_with(PRIVATE, token)
    except jwe.NotOpened:
        return None


def theirs(token: str) -> bytes | None:
    """What joserfc makes of a token, for the algorithms that we accept."""
    try:
        return decrypt_compact(token, PRIVATE, registry=AGREED).plaintext or b""
    except Exception:  # it raises what it will
        return None


@given(st.binary(max_size=2000))
def test_what_is_encrypted_to_the_public_key_opens_with_the_private_one(plaintext: bytes) -> None:
    token = jwe.encrypt_to(PUBLIC, plaintext)
    assert jwe.open_with(PRIVATE, token) == plaintext
    assert token.count(".") == 4


def test_the_public_part_holds_nothing_private() -> None:
    assert set(jwe.public_part(PRIVATE)) == {"kty", "crv", "x", "y"}


@given(st.sets(st.sampled_from(sorted(OPTIONAL))), st.binary(max_size=300))
def test_what_another_library_encrypts_opens(names: set[str], plaintext: bytes) -> None:
    header = jwe.HEADER | {name: OPTIONAL[name] for name in names}
    token = encrypt_compact(header, plaintext, PUBLIC, registry=AGREED)
    assert ours(token) == theirs(token) == plaintext


@given(st.sets(st.sampled_from(sorted(OPTIONAL))))
def test_a_token_made_to_the_letter_of_the_standard_opens(names: set[str]) -> None:
    token = made(**{name: OPTIONAL[name] for name in names})
    assert ours(token) == theirs(token) == b"to the letter"


def test_the_key_agreed_upon_is_that_of_the_standards_example() -> None:
    """RFC 7518, Appendix C: Alice's ephemeral key, Bob's key, and what they agree upon."""
    alice = ECKey.import_key(
        {
            "kty": "EC",
            "crv": "P-256",
            "x": "gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0",
            "y": "SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps",
            "d": "0_NxaRPUMQoAJt50Gz8YiTr8gRTwyEaCumd-MToTmIo",
        }
    )
    bob = ECKey.import_key(
        {
            "kty": "EC",
            "crv": "P-256",
            "x": "weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ",
            "y": "e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck",
            "d": "VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw",
        }
    )
    info = jwe.other_info("A128GCM", 128, b"Alice", b"Bob")
    assert info.hex() == "000000074131323847434d00000005416c69636500000003426f6200000080"
    assert bob.private_key
    secret = bob.private_key.exchange(ec.ECDH(), alice.public_key)
    assert b64(ConcatKDFHash(SHA256(), 16, info).derive(secret)) == "VqqN6vgjbSBcIijNcacQGg"


LETTERS = "Aa-_9é.=+/ \n\0"
MALFORMED = {
    "another way to agree": made(alg="ECDH-ES+A256KW"),
    "a key agreed before": made(alg="dir"),
    "an algorithm that is no text": made(alg=[]),
    "another encryption": made(enc="A128GCM"),
    "compressed": made(zip="DEF"),
    "critical, unknown": made(crit=["x"], x=1),
    "critical, absent": made(crit=["x"]),
    "unknown in the header": made(x=1),
    "a key id that is no text": made(kid=1),
    "a type that is no text": made(typ=1),
    "a party that is no text": made(apu=1),
    "a party that is no base64url": made(apu="Q=Q="),
    "no ephemeral key": made('{"alg":"ECDH-ES","enc":"A256GCM"}'),
    "no algorithm": made('{"enc":"A256GCM","epk":<epk>}'),
    "no encryption": made('{"alg":"ECDH-ES","epk":<epk>}'),
    "a header that is a list": made("[]"),
    "a header that is no JSON": made('{"alg":"ECDH-ES","enc":"A256GCM","epk":<epk>'),
    "a header too long": made(kid="k" * 1000),
    "an ephemeral key that is none": made(epk={"x": 1}),
    "a point off the curve": made(epk={"x": "AA", "y": "AA"}),
    "another curve": made(epk={"crv": "P-384"}),
    "a curve of no name": made(epk={"crv": "P-999"}),
    "a coordinate with padding": made(epk={"x": "A" * 43 + "="}),
    "a key where it is agreed upon": made(key="AAAA"),
    "a long nonce": made(nonce=b"n" * 16),
    "a short nonce": made(nonce=b"n" * 8),
    "no nonce": part(2, lambda _: ""),
    "no tag": part(4, lambda _: ""),
    "a short tag": part(4, lambda p: b64(unb64(p)[:12])),
    "a tag that begins too early": moved(TOKEN),
    "the other alphabet": part(2, lambda p: p.replace("_", "/"), made(nonce=b"\xff" * 12)),
    "padding": TOKEN + "==",
    "a blank after": TOKEN + " ",
    "a line end after": TOKEN + "\n",
    "a blank within": part(3, lambda p: p[:4] + " " + p[4:]),
    "four parts": TOKEN.rpartition(".")[0],
    "six parts": TOKEN + ".",
}
REFUSED_BY_US_ALONE = {
    "where to find a key": made(jku="https://portal.example/keys"),
    "a certificate": made(x5t="AAAA"),
    "a key given": made(jwk={}),
    "critical, known": made(crit=["kid"], kid="1"),
    "an ephemeral key of another kind": made(epk={"kty": "oct"}),
    "more than an ephemeral key is": made(epk={"kid": "1"}),
}


@pytest.mark.parametrize("token", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_token_opens_nowhere(token: str) -> None:
    assert ours(token) is None
    assert theirs(token) is None


@pytest.mark.parametrize("token", REFUSED_BY_US_ALONE.values(), ids=REFUSED_BY_US_ALONE)
def test_a_header_says_how_to_open_and_no_more(token: str) -> None:
    assert ours(token) is None
    assert theirs(token) == b"to the letter"


@given(st.integers(0, len(TOKEN) - 1), st.integers(1, 255))
def test_a_token_with_any_byte_altered_opens_nowhere(place: int, bits: int) -> None:
    altered = TOKEN[:place] + chr(ord(TOKEN[place]) ^ bits) + TOKEN[place + 1 :]
    assert ours(altered) is None
    assert theirs(altered) is None


@given(st.integers(0, len(TOKEN)), st.text(LETTERS, max_size=3), st.integers(0, 3))
def test_a_token_with_letters_put_in_or_left_out_opens_nowhere(
    place: int, letters: str, without: int
) -> None:
    altered = TOKEN[:place] + letters + TOKEN[place + without :]
    assert (ours(altered), theirs(altered)) == (None, None) or altered == TOKEN


@given(st.sampled_from([0, 2, 3, 4]), st.sampled_from(LETTERS + "BCDEFGHIPQRSgw"))
def test_bits_that_say_nothing_say_nothing_else(number: int, last: str) -> None:
    altered = part(number, lambda p: p[:-1] + last)
    assert (ours(altered), theirs(altered)) == (None, None) or altered == TOKEN


@given(st.text(max_size=300) | st.lists(st.text(max_size=20), min_size=5, max_size=5).map(".".join))
def test_any_other_text_does_not_open(text: str) -> None:
    with pytest.raises(jwe.NotOpened):
        jwe.open_with(PRIVATE, text)


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
    with pytest.raises(jwe.NotOpened):
        jwe.open_with(PUBLIC, TOKEN)
    with pytest.raises(jwe.NotOpened, match="characters"):
        jwe.open_with(PRIVATE, "A" * (jwe.SIZE_LIMIT + 1))


def test_a_key_that_is_none_is_named_at_start() -> None:
    to_sign = KEY | {"use": "sig"}
    rsa_like = {"kty": "RSA", "n": "AQAB", "e": "AQAB"}
    p521 = dict(ECKey.generate_key("P-521").as_dict(private=True))
    for jwk in ({}, {"kty": "EC"}, rsa_like, p521, to_sign):
        with pytest.raises(Misconfigured, match="P-256"):
            jwe.import_key(jwk)
