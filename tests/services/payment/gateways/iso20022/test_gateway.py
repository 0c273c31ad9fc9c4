"""What a bank that speaks ISO 20022 tells us, and how it is answered."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payment.gateways import (
    Call,
    Key,
    Partner,
    Refused,
)
from services.payment.gateways.iso20022.gateway import ANSWERS, Iso20022
from services.payment.gateways.request_signature import SIGNATURE, TIME, WINDOW_S
from tests.services.payment.gateways.iso20022.iso20022_words import (
    CREDIT,
    NOW,
    OURS,
    REFERENCE,
    REJECTED,
    ROW,
    THEIRS,
    call,
)
from tests.services.payment.iso20022.iso_vectors import body


@pytest.fixture
def bank() -> Iso20022:
    return Iso20022(ROW)


def notice(bank: Iso20022, given: bytes) -> Any:
    [found] = bank.read_callback(call(given), NOW)
    return found


def said(bank: Iso20022, verdict: Any, given: bytes = CREDIT) -> tuple[int, str]:
    reply = bank.answer(verdict, call(given), NOW)
    return reply.status, msgspec.json.decode(reply.body)["code"]


# ---- what a bank tells


def test_a_booked_credit_pays_its_order(bank):
    assert notice(bank, CREDIT)._asdict() == {
        "reference": REFERENCE,
        "transaction": "FT26306000123",
        "amount_vnd": 150_000,
        "finding": "paid",
        "code": "CRDT/BOOK",
    }


def test_a_credit_that_is_not_booked_is_no_payment_yet(bank):
    assert notice(bank, CREDIT.replace(b"BOOK", b"PDNG")).finding == "pending"


@pytest.mark.parametrize(
    ("reference", "structured", "text", "found"),
    [
        (REFERENCE, "", "", REFERENCE),
        ("NOTPROVIDED", REFERENCE, "", REFERENCE),
        ("NOTPROVIDED", "", f"MBVCB.32.{REFERENCE} nop le phi", REFERENCE),
        ("NOTPROVIDED", "", "nop dvc 0412-0000 00123.41", REFERENCE),
        ("APP123", "", f"PHI {REFERENCE}", REFERENCE),
        ("APP123", "HD-77", "PHI", "HD-77"),
        ("APP123", "", "PHI", "APP123"),
        ("NOTPROVIDED", "", f"{REFERENCE} DVC041200000099991", ""),
        ("NOTPROVIDED", "", "cam on", ""),
    ],
)
def test_an_order_is_found_where_the_payer_could_write_it(bank, reference, structured, text, found):
    remittance = f"<Ustrd>{text}</Ustrd>" if text else ""
    if structured:
        remittance += f"<Strd><CdtrRefInf><Ref>{structured}</Ref></CdtrRefInf></Strd>"
    given = CREDIT.replace(
        f"<EndToEndId>{REFERENCE}<".encode(), f"<EndToEndId>{reference}<".encode()
    ).replace(f"<Ustrd>{REFERENCE} LE PHI HO TICH</Ustrd>".encode(), remittance.encode())

    assert notice(bank, given).reference == found


def test_a_reference_cut_in_two_lines_is_put_together(bank):
    cut = f"{REFERENCE[:9]}</Ustrd><Ustrd>{REFERENCE[9:]}"
    given = CREDIT.replace(f"<Ustrd>{REFERENCE}".encode(), f"<Ustrd>{cut}".encode())

    assert notice(bank, given.replace(f">{REFERENCE}<".encode(), b">NOTPROVIDED<")).reference == (
        REFERENCE
    )


def test_our_own_transfers_are_told_to_no_order(bank):
    assert bank.read_callback(call(body("iso20022-bank-03-camt.054.001.08")), NOW) == ()


@pytest.mark.parametrize(
    ("found", "instead", "code"),
    [
        (b"</RmtInf>", b"</RmtInf><RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>", "CRDT/AC04"),
        (b"<Sts>", b"<RvslInd>true</RvslInd><Sts>", "CRDT/RVSL"),
    ],
)
def test_money_that_comes_back_pays_nothing(bank, found, instead, code):
    told = notice(bank, CREDIT.replace(found, instead))

    assert (told.reference, told.finding, told.code) == ("", "pending", code)


def test_money_that_is_taken_back_is_for_a_person(bank):
    taken = CREDIT.replace(b"CRDT", b"DBIT").replace(b"<Sts>", b"<RvslInd>true</RvslInd><Sts>")
    told = notice(bank, taken)

    assert (told.reference, told.finding, told.code) == ("", "pending", "DBIT/RVSL")


def test_a_refused_request_is_a_failed_attempt_and_an_accepted_one_no_payment(bank):
    refused, accepted = REJECTED, REJECTED.replace(b"<TxSts>RJCT", b"<TxSts>ACCP")

    assert (notice(bank, refused).finding, notice(bank, refused).code) == ("failed", "RJCT/AM04")
    assert notice(bank, accepted).finding == "pending"
    assert notice(bank, accepted.replace(b"ACCP", b"ACSC")).finding == "pending"


def test_a_report_without_entries_only_tries_the_address(bank):
    start, end = CREDIT.index(b"<Ntry>"), CREDIT.index(b"</Ntfctn>")

    assert bank.read_callback(call(CREDIT[:start] + CREDIT[end:]), NOW) == ()


# ---- who it is from


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"key": OURS}, "signature"),
        ({"at": NOW - timedelta(seconds=WINDOW_S + 1)}, "window"),
        ({"at": NOW + timedelta(seconds=WINDOW_S + 1)}, "window"),
    ],
)
def test_what_was_not_signed_by_the_bank_now_is_not_taken(bank, how, why):
    with pytest.raises(Refused) as caught:
        bank.read_callback(call(CREDIT, **how), NOW)

    assert (caught.value.verdict, caught.value.why) == ("not_genuine", why)


@pytest.mark.parametrize("missing", [TIME, SIGNATURE])
def test_both_headers_are_needed_once(bank, missing):
    whole = call(CREDIT)
    without = [h for h in whole.headers if h[0] != missing.encode()]
    twice = [*whole.headers, *(h for h in whole.headers if h[0] == missing.encode())]

    for told in (without, twice):
        with pytest.raises(Refused) as caught:
            bank.read_callback(whole._replace(headers=told), NOW)
        assert caught.value.verdict == "not_genuine"


def test_a_certificate_that_a_proxy_tells_of_is_not_believed(bank):
    believed = [(b"x-client-verify", b"SUCCESS"), (b"x-ssl-client-cert", b"song-cau")]

    with pytest.raises(Refused):
        bank.read_callback(Call(headers=believed, body=CREDIT), NOW)


@pytest.mark.parametrize(
    ("found", "instead"),
    [
        (b">150000<", b">10000000000001<"),
        (b"FT26306000123", b"0"),
        (b"FT26306000123", b"FT\n26306000123"),
    ],
)
def test_what_nobody_could_mean_is_unreadable(bank, found, instead):
    with pytest.raises(Refused) as caught:
        notice(bank, CREDIT.replace(found, instead))

    assert caught.value.verdict == "unreadable"


def test_a_reference_that_cannot_be_shown_is_none(bank):
    assert notice(bank, CREDIT.replace(REFERENCE.encode(), b"DVC\n1")).reference == ""
    assert notice(bank, REJECTED.replace(REFERENCE.encode(), b"DVC\n1")).reference == ""
    own = b"<Rsn><Prtry>A\nB</Prtry></Rsn>"
    assert notice(bank, REJECTED.replace(b"<Rsn><Cd>AM04</Cd></Rsn>", own)).code == "RJCT/AB"


def test_what_was_refused_can_be_answered_in_every_way(bank):
    for verdict in ANSWERS:
        assert said(bank, verdict, b"<")[0] < 600


def test_one_byte_changed_is_seen(bank):
    with pytest.raises(Refused) as caught:
        bank.read_callback(call(CREDIT)._replace(body=CREDIT.replace(b"150000", b"150001")), NOW)

    assert caught.value.why == "signature"


def test_an_account_that_is_not_ours_is_another_merchants(bank):
    with pytest.raises(Refused) as caught:
        notice(bank, CREDIT.replace(b"1234567890123", b"9999567890123"))

    assert (caught.value.verdict, caught.value.why) == ("not_genuine", "merchant")


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (CREDIT.replace(b'Ccy="VND"', b'Ccy="USD"'), "currency"),
        (CREDIT.replace(b">150000<", b">150000.50<"), "form"),
        (body("iso20022-vn-camt054-n1-order"), "form"),
        (body("iso20022-vn-camt054-n2-namespace"), "form"),
        (body("iso20022-bank-10-camt.053.001.08"), "form"),
        (b"", "form"),
    ],
)
def test_what_its_schema_does_not_allow_is_unreadable(bank, given, why):
    with pytest.raises(Refused) as caught:
        bank.read_callback(call(given), NOW)

    assert (caught.value.verdict, caught.value.why) == ("unreadable", why)


@given(cut=st.integers(0, len(CREDIT)), noise=st.binary(max_size=40))
def test_whatever_a_bank_signs_is_read_or_refused(cut, noise):
    given = CREDIT[:cut] + noise + CREDIT[cut + len(noise) :]
    try:
        found = Iso20022(ROW).read_callback(call(given), NOW)
    except Refused:
        return
    assert all(n.amount_vnd >= 0 for n in found)


# ---- how it is answered


def test_the_answer_says_whether_to_send_it_again(bank):
    answers = {verdict: said(bank, verdict) for verdict in ANSWERS}

    assert {v for v, (status, _) in answers.items() if status == 202} == {
        *("recorded", "already_final", "amount_differs")
    }
    assert answers["unknown_order"] == (404, "unknown_order")
    assert answers["call_again"][0] == 503


def test_money_that_names_no_order_is_not_to_be_sent_again(bank):
    nameless = CREDIT.replace(REFERENCE.encode(), b"NOTPROVIDED", 1).replace(
        REFERENCE.encode(), b"PHI"
    )

    assert said(bank, "unknown_order", nameless) == (202, "kept")
    assert said(bank, "unknown_order", CREDIT) == (404, "unknown_order")


def test_an_answer_to_a_request_has_no_amount_that_could_differ(bank):
    assert said(bank, "amount_differs", REJECTED) == (202, "recorded")
    assert said(bank, "amount_differs", CREDIT) == (202, "amount_differs")


def test_keys_rotate_with_overlap():
    newer = Key(secret="NEWER", valid_from=NOW)
    row: Partner = msgspec.structs.replace(ROW, incoming=(THEIRS, newer))

    for key in (THEIRS, newer):
        assert Iso20022(row).read_callback(call(CREDIT, key=key), NOW)
    ended = msgspec.structs.replace(THEIRS, valid_to=NOW)
    with pytest.raises(Refused):
        Iso20022(msgspec.structs.replace(row, incoming=(ended, newer))).read_callback(
            call(CREDIT), NOW
        )


def test_the_message_is_described(bank):
    described = bank.callback_described()

    assert set(described["responses"]) == {"202", "401", "404", "422", "503"}
    assert "camt.054.001.08" in described["requestBody"]["description"]
