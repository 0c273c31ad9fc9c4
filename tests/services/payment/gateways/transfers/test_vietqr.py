"""VietQR payloads: the public vectors, the limits, and whatever stands in a text."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.payment.gateways.transfers import vietqr
from services.payment.gateways.transfers.vietqr import NotVietQr, Transfer, crc, payload, read
from tests.services.payment.gateways.transfer_vectors import Vector, vectors

INPUTS = {
    "bankBin": "bank",
    "bankNumber": "number",
    "purpose": "purpose",
    "service": "service",
    "billNumber": "bill",
    "reference": "label",
}
STATIC = "00020101021138530010A0000007270123000697041601092576788590208QRIBFTTA53037045802VN6304"

printable = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=25)
transfers = st.builds(
    Transfer,
    bank=st.from_regex(r"\A[0-9]{6}\Z"),
    number=st.from_regex(r"\A[0-9A-Z]{1,19}\Z"),
    amount_vnd=st.none() | st.integers(1, 10**13 - 1),
    purpose=st.just("") | printable,
    service=st.sampled_from(["QRIBFTTA", "QRIBFTTC"]),
    bill=st.just("") | printable,
    label=st.just("") | printable,
    category=st.sampled_from(["", "9399"]),
    name=st.just("") | printable,
    city=st.sampled_from(["", "HA NOI"]),
)


def asked(vector: Vector) -> Transfer:
    given = {INPUTS[n]: v for n, v in vector["input"].items() if n in INPUTS}
    amount = vector["input"].get("amount")
    return Transfer(**given, amount_vnd=int(amount) if amount else None)


@pytest.mark.parametrize("vector", vectors("vietqr", "qr_payload"))
def test_a_public_payload_is_built_and_read(vector):
    expected = vector["expected"]["payload"]

    assert payload(asked(vector)) == expected == vector["canonical"] + vector["expected"]["crc"]
    assert read(expected) == asked(vector)
    assert expected[6:12] == f"0102{vector['expected']['decoded']['initMethod']}"


@pytest.mark.parametrize("vector", vectors("vietqr", "crc16_ccitt_false"))
def test_a_public_check_sum_is_ours(vector):
    assert crc(vector["input"]["ascii"]) == vector["expected"]["crc"]


@pytest.mark.parametrize("vector", vectors("vietqr", "qr_payload negative"))
def test_a_changed_payload_is_refused_and_lower_case_is_not(vector):
    text = vector["input"]["payload"]
    if vector["expected"].get("valid", "policy" in vector["expected"]):
        assert payload(read(text)) == text[:-4] + text[-4:].upper()
    else:
        with pytest.raises(NotVietQr):
            read(text)


@given(transfers)
@example(Transfer("970416", "1" * 19, 10**13 - 1, "p" * 25))
def test_what_is_built_is_read_back(wanted):
    text = payload(wanted)

    assert text.isascii()
    assert read(text) == wanted


@given(transfers.filter(lambda t: not t.bill), st.data())
def test_one_changed_character_is_never_read(wanted, data):
    text = payload(wanted)
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from("0123456789AZ ").filter(lambda c: c != text[at]))

    with pytest.raises(NotVietQr):
        read(text[:at] + other + text[at + 1 :])


@given(st.text(max_size=40) | st.from_regex(r"\A(00|38|62)[0-9]{2}[ -~]{0,30}\Z"))
@example("")
@example("6304")
def test_any_text_raises_nothing_but_the_named_error(text):
    for tried in (text, f"{text}6304"):
        if tried.isascii():
            with pytest.raises(NotVietQr):
                read(tried + crc(tried))
        with pytest.raises(NotVietQr):
            read(tried)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (STATIC.replace("5802VN", "5802VN5802VN"), "twice"),
        (STATIC.replace("5303704", "5303840"), "53"),
        (STATIC.replace("5802VN", "5802KH"), "58"),
        (STATIC.replace("000201", "").replace("5802VN", "5802VN000201"), "first"),
        (STATIC.replace("010211", "010213"), "01"),
        (STATIC.replace("A000000727", "A000000775"), "NAPAS"),
        (STATIC.replace("5802VN", "54041.505802VN"), "amount"),
        (STATIC.replace("5802VN", "54010" + "5802VN"), "amount"),
        (STATIC.replace("5802VN", "5802VN62020"), "shorter|begin"),
        (STATIC.replace("5802VN", "5802VN6200"), "shorter"),
        (STATIC.replace("QRIBFTTA", "QRIBFTTX"), "service"),
        (STATIC.replace("0006970416", "0006A70416"), "bank"),
    ],
)
def test_a_payload_with_a_right_sum_and_another_form_is_refused(body, why):
    with pytest.raises(NotVietQr, match=why):
        read(body + crc(body))


def test_other_fields_may_stand_in_a_payload():
    body = STATIC.replace("5802VN", "5802VN80030466304").removesuffix("6304")

    assert read(body + crc(body)) == Transfer("970416", "257678859")


def test_a_longer_purpose_is_read_but_not_written():
    body = STATIC.replace("5802VN", "5802VN62300826" + "p" * 26).removesuffix("6304") + "6304"

    assert read(body + crc(body)).purpose == "p" * 26


@pytest.mark.parametrize(
    "changes",
    [
        {"bank": "97041"},
        {"number": ""},
        {"number": "1" * 20},
        {"amount_vnd": 0},
        {"amount_vnd": -5},
        {"amount_vnd": 10**13},
        {"purpose": "Lệ phí"},
        {"purpose": "p" * (vietqr.PURPOSE_LIMIT + 1)},
        {"service": "QRXXXXXX"},
    ],
)
def test_a_value_that_does_not_fit_is_not_built(changes):
    with pytest.raises(NotVietQr):
        payload(Transfer("970416", "257678859")._replace(**changes))
