"""Whose an account is, and from which one a payment came: asked of a bank, kept nowhere."""

from datetime import timedelta

import httpx
import msgspec
import pytest
from structlog.testing import capture_logs

from services.payment.accounts_api import ASKED_LIMIT, router
from services.payment.domain.state import Attempt, Money, Payment, Refund
from services.payment.gateways.asked import Accounts
from services.payment.gateways.families import FAMILIES
from services.payment.partners import Registry
from shared.journal import Cause, Decision
from tests.services.payment.asked import Asked, bank, signed
from tests.services.payment.office import KEYS

ACCOUNT = {"bank": "970499", "number": "0020100000101"}
NAME = "TRAN THI THU NGHIEM"
REFERENCE, TRANSACTION = "DVC041212345678908", "FT26306000123"
PAYER = {"reference": REFERENCE, "transaction": TRANSACTION, **ACCOUNT, "name": NAME}


@pytest.fixture
def asked(counter, a):
    """A bank that names accounts, and a partner that does not."""
    made = Asked(counter, lambda _: signed(a, "account", **ACCOUNT, name=NAME, state="open"))
    registry = Registry([bank(a), a.partner()], FAMILIES)
    counter.app.include_router(router(registry, counter.journal, made.asking, lambda: a.now))
    return made


@pytest.fixture
def ask(counter):
    async def asks(body=ACCOUNT, name="bac-ha", role="operator"):
        url = f"/v1/partners/{name}/accounts"
        return await counter.http.post(url, json=body, headers=KEYS[role])

    return asks


def problem(answer):
    [found] = answer.json()["problems"]
    assert found["remedy_vi"] != found["remedy_en"]
    return answer.status_code, found["code"], found["field"]


@pytest.mark.parametrize("role", ["operator", "officer"])
async def test_a_bank_names_the_holder_of_an_account(asked, ask, role):
    answer = await ask(role=role)

    assert (answer.status_code, answer.json()) == (200, {"name": NAME})
    assert answer.headers["cache-control"] == "no-store"
    [sent] = asked.heard
    assert sent.url.path == "/v1/account"
    assert msgspec.json.decode(sent.content).items() >= ACCOUNT.items()


async def test_who_only_hands_in_applications_may_not_ask(asked, ask):
    assert (await ask(role="portal")).status_code == 403
    assert asked.heard == []


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        ({"state": "closed"}, 409, "account-closed"),
        ({"state": "unknown"}, 404, "unknown-account"),
        ({"name": " "}, 404, "account-not-told"),
        ({"number": "0020100000102"}, 502, "partner-answer-refused"),
        ({"bank": "970400"}, 502, "partner-answer-refused"),
        ({"state": "frozen"}, 502, "partner-answer-refused"),
    ],
)
async def test_an_account_that_cannot_be_paid_to_is_refused(asked, ask, a, said, status, code):
    whole = {**ACCOUNT, "name": NAME, "state": "open", **said}
    asked.says = lambda _: signed(a, "account", **whole)

    assert problem(await ask()) == (status, code, "/number")


async def test_a_bank_that_does_not_say_is_not_taken_to_know_of_none(asked, ask, a):
    asked.says = lambda _: signed(a, "account", 404, code="unknown_reference")

    assert problem(await ask()) == (404, "account-not-told", "/number")


async def test_a_partner_that_says_nothing_of_accounts_names_those_that_do(asked, ask):
    for name in ("vnpay", "nobody"):
        answer = await ask(name=name)

        assert problem(answer) == (404, "partner-names-no-accounts", "/name")
        assert "bac-ha" in answer.json()["detail"]


@pytest.mark.parametrize(
    "body",
    [
        {**ACCOUNT, "number": "1"},
        {**ACCOUNT, "number": "0020100000101\n"},
        {**ACCOUNT, "number": "00201'; --"},
        {**ACCOUNT, "bank": "VCB"},
        {"bank": "970499"},
        {**ACCOUNT, "name": NAME},
    ],
)
async def test_what_is_no_account_is_refused_and_not_repeated(asked, ask, body):
    answer = await ask(body)

    assert answer.status_code == 422
    assert "00201" not in answer.text
    assert NAME not in answer.text
    assert asked.heard == []


