"""A partner's own receipt at the edge: asked of it at that moment, looked at, handed on."""

import asyncio
from hashlib import sha256

import httpx
import msgspec
import pytest

from services.payment.domain.assessing import Basis
from services.payment.domain.state import Attempt, Payment
from services.payment.gateways import Order
from services.payment.gateways.families import FAMILIES
from services.payment.gateways.neutral.gateway import Neutral
from services.payment.partner_receipts_api import PDF_LIMIT_BYTES, router
from services.payment.partners import Registry
from shared.access import Access
from shared.journal import Cause, Decision
from tests.services.payment.asked import Asked, bank, platform, signed
from tests.services.payment.office import HANOI, HCMC, KEYS

REFERENCE, TRANSACTION = "DVC041212345678908", "FT26306000123"
PDF = b"%PDF-1.4\n% made up\n%%EOF\n"
LINK = "https://bienlai.example.vn/1"
SAID = {"reference": REFERENCE, "number": "BL1", "state": "valid", "url": LINK}


@pytest.fixture
def asked(counter, a):
    """Partners that give receipts, and one that does not."""
    made = Asked(counter, lambda _: signed(a, "receipt", **SAID))
    registry = Registry([bank(a), platform(a), a.partner()], FAMILIES)
    counter.app.include_router(
        router(registry, counter.journal, made.asking, a.catalogue, lambda: a.now)
    )
    return made


@pytest.fixture
def paid(counter, a):
    """Make an order stand that was paid."""

    async def make(partner, portal="portal", basis=None, **changes):
        attempt = Attempt(
            number=1,
            obligation=0,
            reference=REFERENCE,
            partner=partner,
            amount_vnd=a.amount_vnd,
            opened_at=a.now,
            expires_at=a.now,
            status="paid",
            transaction=TRANSACTION,
        )
        attempts = (msgspec.structs.replace(attempt, **changes),)
        state = Payment(attempts=attempts, portal=portal, basis=basis)
        decision = Decision(
            application=a.application,
            version=1,
            at=a.now,
            cause=Cause("routing.events", 0, 0, "x"),
            state=state,
            state_json=msgspec.json.encode(state),
            traceparent="",
            sequence=1,
        )
        await counter.journal.append([decision])

    return make


@pytest.fixture
def get(counter, a):
    async def asks(reference=REFERENCE, role="portal"):
        url = f"/v1/payments/{a.application}/orders/{reference}/receipt"
        return await counter.http.get(url, headers=KEYS[role])

    return asks


def is_refused(answer, status, code):
    body = answer.json()
    [problem] = body["problems"]
    assert (answer.status_code, body["type"]) == (status, f"urn:motcua:problem:{code}")
    assert problem["field"] == "/reference"
    assert problem["remedy_vi"] != problem["remedy_en"]
    return True


@pytest.mark.parametrize("role", ["portal", "officer", "operator"])
async def test_a_bank_is_asked_at_that_moment_and_its_link_is_handed_on(asked, paid, get, role):
    await paid("bac-ha")

    answer = await get(role=role)

    assert (answer.status_code, answer.headers["cache-control"]) == (200, "private, no-store")
    assert answer.json() == {
        "partner": "bac-ha",
        "reference": REFERENCE,
        "transaction": TRANSACTION,
        "url": LINK,
        "number": "BL1",
        "is_valid": True,
    }
    [sent] = asked.heard
    told = msgspec.json.decode(sent.content)
    assert (sent.url.path, told["reference"], told["transaction"]) == (
        "/v1/receipt",
        REFERENCE,
        TRANSACTION,
    )


async def test_a_receipt_that_is_void_says_so(asked, paid, get, a):
    await paid("bac-ha")
    asked.says = lambda _: signed(a, "receipt", **SAID | {"state": "void"})

    assert (await get()).json()["is_valid"] is False


def test_asked_again_it_is_another_question_for_it_may_be_void_by_now(a):
    gateway, order = Neutral(bank(a)), Order(REFERENCE, a.amount_vnd, a.now, a.now)
    asked = [
        dict(gateway.ask_receipt(order, TRANSACTION, at).headers)["x-request-id"]
        for at in (a.now, a.now, a.now.replace(microsecond=1))
    ]

    assert asked[0] == asked[1] != asked[2]


