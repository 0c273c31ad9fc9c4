"""Incidents over HTTP: whom they concern, who has them, what was done and how they leave."""

import asyncio
import csv
import io
from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest

from services.operations.domain.incidents import ACTS_LIMIT, Incident, Scope
from services.operations.domain.rounds import Choice, Found, previewed
from services.operations.domain.situations import NEVER_MS
from services.operations.incidents import views
from services.operations.incidents.desk import Desk, Opener
from services.operations.turns import SomeFailed
from shared.events.notify import BroadcastTold
from tests.services.operations import scenes
from tests.services.operations.alarms.watch import down, late
from tests.services.operations.incidents.house import HOUR, KEY, PAYMENT, Office, begin, number
from tests.services.operations.memory import Group
from tests.services.operations.scenes import begun
from tests.services.operations.story import BEGAN


async def test_whom_it_concerns_is_kept_when_it_is_opened_and_told_as_it_grows(
    client: httpx.AsyncClient, office: Office
) -> None:
    first = await office.waits("partner_silent", 2, partner="sen-vang")
    await office.waits("partner_down", application=first[0], partner="sen-vang")
    await office.waits("partner_silent", partner="vnpay")
    await office.waits("partner_silent", partner="sen-vang", stuck_ms=NEVER_MS)

    opened = await begin(client)
    assert (opened["status"], opened["opened_by"]) == ("open", "o-1")
    assert number(opened["frozen"]) == number(opened["now"]) == (2, 3, 150_000)

    more = await office.waits("partner_silent", partner="sen-vang")
    where = f"/v1/incidents/{opened['id']}"
    grown = (await client.get(where)).json()
    assert (number(grown["frozen"]), number(grown["now"])) == ((2, 3, 150_000), (3, 4, 200_000))
    kept = (await client.get(f"{where}/applications")).json()
    assert (sorted(kept["applications"]), kept["is_whole"]) == (sorted(first), True)

    await client.post(f"{where}/freeze")
    kept = (await client.get(f"{where}/applications")).json()
    assert sorted(kept["applications"]) == sorted([*first, *more])


async def test_what_is_exported_is_what_a_broadcast_takes_and_a_spreadsheet_reads(
    client: httpx.AsyncClient, office: Office
) -> None:
    young = await office.waits("partner_silent", partner="sen-vang", since=BEGAN - HOUR)
    old = await office.waits("partner_silent", partner="sen-vang", since=BEGAN - 2 * HOUR)
    where = f"/v1/incidents/{(await begin(client))['id']}/applications"

    assert (await client.get(where)).json()["applications"] == [*old, *young]
    answer = await client.get(where, params={"format": "csv"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["application"], row["vnd"]) for row in rows] == [
        (old[0], "50000"),
        (young[0], "50000"),
    ]


async def test_its_timeline_has_notes_and_links_and_its_end_by_whom_and_when(
    client: httpx.AsyncClient,
) -> None:
    where = f"/v1/incidents/{(await begin(client))['id']}"
    await client.post(f"{where}/notes", json={"text": "the bank was called"})
    for _ in range(2):
        await client.post(f"{where}/links", json={"what": "round", "id": "20261120-3f9ac1d2e4"})
    await client.post(f"{where}/links", json={"what": "broadcast", "id": "b-17"})
    for _ in range(2):
        closed = await client.post(f"{where}/close", json={"text": "it answers again"})

    found = closed.json()
    assert [act["what"] for act in found["acts"]] == [
        *("open", "note", "round", "broadcast", "close")
    ]
    assert (found["status"], found["rounds"], found["broadcasts"]) == (
        "closed",
        ["20261120-3f9ac1d2e4"],
        ["b-17"],
    )
    late_note = await client.post(f"{where}/notes", json={"text": "one thing more"})
    assert late_note.status_code == 409


async def test_the_same_request_on_the_day_or_the_next_is_one_incident(
    client: httpx.AsyncClient, office: Office
) -> None:
    ids = set()
    for _ in range(2):
        ids.add((await begin(client))["id"])
        office.now += timedelta(hours=20)
    assert len(ids) == 1
    listed = (await client.get("/v1/incidents")).json()["incidents"]
    assert [each["id"] for each in listed] == list(ids)


