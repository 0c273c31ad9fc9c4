"""Sandbox officers before the real edge: what they do brings every dossier to its end."""

import asyncio
import json
import uuid
from collections import Counter
from datetime import UTC, datetime

import httpx
import msgspec
import pytest

from deploy.sandbox.officers.desk import Officers, TurnedAway
from deploy.sandbox.officers.habits import Fate, Habits, Lot, react
from services.routing.domain.states import STATISTICS
from shared.events import Event, handover, intake, payment
from shared.events import routing as contracts

QUICK = Habits(delay_s=0.0, patience_s=5.0)
ENDS = {contracts.Returned.TYPE, contracts.NotAccepted.TYPE, contracts.Closed.TYPE}
SHOWN = {"stage": "submitted", "possible": ["accept"], "waits_for": "officer", "fee": "paid"}
PROCEDURES = ("1.004873", "1.010038", "1.001193", "2.000815", "1.012783")


def applications(count):
    return [str(uuid.UUID(int=(7 << 76) | (2 << 62) | n)) for n in range(count)]


class Town:
    """Citizens and payment around a desk; what routing decides goes to the officers."""

    def __init__(self, desk, count):
        self._desk, self._waiting = desk, set(applications(count))
        self._sequences = Counter()
        self.events: list[Event] = []

    def _bring(self, data, service, application):
        self._sequences[service, application] += 1
        number = self._sequences[service, application]
        self._desk.bring(data, service, number, application)

    async def decisions(self, registered):
        for n, application in enumerate(sorted(self._waiting)):
            procedure = PROCEDURES[n % len(PROCEDURES)]
            residence = "00007" if n % 9 == 0 else "00097"
            data = registered(procedure=procedure, residence_unit=residence)
            self._bring(data, "intake", application)
        while self._waiting:
            for event in await self._desk.decide():
                self.events.append(event)
                self._answer(event)
                yield event
                yield event  # the log may have it twice
            await asyncio.sleep(0.005)

    def _answer(self, event):
        application = event.subject
        if event.type == contracts.Routed.TYPE:
            waived = payment.FeeWaived(reason="free", catalogue_version="test")
            self._bring(waived, "payment", application)
        if event.type == contracts.SupplementRequested.TYPE:
            self._bring(intake.Supplemented(documents=()), "intake", application)
        if event.type == contracts.PaymentDue.TYPE:
            paid = payment.Settled(
                partner="vnpay", reference="R", transaction="T", amount_vnd=50_000
            )
            self._bring(paid, "payment", application)
        if event.type in ENDS:
            self._waiting.discard(application)


async def test_officers_bring_a_population_to_its_end(desk, registered):
    habits = QUICK.model_copy(
        update={
            "refused": 0.1,
            "asked_for_supplement": 0.3,
            "demanded_payment": 0.2,
            "suspended": 0.2,
            "reopened": 0.2,
            "apologised": 0.2,
            "stepped": 0.2,
            "readdressed": 0.2,
            "transferred": 0.2,
            "signed": 0.2,
            "posted": 0.3,
            "brought_back": 0.5,
        }
    )
    town, officers = Town(desk, 60), Officers(desk.http, habits)
    async with asyncio.timeout(30):
        await officers.attend(town.decisions(registered))
    types = Counter(event.type for event in town.events)
    assert types[contracts.Returned.TYPE] + types[contracts.NotAccepted.TYPE] == 60
    assert types[contracts.ActionRejected.TYPE] == 0
    for move in ("choose_unit", "accept", "refuse", "start", "ask_supplement", "suspend"):
        assert officers.acted[move] > 0, move
    for move in ("demand_payment", "resume", "settle", "reopen", "return"):
        assert officers.acted[move] > 0, move
    for move in (
        "apologise",
        "step_done",
        "transfer",
        "ask_signature",
        "post",
        "carry",
        "take_back",
    ):
        assert officers.acted[move] > 0, move
    states = [(await desk.journal.latest(a)).state for a in applications(60)]
    columns = Counter(STATISTICS[s.national_code] for s in states)
    assert columns["settled"] + columns["not_accepted"] == 60


async def test_officers_who_read_the_log_again_repeat_nothing(desk, registered):
    town = Town(desk, 5)
    async with asyncio.timeout(30):
        await Officers(desk.http, QUICK).attend(town.decisions(registered))
    versions = {a: (await desk.journal.latest(a)).version for a in applications(5)}

    async def again():
        for event in town.events:
            yield event

    await Officers(desk.http, QUICK).attend(again())
    await desk.decide()
    assert versions == {a: (await desk.journal.latest(a)).version for a in applications(5)}


async def test_units_that_accept_nothing_leave_it_until_they_do(desk, registered):
    town, asked = Town(desk, 3), iter([False] * 6)
    officers = Officers(desk.http, QUICK, accepts=lambda: next(asked, True))
    async with asyncio.timeout(30):
        await officers.attend(town.decisions(registered))
    assert next(asked, None) is None, "they were asked whether they accept"
    assert officers.acted["accept"] + officers.acted["refuse"] <= 3
    states = [(await desk.journal.latest(a)).state for a in applications(3)]
    assert {STATISTICS[s.national_code] for s in states} <= {"settled", "not_accepted"}


async def test_what_the_log_repeats_of_an_ended_dossier_is_not_acted_on(desk, registered):
    town = Town(desk, 5)
    officers = Officers(desk.http, QUICK.model_copy(update={"posted": 1.0, "brought_back": 0.5}))

    async def and_again():
        async for event in town.decisions(registered):
            yield event
        for event in town.events[-10:]:  # a service that died publishes its last ones again
            yield event

    async with asyncio.timeout(30):
        await officers.attend(and_again())
    versions = {a: (await desk.journal.latest(a)).version for a in applications(5)}
    await desk.decide()
    assert {a: (await desk.journal.latest(a)).version for a in applications(5)} == versions


