"""Dead letters that somebody mends: accepted by another, refused by the field, in the log."""

from typing import Any

import httpx
import msgspec
import pytest

from services.operations.domain.dead.letters import Place
from shared.events.kernel import RecordAnswered
from shared.vault import open_dead_letter
from tests.services.operations.dead.office import KEY, WHY, Office, at, event_of, poisoned
from tests.services.operations.story import application

OTHER = {"authorization": "Bearer other-key"}


async def mended(client: httpx.AsyncClient, place: Place, **change: Any) -> httpx.Response:
    return await client.post(at(place, "/edits"), json={**WHY, **change})


async def test_a_mended_copy_is_sent_when_a_second_person_accepts_it(
    office: Office, client: httpx.AsyncClient
) -> None:
    place = await poisoned(office)
    one = (await mended(client, place, set={"$.data.note": "by the book"})).json()
    await office.turn()
    assert office.taken == []
    (edit,) = one["edits"]
    assert (edit["number"], edit["verdict"]) == (1, None)
    assert edit["changes"] == [{"path": "$.data.note", "before": "7", "after": "“aa aaa aaaa”"}]

    alone = await client.post(at(place, "/edits/1/accept"), json=WHY)
    assert (alone.status_code, alone.json()["type"]) == (409, "urn:motcua:problem:same-person")
    for _ in range(2):
        answer = await client.post(at(place, "/edits/1/accept"), json=WHY, headers=OTHER)
        assert answer.status_code == 200
    await office.turn()

    assert office.taken == [("/officers/o-7", "act-1")]
    assert office.rows() == []
    said = (await client.get(at(place))).json()["answered"]
    assert (said["did"], said["by"], said["checker"]) == ("edited", "o-1", "o-2")
    assert said["fields"] == ["$.data.note"]


async def test_who_mended_what_and_why_stands_in_the_log_and_the_original_stays(
    office: Office, client: httpx.AsyncClient
) -> None:
    place = await poisoned(office)
    original = next(r for r in office.log.records if r.topic == "routing.inbox")
    await mended(client, place, set={"$.data.note": "by the book"})
    await client.post(at(place, "/edits/1/accept"), json=WHY, headers=OTHER)

    copy, answer = map(event_of, office.log.records[-2:])
    said = msgspec.json.decode(answer.data, type=RecordAnswered)
    assert answer.id == f"{place.key}/answered" == copy.causationid
    assert (said.did, said.operator, said.checker) == ("edited", "o-1", "o-2")
    changes = msgspec.json.decode(open_dead_letter(KEY, said.sealed))
    assert changes == [{"path": "$.data.note", "before": 7, "after": "by the book"}]
    assert office.log.records[0] is original
    assert b"by the book" not in bytes(answer.data)
    held = (await office.desk.of([place]))[place.key]
    assert held.value == original.value


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"set": {"$.data.note": 8}}, "$.data.note"),
        ({"set": {"$.data.note": "x", "$.data.moves_seen": "many"}}, "$.data.moves_seen"),
        ({"set": {"$.data.note": "x", "$.data.other": 1}}, "$.data.other"),
        ({"set": {"$.data.note": "x"}, "remove": ["$.data.officer"]}, "$.data.officer"),
        ({"set": {"$.data.note": "x", "$.source": "/officers/o-8"}}, "$.source"),
        ({"set": {"$.data.note": "x", "$.subject": application(2)}}, "$.subject"),
        ({"set": {"$.data.note": "x", "$.id": "act-2"}}, "$.id"),
        ({"set": {"$.data.note.text": "x"}}, "$.data.note.text"),
        ({"remove": ["$.data.nothing"]}, "$.data.nothing"),
    ],
)
async def test_a_copy_that_is_not_as_its_contract_has_it_is_refused_by_the_field(
    office: Office, client: httpx.AsyncClient, change: dict[str, Any], field: str
) -> None:
    place = await poisoned(office)

    answer = await mended(client, place, **change)

    assert answer.status_code == 422
    assert [p["field"] for p in answer.json()["problems"]] == [field]
    assert (await client.get(at(place))).json()["edits"] == []


async def test_what_is_no_json_can_be_written_anew(
    office: Office, client: httpx.AsyncClient
) -> None:
    place = office.send("routing.inbox", b"no JSON", key=application(3))
    await office.turn()
    anew = {"$.source": "/officers/o-7", "$.type": "officer.accepted", "$.data.officer": "o-7"}

    assert (await mended(client, place, set=anew)).status_code == 201
    await client.post(at(place, "/edits/1/accept"), json=WHY, headers=OTHER)
    await office.turn()

    assert office.taken == [("/officers/o-7", place.key)]
    assert office.rows() == []


async def test_one_copy_waits_at_a_time_and_a_rejected_one_makes_room(
    office: Office, client: httpx.AsyncClient
) -> None:
    place = await poisoned(office)
    change = {"set": {"$.data.note": "x"}}
    assert (await mended(client, place, **change)).status_code == 201
    assert (await mended(client, place, **change)).status_code == 409

    rejected = await client.post(at(place, "/edits/1/reject"), json=WHY)
    assert rejected.json()["edits"][0]["verdict"] == "rejected"
    later = await client.post(at(place, "/edits/1/accept"), json=WHY, headers=OTHER)
    assert later.status_code == 409
    assert (await mended(client, place, **change)).json()["edits"][1]["number"] == 2