async def test_two_who_act_at_once_are_both_in_the_timeline(
    client: httpx.AsyncClient, office: Office
) -> None:
    where = f"/v1/incidents/{(await begin(client))['id']}/notes"
    await asyncio.gather(*(client.post(where, json={"text": f"note {n}"}) for n in range(8)))
    [found] = (await office.desk.rows.before(""))[0]
    assert sorted(act.text for act in found.acts[1:]) == [f"note {n}" for n in range(8)]
    assert len(found.acts) < ACTS_LIMIT


@pytest.mark.parametrize(
    "said",
    [
        {"scope": {"stage": "moon"}},
        {"scope": {"stage": "intake", "cause": "unpaid"}},
        {"scope": {"colour": "red"}},
        {"title": ""},
    ],
)
async def test_what_cannot_concern_anybody_is_refused(
    client: httpx.AsyncClient, said: dict[str, Any]
) -> None:
    answer = await client.post("/v1/incidents", json=PAYMENT | said, headers=KEY)
    assert answer.status_code == 422


async def test_an_incident_that_is_none_is_not_found(client: httpx.AsyncClient) -> None:
    for path in ("none", "none/applications"):
        assert (await client.get(f"/v1/incidents/{path}")).status_code == 404


async def test_who_takes_it_over_has_it_until_another_does(client: httpx.AsyncClient) -> None:
    where = f"/v1/incidents/{(await begin(client))['id']}"
    for _ in range(2):
        owned = (await client.post(f"{where}/own", json={"text": "I call the bank"})).json()
    assert (owned["owner"], [act["what"] for act in owned["acts"]]) == ("o-1", ["open", "own"])
    [listed] = (await client.get("/v1/incidents?which=open")).json()["incidents"]
    assert (listed["owner"], listed["opened_by"]) == ("o-1", "o-1")


async def test_a_preview_counts_and_keeps_nothing(
    client: httpx.AsyncClient, office: Office
) -> None:
    await office.waits("partner_silent", 3, partner="sen-vang")
    answer = await client.post("/v1/incidents/preview", json={"scope": PAYMENT["scope"]})
    assert number(answer.json()["now"]) == (3, 3, 150_000)
    assert (await client.get("/v1/incidents")).json()["incidents"] == []
    refused = await client.post("/v1/incidents/preview", json={"scope": {"stage": "moon"}})
    assert refused.status_code == 422


async def test_those_that_are_open_are_listed_with_how_they_grow_and_a_closed_one_is_not(
    client: httpx.AsyncClient, office: Office
) -> None:
    opened = await begin(client)
    other = await begin(client, title="another one")
    await client.post(f"/v1/incidents/{other['id']}/close", json={"text": "it is over"})
    await office.waits("partner_silent", partner="sen-vang")
    [one] = (await client.get("/v1/incidents?which=open")).json()["incidents"]
    assert (one["id"], number(one["frozen"]), number(one["now"])) == (
        opened["id"],
        (0, 0, 0),
        (1, 1, 50_000),
    )
    every = (await client.get("/v1/incidents")).json()["incidents"]
    assert {i["id"]: i["now"] is None for i in every} == {opened["id"]: False, other["id"]: True}


async def test_open_ones_of_before_there_were_places_are_found_again(office: Office) -> None:
    stands = await office.desk.open("20261120-a", "one of before", Scope(), "o-1")
    await office.desk.rows.shut(stands.id)
    assert await office.desk.rows.open_ones() == []
    await Opener(office.night.rows, office.desk).turn()
    assert [one.id for one in await office.desk.rows.open_ones()] == [stands.id]


async def test_what_somebody_died_closing_is_not_among_the_open_ones(office: Office) -> None:
    stands = await office.desk.open("20261120-a", "one of before", Scope(), "o-1")
    await office.desk.do(stands, "close", "o-1", "it is over")
    await office.desk.rows.recall()
    await office.desk.rows.begin(stands)  # its place, again
    assert await office.desk.rows.open_ones() == []


