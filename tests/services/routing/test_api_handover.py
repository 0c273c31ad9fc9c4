"""The edge of officers: a key for some units, and what is shown on the way to the citizen."""

import pytest

APPLICATION = "0197b1c2-aaaa-7bbb-8ccc-000000000001"


@pytest.fixture
async def desk(desk, registered):
    """A desk with one dossier on it."""
    desk.bring(registered(procedure="1.010038"), "intake", 1)
    await desk.decide()
    return desk


@pytest.mark.parametrize(("key", "status"), [("hanoi-key", 202), ("elsewhere-key", 403)])
async def test_a_systems_key_acts_for_its_own_units_only(key, status, desk):
    headers = {"authorization": f"Bearer {key}"}
    body = {"action": "transfer", "competent_unit": "00008", "note": "synthetic"}
    answer = await desk.act(headers=headers, **body)
    assert answer.status_code == status
    if status == 403:
        (problem,) = answer.json()["problems"]
        assert problem["code"] == "not-your-unit"
        assert "00097" in problem["remedy_en"]
        assert problem["remedy_vi"]
        assert len(desk.log.records) == 1
    else:
        await desk.decide()
        shown = (await desk.http.get(f"/v1/applications/{APPLICATION}")).json()
        assert (shown["receiving_unit"], shown["competent_unit"]) == ("00097", "00008")


async def test_what_has_gone_elsewhere_since_is_rejected_by_the_lane_as_well(desk):
    await desk.act(key="accept", action="accept")
    await desk.decide()
    body = {"action": "transfer", "note": "synthetic"}
    both = {"authorization": "Bearer ward-key"}
    first = await desk.act(key="a", headers=both, competent_unit="00008", **body)
    second = await desk.act(key="b", headers=both, competent_unit="00025", **body)
    assert (first.status_code, second.status_code) == (202, 202)
    await desk.decide()
    found = (await desk.http.get(second.json()["outcome"], headers=both)).json()
    assert found["outcome"] == "rejected"
    assert "ask that unit" in found["reason"]


async def test_what_a_unit_sent_elsewhere_itself_is_still_its_own_action_when_told_again(desk):
    own = {"authorization": "Bearer ward-key"}
    acts = [
        {"key": "accept", "action": "accept"},
        {"key": "a", "action": "transfer", "competent_unit": "00008", "note": "synthetic"},
    ]
    for act in acts:
        await desk.act(headers=own, **act)
        await desk.decide()
    assert (await desk.act(headers=own, **acts[1])).status_code == 202
    assert await desk.decide() == []
    refused = await desk.act(headers=own, **{**acts[1], "key": "b"})
    assert refused.status_code == 403


async def test_what_waits_for_a_signature_or_is_in_the_post_is_shown(desk):
    acts = [
        {"action": "accept"},
        {"action": "start"},
        {"action": "ask_signature", "signer": "chairman-1", "certificate_expires": "2027-01-31"},
        {"action": "settle"},
        {"action": "post", "tracking": "EX000000001VN"},
        {"action": "carry", "tracking": "EX000000001VN", "place": "Hà Nội"},
    ]
    seen = []
    for n, body in enumerate(acts):
        await desk.act(key=f"key-{n}", **body)
        await desk.decide()
        seen.append((await desk.http.get(f"/v1/applications/{APPLICATION}")).json())
    assert seen[2]["signature"] == {"signer": "chairman-1", "certificate_expires": "2027-01-31"}
    assert seen[3]["signature"] is None
    assert seen[3]["clocks"]["return_due"]
    assert seen[5]["parcel"] == {"tracking": "EX000000001VN", "place": "Hà Nội", "came_back": False}
    assert seen[5]["stage"] == "in_post"


async def test_a_leg_of_the_post_told_twice_stands_once_in_the_timeline(desk):
    for n, action in enumerate(("accept", "start", "settle")):
        await desk.act(key=f"key-{n}", action=action)
    post = {"action": "post", "tracking": "EX000000001VN"}
    await desk.act(key="post-1", **post)
    again = await desk.act(key="post-2", **post)
    emitted = [event.type for event in await desk.decide()]
    assert emitted.count("application.posted") == 1
    assert "routing.action_rejected" not in emitted
    found = (await desk.http.get(again.json()["outcome"])).json()
    assert (found["outcome"], found["events"]) == ("done", [])
