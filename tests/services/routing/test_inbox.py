"""What lies at a unit: its open dossiers, each at its step with its date, a page at a time."""

from types import SimpleNamespace

import pytest

from services.routing.domain.edges import MOVES
from services.routing.domain.handover import holder
from services.routing.domain.states import Stage
from services.routing.inbox import Inbox, lies_at
from shared.changes import Change
from shared.errors import Unknown
from shared.events import intake, payment
from shared.noted import NotedJournal

HERE, THERE = "00097", "00008"  # two wards of Ha Noi
RESIDENCE = "1.010038"  # accepted by an officer


def application(n: int) -> str:
    return f"0197b1c2-aaaa-7bbb-8ccc-{n:012d}"


@pytest.fixture
def lying(desk):
    """Ask what lies at a unit."""

    async def ask(unit=HERE, key="officer", **query):
        headers = {"authorization": f"Bearer {key}-key"}
        return await desk.http.get(f"/v1/units/{unit}/dossiers", params=query, headers=headers)

    return ask


@pytest.fixture
def filed(desk, registered):
    """Have an application registered, here if nothing else is said."""

    async def file(n, **changes):
        data = registered(**{"procedure": RESIDENCE, "channel": "direct"} | changes)
        desk.bring(data, "intake", 1, application(n))
        await desk.decide()

    return file


@pytest.fixture
def act(desk):
    """Have an officer's action decided."""

    async def send(n, at=None, **body):
        path = f"/v1/applications/{application(n)}/actions"
        key = {"idempotency-key": f"{body['action']}-{len(desk.log.records)}"}
        assert (await desk.http.post(path, json=body, headers=key)).status_code == 202
        await (desk.decide(at) if at else desk.decide())

    return send


async def test_what_is_filed_lies_where_it_was_received_until_it_is_accepted(
    lying, filed, act, monday
) -> None:
    await filed(1)
    [dossier] = (await lying()).json()["dossiers"]
    assert (dossier["application"], dossier["stage"]) == (application(1), "submitted")
    assert (dossier["step"], dossier["due"]) == ("", "2026-11-17T02:00:00Z")
    await act(1, action="accept")
    [dossier] = (await lying()).json()["dossiers"]
    assert (dossier["stage"], dossier["step"], dossier["step_role"]) == (
        "accepted",
        "receive",
        "one_stop",
    )
    assert (dossier["step_due"], dossier["due"]) == (
        "2026-11-17T07:00:00Z",  # five hours worked
        "2026-11-23T10:00:00Z",
    )


async def test_a_step_that_is_done_shows_the_next_one(lying, filed, act) -> None:
    await filed(1)
    await act(1, action="accept")
    await act(1, action="step_done", step="receive")
    [dossier] = (await lying()).json()["dossiers"]
    assert (dossier["step"], dossier["step_role"]) == ("examine", "specialist")


async def test_what_was_forwarded_comes_when_it_is_accepted_and_goes_back_with_the_result(
    lying, filed, act
) -> None:
    async def where():
        pages = [(await lying(unit)).json() for unit in (HERE, THERE)]
        return [len(page["dossiers"]) for page in pages]

    await filed(1, receiving_unit=HERE, residence_unit=THERE)
    assert await where() == [1, 0]
    await act(1, action="accept")
    assert await where() == [0, 1]
    await act(1, action="start")
    await act(1, action="settle")
    assert await where() == [1, 0]
    [dossier] = (await lying()).json()["dossiers"]
    assert (dossier["stage"], dossier["step"], dossier["step_due"]) == ("settled", "", None)
    assert dossier["due"]
    await act(1, action="return")
    assert await where() == [0, 0]


async def test_what_is_transferred_lies_at_the_other_unit(lying, filed, act) -> None:
    await filed(1)
    await act(1, action="accept")
    await act(1, action="transfer", competent_unit=THERE, note="synthetic")
    assert (await lying()).json()["dossiers"] == []
    assert len((await lying(THERE)).json()["dossiers"]) == 1


async def test_while_the_clock_is_paused_the_step_has_no_date(lying, filed, act) -> None:
    await filed(1)
    await act(1, action="accept")
    await act(1, action="ask_supplement", note="synthetic")
    [dossier] = (await lying()).json()["dossiers"]
    assert (dossier["waits_for"], dossier["step"], dossier["step_due"]) == (
        "applicant",
        "receive",
        None,
    )


async def test_pages_follow_each_other_to_the_end(lying, filed) -> None:
    for n in range(5):
        await filed(n)
    seen, after = [], ""
    while True:
        page = (await lying(after=after, limit=2)).json()
        seen += [dossier["application"] for dossier in page["dossiers"]]
        after = page["next"]
        if not after:
            break
    assert seen == [application(n) for n in range(5)]


async def test_an_ordinary_dossier_is_written_once_and_taken_away_once(
    desk, filed, act, lying
) -> None:
    await filed(1)
    assert (list(desk.lying.rows), desk.lying.writes) == ([f"{HERE}/{application(1)}"], 1)
    for action in ("accept", "start", "settle"):
        await act(1, action=action)
    assert desk.lying.writes <= 2  # once more where a version was written in full
    await act(1, action="return")
    assert desk.lying.rows == {}


