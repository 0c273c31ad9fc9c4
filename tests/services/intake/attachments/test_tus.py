"""A file is sent in pieces, by tus 1.0: what is spoken, taken, refused, and forgotten."""

import asyncio
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha1, sha256
from typing import Any

import pytest

from services.intake.attachments.uploads import PART_BYTES, PARTS_LIMIT
from shared.problems import Refusal
from tests.services.intake.attachments.pieces import codes, of, sha


async def test_what_is_spoken_is_told(world: Any) -> None:
    answer = await world.call("OPTIONS", "/v1/uploads", tus_resumable="")
    assert answer.status_code == 204
    assert answer.headers["tus-version"] == answer.headers["tus-resumable"] == "1.0.0"
    assert answer.headers["tus-extension"] == "creation,checksum,expiration,termination"
    assert "sha1" in answer.headers["tus-checksum-algorithm"]
    assert answer.headers["tus-max-size"] == str(20 << 20)


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
