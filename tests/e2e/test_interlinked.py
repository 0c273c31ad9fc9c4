"""A birth for three agencies on real servers, one of which refuses: by rule, and audited."""

import json
import random
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.audit.invariants import audit
from deploy.local.demo.rest import come_to_rest
from deploy.sandbox.portal import uuid7
from shared.kinship import child_id
from tests.e2e.life import paying
from tests.e2e.system import System, running
from tests.waiting import until

pytestmark = [pytest.mark.stack, pytest.mark.asyncio(loop_scope="module")]

LIMIT_S = 40.0
BIRTH, RESIDENCE, CARD = range(3)
PAGE = Path(__file__).parents[2] / "docs" / "interlinked.md"


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running(tmp_path_factory.mktemp("interlinked")) as started:
        yield started


def example() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        PAGE.read_text().partition("```json\n")[2].partition("```")[0]
    )
    return found


async def test_one_child_is_refused_and_the_rest_follows_by_rule(system: System) -> None:
    parent = uuid7(int(time.time() * 1_000), random.Random())
    async with paying(system), system.client("intake", "portal") as intake:
        for _ in range(2):  # the same again counts once
            answer = await intake.post(
                "/v1/applications", json=example(), headers={"idempotency-key": parent}
            )
            assert answer.status_code == 202, answer.text
        await act(system, child_id(parent, BIRTH), ("start", {}), ("settle", {}))
        await act(system, child_id(parent, RESIDENCE), ("refuse", {"note": "Thử nghiệm"}))
        await act(system, child_id(parent, BIRTH), ("return", {}))
        await until(lambda: has_ended(system, parent), LIMIT_S, "the parent's end")
        seen = (await intake.get(f"/v1/applications/{parent}")).json()
    assert seen["outcome"] == "partly_done"
    assert [(c["name"], c["standing"], c["needs_person"]) for c in seen["children"]] == [
        ("birth", "returned", []),
        ("residence", "not_accepted", ["fee"]),
        ("health_card", "withdrawn", []),
    ]
    assert seen["children"][CARD]["by_rule"] == {"residence/not_accepted": "withdraws"}
    assert await come_to_rest(system.servers.kafka_url, system.settings.lanes, LIMIT_S) == []
    evidence = await system.evidence(acknowledged={parent}, personal=personal(example()))
    assert {f.sentence: f.wrong for f in audit(evidence) if f.wrong} == {}
    async with system.client("operations", "operator") as operations:
        told = (await operations.get(f"/v1/journeys/{seen['dossier_code']}")).json()
    assert told["status"]["outcome"] == "partly_done"
    assert len(told["status"]["children"]) == 3
    notices = [n["milestone"] for n in told["status"]["notices"]]
    assert sorted(notices) == ["interlinked_ended", "interlinked_registered"]
    await is_told_to_the_citizen(system, seen["receipt"]["status_link"].partition("#")[2])


async def is_told_to_the_citizen(system: System, token: str) -> None:
    """The citizens' page says which part failed and what followed, and leads to a part's forms."""
    async with system.client("operations", "portal") as operations:
        told = (await operations.post("/v1/status", json={"token": token})).json()
        page = (await operations.post("/status", data={"token": token})).text
        of_birth = next(t for t in re.findall(r'name="token" value="([^"]+)"', page) if t != token)
        page = (await operations.post("/status", data={"token": of_birth})).text
    assert told["state"]["state"] == "family_partly_done"
    assert [part["standing"] for part in told["parts"]] == ["returned", "not_accepted", "withdrawn"]
    assert "Đăng ký thường trú" in told["state"]["why"]["vi"]
    assert [follows["vi"] for follows in told["parts"][CARD]["follows"]] == [
        "Rút vì phần Đăng ký thường trú không có kết quả."
    ]
    receipt = re.search(r'action="([^"]+/receipt\.pdf)"', page)
    assert receipt
    async with system.client("notify") as notify:
        form = await notify.post(receipt[1], data={"token": of_birth, "language": "vi"})
    assert (form.status_code, form.headers["content-type"]) == (200, "application/pdf")


async def act(system: System, application: str, *moves: tuple[str, dict[str, str]]) -> None:
    """Do these as soon as each can be done."""
    async with system.client("routing", "officer") as routing:
        for move, fields in moves:

            async def done(move: str = move, fields: dict[str, str] = fields) -> bool:
                path = f"/v1/applications/{application}"
                seen = await routing.get(path)
                if seen.status_code != 200:
                    return False
                answer = await routing.post(
                    f"{path}/actions",
                    json={"action": move, **fields},
                    headers={"idempotency-key": f"{move}-1", "if-match": seen.headers["etag"]},
                )
                return answer.status_code == 202

            await until(done, LIMIT_S, f"{move} of {application}")


async def has_ended(system: System, parent: str) -> bool:
    async with system.client("intake", "portal") as intake:
        return bool((await intake.get(f"/v1/applications/{parent}")).json()["outcome"])


def personal(sent: dict[str, Any]) -> set[str]:
    fields = sent["personal"]
    answers = (v for v in fields["answers"].values() if " " in v)
    return {fields["name"], fields["personal_number"], fields["phone"], *answers}
