"""Whose money an order becomes, and what for."""

from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from services.payment.billing import Accounts, Billing, Told
from services.payment.domain.assessing import Basis
from services.payment.effects import Create
from services.payment.gateways import Account
from services.payment.gateways.bills import Beneficiary
from services.payment.gateways.families import FAMILIES
from services.payment.partners import Registry
from services.payment.refunding import GiveBack
from shared.effects import NotCalled, Request
from shared.errors import Misconfigured, Unknown
from shared.events.payment import CreateRequested
from shared.events.refunds import RefundRequested

COPY, OTHER = "2.000635", "1.004193"
BASIS = Basis(procedure=COPY, unit="25747", channel="online", copies=2, on=date(2026, 11, 20))
ROWS_OWN = Account(bank="970436", number="1", name="KHO BAC")
TURN = datetime(2026, 1, 1, tzinfo=UTC)


def to(number, **keys):
    account = Account(bank="970436", number=number, name="KHO BAC")
    return Beneficiary(account=account, **keys)


def row(a, *accounts, family="iso20022", account=ROWS_OWN):
    return a.partner(family=family, account=account, accounts=accounts)


def chosen(a, *accounts, basis=BASIS, at=None):
    found = Accounts([row(a, *accounts)], a.catalogue).chosen("vnpay", basis, at or a.now)
    return found.number if found else ""


@pytest.mark.parametrize(
    ("accounts", "number"),
    [
        ([], ""),
        ([to("2")], "2"),
        ([to("2"), to("3", procedure=COPY)], "3"),
        ([to("2", procedure=COPY), to("3", unit="79")], "3"),
        ([to("2", unit="79"), to("3", unit="79", procedure=COPY)], "3"),
        ([to("2", unit="79", procedure=COPY), to("3", unit="25747")], "3"),
        ([to("2", unit="25747"), to("3", unit="25747", procedure=COPY)], "3"),
        ([to("2", unit="01"), to("3", unit="00004"), to("4", procedure=OTHER)], ""),
        ([to("2", unit="25747", procedure=OTHER), to("3", unit="01", procedure=COPY)], ""),
    ],
)
def test_the_narrowest_account_is_chosen_by_the_unit_before_the_procedure(a, accounts, number):
    assert chosen(a, *accounts) == number
    assert chosen(a, *reversed(accounts)) == number


def test_an_account_is_that_of_the_day_on_which_the_order_was_opened(a):
    accounts = [to("2", unit="79", valid_to=TURN), to("3", unit="79", valid_from=TURN)]
    moment = timedelta(microseconds=1)

    assert [chosen(a, *accounts, at=at) for at in (TURN - moment, TURN)] == ["2", "3"]
    assert chosen(a, accounts[0], to("9"), at=TURN) == "9", "a wider one follows"
    assert chosen(a, accounts[0], at=TURN) == "", "then that of the row"


def test_without_a_basis_it_is_the_rows(a):
    assert chosen(a, to("2"), basis=None) == ""


def test_money_on_any_account_of_ours_is_ours(a):
    partner = row(a, to("2"), to("3", unit="01", valid_to=TURN))

    assert partner.account_numbers == {"1", "2", "3"}


@pytest.mark.parametrize(
    ("accounts", "changes", "why"),
    [
        ([to("2")], {"family": "vnpay"}, "is told no account"),
        ([to("2")], {"family": "payos"}, "is told no account"),
        ([to("2")], {"account": None}, "need an `account`"),
        ([to("2"), to("3")], {}, "valid at once for procedure any, unit any"),
        ([to("2", unit="79"), to("3", unit="79", valid_from=TURN)], {}, "valid at once"),
        ([to("2", valid_from=TURN, valid_to=TURN)], {}, "ends before it begins"),
    ],
)
def test_accounts_that_cannot_be_meant_are_told_at_start(a, accounts, changes, why):
    with pytest.raises(Misconfigured, match=why):
        Accounts([row(a, *accounts, **changes)], a.catalogue)


# ---- found by what payment remembers


def found(ordered, a, partner):
    billing = Billing(Accounts([partner], a.catalogue), ordered.journal, a.catalogue)
    return billing.find


async def test_a_bill_says_what_the_fee_rests_on(ordered, a):
    tell = found(ordered, a, row(a, to("2", unit="79"), family="platform"))
    [attempt] = (await ordered.journal.latest(a.application)).state.attempts

    told = await tell(row(a, to("2"), family="platform"), f"{a.application}/x", attempt.reference)

    assert told.account.number == "2"
    assert (told.bill.dossier, told.bill.procedure) == ("H29.1-20261120-0000001", COPY)
    assert sum(n.amount_vnd for n in told.bill.lines) == attempt.amount_vnd
    nothing = await tell(row(a, to("2")), f"{a.application}/x", "DVC0")
    assert nothing == Told(), "an order of somebody else"


async def test_a_partner_that_is_told_nothing_costs_no_reading(ordered, a):
    ordered.journal = None

    assert await found(ordered, a, a.partner())(a.partner(), a.application, "DVC1") == Told()


async def test_an_order_is_not_sent_while_its_account_cannot_be_read(ordered, a):
    class Away:
        async def latest(self, application):
            raise Unknown("away")

    ordered.journal = Away()
    partner = row(a, to("2"))
    registry = Registry([partner], FAMILIES)
    client = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: pytest.fail("sent")))
    effect = Create(registry, client, lambda: a.now, 10.0, tell=found(ordered, a, partner))
    wanted = CreateRequested(
        key=f"{a.application}/create/1/1",
        partner="vnpay",
        reference="DVC1",
        amount_vnd=16_000,
        opened_at=a.now,
        expires_at=a.now + timedelta(days=1),
    )

    with pytest.raises(NotCalled):
        await effect.call([Request(None, wanted)])


async def test_money_goes_back_out_of_the_account_that_it_came_to(ordered, a):
    partner, sent = row(a, to("7700", unit="79")), []
    [attempt] = (await ordered.journal.latest(a.application)).state.attempts

    def answer(request):
        sent.append(request.content)
        return httpx.Response(503)

    client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    tell = found(ordered, a, partner)
    effect = GiveBack(Registry([partner], FAMILIES), client, lambda: a.now, 10.0, tell=tell)
    wanted = RefundRequested(
        key=f"{a.application}/refund/1/1",
        refund=f"{a.application}/refund/1",
        partner="vnpay",
        reference=attempt.reference,
        transaction="FT1",
        amount_vnd=16_000,
        paid_vnd=16_000,
        opened_at=a.now,
        asked_at=a.now,
        reason="withdrawn",
        by="",
        told="",
    )

    with pytest.raises(httpx.HTTPStatusError):
        await effect.call([Request(None, wanted)])

    [body] = sent
    assert b"<DbtrAcct><Id><Othr><Id>7700</Id>" in body