async def test_the_platform_may_answer_with_the_pdf_itself(asked, paid, get):
    await paid("quoc-gia")
    asked.says = lambda _: httpx.Response(200, content=PDF)

    answer = await get()

    assert (answer.status_code, answer.content) == (200, PDF)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == f'attachment; filename="{REFERENCE}.pdf"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert msgspec.json.decode(asked.heard[0].content)["LoaiBanTin"] == "GET_BILL"


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.4\n cut short",
        b"%PDF-1.4\n%%EOF" + b" " * 2_000,
        b"%PDF-" + b"x" * PDF_LIMIT_BYTES,
        b'{"MaLoi": "00", "UrlBienLai": "http://bienlai.example.vn/1"}',
        b'{"MaLoi": "00", "UrlBienLai": "http://127.0.0.1:8103/v1/payments"}',
        b'{"MaLoi": "00"}',
        b"<html>",
        b"",
    ],
)
async def test_what_is_no_whole_pdf_and_no_link_over_https_is_not_handed_on(
    asked, paid, get, content
):
    await paid("quoc-gia")
    asked.says = lambda _: httpx.Response(200, content=content)

    assert is_refused(await get(), 502, "partner-answer-refused")
    assert len(asked.heard) == 1, "a link is never followed"


async def test_an_answer_that_the_bank_did_not_sign_is_refused(asked, paid, get):
    await paid("bac-ha")
    asked.says = lambda _: httpx.Response(200, json=SAID)

    assert is_refused(await get(), 502, "partner-answer-refused")


@pytest.mark.parametrize(
    ("partner", "changes", "reference", "status", "code"),
    [
        ("bac-ha", {}, "DVC000000000000000", 404, "unknown-order"),
        ("bac-ha", {"status": "open", "transaction": ""}, REFERENCE, 409, "not-settled"),
        ("bac-ha", {"status": "expired", "transaction": ""}, REFERENCE, 409, "not-settled"),
        ("vnpay", {}, REFERENCE, 404, "no-partner-receipt"),
        ("gone", {}, REFERENCE, 404, "no-partner-receipt"),
    ],
)
async def test_nobody_is_asked_where_there_can_be_no_receipt(
    asked, paid, get, partner, changes, reference, status, code
):
    await paid(partner, **changes)

    assert is_refused(await get(reference), status, code)
    assert asked.heard == []


async def test_a_partner_that_has_none_says_so_in_its_own_word(asked, paid, get):
    await paid("quoc-gia")
    asked.says = lambda _: httpx.Response(200, json={"MaLoi": "08"})

    assert is_refused(await get(), 404, "partner-has-none")


async def test_another_portals_order_is_as_unknown_as_none(asked, paid, get):
    await paid("bac-ha", portal="another")

    answer = await get()

    assert (answer.status_code, asked.heard) == (404, [])
    assert (await get(role="operator")).status_code == 200


@pytest.mark.parametrize(("units", "status"), [(HCMC, 200), ("79", 200), (HANOI, 403), ("01", 403)])
async def test_an_officer_of_another_unit_is_not_told(asked, paid, counter, a, units, status):
    basis = Basis(procedure="2.000635", unit=HCMC, channel="online", copies=2, on=a.now.date())
    await paid("bac-ha", basis=basis)
    known = {"name": "officer", "role": "officer", "units": units}
    counter.app.state.access = Access({sha256(b"bound-key").hexdigest(): known})
    url = f"/v1/payments/{a.application}/orders/{REFERENCE}/receipt"

    answer = await counter.http.get(url, headers={"authorization": "Bearer bound-key"})

    assert answer.status_code == status
    assert len(asked.heard) == (status == 200)


# ---- while the partner cannot be asked


def refusing(request):
    raise httpx.ConnectError("refused", request=request)


def failing(_):
    return httpx.Response(500)


@pytest.mark.parametrize("says", [refusing, failing])
async def test_a_partner_that_fails_is_told_as_out_of_reach(asked, paid, get, says):
    await paid("bac-ha")
    asked.says = says

    answer = await get()

    assert is_refused(answer, 503, "partner-out-of-reach")
    assert int(answer.headers["retry-after"]) > 0


async def test_nobody_waits_longer_than_the_limit(asked, paid, get):
    await paid("bac-ha")

    async def never(_):
        await asyncio.sleep(3600)

    asked.says = never

    assert is_refused(await get(), 503, "partner-out-of-reach")


async def test_after_five_failures_it_is_let_be_and_tried_again_later(asked, paid, get, a):
    await paid("bac-ha")
    asked.says = failing
    for _ in range(5):
        await get()
    asked.says = lambda _: signed(a, "receipt", **SAID)

    assert is_refused(await get(), 503, "partner-out-of-reach")
    assert len(asked.heard) == 5
    asked.hours.now_s += 3600
    assert (await get()).status_code == 200


async def test_one_that_is_closed_to_citizens_is_not_asked(asked, paid, get, counter):
    await paid("bac-ha")
    counter.refused.add("bac-ha")

    assert is_refused(await get(), 503, "partner-out-of-reach")
    assert asked.heard == []
