"""What is signed is signed as a whole: by this key, to the last character."""

import json
from base64 import urlsafe_b64decode
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.local.secrets import generate
from services.operations.proofs.signing import canonical, is_signed, read_key, sign
from shared.errors import Misconfigured

OURS, THEIRS = (side["proof_jwk"] for side in generate())
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda some: st.lists(some, max_size=3) | st.dictionaries(st.text(), some, max_size=3),
    max_leaves=9,
)


@given(value=VALUES)
def test_what_was_signed_verifies_with_the_public_key_however_it_was_written(value: Any) -> None:
    again = json.loads(json.dumps(value, indent=2))

    assert is_signed(again, sign(value, OURS), THEIRS, "the file")


@given(value=VALUES, other=VALUES)
def test_nothing_else_does(value: Any, other: Any) -> None:
    assert is_signed(other, sign(value, OURS), THEIRS, "the file") == (
        canonical(value) == canonical(other)
    )


def test_another_key_has_not_signed_it() -> None:
    another = generate()[1]["proof_jwk"]

    assert not is_signed({}, sign({}, OURS), another, "the file")


@pytest.mark.parametrize("changed", ["", "a", "a..b", "..", "eyJhbGciOiJub25lIn0.."])
def test_what_is_no_signature_is_none(changed: str) -> None:
    assert not is_signed({}, changed, THEIRS, "the file")


def test_the_signature_says_how_and_with_which_key_and_has_nothing_of_the_report() -> None:
    header, payload, _ = sign({"a": 1}, OURS).split(".")

    said = urlsafe_b64decode(header + "=" * (-len(header) % 4))
    assert json.loads(said) == {"alg": "Ed25519", "kid": THEIRS["kid"]}
    assert payload == ""


def test_the_one_form_of_a_value_is_that_of_rfc_8785() -> None:
    assert canonical({"b": [1, None, True], "a": "đồng\n"}) == (
        '{"a":"đồng\\n","b":[1,null,true]}'.encode()
    )


def test_the_public_key_cannot_sign() -> None:
    with pytest.raises(Misconfigured, match="cannot sign"):
        sign({}, THEIRS)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{}", "has no proof_jwk"),
        ("[]", "has no proof_jwk"),
        ("no json", "is no JSON"),
        (None, "cannot be read"),
    ],
)
def test_a_file_without_a_key_says_what_to_do(tmp_path: Path, text: str | None, said: str) -> None:
    path = tmp_path / "keys.json"
    if text is not None:
        path.write_text(text)

    with pytest.raises(Misconfigured, match=said):
        read_key(path)


@pytest.mark.parametrize("side", [0, 1])
def test_a_key_is_read_alone_or_among_secrets(tmp_path: Path, side: int) -> None:
    path, secrets = tmp_path / "keys.json", generate()[side]
    path.write_text(json.dumps(secrets))
    among = read_key(path)
    path.write_text(json.dumps(secrets["proof_jwk"]))

    assert read_key(path) == among == secrets["proof_jwk"]


def test_a_key_of_another_kind_is_refused() -> None:
    with pytest.raises(Misconfigured, match="no Ed25519 key"):
        sign({}, generate()[0]["intake_jwk"])
