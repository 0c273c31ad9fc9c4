"""The same for portals, as JSON: all that the page shows, for whoever brings what opens it."""

from typing import Any

import httpx
import msgspec
import pytest

from services.operations.domain.citizen.view import CitizenStatus
from services.operations.example import LOOK, STATUS
from services.operations.status_access import PER_PORTAL_PAIR, WRONG
from tests.services.operations import scenes
from tests.services.operations.scenes import SCENES, begun
from tests.services.operations.status.edge import LINKS, StatusEdge


async def ask(edge: StatusEdge, body: Any, key: str = "portal-key") -> httpx.Response:
    async with edge.client() as client:
        headers = {"authorization": f"Bearer {key}"}
        return await client.post("/v1/status", json=body, headers=headers)


@pytest.mark.parametrize("scene", SCENES)
async def test_a_portal_reads_what_the_page_shows(edge: StatusEdge, scene: str) -> None:
    story = await edge.read(begun(SCENES[scene]))
    answer = await ask(edge, {"token": LINKS.token(story.application)})
    told = msgspec.json.decode(answer.content, type=CitizenStatus)
    page = await edge.post({"token": LINKS.token(story.application)})
    assert answer.headers["cache-control"] == "no-store"
    assert told.state.state == scene
    for sentence in (told.state.sentence, *(task.sentence for task in told.tasks)):
        assert sentence.vi in page.text


async def test_both_codes_open_it_as_well(edge: StatusEdge) -> None:
    story = await edge.read(begun(scenes.processing))
    pair = {"dossier_code": story.code, "code": LINKS.code(story.application)}
    assert (await ask(edge, pair)).status_code == 200


async def test_only_portals_are_let_in(edge: StatusEdge) -> None:
    assert (await ask(edge, LOOK, "op-key")).status_code == 403
    assert (await ask(edge, LOOK, "none")).status_code == 401


async def test_what_is_wrong_is_a_problem_that_says_what_to_do(edge: StatusEdge) -> None:
    answer = await ask(edge, LOOK)
    assert answer.status_code == 404
    assert answer.json()["type"] == "urn:motcua:problem:unknown-pair"
    assert answer.json()["detail"] == WRONG.en
    assert (await ask(edge, {"tokens": "x"})).status_code == 422


async def test_a_portal_may_err_more_often_at_one_dossier_than_one_citizen_and_not_for_ever(
    edge: StatusEdge,
) -> None:
    story = await edge.read(begun(scenes.processing))
    wrong = {"dossier_code": story.code, "code": "0000-0000-0000"}
    for _ in range(PER_PORTAL_PAIR):
        assert (await ask(edge, wrong)).status_code == 404
    answer = await ask(edge, wrong)
    assert answer.status_code == 429
    assert answer.json()["type"] == "urn:motcua:problem:too-many-attempts"
    assert int(answer.headers["retry-after"]) > 0


async def test_what_one_citizen_of_a_portal_tries_keeps_no_other_one_of_it_out(
    edge: StatusEdge,
) -> None:
    story = await edge.read(begun(scenes.processing))
    for n in range(PER_PORTAL_PAIR + 1):
        nobodys = {"dossier_code": f"H29.1-20261120-{n:07d}", "code": LOOK["code"]}
        assert (await ask(edge, nobodys)).status_code == 404
        assert (await ask(edge, {"token": "x"})).status_code == 404
    pair = {"dossier_code": story.code, "code": LINKS.code(story.application)}
    assert (await ask(edge, pair)).status_code == 200


def test_the_example_is_what_is_answered() -> None:
    as_json = msgspec.json.encode(STATUS)
    assert msgspec.json.decode(as_json, type=CitizenStatus) == STATUS
