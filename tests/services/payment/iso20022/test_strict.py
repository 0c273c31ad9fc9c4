"""What a partner's XML may do to us: nothing."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payment.iso20022 import strict
from services.payment.iso20022.strict import DEPTH_LIMIT, TEXT_LIMIT
from services.payment.iso20022.words import Malformed
from tests.services.payment.iso20022.iso_vectors import body, schemas

CREDIT = body("iso20022-vn-camt054-credit")
NAMESPACE = b'xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"'


def refused(given: bytes) -> Malformed:
    with pytest.raises(Malformed) as caught:
        strict.read(given, schemas())
    return caught.value


@pytest.mark.parametrize(
    "dtd",
    [
        b'<!DOCTYPE Document [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
        b'<!DOCTYPE Document SYSTEM "file:///etc/passwd">',
        b'<!DOCTYPE Document [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x">%x;]>',
        b"<!DOCTYPE Document>",
    ],
)
def test_a_dtd_is_refused_at_its_first_word(dtd):
    assert "DTD" in refused(CREDIT.replace(b"<Document", dtd + b"<Document")).why


def test_an_entity_that_was_not_declared_is_no_xml():
    assert "well-formed" in refused(CREDIT.replace(b"LE PHI", b"&phi;")).why


def test_what_is_nested_too_deeply_is_refused_also_where_anything_may_stand():
    deep = b"<a>" * (DEPTH_LIMIT + 1) + b"</a>" * (DEPTH_LIMIT + 1)
    envelope = b"<SplmtryData><Envlp>" + deep + b"</Envlp></SplmtryData></Ntfctn>"

    # Ntfctn has no room for it, its parent does
    text = CREDIT.replace(b"</Ntfctn>", b"</Ntfctn>" + envelope.removesuffix(b"</Ntfctn>"))

    assert "deep" in refused(text).why


def test_what_may_hold_anything_holds_one_thing():
    def with_envelope(held: bytes) -> bytes:
        data = b"<SplmtryData><Envlp>" + held + b"</Envlp></SplmtryData>"
        return CREDIT.replace(b"</Ntfctn>", b"</Ntfctn>" + data)

    _, document = strict.read(with_envelope(b"<x:own xmlns:x='urn:x'>1<y/></x:own>"), schemas())

    assert document.find("BkToCstmrDbtCdtNtfctn/SplmtryData") is not None
    assert refused(with_envelope(b"")).why.startswith("lacks")
    assert refused(with_envelope(b"<x/><y/>")).why == "holds more than one element"


def test_a_text_that_never_ends_is_refused_before_it_is_kept():
    assert "long" in refused(CREDIT.replace(b"LE PHI", b"x" * (TEXT_LIMIT + 1))).why


def test_a_message_is_bounded():
    with pytest.raises(Malformed, match="longer than 100 bytes"):
        strict.read(CREDIT, schemas(), 100)


def test_the_namespace_may_have_a_prefix():
    text = CREDIT.replace(NAMESPACE, NAMESPACE.replace(b"xmlns", b"xmlns:i"))
    text = text.replace(b"</", b"</i:").replace(b"<", b"<i:").replace(b"<i:/i:", b"</i:")
    text = text.replace(b"<i:?xml", b"<?xml")

    assert strict.read(text, schemas())[0] == "camt.054.001.08"


def test_a_hint_to_the_schema_is_passed_over():
    hint = b' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b"'

    assert strict.read(CREDIT.replace(NAMESPACE, NAMESPACE + hint), schemas())
    assert (
        "attribute"
        in refused(
            CREDIT.replace(NAMESPACE, NAMESPACE + hint.replace(b"schemaLocation", b"nil"))
        ).why
    )


def test_a_message_is_named_by_its_namespace_whatever_follows():
    assert strict.named(CREDIT) == "camt.054.001.08"
    assert strict.named(CREDIT[:200] + b"<<<") == "camt.054.001.08"
    assert strict.named(b"") == strict.named(b"{}") == strict.named(b" " * 3_000 + CREDIT) == ""


def test_what_need_not_be_there_has_its_place_all_the_same():
    booked, number = b"<BookgDt><Dt>2026-11-02</Dt></BookgDt>", b"<AcctSvcrRef>FT26306000123"
    end = b"</AcctSvcrRef>"
    assert booked + number + end in CREDIT

    swapped = CREDIT.replace(booked + number + end, number + end + booked)

    assert refused(swapped).why == "holds BookgDt after AcctSvcrRef: wrong order"


def test_a_refusal_says_where_and_why():
    error = refused(CREDIT.replace(b"<Sts><Cd>BOOK</Cd></Sts>", b""))

    assert (error.code, error.why) == ("FF01", "has no Sts")
    assert error.path.endswith("/Ntfctn/Ntry")


@pytest.mark.parametrize("given", [b"", b" ", b"<", b"{}", b"\xff\xfe", b"<Document/>"])
def test_what_is_no_message_is_refused(given):
    assert refused(given).code == "FF01"


@given(cut=st.integers(1, len(CREDIT) - 1), noise=st.binary(max_size=8))
def test_what_is_cut_or_scrambled_is_refused_or_read_but_never_breaks(cut, noise):
    for text in (CREDIT[:cut], CREDIT[:cut] + noise + CREDIT[cut:], CREDIT[:cut] + noise):
        with suppress(Malformed):
            strict.read(text, schemas())


@given(cut=st.integers(1, len(CREDIT) - 1))
def test_it_does_not_matter_where_the_bytes_are_cut(cut):
    each, whole = frozenset({"Ntry"}), frozenset({"Ntfctn"})
    pieces = list(strict.stream([CREDIT[:cut], CREDIT[cut:]], schemas(), each, whole, 10_000))

    assert [(parent.name, entry and entry.name) for parent, entry in pieces] == [
        ("Ntfctn", "Ntry"),
        ("Ntfctn", None),
    ]
