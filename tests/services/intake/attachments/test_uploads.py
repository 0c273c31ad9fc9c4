"""A file that was uploaded is checked, scanned, and kept to be referred to, or refused."""

import asyncio
from typing import Any

import pytest
from starlette.requests import ClientDisconnect

from services.intake.attachments.uploads import PART_BYTES
from shared.errors import Unknown
from tests.services.intake.attachments.pieces import codes, of, sha


async def test_a_file_in_one_piece_is_kept_under_its_hash(world: Any, make: Any) -> None:
    answer = await world.upload(make.PDF, filetype="application/pdf", sha256=sha(make.PDF))
    assert (answer.status_code, answer.headers["motcua-state"]) == (204, "stored")
    view = (await world.call("GET", f"/v1/files/{sha(make.PDF)}")).json()
    assert (view["media_type"], view["size"]) == ("application/pdf", len(make.PDF))
    assert view["scan"] == "clean"
    content = await world.call("GET", f"/v1/files/{sha(make.PDF)}/content")
    assert content.content == make.PDF
    assert content.headers["content-type"] == "application/pdf"
    assert content.headers["content-disposition"].startswith("attachment")
    assert await world.ids("parts") == await world.ids("waiting") == set()


async def test_an_interrupted_upload_goes_on_where_it_ended_after_a_restart(
    world: Any, make: Any
) -> None:
    content = b"%PDF-1.7\n" + bytes(3 * PART_BYTES) + b"%%EOF"
    at = await world.begin(len(content))
    cut = PART_BYTES + 1_000
    upload = at.rpartition("/")[2]
    standing = await world.uploads.standing(upload, "sandbox")
    await world.uploads.append(
        standing, of(content[:1_000], content[1_000:cut], ClientDisconnect())
    )
    world.restart()
    assert await world.offset(at) == cut
    answer = await world.add(at, cut, content[cut:])
    assert answer.headers["motcua-state"] == "stored"
    read = await world.call("GET", f"/v1/files/{sha(content)}/content")
    assert read.content == content


@pytest.mark.parametrize(
    ("metadata", "code"),
    [
        ({"filetype": "image/png"}, "file-type-differs"),
        ({"sha256": "a" * 64}, "file-hash-differs"),
    ],
)
async def test_a_file_that_is_not_what_was_said_is_refused(
    memory: Any, make: Any, metadata: dict[str, str], code: str
) -> None:
    answer = await memory.upload(make.PDF, **metadata)
    assert (answer.status_code, codes(answer)) == (422, [code])
    assert memory.contents.kept == {}
    assert await memory.ids("files") == set()


async def test_a_file_of_no_permitted_type_is_refused_and_stays_so(memory: Any) -> None:
    at = await memory.begin(4)
    answer = await memory.add(at, 0, b"MZ\x90\x00")
    assert (answer.status_code, codes(answer)) == (422, ["file-type-not-permitted"])
    view = (await memory.call("GET", at)).json()
    assert (view["state"], view["problems"][0]["field"]) == ("refused", "/file")
    again = await memory.add(at, 4, b"")
    assert (again.status_code, codes(again)) == (422, ["file-type-not-permitted"])
    assert await memory.ids("parts") == set()


async def test_an_infected_file_is_refused_and_kept_nowhere(world: Any, make: Any) -> None:
    world.scanner.says = make.Verdict("infected", "Made.Up")
    answer = await world.upload(make.PDF)
    assert (answer.status_code, codes(answer)) == (422, ["file-infected"])
    assert not await world.contents.has(sha(make.PDF))
    assert await world.ids("files") == await world.ids("parts") == set()
    assert (await world.call("GET", f"/v1/files/{sha(make.PDF)}/content")).status_code == 404


async def test_a_file_waits_for_a_scanner_that_is_away(world: Any, make: Any) -> None:
    world.scanner.says = None
    at = await world.begin(len(make.PDF))
    answer = await world.add(at, 0, make.PDF)
    assert (answer.status_code, answer.headers["motcua-state"]) == (204, "checking")
    assert (await world.call("GET", f"/v1/files/{sha(make.PDF)}/content")).status_code == 404
    assert not await world.contents.has(sha(make.PDF))
    await world.sweep.once()  # still away
    assert (await world.call("GET", at)).json()["state"] == "checking"
    world.scanner.says = make.Verdict("clean")
    world.restart()
    await world.sweep.once()
    assert (await world.call("GET", at)).json()["state"] == "stored"
    assert world.scanner.seen == [make.PDF]
    assert await world.ids("waiting") == set()


async def test_without_a_scanner_a_file_says_that_it_was_not_scanned(
    memory: Any, make: Any
) -> None:
    memory.scanner.says = make.Verdict("not_scanned")
    await memory.upload(make.PDF)
    answer = await memory.call("GET", f"/v1/files/{sha(make.PDF)}/content")
    assert answer.headers["motcua-scan"] == "not_scanned"


@pytest.mark.parametrize("table", ["waiting", "files", "outcomes"])
async def test_a_kill_at_any_step_leaves_no_file_without_its_content(
    memory: Any, make: Any, table: str
) -> None:
    memory.tables[table].is_down = True
    at = await memory.begin(len(make.PDF))
    assert (await memory.add(at, 0, make.PDF)).status_code == 503
    if await memory.ids("files"):
        assert sha(make.PDF) in memory.contents.kept
    memory.tables[table].is_down = False
    memory.restart()
    assert await memory.offset(at) == len(make.PDF)  # who comes again sees to it that it goes on
    await memory.sweep.once()
    assert (await memory.call("GET", at)).json()["state"] == "stored"
    assert await memory.ids("files") == {f"{sha(make.PDF)}/sandbox"}
    assert await memory.ids("waiting") == await memory.ids("parts") == set()


async def test_a_store_that_is_down_leaves_no_row_of_a_file(memory: Any, make: Any) -> None:
    memory.contents.is_down = True
    assert (await memory.upload(make.PDF)).status_code == 503
    assert await memory.ids("files") == set()
    memory.contents.is_down = False
    await memory.sweep.once()
    assert await memory.ids("files") == {f"{sha(make.PDF)}/sandbox"}


async def test_two_processes_may_settle_the_same_upload(world: Any, make: Any) -> None:
    at = await world.begin(len(make.PDF))
    world.scanner.says = None
    await world.add(at, 0, make.PDF)
    world.scanner.says = make.Verdict("clean")
    await asyncio.gather(world.uploads.settle_waiting(10), world.uploads.settle_waiting(10))
    assert (await world.call("GET", at)).json()["state"] == "stored"
    read = await world.call("GET", f"/v1/files/{sha(make.PDF)}/content")
    assert read.content == make.PDF


async def test_a_file_is_its_portals_and_an_officers_to_read(world: Any, make: Any) -> None:
    await world.upload(make.PDF)
    path = f"/v1/files/{sha(make.PDF)}/content"
    assert (await world.call("GET", path, key="other")).status_code == 404
    assert (await world.call("GET", path, key="clerk")).content == make.PDF
    await world.upload(make.PDF, key="other")
    assert (await world.call("GET", path, key="other")).content == make.PDF
    assert (await world.call("GET", "/v1/files/x")).status_code == 404


async def test_a_content_that_is_not_what_its_address_says_is_not_read_to_its_end(
    memory: Any, make: Any
) -> None:
    await memory.upload(make.PDF)
    memory.contents.kept[sha(make.PDF)] = b"%PDF another"
    with pytest.raises(Unknown, match="another SHA-256"):
        async for _ in memory.files.read(sha(make.PDF)):
            pass
