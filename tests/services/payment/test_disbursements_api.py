"""The edge of allowances: who may ask for what, and what is said to who may not."""

from hashlib import sha256
from typing import get_args

import pytest

from deploy.local import secrets
from services.payment.allowances import REFUSALS, Recipient
from services.payment.domain.disbursements import Obstacle
from services.payment.domain.draft import Pace
from shared.access import Access
from shared.events.disbursements import (
    DisbursementAnswered,
    DisbursementProposed,
    DisbursementRequested,
)
from shared.events.routing import Closed
from tests.services.payment.office import KEYS
from tests.services.payment.treasury import CHECKER, MAKER, Treasury


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return secrets.ensure(tmp_path_factory.mktemp("home") / "secrets")


@pytest.fixture
async def treasury(lane_table, a, folder):
    made = Treasury(lane_table, a, folder, Pace(check_over_vnd=0))
    async with made.http:
        await made.grant()
        yield made


def code(answer):
    return answer.status_code, answer.json()["type"].rpartition(":")[2]


def field(answer):
    [problem] = answer.json()["problems"]
    assert problem["remedy_vi"]
    assert problem["remedy_en"]
    return problem["field"]


def test_every_obstacle_is_said_in_both_languages():
    assert set(REFUSALS) == {*get_args(Obstacle), "unknown_bank"}
    assert all(said.vi and said.en and said.field for said in REFUSALS.values())
    assert repr(Recipient(name="N", bank="970436", number="1")) == "Recipient()"


async def test_what_was_asked_for_is_shown_to_the_portal_too(treasury):
    answer = await treasury.ask()
    assert answer.status_code == 202
    assert answer.headers["location"] == treasury.path

    [seen] = await treasury.shown(KEYS["portal"])
    assert seen == {
        "number": 1,
        "period": "2026-11",
        "status": "waiting_for_check",
        "amount_vnd": 500_000,
        "decision": "12/QĐ-UBND",
        "bank": "970432",
        "ending": "7777",
        "partner": "",
        "transaction": "",
        "by": "maker",
        "tries": 1,
    }


async def test_the_same_again_is_the_same_request(treasury):
    for _ in range(2):
        assert (await treasury.ask()).status_code == 202
    assert len(treasury.of(DisbursementProposed)) == 1

    for other in ({"headers": CHECKER}, {"ending": "8888"}, {"amount_vnd": 1}):
        assert code(await treasury.ask(**other)) == (409, "period-taken")


@pytest.mark.parametrize(
    ("changes", "said", "where"),
    [
        ({"amount_vnd": 500_001}, (422, "over-limit"), "/amount_vnd"),
        ({"period": "2026-12"}, (422, "wrong-period"), "/period"),
        ({"period": "once"}, (422, "wrong-period"), "/period"),
        ({"bank": "999999"}, (422, "unknown-bank"), "/payee/bank"),
        ({"ending": "-1"}, (422, "invalid-body"), "/payee/number"),
        ({"amount_vnd": 0}, (422, "invalid-body"), "/amount_vnd"),
    ],
)
async def test_what_cannot_be_paid_is_refused_with_its_field(treasury, changes, said, where):
    answer = await treasury.ask(**changes)
    assert (code(answer), field(answer)) == (said, where)
    assert "0020100000" not in answer.text
    assert treasury.of(DisbursementProposed) == []


async def test_what_is_not_accepted_or_pays_nothing_is_refused(lane_table, a, folder):
    made = Treasury(lane_table, a, folder)
    async with made.http:
        assert code(await made.ask()) == (404, "unknown-application")
        await made.vault.keys([a.application], create=True)
        await made.bring(a.routed(procedure="1.014027"))
        assert code(await made.ask()) == (409, "not-accepted")
    made = Treasury(lane_table, a, folder)
    async with made.http:
        await made.grant("2.000635")
        assert code(await made.ask()) == (409, "pays-none")


async def test_what_was_withdrawn_is_not_paid_nor_agreed_to(treasury):
    await treasury.ask()
    treasury.keep(await treasury.bring(Closed(national_code=7, reason="r")))

    assert code(await treasury.act("check", approved=True)) == (409, "ended")
    assert code(await treasury.ask(period="2026-10")) == (409, "ended")
    assert (await treasury.act("check", approved=False)).status_code == 202


async def test_nobody_agrees_to_what_he_asked_for(treasury):
    await treasury.ask()
    assert code(await treasury.act("check", MAKER, approved=True)) == (409, "same-person")
    assert (await treasury.act("check", approved=True)).status_code == 202
    assert code(await treasury.act("check", approved=True)) == (409, "not-possible-now")
    assert (await treasury.shown())[0]["status"] == "requested"


async def test_nobody_records_as_paid_what_he_asked_for(treasury):
    await treasury.ask(bank="970436")
    await treasury.act("check", approved=True)
    wanted = treasury.of(DisbursementRequested)[-1]
    said = {"key": wanted.key, "disbursement": wanted.disbursement, "finding": "by_hand"}
    treasury.keep(await treasury.say(DisbursementAnswered(**said)))

    paid = {"finding": "paid", "transaction": "FT1"}
    assert code(await treasury.act("record", MAKER, **paid)) == (409, "same-person")
    assert (await treasury.act("record", **paid)).status_code == 202


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("record", {"finding": "paid", "transaction": "FT1"}),
        ("record", {"finding": "not_paid", "transaction": "FT1"}),
        ("correct", {"payee": {"name": "TRAN", "bank": "970436", "number": "0020100"}}),
    ],
)
async def test_what_waits_for_a_check_is_neither_recorded_nor_corrected(treasury, verb, body):
    await treasury.ask()
    assert code(await treasury.act(verb, **body)) == (409, "not-possible-now")
    assert code(await treasury.act(verb, number=2, **body)) == (404, "unknown-disbursement")


async def test_an_office_pays_what_its_unit_received_and_a_portal_nothing(treasury):
    keys = {"here": "79", "there": "01"}
    hashes = {
        sha256(f"{n}-key".encode()).hexdigest(): {"name": n, "role": "officer", "units": u}
        for n, u in keys.items()
    }
    before = treasury.app.state.access
    assert (await treasury.ask(headers=KEYS["portal"])).status_code == 403
    treasury.app.state.access = Access(hashes)

    there, here = ({"authorization": f"Bearer {name}-key"} for name in ("there", "here"))
    path = f"{treasury.path}/disbursements"
    refused = await treasury.ask(headers=there), await treasury.http.get(path, headers=there)
    taken = await treasury.ask(headers=here), await treasury.http.get(path, headers=here)
    treasury.app.state.access = before

    assert [code(answer) for answer in refused] == [(403, "not-yours")] * 2
    assert [answer.status_code for answer in taken] == [202, 200]
    assert taken[1].json() == await treasury.shown()