async def test_what_a_lot_says_is_done_whatever_would_be_drawn(desk, registered):
    signed, refused = applications(2)
    lots = {refused: Lot(is_refused=True), signed: Lot(detours=("ask_signature",))}
    town, officers = Town(desk, 2), Officers(desk.http, QUICK, lots)
    async with asyncio.timeout(30):
        await officers.attend(town.decisions(registered))
    met = {a: {e.type for e in town.events if e.subject == a} for a in (refused, signed)}
    assert contracts.NotAccepted.TYPE in met[refused]
    assert {handover.SignatureAsked.TYPE, contracts.Returned.TYPE} <= met[signed]


def test_what_its_citizen_corrects_is_left_until_then():
    fate = Fate(QUICK, "a", Lot(is_corrected=True))
    routed, allowed = (_event(c.TYPE) for c in (contracts.Routed, contracts.CorrectionAllowed))
    assert [fate.is_taken_up(e) for e in (routed, routed, allowed, allowed)] == [
        False, False, True, False
    ]  # fmt: skip


def test_a_parcel_that_came_back_is_sent_again_under_another_name():
    fate = Fate(QUICK, applications(1)[0], Lot(detours=("post",)))
    fate.is_brought_back = True
    types = (contracts.Settled, handover.Posted, handover.PostCarried, handover.PostCameBack,
             handover.Posted, handover.PostCarried)  # fmt: skip
    told = [react(_event(c.TYPE), fate) for c in types]
    actions = ["post", "carry", "take_back", "post", "carry", "return"]
    assert [body["action"] for body in told] == actions
    names = [body["tracking"] for body in told]
    assert names[0] == names[1] == names[2] != names[3] == names[4] == names[5]


@pytest.mark.parametrize(("action", "code", "then"), [
    ("transfer", 4, {"action": "settle"}), ("transfer", 7, None), ("settle", 4, None)
])  # fmt: skip
def test_work_goes_on_without_what_an_officer_was_told_no_to(action, code, then):
    no = contracts.ActionRejected(national_code=code, action=action, reason="no")
    event = _event(contracts.ActionRejected.TYPE, data=msgspec.json.encode(no))
    assert react(event, Fate(QUICK, applications(1)[0], Lot())) == then


def test_the_same_seed_and_application_meet_the_same_fate():
    habits = Habits(seed=7, refused=0.5, asked_for_supplement=0.5)
    one, other = applications(2)
    again = "0" * 24 + one[24:]
    assert vars_of(Fate(habits, one)) == vars_of(Fate(habits, again))
    fates = {str(vars_of(Fate(habits, a))) for a in applications(50)}
    assert len(fates) > 2
    assert other != one


def vars_of(fate):
    return fate.is_refused, fate.detours


async def test_an_edge_that_cannot_answer_is_asked_again():
    asked = []

    def edge(request):
        asked.append(request)
        if len(asked) == 1:
            raise httpx.ConnectError("not up yet")
        return httpx.Response(503 if len(asked) == 2 else 202, json={})

    transport = httpx.MockTransport(edge)
    async with httpx.AsyncClient(transport=transport, base_url="http://edge") as http:
        officers = Officers(http, QUICK)
        await officers.attend(_one(contracts.Accepted.TYPE))
    assert officers.acted == {"start": 1}
    assert {r.headers["idempotency-key"] for r in asked} == {"start-000002"}


async def test_an_officer_looks_again_until_the_fee_is_paid():
    unpaid = SHOWN | {"possible": ["refuse"], "waits_for": "payment", "fee": "due"}
    shown, acted = [unpaid, unpaid, SHOWN], []

    def edge(request):
        if request.method == "GET":
            return httpx.Response(200, json=shown.pop(0))
        acted.append(json.loads(request.content)["action"])
        return httpx.Response(202, json={})

    transport = httpx.MockTransport(edge)
    async with httpx.AsyncClient(transport=transport, base_url="http://edge") as http:
        await Officers(http, QUICK).attend(_one(contracts.Routed.TYPE))
    assert (acted, shown) == (["accept"], [])


async def test_an_acceptance_that_came_too_soon_is_tried_again_under_another_key():
    keys = []

    def edge(request):
        if request.method == "GET":
            return httpx.Response(200, json=SHOWN)
        keys.append(request.headers["idempotency-key"])
        return httpx.Response(202, json={})

    transport = httpx.MockTransport(edge)
    turned = b'{"action":"accept","reason":"its fee is not assessed yet","national_code":1}'
    async with httpx.AsyncClient(transport=transport, base_url="http://edge") as http:
        await Officers(http, QUICK).attend(_one(contracts.ActionRejected.TYPE, turned))
    assert keys == ["accept-000002"]


async def test_an_edge_that_refuses_a_well_formed_action_ends_the_officers():
    transport = httpx.MockTransport(lambda _: httpx.Response(422, text="no"))
    async with httpx.AsyncClient(transport=transport, base_url="http://edge") as http:
        with pytest.RaisesGroup(TurnedAway):
            await Officers(http, QUICK).attend(_one(contracts.Accepted.TYPE))


async def _one(type_, data=b"{}"):
    yield _event(type_, data=data)


def _event(type_, application="", data=b"{}"):
    application = application or applications(1)[0]
    return Event(
        id=f"{application}/routing/000002",
        source="/services/routing",
        type=type_,
        subject=application,
        time=datetime(2026, 11, 16, tzinfo=UTC),
        sequence="000002",
        data=msgspec.Raw(data),
    )
