"""A file is uploaded in pieces, by tus 1.0, and becomes one that may be referred to."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha1, sha256
from typing import Any

import pytest
from starlette.requests import ClientDisconnect

from services.intake.attachments.uploads import PART_BYTES, PARTS_LIMIT
from shared.errors import Unknown
from shared.problems import Refusal


def sha(content: bytes) -> str:
    return sha256(content).hexdigest()


def codes(answer: Any) -> list[str]:
    return [p["code"] for p in answer.json().get("problems", ())]


async def of(*pieces: bytes | Exception) -> AsyncIterator[bytes]:
    for piece in pieces:
        if isinstance(piece, Exception):
            raise piece
        yield piece


async def test_what_is_spoken_is_told(world: Any) -> None:
    answer = await world.call("OPTIONS", "/v1/uploads", tus_resumable="")
    assert answer.status_code == 204
    assert answer.headers["tus-version"] == answer.headers["tus-resumable"] == "1.0.0"
    assert answer.headers["tus-extension"] == "creation,checksum,expiration,termination"
    assert "sha1" in answer.headers["tus-checksum-algorithm"]
    assert answer.headers["tus-max-size"] == str(20 << 20)


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


async def test_of_two_pieces_for_one_place_one_wins_and_the_other_is_told(
    world: Any, make: Any
) -> None:
    first = b"%PDF-1.7\n" + b"1" * PART_BYTES
    second = b"%PDF-1.7\n" + b"2" * PART_BYTES
    at = await world.begin(len(first) + 5)
    said = await asyncio.gather(world.add(at, 0, first), world.add(at, 0, second))
    assert sorted(a.status_code for a in said) == [204, 409]
    winner = first if said[0].status_code == 204 else second
    answer = await world.add(at, len(winner), b"%%EOF")
    assert answer.headers["motcua-state"] == "stored"
    read = await world.call("GET", f"/v1/files/{sha(winner + b'%%EOF')}/content")
    assert read.content == winner + b"%%EOF"


async def test_who_asked_at_the_same_time_and_comes_second_adds_nothing(
    world: Any, make: Any
) -> None:
    at = await world.begin(len(make.PDF))
    upload = at.rpartition("/")[2]
    one, two = [await world.uploads.standing(upload, "sandbox") for _ in range(2)]
    await world.uploads.append(one, of(make.PDF[:100]))
    with pytest.raises(Refusal) as refused:
        await world.uploads.append(two, of(make.PNG))
    assert (refused.value.status, refused.value.code) == (409, "offset-conflict")
    assert await world.offset(at) == 100
    assert (await world.add(at, 100, make.PDF[100:])).headers["motcua-state"] == "stored"


async def test_a_piece_for_another_place_is_refused(memory: Any, make: Any) -> None:
    at = await memory.begin(len(make.PDF))
    answer = await memory.add(at, 1, make.PDF[1:])
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("offset-conflict")
    assert await memory.offset(at) == 0


@pytest.mark.parametrize("algorithm", [sha1, sha256])
async def test_a_piece_with_its_checksum_is_taken(memory: Any, make: Any, algorithm: Any) -> None:
    at = await memory.begin(len(make.PDF))
    checksum = algorithm(make.PDF).digest()
    said = f"{algorithm().name} {make.base64.b64encode(checksum).decode()}"
    answer = await memory.add(at, 0, make.PDF, upload_checksum=said)
    assert answer.headers["motcua-state"] == "stored"


async def test_of_a_piece_with_another_checksum_nothing_is_kept(memory: Any, make: Any) -> None:
    at = await memory.begin(len(make.PDF))
    answer = await memory.add(at, 0, make.PDF, upload_checksum="sha1 Lve95gjOVATpfV8EL5X4nxwjKHE=")
    assert answer.status_code == 460
    assert await memory.offset(at) == 0
    assert await memory.ids("parts") == set()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"tus_resumable": "0.2.2"}, 412),
        ({"tus_resumable": ""}, 412),
        ({"upload_length": ""}, 400),
        ({"upload_length": "-1"}, 400),
        ({"upload_length": "0"}, 400),
        ({"upload_length": "", "upload_defer_length": "1"}, 400),
        ({"upload_length": str((20 << 20) + 1)}, 413),
        ({"upload_metadata": "sha256 !"}, 400),
        ({"upload_metadata": "sha256 YQ=="}, 400),
        ({"key": "nobody"}, 401),
        ({"key": "clerk"}, 403),
    ],
)
async def test_what_cannot_begin_is_refused_with_the_reason(
    memory: Any, headers: dict[str, str], status: int
) -> None:
    answer = await memory.call("POST", "/v1/uploads", **{"upload_length": "10"} | headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["tus-resumable"] == "1.0.0"
    assert await memory.ids("uploads") == set()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"content_type": "application/pdf"}, 415),
        ({"upload_offset": ""}, 400),
        ({"upload_offset": "x"}, 400),
        ({"upload_checksum": "md5 YQ=="}, 400),
        ({"upload_checksum": "sha1 !"}, 400),
        ({"key": "other"}, 404),
    ],
)
async def test_a_piece_that_is_sent_wrongly_is_refused(
    memory: Any, make: Any, headers: dict[str, str], status: int
) -> None:
    at = await memory.begin(len(make.PDF))
    assert (await memory.add(at, 0, make.PDF, **headers)).status_code == status
    assert await memory.offset(at) == 0


async def test_more_than_was_said_is_refused_with_or_without_a_length(
    memory: Any, make: Any
) -> None:
    at = await memory.begin(len(make.PDF) - 1)
    assert (await memory.add(at, 0, make.PDF)).status_code == 413
    assert (await memory.add(at, 0, of(make.PDF))).status_code == 413
    assert await memory.offset(at) == 0


async def test_pieces_have_a_limit_in_number(memory: Any) -> None:
    at = await memory.begin(PARTS_LIMIT + 2)
    upload = at.rpartition("/")[2]
    rows = [{"_id": f"{upload}/{n:015d}", "n": n, "data": b"x"} for n in range(PARTS_LIMIT)]
    await memory.tables["parts"].insert(rows)
    answer = await memory.add(at, PARTS_LIMIT, b"x")
    assert (answer.status_code, codes(answer)) == (422, ["too-many-parts"])


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


async def test_an_upload_that_is_taken_back_is_unknown_from_then_on(world: Any, make: Any) -> None:
    at = await world.begin(len(make.PDF))
    await world.add(at, 0, make.PDF[:100])
    assert (await world.call("DELETE", at, key="other")).status_code == 404
    assert (await world.call("DELETE", at)).status_code == 204
    assert (await world.call("HEAD", at)).status_code == 404
    assert (await world.add(at, 100, make.PDF[100:])).status_code == 404
    assert await world.ids("parts") == set()


async def test_an_upload_that_has_expired_is_unknown_and_swept_within_a_limit(
    world: Any, make: Any
) -> None:
    at = await world.begin(len(make.PDF))
    await world.add(at, 0, make.PDF[:100])
    await world.begin(10)
    answer = await world.call("HEAD", at)
    expires = parsedate_to_datetime(answer.headers["upload-expires"]).astimezone(UTC)
    assert expires == make.NOW + timedelta(hours=24)
    world.now = make.NOW + timedelta(hours=24)
    assert (await world.call("HEAD", at)).status_code == 404
    await world.sweep.once()
    assert len(await world.ids("uploads")) == 2  # a request may still be under way
    world.now += timedelta(hours=1, seconds=1)
    await world.begin(10)
    assert await world.uploads.sweep(1) == 1
    assert await world.uploads.sweep(5) == 1
    assert len(await world.ids("uploads")) == 1
    assert await world.ids("parts") == set()


async def test_a_content_that_is_not_what_its_address_says_is_not_read_to_its_end(
    memory: Any, make: Any
) -> None:
    await memory.upload(make.PDF)
    memory.contents.kept[sha(make.PDF)] = b"%PDF another"
    with pytest.raises(Unknown, match="another SHA-256"):
        async for _ in memory.files.read(sha(make.PDF)):
            pass
