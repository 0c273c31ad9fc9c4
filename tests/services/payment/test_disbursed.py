"""An allowance from the counter to the bank and back: edge, lane, effects and sandbox banks.

Every test ends with the same look at the books: what left the banks is what was said to be done.
"""

import io

import httpx
import pytest

from deploy.local import secrets
from services.payment.domain.draft import Pace
from services.payment.domain.matching import Known, Matching, held_in
from services.payment.domain.paying_out import whose
from services.payment.statements import Asked
from services.payment.statements.formats import reader
from shared.clock import VIETNAM
from shared.errors import Unknown
from shared.events.disbursements import (
    DisbursementAnswered,
    DisbursementDone,
    DisbursementFailed,
    DisbursementQueryRequested,
    DisbursementRequested,
)
from tests.services.payment.domain.paid_out import FUNERAL
from tests.services.payment.treasury import CHECKER, MAKER, NAME, Treasury

NEUTRAL, ISO = "970436", "970432"  # whose account it is decides which bank pays
each_bank = pytest.mark.parametrize("bank", [NEUTRAL, ISO], ids=["neutral", "iso20022"])
PARTNER_OF = {NEUTRAL: "song-hong", ISO: "cuu-long"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return secrets.ensure(tmp_path_factory.mktemp("home") / "secrets")


@pytest.fixture
async def treasury(lane_table, a, folder):
    made = Treasury(lane_table, a, folder, Pace(check_over_vnd=500_000, ask_limit=5))
    lifespan = made.sandbox_app.router.lifespan_context(made.sandbox_app)
    async with made.http, made.sandbox, lifespan:
        await made.grant()
        yield made
        left = {(d["partner"], d["transaction"], d["amount_vnd"]) for d in await made.books()}
        done = {(d.partner, d.transaction, d.amount_vnd) for d in made.of(DisbursementDone)}
        assert {d for d in done if d[0]} == left, "the books of both sides agree"


@each_bank
async def test_an_allowance_reaches_the_account_of_its_payee(treasury, bank):
    assert (await treasury.ask(bank)).status_code == 202
    await treasury.call()
    if bank == ISO:
        await treasury.ring()  # it was accepted, and has to be asked after

    [done] = treasury.of(DisbursementDone)
    [booked] = await treasury.books()
    [seen] = await treasury.shown()
    assert (done.partner, booked["partner"]) == (PARTNER_OF[bank],) * 2
    assert done.transaction == booked["transaction"] == seen["transaction"]
    assert (seen["status"], seen["ending"], seen["amount_vnd"]) == ("done", "7777", 500_000)


@each_bank
async def test_a_bank_that_takes_its_time_is_asked_and_not_told_again(treasury, bank):
    await treasury.ask(bank, "0001")
    await treasury.call()
    assert treasury.of(DisbursementDone) == []
    await treasury.ring()
    await treasury.ring()

    assert len(treasury.of(DisbursementDone)) == len(await treasury.books()) == 1
    assert len(treasury.of(DisbursementRequested)) == 1


@each_bank
@pytest.mark.parametrize("ending", ["0000", "0002"])
async def test_a_closed_account_fails_and_another_is_paid_once_two_have_looked(
    treasury, bank, ending
):
    await treasury.ask(bank, ending)
    await treasury.call()
    while not treasury.of(DisbursementFailed):
        await treasury.ring()
    assert await treasury.books() == []

    assert (await treasury.correct(bank=bank)).status_code == 202
    assert (await treasury.shown())[0]["status"] == "waiting_for_check"
    assert (await treasury.act("check", MAKER, approved=True)).status_code == 409
    assert (await treasury.act("check", CHECKER, approved=True)).status_code == 202
    await treasury.call()
    if bank == ISO:
        await treasury.ring()

    [done] = treasury.of(DisbursementDone)
    assert (done.ending, done.reference) == ("8888", f"{treasury.a.application}.disbursement.1.2")
    assert len(await treasury.books()) == 1


async def test_a_bank_that_tells_twice_is_paid_from_once(treasury):
    await treasury.ask(ISO, "0003")
    await treasury.call()
    await treasury.ring()
    again = DisbursementAnswered(
        key=treasury.of(DisbursementRequested)[0].key,
        disbursement=treasury.of(DisbursementRequested)[0].disbursement,
        finding="done",
        transaction="FT",
    )
    treasury.keep(await treasury.say(again))

    assert len(treasury.of(DisbursementDone)) == 1


class Cut(httpx.AsyncBaseTransport):
    """Lets requests through, and loses the answers."""

    def __init__(self, app):
        self._through = httpx.ASGITransport(app)

    async def handle_async_request(self, request):
        await self._through.handle_async_request(request)
        raise httpx.ReadError("reset", request=request)


@each_bank
async def test_when_the_answer_is_lost_nobody_pays_twice(treasury, bank):
    await treasury.ask(bank)
    async with httpx.AsyncClient(transport=Cut(treasury.sandbox_app)) as treasury.client:
        await treasury.call()
    assert (await treasury.shown())[0]["status"] == "unknown"

    treasury.client = treasury.sandbox
    await treasury.ring()

    assert len(treasury.of(DisbursementDone)) == len(await treasury.books()) == 1
    assert len(treasury.of(DisbursementRequested)) == 1


async def test_a_bank_that_never_says_leaves_it_to_a_person(treasury):
    async with httpx.AsyncClient(transport=httpx.MockTransport(silence)) as treasury.client:
        await treasury.ask()
        await treasury.call()
        for _ in range(4):
            await treasury.ring()
    assert (await treasury.shown())[0]["status"] == "by_hand"
    assert len(treasury.of(DisbursementQueryRequested)) == 4

    recorded = await treasury.act("record", finding="not_paid", transaction="none")
    assert recorded.status_code == 202
    assert (await treasury.shown())[0]["status"] == "failed"


def silence(request):
    raise httpx.ReadTimeout("silent", request=request)


async def test_what_a_person_paid_is_recorded_and_over(lane_table, a, folder):
    made = Treasury(lane_table, a, folder)
    async with made.http:
        await made.grant(FUNERAL)
        await made.ask(period="once", amount_vnd=10_000_000)
        assert (await made.shown())[0]["status"] == "waiting_for_check"
        assert (await made.act("check", approved=False)).status_code == 202
        assert (await made.ask(period="once", amount_vnd=10_000_000)).status_code == 202
        assert [d["status"] for d in await made.shown()] == ["rejected", "waiting_for_check"]


# ---- the banks' statements


@each_bank
async def test_a_debit_on_the_statement_is_matched_with_its_allowance(treasury, bank):
    await treasury.ask(bank)
    await treasury.call()
    if bank == ISO:
        await treasury.ring()
    partner, day = PARTNER_OF[bank], treasury.a.now.astimezone(VIETNAM).date()
    where = "statement.xml" if bank == ISO else f"file/{day:%Y%m%d}"
    answer = await treasury.sandbox.get(f"/{partner}/sandbox/{where}")
    file = io.BytesIO(answer.content)
    lines = [*reader(file)(file, Asked(partner, day))]
    latest = await treasury.journal.latest(treasury.a.application)
    held = [*held_in(treasury.a.application, latest.state, partner)]

    [line] = lines
    assert (line.kind, whose(line.reference)) in {
        ("disbursed", treasury.a.application),  # our own protocol tells our number of it
        ("disbursed", ""),
    }
    known = Known({h.key: [h] for h in held}, {})
    matched = Matching(partner, day).take(lines, known)
    assert (matched.lines, matched.amount_vnd, matched.breaks) == (1, 500_000, ())
    [unmatched] = Matching(partner, day).take(lines, Known({}, {})).breaks
    assert unmatched.cause == "not_sent"


# ---- who is paid


async def test_nobody_reads_who_is_paid_but_the_bank(treasury):
    await treasury.ask()
    await treasury.call()
    await treasury.ring()

    rows = [*treasury.journal._table.rows.values(), *treasury.rows.rows.values()]
    kept = b"".join(r.value for r in treasury.log.records) + repr(rows).encode()
    kept += repr(treasury.said).encode()
    assert b"0020100007777" not in kept
    assert NAME.encode() not in kept
    assert "0020100007777" not in str(await treasury.shown())


async def test_an_erased_payee_is_never_paid(treasury):
    await treasury.ask()
    treasury.vault._table.rows.clear()
    treasury.vault._cache.clear()
    await treasury.call()

    assert [f.code for f in treasury.of(DisbursementFailed)] == ["payee_erased"]
    assert (await treasury.correct()).status_code == 410


async def test_while_the_vault_cannot_be_read_nothing_is_sent(treasury):
    await treasury.ask(NEUTRAL)
    treasury.vault._cache.clear()
    treasury.vault._table.fault = Unknown("down")
    await treasury.call()
    assert await treasury.books() == []

    treasury.vault._table.fault = None
    await treasury.ring()
    assert len(treasury.of(DisbursementDone)) == 1
    assert len({w.reference for w in treasury.of(DisbursementRequested)}) == 1
