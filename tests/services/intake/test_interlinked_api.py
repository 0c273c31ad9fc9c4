"""Interlinked applications as a portal sees them over HTTP."""

import json
from itertools import count
from pathlib import Path

from shared.events import routing
from shared.events.intake import FollowUpRejected
from shared.kinship import child_id
from shared.lanes.table import Arrival, Outcome

NUMBERS = count(1)
ANSWERS = {
    "deceased_name": "Nguyễn Thử Nghiệm Cũ",
    "death_date": "2026-11-01",
    "death_place": "Nhà riêng",
    "relation": "child",
    "last_address": "Số 9 đường Thử Nghiệm",
    "paid_by": "account",
    "bank": "Ngân hàng Thử Nghiệm",
    "account_number": "000000123456",
}


def death(make, **changed):
    return make.form(
        procedure="local.interlinked-death",
        copies=1,
        documents=[{"name": "Death notice", "sha256": "a" * 64}],
        personal=make.personal(answers=ANSWERS),
    ) | dict(changed)


async def delivered(make, edge, outcomes: list[Outcome]) -> None:
    """Let letters arrive until there are none."""
    while letters := [letter for outcome in outcomes for letter in outcome.letters]:
        arrivals = []
        for letter in letters:
            event = make.message(
                letter.data.TYPE,
                letter.data,
                id=f"letter {next(NUMBERS)}",
                source="/services/intake",
                subject=letter.to,
            )
            arrivals.append(Arrival(letter.to, event, letter.data))
        outcomes = await edge.lane.take(*arrivals)


async def registered(make, edge) -> None:
    assert (await edge.submit(death(make))).status_code == 202
    await delivered(make, edge, await edge.settle())


async def moved(make, edge, number: int, *moves: routing.Moved) -> None:
    child = child_id(make.uuid7(), number)
    for n, move in enumerate(moves, start=1):
        await delivered(make, edge, await edge.lane.take(make.moved(move, child, n)))


async def view(make, edge, application: str = "") -> dict:
    answer = await edge.call("GET", f"/v1/applications/{application or make.uuid7()}")
    assert answer.status_code == 200
    return answer.json()


async def test_the_parent_lists_its_children_and_what_the_rules_did(make, edge) -> None:
    await registered(make, edge)
    seen = await view(make, edge)
    assert (seen["status"], seen["national_code"], seen["outcome"]) == ("registered", 1, "")
    assert seen["receipt"]["status_link"]
    assert [(c["name"], c["standing"]) for c in seen["children"]] == [
        ("death", "open"),
        ("residence", "waiting"),
        ("allowance", "waiting"),
    ]
    settled = routing.Settled(national_code=9, officer="o", on_time=True)
    returned = routing.Returned(national_code=10, officer="o")
    await moved(make, edge, 0, settled, returned)
    await moved(make, edge, 1, routing.NotAccepted(national_code=3, officer="o", reason="x"))
    await moved(make, edge, 2, settled, returned)
    seen = await view(make, edge)
    assert (seen["end"], seen["outcome"]) == ("returned", "partly_done")
    allowance = seen["children"][2]
    assert allowance["by_rule"] == {"residence/not_accepted": "asks_a_person"}
    assert allowance["needs_person"] == ["rule"]
    assert allowance["dossier_code"]


async def test_a_child_is_followed_like_any_application_and_names_its_parent(make, edge) -> None:
    await registered(make, edge)
    parent = await view(make, edge)
    child = await view(make, edge, parent["children"][0]["application"])
    assert child["dossier_code"] == parent["children"][0]["dossier_code"]
    assert child["parent"] == f"/v1/applications/{make.uuid7()}"
    assert child["children"] == []
    answer = await edge.call("GET", child["parent"], key="other")
    assert answer.status_code == 404, "another portal's as little as any"


async def test_the_citizens_link_of_the_parent_shows_its_children(make, edge) -> None:
    await registered(make, edge)
    token = (await view(make, edge))["receipt"]["status_link"].partition("#")[2]
    answer = await edge.call("POST", "/v1/status", {"token": token})
    assert len(answer.json()["children"]) == 3


async def test_problems_of_all_children_are_told_at_once(make, edge) -> None:
    answers = {**ANSWERS, "account_number": "12", "relation": "x"}
    del answers["last_address"]
    wrong = death(make, personal=make.personal(answers=answers), documents=[])
    answer = await edge.submit(wrong)
    assert answer.status_code == 422
    assert {(p["field"], p["code"]) for p in answer.json()["problems"]} == {
        ("/documents", "missing-documents"),
        ("/personal/answers/account_number", "invalid-answer"),
        ("/personal/answers/relation", "answer-not-listed"),
        ("/personal/answers/last_address", "missing-answer"),
    }
    assert edge.topics.sent == []


async def test_what_follows_on_the_parent_is_brought_to_a_child(make, edge) -> None:
    await registered(make, edge)
    brought = {"documents": [{"name": "Death notice", "sha256": "b" * 64}]}
    path = f"/v1/applications/{make.uuid7()}"
    answer = await edge.call("POST", f"{path}/supplements", brought)
    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:motcua:problem:has-children"
    child = child_id(make.uuid7(), 0)
    answer = await edge.call("POST", f"/v1/applications/{child}/supplements", brought)
    assert answer.status_code == 202


async def test_the_parent_is_taken_back_over_http(make, edge) -> None:
    await registered(make, edge)
    path = f"/v1/applications/{make.uuid7()}/withdrawal"
    assert (await edge.call("POST", path, {"reason": "x"})).status_code == 202
    outcomes = await edge.settle()
    assert not any(isinstance(e, FollowUpRejected) for o in outcomes for e in o.events)
    await delivered(make, edge, outcomes)
    seen = await view(make, edge)
    assert seen["withdrawal"] == "asked"
    assert [c["standing"] for c in seen["children"]] == ["open", "withdrawn", "withdrawn"]
    await moved(make, edge, 0, routing.Closed(national_code=7, reason="x"))
    seen = await view(make, edge)
    assert (seen["status"], seen["end"], seen["outcome"]) == ("withdrawn", "withdrawn", "failed")


async def test_the_form_of_a_set_is_published(make, edge) -> None:
    answer = await edge.call("GET", "/v1/procedures/local.interlinked-death/form")
    assert set(answer.json()["schema"]["properties"]) >= ANSWERS.keys()


async def test_the_example_of_the_docs_is_registered_as_it_stands(make, edge) -> None:
    page = (Path(__file__).parents[3] / "docs" / "interlinked.md").read_text()
    example = json.loads(page.partition("```json\n")[2].partition("```")[0])
    assert (await edge.submit(example)).status_code == 202
    await delivered(make, edge, await edge.settle())
    assert [c["standing"] for c in (await view(make, edge))["children"]] == [
        "open",
        "waiting",
        "waiting",
    ]
