"""Signatures, for any input."""

from urllib.parse import urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.payment.gateways import Call, Refused
from services.payment.gateways.vnpay.signing import (
    SIGNATURE,
    canonical,
    sign,
    verified,
)
from tests.services.payment.gateways.vnpay.vnpay_vectors import KEY, NOW

names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12).map(
    "vnp_".__add__
)
values = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
parameters = st.dictionaries(names, values, max_size=8).map(
    lambda d: {n: v for n, v in d.items() if not n.startswith(SIGNATURE)}
)


def signed(given_parameters: dict[str, str]) -> bytes:
    return urlencode(
        given_parameters | {SIGNATURE: sign(KEY, canonical(given_parameters.items()))}
    ).encode()


@given(parameters)
@example({"vnp_": "", "vnp_a": "\udcff".encode("utf-8", "replace").decode()})
def test_what_is_signed_verifies(some):
    given_back = verified(signed(some), [KEY])

    assert {n: v for n, v in given_back.items() if n != SIGNATURE} == some


@given(parameters.filter(bool), st.data())
def test_any_tampering_is_refused(some, data):
    name = data.draw(st.sampled_from(sorted(some)))
    other = data.draw(values.filter(lambda v: v != some[name]))
    added = data.draw(names.filter(lambda n: n not in some and not n.startswith(SIGNATURE)))
    tampered = data.draw(
        st.sampled_from(
            [
                some | {name: other},
                some | {added: "1"},
                *([{n: v for n, v in some.items() if n != name}] if some[name] else []),
            ]
        )
    )
    signature = sign(KEY, canonical(some.items()))
    query = urlencode(tampered | {SIGNATURE: signature}).encode()

    with pytest.raises(Refused):
        verified(query, [KEY])


@given(st.binary(max_size=300) | st.text(max_size=100).map(lambda t: f"vnp_A={t}".encode()))
@example(b"vnp_SecureHash=" + "ệ".encode() + b"&vnp_A=\xff%ED%A0%80")
@example(b"&" * 5_000)
@example(b"vnp_A=" + b"1" * 9_000)
def test_arbitrary_query_strings_raise_nothing_but_the_named_error(vnpay, query):
    with pytest.raises(Refused):
        vnpay.read_callback(Call(query), NOW)


@given(st.binary(max_size=40).map(lambda b: b.replace(b"&", b"").replace(b"=", b"")))
def test_bytes_that_are_no_utf8_verify_as_they_came(some):
    segments = b"&".join(sorted([b"vnp_A=" + some, b"vnp_B=1"]))
    signature = sign(KEY, segments.decode("utf-8", "surrogateescape"))

    assert verified(segments + f"&{SIGNATURE}={signature}".encode(), [KEY])["vnp_B"] == "1"
