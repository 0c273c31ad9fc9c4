"""What was agreed to holds at once, however far behind the reader is."""

import httpx

from tests.services.operations.dead.office import WHY, Office, at, event_of, mistaken, poisoned

OTHER, THIRD = {"authorization": "Bearer other-key"}, {"authorization": "Bearer third-key"}
MENDED = {**WHY, "set": {"$.data.note": "x"}}


def answers(office: Office) -> list[str]:
    return [e.id for e in map(event_of, office.log.records) if e.type == "record.answered"]


async def result(client: httpx.AsyncClient, where: str, key: dict[str, str]) -> str:
    answer = await client.post(where, json=WHY, headers=key)
    assert answer.status_code == 200, answer.text
    (item,) = answer.json()["items"]
    return str(item["result"])


async def test_what_two_gave_up_is_not_sent_by_a_third_before_that_was_read(
    office: Office, client: httpx.AsyncClient
) -> None:
    (place,) = await mistaken(office)
    await client.post(at(place, "/dismiss"), json=WHY)
    await client.post(at(place, "/edits/1/accept"), json=WHY, headers=OTHER)

    assert await result(client, at(place, "/redrive"), THIRD) == "answered"
    await office.turn()

    assert (office.taken, office.rows()) == ([], [])
    assert (await client.get(at(place))).json()["answered"]["did"] == "dismissed"


async def test_what_waits_for_a_second_person_is_not_sent(
    office: Office, client: httpx.AsyncClient
) -> None:
    (place,) = await mistaken(office)
    await client.post(at(place, "/dismiss"), json=WHY)

    assert await result(client, at(place, "/redrive"), THIRD) == "waits"
    await office.turn()

    assert office.taken == []


async def test_behind_a_copy_that_was_agreed_to_the_original_is_not_sent(
    office: Office, client: httpx.AsyncClient
) -> None:
    (place,) = await mistaken(office)
    note = {**WHY, "set": {"$.data.note": "by the book"}}
    assert (await client.post(at(place, "/edits"), json=note)).status_code == 201
    await client.post(at(place, "/edits/1/accept"), json=WHY, headers=OTHER)

    assert await result(client, at(place, "/redrive"), THIRD) == "answered"

    sent = [r for r in office.log.records if r.topic == "routing.inbox"][1:]
    assert sent
    assert all(b"by the book" in (r.value or b"") for r in sent)


async def test_who_agreed_and_went_away_is_helped_by_who_sends(
    office: Office, client: httpx.AsyncClient
) -> None:
    (place,) = await mistaken(office)
    await client.post(at(place, "/dismiss"), json=WHY)
    stood = len(office.log.records)
    await client.post(at(place, "/edits/1/accept"), json=WHY, headers=OTHER)
    del office.log.records[stood:]  # it was not appended any more

    assert await result(client, at(place, "/redrive"), THIRD) == "answered"
    await office.turn()

    assert (office.taken, office.rows()) == ([], [])
    said = (await client.get(at(place))).json()["answered"]
    assert (said["did"], said["by"], said["checker"]) == ("dismissed", "o-1", "o-2")


async def test_what_was_sent_is_not_given_up_nor_mended_before_that_was_read(
    office: Office, client: httpx.AsyncClient
) -> None:
    (place,) = await mistaken(office)
    for key in (OTHER, THIRD):  # again is harmless
        assert await result(client, at(place, "/redrive"), key) == "sent"

    assert await result(client, at(place, "/dismiss"), OTHER) == "answered"
    copy = await client.post(at(place, "/edits"), json=MENDED)
    assert (copy.status_code, copy.json()["type"]) == (409, "urn:motcua:problem:not-mendable")
    one = (await client.get(at(place))).json()
    assert one["edits"] == []
    late = await client.post(at(place, "/edits/1/accept"), json=WHY, headers=OTHER)
    assert late.status_code == 404
    await office.turn()

    assert len(office.taken) == 1
    assert (await client.get(at(place))).json()["answered"]["did"] == "redriven"


async def test_what_two_gave_up_is_asked_for_and_mended_no_more(
    office: Office, client: httpx.AsyncClient
) -> None:
    place = await poisoned(office)
    await client.post(at(place, "/dismiss"), json=WHY)
    await client.post(at(place, "/edits/1/accept"), json=WHY, headers=OTHER)

    assert await result(client, at(place, "/dismiss"), THIRD) == "answered"
    copy = await client.post(at(place, "/edits"), json=MENDED, headers=THIRD)
    assert (copy.status_code, copy.json()["type"]) == (409, "urn:motcua:problem:not-mendable")
    assert len(answers(office)) == 1
