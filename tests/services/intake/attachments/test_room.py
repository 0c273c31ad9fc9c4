"""A portal has only so much on its way at once; what is finished, ended or expired makes room."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from services.intake.attachments.room import OpenLimits
from services.intake.attachments.scan import Verdict
from services.intake.attachments.uploads import GRACE, LIFETIME


@pytest.fixture
def tight(world: Any, make: Any) -> Any:
    """Room for two uploads, or for two and a half files."""
    world.open_limits = OpenLimits(uploads=2, bytes=len(make.PDF) * 5 // 2)
    world.restart()
    return world


async def begun(world: Any, length: int, key: str = "sandbox") -> Any:
    return await world.call("POST", "/v1/uploads", key=key, upload_length=str(length))


async def test_there_is_room_for_so_many_uploads(tight: Any) -> None:
    first = await tight.begin(10)
    await tight.begin(10)
    answer = await begun(tight, 10)
    assert answer.status_code == 429
    assert answer.json()["type"] == "urn:motcua:problem:too-many-uploads"
    assert [p["code"] for p in answer.json()["problems"]] == ["too-many-uploads"]
    assert (await begun(tight, 10, key="other")).status_code == 201  # each has its own
    assert (await tight.call("DELETE", first)).status_code == 204
    assert (await begun(tight, 10)).status_code == 201


async def test_there_is_room_for_so_many_bytes(tight: Any, make: Any) -> None:
    await tight.begin(len(make.PDF) * 2)
    assert (await begun(tight, len(make.PDF))).status_code == 429
    assert (await begun(tight, 10)).status_code == 201


async def test_what_was_turned_away_takes_no_room(tight: Any) -> None:
    await tight.begin(10)
    await tight.begin(10)
    for _ in range(3):
        assert (await begun(tight, 10)).status_code == 429
    assert len(await tight.ids("open")) == len(await tight.ids("uploads")) == 2


@pytest.mark.parametrize("says", ["clean", "infected"])
async def test_what_is_settled_makes_room_kept_or_not(tight: Any, make: Any, says: Any) -> None:
    tight.scanner.says = Verdict(says)
    for _ in range(4):
        assert (await tight.upload(make.PDF)).status_code == (204 if says == "clean" else 422)
    assert await tight.ids("open") == set()


async def test_what_waits_for_the_scanner_keeps_its_room(tight: Any, make: Any) -> None:
    tight.scanner.says = None
    for _ in range(2):
        await tight.upload(make.PDF)
    assert (await begun(tight, 10)).status_code == 429
    tight.scanner.says = Verdict("clean")
    await tight.sweep.once()
    assert (await begun(tight, 10)).status_code == 201


async def test_what_was_never_finished_is_swept_and_makes_room(tight: Any, make: Any) -> None:
    at = await tight.begin(len(make.PDF))
    await tight.add(at, 0, make.PDF[:100])
    tight.now += LIFETIME + GRACE + timedelta(seconds=1)
    await tight.sweep.once()
    for table in ("open", "uploads", "parts", "waiting", "outcomes"):
        assert await tight.ids(table) == set()


async def test_what_a_kill_left_counts_until_it_would_have_expired(tight: Any) -> None:
    for _ in range(2):
        await tight.begin(10)
    await tight.tables["uploads"].delete(list(await tight.ids("uploads")))
    assert (await begun(tight, 10)).status_code == 429
    tight.now += LIFETIME + timedelta(seconds=1)
    assert (await begun(tight, 10)).status_code == 201
    assert len(await tight.ids("open")) == 1


async def test_many_at_once_do_not_get_through_together(tight: Any) -> None:
    answers = await asyncio.gather(*(begun(tight, 10) for _ in range(8)))
    assert sum(a.status_code == 201 for a in answers) <= 2
    assert {a.status_code for a in answers} <= {201, 429}
    assert len(await tight.ids("open")) <= 2