async def test_a_caller_asks_after_so_many_accounts_in_an_hour(asked, ask, counter, a):
    for n in range(ASKED_LIMIT):
        await ask({**ACCOUNT, "number": f"00201000{n:05d}"})
    assert problem(await ask()) == (429, "too-many-accounts", "/")
    assert len(asked.heard) == ASKED_LIMIT, "the bank is not asked"
    assert (await ask(role="officer")).status_code == 200, "one caller is not another"

    begun = a.now
    a.now += timedelta(hours=1)
    try:
        assert (await ask()).status_code != 429
    finally:
        a.now = begun


async def test_who_asked_is_logged_and_not_after_what(asked, ask):
    with capture_logs() as logged:
        await ask(role="officer")
        await ask({"bank": "970499"})

    assert [(e["by"], e["role"], e["partner"], e["in_this_hour"]) for e in logged] == [
        ("officer", "officer", "bac-ha", 1)
    ]
    for personal in (*ACCOUNT.values(), NAME):
        assert personal not in str(logged)


async def test_nothing_of_an_account_is_logged_or_kept(asked, ask, counter, a, caplog):
    rows, records = dict(counter.rows.rows), list(counter.log.records)
    failing = [
        lambda _: signed(a, "account", **ACCOUNT, name=NAME, state="open"),
        lambda _: httpx.Response(500, content=f"{ACCOUNT} {NAME}"),
        lambda _: httpx.Response(200, content=f"{ACCOUNT} {NAME}"),
    ]
    with caplog.at_level("DEBUG"), capture_logs() as logged:
        for says in failing:
            asked.says = says
            await ask()

    assert len(asked.heard) == len(failing)
    for told in (caplog.text, str(logged)):
        assert ACCOUNT["number"] not in told
        assert NAME not in told
    assert (counter.rows.rows, counter.log.records) == (rows, records)


# ---- whence money came that goes back by hand


@pytest.fixture
def waiting(counter, a):
    """Make a refund stand, of money that a bank took."""

    async def make(status="by_hand", partner="bac-ha"):
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
        of = {"partner": partner, "reference": REFERENCE, "transaction": TRANSACTION}
        money = Money(**of, amount_vnd=a.amount_vnd, kept_as="settled")
        refund = Refund(
            **of,
            number=1,
            amount_vnd=a.amount_vnd,
            reason="withdrawn",
            asked_at=a.now,
            status=status,
        )
        state = Payment(attempts=(attempt,), money=(money,), refunds=(refund,))
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
        return f"/v1/refunds/{a.application}.refund.1/payer"

    return make


@pytest.fixture
def payer(asked, a):
    asked.says = lambda _: signed(a, "payer", **PAYER)
    return asked


async def test_who_gives_money_back_by_hand_learns_from_where_it_came(payer, waiting, counter):
    url = await waiting()

    answer = await counter.http.get(url, headers=KEYS["operator"])

    assert (answer.status_code, answer.json()) == (200, {**ACCOUNT, "name": NAME})
    assert answer.headers["cache-control"] == "no-store"
    [sent] = payer.heard
    told = msgspec.json.decode(sent.content)
    assert (sent.url.path, told["reference"], told["transaction"]) == (
        "/v1/payer",
        REFERENCE,
        TRANSACTION,
    )


@pytest.mark.parametrize("role", ["officer", "portal"])
async def test_nobody_else_learns_it(payer, waiting, counter, role):
    url = await waiting()

    assert (await counter.http.get(url, headers=KEYS[role])).status_code == 403
    assert payer.heard == []


@pytest.mark.parametrize("status", ["waiting_for_check", "requested", "done", "rejected"])
async def test_nobody_is_asked_of_a_refund_that_no_person_makes(payer, waiting, counter, status):
    url = await waiting(status)

    assert (await counter.http.get(url, headers=KEYS["operator"])).status_code == 409
    assert payer.heard == []


async def test_a_partner_that_cannot_say_it_is_told_so(payer, waiting, counter):
    url = await waiting(partner="vnpay")

    answer = await counter.http.get(url, headers=KEYS["operator"])

    assert problem(answer) == (404, "partner-names-no-accounts", "/name")


async def test_an_answer_about_another_payment_is_refused(payer, waiting, counter, a):
    url = await waiting()
    payer.says = lambda _: signed(a, "payer", **PAYER | {"transaction": "FT2"})

    answer = await counter.http.get(url, headers=KEYS["operator"])

    assert problem(answer) == (502, "partner-answer-refused", "/key")


def test_one_family_names_accounts():
    assert [n for n, family in FAMILIES.items() if issubclass(family, Accounts)] == ["neutral"]
