"""What waits for operators: refunds, from rows that the journal stands behind, and webhooks."""

import msgspec
import pytest

from services.payment.domain.draft import Pace
from services.payment.domain.state import Payment, Refund
from services.payment.refunds_waiting import STATUSES, WaitingRefunds
from services.payment.waiting_api import router
from services.payment.webhooks.endpoints import Endpoint
from shared import events
from shared.bus import Record
from shared.events.refunds import (
    RefundAnswered,
    RefundRequested,
)
from shared.journal import Cause, Decision
from tests.services.payment.counter import Counter
from tests.services.payment.office import AMOUNT_VND, APPLICATION, KEYS, NOW
from tests.services.payment.webhooks.memory import Bench, Table

MAKER = {"authorization": "Bearer maker-key", "idempotency-key": "two-copies-1"}
CHECKER = {"authorization": "Bearer checker-key"}
REFUND = f"{APPLICATION}.refund.1"


class Desk:
    """The counter, the rows of refunds that wait, and what operators ask."""

    def __init__(self, counter, bench):
        self.counter, self.table, self._offset = counter, Table(), 0
        self.waiting = WaitingRefunds(self.table, counter.journal)
        counter.app.include_router(router(self.waiting, bench.desk, lambda: counter.a.now))

    async def decide(self):
        """Decide what came; hear of it as it stands on the log."""
        decided = await self.counter.decide()
        await self.waiting.hear([self.record(e) for e in decided])
        return decided

    def record(self, event):
        self._offset += 1
        value = events.encode(event)
        return Record("payment.events", 0, self._offset, 0, event.subject.encode(), value)

    async def get(self, role="operator", **asked):
        return await self.counter.http.get("/v1/refunds", params=asked, headers=KEYS[role])

    async def act(self, verb, **body):
        url = f"/v1/refunds/{REFUND}/{verb}"
        body = {"reason": "Looked at", **body}
        answer = await self.counter.http.post(url, json=body, headers=CHECKER)
        assert answer.status_code == 202, answer.text
        return await self.decide()

    async def partner_says(self, decided, finding):
        [wanted] = [e for e in decided if e.type == RefundRequested.TYPE]
        key = msgspec.json.decode(wanted.data)["key"]
        said = RefundAnswered(key=key, refund=REFUND, finding=finding, transaction="", code="")
        decided = await self.counter.say(said)
        await self.waiting.hear([self.record(e) for e in decided])

    async def states(self):
        return [r["state"] for r in (await self.get()).json()["refunds"]]


@pytest.fixture
def bench():
    return Bench()


@pytest.fixture
async def desk(lane_table, a, bench):
    """An order is paid, and every refund has to be checked."""
    rows = a.rows()
    counter = Counter(lane_table(rows=rows, pace=Pace(check_over_vnd=0)), rows, a)
    async with counter.http:
        made = Desk(counter, bench)
        await counter.bring(a.routed())
        await counter.call()
        await made.decide()
        yield made


@pytest.fixture
async def asked(desk, a):
    """A refund waits for a second person."""
    body = {
        "application": a.application,
        "partner": "vnpay",
        "transaction": "14700001",
        "amount_vnd": a.amount_vnd,
        "reason": "Two copies were entered instead of one",
    }
    assert (await desk.counter.http.post("/v1/refunds", json=body, headers=MAKER)).is_success
    await desk.decide()
    return desk


async def test_what_was_paid_and_needs_nobody_has_no_row(desk):
    assert desk.table.rows == {}
    assert (await desk.get()).json() == {"refunds": [], "next": ""}


async def test_a_refund_that_a_second_person_has_to_see_is_listed(asked, a):
    [found] = (await asked.get(state="waiting_for_check")).json()["refunds"]

    assert (found["key"], found["state"], found["by"]) == (REFUND, "waiting_for_check", "maker")
    assert (found["application"], found["dossier"]) == (a.application, "H29.1-20261120-0000001")
    assert (found["amount_vnd"], found["partner"], found["transaction"]) == (
        a.amount_vnd,
        "vnpay",
        "14700001",
    )
    assert (await asked.get(state="by_hand")).json()["refunds"] == []


@pytest.mark.parametrize(("finding", "state"), [("by_hand", "by_hand"), ("failed", "failed")])
async def test_what_a_partner_does_not_do_waits_for_a_hand_until_it_is_done(asked, finding, state):
    decided = await asked.act("approve")
    assert await asked.states() == []
    await asked.partner_says(decided, finding)
    assert await asked.states() == [state]

    await asked.act("done", transaction="FT1")

    assert await asked.states() == []
    assert asked.table.rows == {}