async def test_what_a_crash_left_behind_is_taken_away_when_it_is_met(
    desk, filed, act, lying
) -> None:
    await filed(1)
    await act(1, action="refuse", note="synthetic")
    row = f"{HERE}/{application(1)}"
    desk.lying.rows[row] = {"_id": row}
    desk.lying.rows[f"{HERE}/{application(2)}"] = {"_id": f"{HERE}/{application(2)}"}  # on its way
    assert (await lying()).json()["dossiers"] == []
    assert list(desk.lying.rows) == [f"{HERE}/{application(2)}"]


async def test_what_payment_spoke_of_first_is_noted_when_it_is_registered(
    desk, filed, lying
) -> None:
    waived = payment.FeeWaived(reason="free", catalogue_version="test")
    desk.bring(waived, "payment", 1, application(1))
    await desk.decide()
    assert desk.lying.rows == {}
    await filed(1)
    assert len((await lying()).json()["dossiers"]) == 1


@pytest.mark.parametrize(
    ("key", "unit", "status"),
    [
        ("officer", HERE, 200),
        ("ward", HERE, 200),
        ("hanoi", HERE, 200),
        ("hanoi", "01", 200),
        ("operator", HERE, 200),
        ("ward", THERE, 403),
        ("ward", "01", 403),
        ("elsewhere", HERE, 403),
        ("elsewhere", "26737", 200),
        ("portal", HERE, 403),
        ("officer", "99999", 404),
    ],
)
async def test_a_key_sees_its_units_and_no_other(key, unit, status, lying) -> None:
    answer = await lying(unit, key)
    assert answer.status_code == status
    if status == 403 and key != "portal":
        [problem] = answer.json()["problems"]
        assert problem["code"] == "not-your-unit"
        assert problem["remedy_vi"]


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 201}, {"after": "x"}])
async def test_a_page_has_limits(query, lying) -> None:
    assert (await lying(**query)).status_code == 422


def test_each_stage_lies_with_one_of_its_units(dossier) -> None:
    units = {"receiving_unit": "1", "competent_unit": "2", "returning_unit": "3"}
    lies = {stage: holder(dossier(stage, **units)) for stage in MOVES if stage != Stage.EXPECTED}
    assert {stage for stage, unit in lies.items() if unit == "3"} == {
        Stage.SETTLED,
        Stage.IN_POST,
    }
    assert {stage for stage, unit in lies.items() if unit == "1"} >= {
        Stage.UNROUTED,
        Stage.SUBMITTED,
        Stage.INCOMPLETE,
        Stage.RESUBMITTED,
    }
    assert not lies_at(dossier(Stage.RETURNED), HERE)
    assert lies_at(dossier(Stage.PROCESSING), HERE)


async def test_a_change_that_touches_no_unit_costs_nothing(dossier) -> None:
    inbox = Inbox(None)
    change = Change(1, 100, {"stage": '"processing"'})
    decision = SimpleNamespace(
        application=application(1), state=dossier(Stage.PROCESSING), change=change
    )
    assert inbox.new([decision]) == ([], [])


async def test_a_list_that_was_lost_is_made_anew_of_what_is_open(
    desk, filed, act, lying, keys
) -> None:
    for n in range(3):
        await filed(n)
    await act(2, action="refuse", note="synthetic")
    whole, desk.lying.rows = desk.lying.rows, {}
    refused = await desk.http.post("/v1/units/listings")
    assert refused.status_code == 403
    answer = await desk.http.post("/v1/units/listings", headers=keys["operator"])
    assert answer.json() == {"read": 3, "listed": 2, "next": ""}
    assert desk.lying.rows == whole
    assert len((await lying()).json()["dossiers"]) == 2


async def test_a_change_of_a_unit_is_noted(desk, dossier) -> None:
    change = Change(1, 100, {"competent_unit": f'"{THERE}"'})
    state = dossier(Stage.TRANSFERRED, competent_unit=THERE)
    decision = SimpleNamespace(application=application(1), state=state, change=change)
    inbox = Inbox(desk.lying)
    await inbox.write(inbox.new([decision]))
    assert set(desk.lying.rows) == {f"{unit}/{application(1)}" for unit in (HERE, THERE)}


async def test_withdrawn_it_lies_nowhere(desk, filed, lying) -> None:
    await filed(1)
    desk.bring(intake.Withdrawn(reason=""), "intake", 2, application(1))
    await desk.decide()
    assert (await lying()).json()["dossiers"] == []
    assert desk.lying.rows == {}


class Broken:
    """A table that nobody answers for."""

    async def insert_missing(self, rows):
        raise Unknown("no answer")


async def test_what_was_journalled_and_not_noted_is_noted_when_it_is_read_again(
    desk, registered, lanes, lying
) -> None:
    whole, journal = desk.lying, desk.journal
    rows = journal._table
    desk.journal = NotedJournal(rows, lanes, Inbox(Broken()))
    data = registered(procedure=RESIDENCE, channel="direct")
    desk.bring(data, "intake", 1, application(1))
    with pytest.raises(Unknown):
        await desk.decide()
    assert (len(rows.rows), whole.rows) == (1, {})
    await journal.latest_of([application(1)])  # a look-up notes nothing
    await journal.recent([application(1)], lambda _: True)  # nor does what is surely published
    assert whole.rows == {}
    await journal.recent([application(1)], lambda _: False)
    assert len((await lying()).json()["dossiers"]) == 1
