"""An action may name the version that its officer looked at."""

import pytest

APPLICATION = "0197b1c2-aaaa-7bbb-8ccc-000000000001"


@pytest.fixture
async def desk(desk, registered):
    """A desk with one dossier on it."""
    desk.bring(registered(procedure="1.010038"), "intake", 1)
    await desk.decide()
    return desk


async def test_what_is_shown_names_its_version(desk):
    answer = await desk.http.get(f"/v1/applications/{APPLICATION}")
    assert answer.headers["etag"] == '"1"'
    assert answer.json()["version"] == 1


@pytest.mark.parametrize("version", ['"1"', "1"])
async def test_an_action_on_the_version_that_stands_is_taken(version, desk):
    taken = await desk.act(action="accept", headers={"if-match": version})
    assert taken.status_code == 202
    await desk.decide()
    assert (await desk.http.get(taken.json()["outcome"])).json()["outcome"] == "done"


async def test_an_action_on_another_version_is_refused_with_the_one_that_stands(desk):
    await desk.act(action="accept")
    await desk.decide()
    answer = await desk.act(key="key-2", action="refuse", note="x", headers={"if-match": '"1"'})
    assert (answer.status_code, answer.headers["etag"]) == (412, '"2"')
    (problem,) = answer.json()["problems"]
    assert (problem["field"], problem["code"]) == ("/header/if-match", "version-conflict")
    assert "2" in problem["remedy_vi"]
    assert len(desk.log.records) == 2


async def test_of_two_who_looked_at_the_same_version_one_is_rejected(desk):
    same = {"if-match": '"1"'}
    first = await desk.act(key="a", action="accept", headers=same)
    second = await desk.act(key="b", action="refuse", note="x", headers=same)
    assert (first.status_code, second.status_code) == (202, 202)
    await desk.decide()
    assert (await desk.http.get(first.json()["outcome"])).json()["outcome"] == "done"
    found = (await desk.http.get(second.json()["outcome"])).json()
    assert found["outcome"] == "rejected"
    assert "look again" in found["reason"]
    shown = (await desk.http.get(f"/v1/applications/{APPLICATION}")).json()
    assert shown["stage"] == "accepted"


async def test_an_impossible_move_on_the_version_that_stands_is_refused_at_once(desk):
    answer = await desk.act(action="settle", headers={"if-match": '"1"'})
    assert answer.status_code == 409
    (problem,) = answer.json()["problems"]
    assert problem["field"] == "/action"
    for language in ("remedy_vi", "remedy_en"):
        assert "accept, ask_supplement, readdress, refuse, transfer" in problem[language]
    assert len(desk.log.records) == 1


async def test_the_same_action_again_is_taken_although_it_changed_the_version_itself(desk):
    same = {"if-match": '"1"'}
    for _ in range(2):
        assert (await desk.act(action="accept", headers=same)).status_code == 202
        await desk.decide()
    shown = (await desk.http.get(f"/v1/applications/{APPLICATION}")).json()
    assert shown["version"] == 2


@pytest.mark.parametrize("version", ["soon", '"-1"', "*", '"1", "2"', "9" * 40])
async def test_a_version_that_is_none_is_refused(version, desk):
    answer = await desk.act(action="accept", headers={"if-match": version})
    assert (answer.status_code, answer.json()["title"]) == (422, "invalid if match")