async def test_what_is_turned_down_waits_no_more(asked):
    await asked.act("reject")

    assert asked.table.rows == {}


async def test_heard_again_in_any_order_it_comes_to_the_same(asked):
    first = [asked.record(e) for e in await asked.act("approve")]
    rows = dict(asked.table.rows)
    for records in (first, first[::-1], [*first, *first]):
        await asked.waiting.hear(records)

    assert asked.table.rows == rows == {}


async def test_a_row_that_nothing_stands_behind_is_not_shown(asked):
    await asked.table.insert_missing([{"_id": f"by_hand/{REFUND}"}])

    assert await asked.states() == ["waiting_for_check"]


async def test_what_cannot_be_read_or_says_nothing_of_a_refund_changes_nothing(asked):
    rows = dict(asked.table.rows)
    values = [None, b"", b'{"type":"refund.waiting"', b'{"type":"payment.settled"}']
    await asked.waiting.hear(
        [Record("payment.events", 0, n, 0, b"", v) for n, v in enumerate(values)]
    )

    assert asked.table.rows == rows


@pytest.mark.parametrize("role", ["portal", "officer"])
async def test_only_operators_see_what_waits(asked, role):
    for path in ("/v1/refunds", "/v1/webhooks"):
        answer = await asked.counter.http.get(path, headers=KEYS[role])
        assert answer.status_code == 403


@pytest.mark.parametrize(
    "asks", [{"state": "done"}, {"after": "x"}, {"after": f"by_hand/{REFUND}~"}, {"limit": 201}]
)
async def test_what_cannot_be_asked_is_refused(asked, asks):
    assert (await asked.get(**asks)).status_code == 422


def stands(application, *refunds):
    """Return a decision after which these refunds stand."""
    state = Payment(refunds=refunds)
    return Decision(
        application=application,
        version=1,
        at=NOW,
        cause=Cause("routing.events", 0, 0, "x"),
        state=state,
        state_json=events.encode(state),
        traceparent="",
        sequence=1,
    )


def refund(number, status):
    return Refund(
        number=number,
        partner="vnpay",
        reference="DVC1",
        transaction="T1",
        amount_vnd=AMOUNT_VND,
        reason="asked",
        asked_at=NOW,
        status=status,
    )


@pytest.mark.parametrize("limit", [1, 2, 5, 50])
async def test_pages_bring_each_refund_once_whatever_stands_between(desk, limit):
    waits = [refund(n, "by_hand" if n % 3 else "done") for n in range(1, 13)]
    other = APPLICATION[:-1] + "4"
    await desk.counter.journal.append([stands(other, *waits)])
    ids = [f"{status}/{other}.refund.{w.number}" for w in waits for status in STATUSES]
    await desk.table.insert_missing([{"_id": row_id} for row_id in ids])

    found, after = [], ""
    for _ in range(50):
        page = (await desk.get(limit=limit, after=after)).json()
        found += [r["key"] for r in page["refunds"]]
        after = page["next"]
        if not after:
            break

    assert sorted(found) == sorted(f"{other}.refund.{w.number}" for w in waits if w.number % 3)


# ---- webhooks


@pytest.fixture
async def hooks(desk, bench):
    """An endpoint is told, one is disabled, one was removed."""
    told, disabled, removed = [await bench.endpoint() for _ in range(3)]
    bench.later(seconds=1)
    await bench.endpoints.put(disabled.next(bench.now, standing="disabled", reason="410"))
    await bench.desk.remove(removed)
    return told, disabled


async def webhooks(desk, **asked):
    answer = await desk.counter.http.get("/v1/webhooks", params=asked, headers=KEYS["operator"])
    return [(e["id"], e["standing"], e["reason"]) for e in answer.json()["items"]]


async def test_disabled_endpoints_are_found_with_the_reason(desk, hooks):
    told, disabled = hooks

    assert await webhooks(desk, disabled=True) == [(disabled.id, "disabled", "410")]
    assert await webhooks(desk, disabled=False) == [(told.id, "active", "")]
    assert len(await webhooks(desk)) == 2


async def test_no_secret_is_shown_to_operators(desk, hooks):
    answer = await desk.counter.http.get("/v1/webhooks", headers=KEYS["operator"])

    assert (
        set(answer.json()["items"][0])
        == {
            "partner",
            "id",
            "url",
            "standing",
            "reason",
            "changed_at",
        }
        <= {*Endpoint.__struct_fields__}
    )