async def test_applications_come_by_page_and_all_of_them_as_one_file(
    client: httpx.AsyncClient, office: Office
) -> None:
    for hours in range(5, 0, -1):
        await office.waits("partner_silent", partner="sen-vang", since=BEGAN - hours * HOUR)
    where = f"/v1/incidents/{(await begin(client))['id']}"
    every = (await client.get(f"{where}/applications")).json()["applications"]
    pages, after = [], 1
    while after:
        page = (await client.get(f"{where}/applications?limit=2&after={after}")).json()
        pages.append(page["applications"])
        after = page["next"]
    assert ([a for page in pages for a in page], [len(p) for p in pages]) == (every, [2, 2, 1])

    export = (await client.get(f"{where}/export")).json()
    assert [item["application"] for item in export["items"]] == every
    assert export["incident"]["title"] == PAYMENT["title"]


@pytest.mark.parametrize("many", [0, 1, 2, 4, 5])
async def test_a_file_is_whole_however_many_pages_it_is_read_in(office: Office, many: int) -> None:
    await office.waits("partner_silent", many, partner="sen-vang")
    one = await office.desk.open("20261120-a", "a silent one", Scope(partner="sen-vang"), "o-1")
    whole, rows = views.whole(one, await office.desk.whom.now(one.scope)), office.desk.rows
    export = b"".join([part async for part in views.as_export(whole, rows.every_item(one, 2))])
    lines = b"".join([part async for part in views.as_csv(rows.every_item(one, 2))])
    read = list(csv.DictReader(io.StringIO(lines.decode("utf-8-sig"))))
    items = msgspec.json.decode(export, type=views.ExportView).items
    assert [i.application for i in items] == [row["application"] for row in read]
    assert len(items) == many


async def test_rounds_and_broadcasts_that_touch_it_are_offered_until_they_are_linked(
    client: httpx.AsyncClient, office: Office
) -> None:
    story = begun(scenes.processing)
    told = BroadcastTold(broadcast="20261120-5b1f0a77c2", vi="Đang chậm", en="Delayed")
    story.external("notify.inbox", f"/services/notify/broadcasts/{told.broadcast}", told)
    await office.store.read(Group(story.log.records))
    await office.waits("partner_silent", application=story.application, partner="sen-vang")
    for n, (cause, partner) in enumerate(
        (("partner_silent", ""), ("partner_down", "vnpay"), ("unpaid", "sen-vang"))
    ):
        choice = Choice(
            stage="payment", cause=cause, action="ask_partner", reason="why", partner=partner
        )
        found, at = Found(set="1", items=0, refused=0), BEGAN + n * HOUR / 4
        await office.rounds.begin(previewed(f"r-{n}", choice, found, "o-2", at), [])
    where = f"/v1/incidents/{(await begin(client))['id']}"

    offers = (await client.get(f"{where}/offers")).json()
    assert [one["id"] for one in offers["rounds"]] == ["r-2", "r-0"]
    assert [(b["id"], b["en"], b["told"]) for b in offers["broadcasts"]] == [
        ("20261120-5b1f0a77c2", "Delayed", 1)
    ]
    for what, id_ in (("round", "r-0"), ("broadcast", "20261120-5b1f0a77c2")):
        await client.post(f"{where}/links", json={"what": what, "id": id_})
    offers = (await client.get(f"{where}/offers")).json()
    assert ([one["id"] for one in offers["rounds"]], offers["broadcasts"]) == (["r-2"], [])


class OfNoPartner(Desk):
    """A desk that cannot open what is about a partner."""

    async def open(
        self, id_: str, title: str, scope: Scope, by: str, alarm: str = "", text: str = ""
    ) -> Incident:
        if scope.partner:
            raise KeyError("planted")
        return await super().open(id_, title, scope, by, alarm, text)


async def test_an_alarm_for_which_none_can_be_opened_keeps_no_other_waiting(
    office: Office,
) -> None:
    office.night.sights = [down(), late()]
    await office.night.turns(60)
    desk = OfNoPartner(office.desk.rows, office.desk.whom, lambda: office.now, lambda: "s")
    with pytest.raises(SomeFailed, match="KeyError: 'planted'"):
        await Opener(office.night.rows, desk).turn()
    [incident], _ = await office.desk.rows.before("")
    assert incident.scope.cause == "unanswered"
