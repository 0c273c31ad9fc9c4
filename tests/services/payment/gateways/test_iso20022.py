"""A bank that speaks ISO 20022, behind the port."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payment.gateways import (
    Account,
    Answer,
    Call,
    Declined,
    Key,
    Offer,
    Order,
    Partner,
    Payer,
    Refund,
    Refused,
    Sending,
    Unsendable,
)
from services.payment.gateways.iso20022 import ANSWERS, Iso20022
from services.payment.gateways.request_signature import SIGNATURE, TIME, WINDOW_S, sign
from services.payment.iso20022 import strict
from services.payment.iso20022.transfers import judge
from tests.services.payment.iso20022.iso_vectors import body, schemas
from tests.services.payment.office import LONG_AGO, PARTNER

NOW = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
THEIRS = Key(secret="THUNGHIEMISOINCOMING", valid_from=LONG_AGO)
OURS = Key(secret="THUNGHIEMISOOUTGOING", valid_from=LONG_AGO)
ACCOUNT = Account(bank="970415", number="1234567890123", name="Sở Tư pháp tỉnh Mẫu")
ROW = msgspec.structs.replace(
    PARTNER,
    name="song-cau",
    kind="bank",
    family="iso20022",
    account=ACCOUNT,
    outgoing=(OURS,),
    incoming=(THEIRS,),
    base_url="http://127.0.0.1:9",
    page_url="http://127.0.0.1:9",
    ids={"bank": "970436", "accounts": "NL26MOCK0000000077"},
)
REFERENCE = "DVC041200000012341"
CREDIT = body("iso20022-vn-camt054-credit").replace(b"DVC2611020000017", REFERENCE.encode())
REJECTED = body("iso20022-vn-pain014-rjct").replace(b"DVC2611020000017", REFERENCE.encode())
ORDER = Order(REFERENCE, 150_000, NOW, NOW + timedelta(hours=24))
REFUND = Refund("RF-1", REFERENCE, "FT26306000123", 50_000, 150_000, NOW, "withdrawn", "o", NOW)


@pytest.fixture
def bank() -> Iso20022:
    return Iso20022(ROW)


def headers(given: bytes, key: Key = THEIRS, at: datetime = NOW) -> dict[str, str]:
    time = str(int(at.timestamp()))
    return {TIME: time, SIGNATURE: sign(key, time, given)}


def call(given: bytes, **how: Any) -> Call:
    named = headers(given, **how).items()
    return Call(headers=[(n.encode(), v.encode()) for n, v in named], body=given)


def answer(given: bytes, status: int = 202) -> Answer:
    return Answer(status, given, headers(given))


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
        ("NOTPROVIDED", "", f"{REFERENCE} DVC041200000099999", ""),
        ("NOTPROVIDED", "", "cam on", ""),
        ("NOTPROVIDED", "", f"{REFERENCE}7", ""),
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


# ---- what we send


def sent(sending: Any) -> bytes:
    assert isinstance(sending, Sending)
    named = dict(sending.headers)
    assert named[SIGNATURE] == sign(OURS, named[TIME], sending.body)
    assert sending.url.startswith(ROW.base_url)
    return sending.body


def test_an_order_is_a_request_to_pay_that_names_it(bank):
    given = sent(bank.create("019aa0a5-b1c0-7d3e-8f4a-2b6c8d0e1f23/1", ORDER, Payer(""), NOW))
    root = strict.read(given, schemas())[1].one("CdtrPmtActvtnReq")

    assert root.at("PmtInf/CdtTrfTx/PmtId/EndToEndId") == REFERENCE
    assert root.at("PmtInf/CdtTrfTx/Amt/InstdAmt") == "150000"
    assert root.at("PmtInf/DbtrAgt/FinInstnId/ClrSysMmbId/MmbId") == "970436"
    assert root.at("PmtInf/CdtTrfTx/CdtrAcct/Id/Othr/Id") == ACCOUNT.number
    assert len(root.at("GrpHdr/MsgId")) <= 35
    again = sent(bank.create("019aa0a5-b1c0-7d3e-8f4a-2b6c8d0e1f23/1", ORDER, Payer(""), NOW))
    assert again == given, "sent again, it is the same file"


def test_an_orders_own_account_goes_before_that_of_the_row(bank):
    own = Account(bank="970405", number="777", name="Kho bạc")
    given = sent(bank.create("K", ORDER._replace(account=own), Payer(""), NOW))

    assert b"<Id>777</Id>" in given


def test_an_accepted_request_is_an_offer(bank):
    accepted = REJECTED.replace(b"<TxSts>RJCT", b"<TxSts>ACTC")

    assert bank.read_created(answer(accepted), ORDER, NOW) == Offer(
        f"http://127.0.0.1:9/pay/{REFERENCE}"
    )


def test_a_request_that_was_there_before_is_an_offer_all_the_same(bank):
    repeated = REJECTED.replace(b"AM04", b"DUPL")

    assert bank.read_created(answer(repeated, 422), ORDER, NOW).pay_url


def test_a_refused_request_is_declined(bank):
    with pytest.raises(Declined, match="RJCT/AM04"):
        bank.read_created(answer(REJECTED, 422), ORDER, NOW)


def test_an_answer_is_the_banks_and_about_this_order(bank):
    with pytest.raises(Refused, match="another order"):
        bank.read_created(answer(REJECTED), ORDER._replace(reference="DVC9"), NOW)
    with pytest.raises(Refused, match="x-request-time"):
        bank.read_created(Answer(202, REJECTED, {}), ORDER, NOW)


def report(given: bytes) -> bytes:
    """Return a notification as a report during the day."""
    for found, instead in (
        (b"camt.054", b"camt.052"),
        (b"BkToCstmrDbtCdtNtfctn", b"BkToCstmrAcctRpt"),
        (b"Ntfctn>", b"Rpt>"),
    ):
        given = given.replace(found, instead)
    return given


def test_a_question_names_account_order_and_day(bank):
    asked = msgspec.json.decode(sent(bank.query("q/1", ORDER, NOW)))

    assert asked == {"account": ACCOUNT.number, "reference": REFERENCE, "from": "2026-11-02"}


def test_a_report_says_whether_an_order_is_paid(bank):
    booked = report(CREDIT)

    assert bank.read_answer(answer(booked), ORDER, NOW)[:3] == ("paid", "FT26306000123", 150_000)
    assert bank.read_answer(answer(booked.replace(b"BOOK", b"PDNG")), ORDER, NOW)[0] == "pending"
    other = ORDER._replace(reference="DVC041200000099999")
    assert bank.read_answer(answer(booked), other, NOW)[0] == "not_found"
    with pytest.raises(Refused):
        bank.read_answer(answer(booked.replace(b"1234567890123", b"1")), ORDER, NOW)
    with pytest.raises(Refused):
        bank.read_answer(answer(CREDIT), ORDER, NOW)


# ---- refunds


def test_a_refund_goes_to_where_the_money_came_from(bank):
    given = sent(bank.refund(REFUND, NOW))
    root = strict.read(given, schemas())[1].one("CstmrCdtTrfInitn")
    account = root.one("PmtInf/CdtTrfTxInf/CdtrAcct/Id/Othr")

    assert judge(given) == ()
    assert (account.at("Id"), account.at("SchmeNm/Prtry")) == ("FT26306000123", "TXREF")
    assert root.at("GrpHdr/MsgId") == root.at("PmtInf/CdtTrfTxInf/PmtId/EndToEndId") == "RF-1"
    assert root.at("PmtInf/CdtTrfTxInf/RmtInf/Ustrd") == f"RF-1 hoan {REFERENCE}"
    assert root.at("GrpHdr/CtrlSum") == "50000"


def test_a_long_key_becomes_a_short_name_the_same_every_time(bank):
    long = REFUND._replace(key="019aa0a5-b1c0-7d3e-8f4a-2b6c8d0e1f23/refund/1")
    other = long._replace(key=long.key[:-1] + "2")

    assert sent(bank.refund(long, NOW)) == sent(bank.refund(long, NOW))
    assert sent(bank.refund(long, NOW)) != sent(bank.refund(other, NOW))


def test_a_refund_that_no_file_can_carry_is_not_sent(bank):
    for changes in ({"amount_vnd": 0}, {"transaction": "x" * 35}):
        with pytest.raises(Unsendable):
            bank.refund(REFUND._replace(**changes), NOW)
    without = Iso20022(msgspec.structs.replace(ROW, account=None))
    with pytest.raises(Unsendable):
        without.refund(REFUND, NOW)


def status(report_id: str, key: str = "RF-1") -> bytes:
    given = body(report_id).replace(b"REFUND-20261102-0001A", key.encode())
    given = given.replace(b"REFUND-20261102-0001D", key.encode())
    given = given.replace(b"REFUND-20261102-0001", key.encode())
    return given.replace(b"RF26110200001", key.encode())


@pytest.mark.parametrize(
    ("vector", "finding", "code"),
    [
        ("iso20022-bank-02-pain.002.001.10", "pending", "ACCP"),
        ("iso20022-bank-04-pain.002.001.10", "unknown", "RJCT/DUPL"),
        ("iso20022-bank-05-pain.002.001.10", "failed", "RJCT/AM10"),
        ("iso20022-bank-08-pain.002.001.10", "failed", "RJCT/AC01"),
    ],
)
def test_a_status_says_what_became_of_a_refund(bank, vector, finding, code):
    given = answer(status(vector))

    assert bank.read_refunded(given, REFUND, NOW) == (finding, "", code)
    assert bank.read_refund_answer(given, REFUND, NOW) == (finding, "", code)


def test_a_status_of_another_refund_says_nothing(bank):
    with pytest.raises(Refused):
        bank.read_refunded(answer(status("iso20022-bank-02-pain.002.001.10", "RF-2")), REFUND, NOW)


def test_a_booked_debit_is_a_refund_that_is_done(bank):
    debit = report(body("iso20022-bank-03-camt.054.001.08").replace(b"RF26110200001", b"RF-1"))

    asked = msgspec.json.decode(sent(bank.query_refund("q", REFUND, NOW)))
    assert asked["reference"] == "RF-1"
    done = bank.read_refund_answer(answer(debit), REFUND, NOW)
    assert done == ("done", "MB-PMT-1", "DBIT/BOOK")
    pending = answer(debit.replace(b"BOOK", b"PDNG"))
    assert bank.read_refund_answer(pending, REFUND, NOW).finding == "pending"
    other = REFUND._replace(amount_vnd=49_000)
    assert bank.read_refund_answer(answer(debit), other, NOW).finding == "unknown"


def test_a_refund_that_came_back_has_failed(bank):
    debit = report(body("iso20022-bank-03-camt.054.001.08").replace(b"RF26110200001", b"RF-1"))
    start, end = debit.index(b"<Ntry>"), debit.index(b"</Rpt>")
    back = debit[start:end].replace(b"DBIT", b"CRDT").replace(b"MB-PMT-1", b"MB-RTN-1")
    back = back.replace(b"</RltdAgts>", b"</RltdAgts><RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>")

    found = bank.read_refund_answer(answer(debit[:end] + back + debit[end:]), REFUND, NOW)

    assert found == ("failed", "MB-RTN-1", "CRDT/AC04")


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
