"""For each critical alarm an incident is opened, or joined, once."""

import asyncio

import httpx

from services.operations.domain.alarm_life import Alarm
from services.operations.domain.alarms import Sight
from services.operations.domain.incidents import JOINS_LIMIT, Found, Incident, Scope
from services.operations.incidents.desk import Opener
from tests.services.operations.alarms.watch import down, late
from tests.services.operations.incidents.house import Office, begin

NOBODY = Found(applications=0, matters=0, vnd=0)


async def found_of(office: Office) -> dict[str, Incident]:
    """Every incident there is, by the alarm that it was opened for."""
    return {i.alarm: i for i in (await office.desk.rows.before(""))[0]}


async def standing(office: Office) -> dict[str, Alarm]:
    return {a.rule: a for a in (await office.night.rows.open()).values() if not a.ended_at}


async def test_one_is_opened_for_each_critical_alarm_once_whoever_looks(office: Office) -> None:
    night = office.night
    gap = Sight(rule="sequence_gap", about="gap", value=1)
    behind = Sight(rule="read_lag", about="operations-second", value=300)
    warning = Sight(rule="due_soon", about="26737", value=12, unit="26737")
    failing = Sight(rule="loop_failing", about="rounds", value=3)
    night.sights = [down(), late(), gap, behind, failing, warning]
    await night.turns(60)
    await office.waits("partner_silent", 2, partner="sen-vang")
    openers = [Opener(night.rows, office.desk) for _ in range(2)]

    for _ in range(2):
        await asyncio.gather(*(opener.turn() for opener in openers))

    found, alarms = await found_of(office), await standing(office)
    assert set(found) == {a.id for a in alarms.values() if a.severity == "critical"}
    kept = found[alarms["partner_down"].id]
    assert (len(kept.acts), len(await office.desk.rows.items(kept))) == (1, 2)
    of_loop = found[alarms["loop_failing"].id]
    assert (of_loop.scope, of_loop.frozen.found) == (Scope(loop="rounds"), NOBODY)


async def test_an_alarm_that_comes_and_goes_is_one_incident_that_says_so(office: Office) -> None:
    opener, night = Opener(office.night.rows, office.desk), office.night
    for _ in range(10):
        night.sights = [down()]
        await night.turns(60)
        await opener.turn()
        night.sights = []
        await night.turns(300)
        await opener.turn()
    [one] = (await found_of(office)).values()
    assert [act.what for act in one.acts] == ["open", *["alarm"] * 9]
    assert await office.desk.rows.of_alarms(one.alarms) == dict.fromkeys(one.alarms, one.id)


async def test_one_that_comes_and_goes_for_ever_leaves_room_for_people(office: Office) -> None:
    scope = Scope(stage="payment", partner="sen-vang")
    one = await office.desk.open("20261120-a", "a silent one", scope, "o-1", "alarm-0")
    for n in range(1, JOINS_LIMIT):
        one = await office.desk.do(one, "alarm", "o-1", reference=f"alarm-{n}")
    office.night.sights = [down()]
    await office.night.turns(60)
    await Opener(office.night.rows, office.desk).turn()
    [one] = (await found_of(office)).values()
    alarm = (await standing(office))["partner_down"]
    assert (len(one.acts), await office.desk.rows.of_alarms([alarm.id])) == (
        JOINS_LIMIT,
        {alarm.id: one.id},
    )


async def test_an_alarm_joins_what_a_person_opened_for_the_same(
    client: httpx.AsyncClient, office: Office
) -> None:
    opened = await begin(client)
    office.night.sights = [down()]
    await office.night.turns(60)
    await Opener(office.night.rows, office.desk).turn()
    alarm = (await standing(office))["partner_down"]
    [listed] = (await client.get(f"/v1/incidents?alarm={alarm.id}")).json()["incidents"]
    assert listed["id"] == opened["id"]
    assert len(await found_of(office)) == 1


async def test_what_was_closed_stays_closed_and_a_new_alarm_opens_another(office: Office) -> None:
    opener, night = Opener(office.night.rows, office.desk), office.night
    night.sights = [down()]
    await night.turns(60)
    await opener.turn()
    [first] = await office.desk.rows.open_ones()
    await office.desk.do(first, "close", "o-1", "the bank is back")
    await opener.turn()
    assert await office.desk.rows.open_ones() == []

    night.sights = []
    await night.turns(300)
    night.sights = [down()]
    await night.turns(60)
    await opener.turn()
    [second] = await office.desk.rows.open_ones()
    assert second.id != first.id
