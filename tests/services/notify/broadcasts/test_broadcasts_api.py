"""Operators and broadcasts: drafting, two people, what it will be."""

from datetime import timedelta

import pytest

from services.notify import broadcasts_api
from services.notify.broadcasts.views import DRAFT
from services.notify.domain.audience import RESULTS
from services.notify.domain.broadcasts import (
    ACTS_LIMIT,
    BY_ANOTHER,
    ENDED,
    MOVES,
    OPEN_LIMIT,
    Doing,
    Status,
)
from services.notify.domain.moves import MOVES as NOTICE_MOVES
from tests.services.notify.broadcasts.door import BROADCASTS
from tests.services.notify.broadcasts.office import ME, OTHER, application
from tests.shared.callers import caller

# ---- the table


def test_the_table_says_of_every_status_what_may_be_done():
    assert set(MOVES) == set(Status.__args__)
    done = {what for moves in MOVES.values() for what in moves}
    assert done == set(Doing.__args__) - {"draft"}
    assert {s for moves in MOVES.values() for s in moves.values()} == set(MOVES) - {"counting"}
    assert all("cancel" in moves for s, moves in MOVES.items() if s not in ENDED)
    assert set(broadcasts_api.VERBS) | {"counted", "overfull", "told"} == done
    assert {"approve", "reject"} == BY_ANOTHER


def test_every_status_of_a_notice_is_a_result():
    assert set(RESULTS) == set(NOTICE_MOVES)


async def test_every_act_is_refused_where_the_table_has_no_move(edge):
    await edge.office.register(*range(3))
    for status, moves in MOVES.items():
        id_ = await edge.drafted(f"for-{status}")
        if status != "counting":
            await edge.office.until("ready", id_=id_)
        for verb in {"sending": ("approve",), "paused": ("approve", "pause")}.get(status, ()):
            await edge.do(id_, verb)
        if status == "done":
            await edge.do(id_, "approve")
            await edge.office.until("done", id_=id_)
        if status in ("rejected", "cancelled"):
            await edge.do(id_, "reject" if status == "rejected" else "cancel")
        assert (await edge.get(f"/{id_}"))["status"] == status
        for verb in broadcasts_api.VERBS.keys() - moves:
            answer = await edge.do(id_, verb)
            assert (answer.status_code, answer.json()["title"]) == (409, "not possible now")
            assert f"It is {status}; this needs one that is" in answer.json()["detail"]
        await edge.do(id_, "cancel")


# ---- drafting


async def test_the_same_request_is_the_same_broadcast_also_on_the_next_day(edge):
    first = await edge.draft()
    assert first.headers["location"] == f"{BROADCASTS}/{first.json()['id']}"
    edge.office.at += timedelta(days=1)
    assert (await edge.drafted()) == first.json()["id"]
    assert (await edge.drafted("evening-1")) != first.json()["id"]
    assert (await edge.drafted(name="Another")) != first.json()["id"]
    assert len((await edge.get(""))["broadcasts"]) == 3


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"audience": {}}, "/audience"),
        ({"audience": {"units": ["00004"], "applications": [application(1)]}}, "/audience"),
        ({"audience": {"applications": ["not an id"]}}, "/audience/applications/0"),
        ({"audience": {"applications": [application(1)] * 10_001}}, "/audience/applications"),
        ({"audience": {"units": ["1"] * 501}}, "/audience/units"),
        ({"per_second": 501}, "/per_second"),
        ({"per_second": 0}, "/per_second"),
        ({"reason": "x"}, "/reason"),
        ({"name": "x" * 101}, "/name"),
        ({"colour": "red"}, "/colour"),
    ],
)
async def test_what_is_wrong_with_a_draft_is_named(edge, changes, field):
    answer = await edge.draft(**changes)
    assert answer.status_code == 422
    [problem] = answer.json()["problems"]
    assert problem["field"] == field
    assert problem["remedy_vi"]
    assert problem["remedy_en"]


async def test_so_many_are_open_and_no_more(edge):
    ids = [await edge.drafted(f"number-{n:02}") for n in range(OPEN_LIMIT)]
    refused = await edge.draft("one-too-many")
    assert (refused.status_code, refused.json()["title"]) == (409, "too many open")
    assert (await edge.draft("number-03")).status_code == 201  # it stands already
    await edge.do(ids[0], "cancel", ME)
    assert (await edge.draft("one-too-many")).status_code == 201


@pytest.mark.parametrize("by", ["officer-1", "portal-1"])
async def test_it_is_the_operators_alone(edge, by):
    assert (await edge.draft(by=by)).status_code == 403
    assert (await edge.ask("GET", BROADCASTS, by)).status_code == 403


# ---- two people


@pytest.mark.parametrize("verb", ["approve", "reject"])
async def test_who_drafted_it_does_not_decide_on_it(edge, verb):
    id_ = await edge.drafted()
    await edge.office.until("ready", id_=id_)
    refused = await edge.do(id_, verb, ME)
    assert (refused.status_code, refused.json()["title"]) == (409, "same person")
    assert (await edge.do(id_, verb, OTHER)).status_code == 200


async def test_who_drafted_it_may_stop_it(edge):
    id_ = await edge.drafted()
    await edge.office.until("ready", id_=id_)
    await edge.do(id_, "approve")
    for verb in ("pause", "resume", "cancel"):
        assert (await edge.do(id_, verb, ME)).status_code == 200


async def test_who_did_what_when_and_why_is_kept(edge):
    id_ = await edge.drafted()
    await edge.office.until("ready", id_=id_)
    await edge.do(id_, "approve", reason="Agreed on the phone")
    await edge.do(id_, "cancel", ME, "It is mended")
    acts = (await edge.get(f"/{id_}"))["acts"]
    assert [(a["what"], a["by"], a.get("reason", "")) for a in acts] == [
        ("draft", ME, DRAFT.reason),
        ("counted", "/services/notify", ""),
        ("approve", OTHER, "Agreed on the phone"),
        ("cancel", ME, "It is mended"),
    ]
    assert all(a["at"] for a in acts)


async def test_of_two_who_decide_at_once_one_is_too_late(edge):
    id_ = await edge.drafted()
    await edge.office.until("ready", id_=id_)
    stale = await edge.office.one(id_)
    await edge.do(id_, "reject")
    assert await edge.office.desk.do(stale, "approve", caller(OTHER), "synthetic") is None
    assert (await edge.office.one(id_)).status == "rejected"


async def test_it_is_not_paused_for_ever(edge):
    id_ = await edge.drafted()
    await edge.office.until("ready", id_=id_)
    await edge.do(id_, "approve")
    for _ in range(ACTS_LIMIT // 2):
        last = await edge.do(id_, "pause"), await edge.do(id_, "resume")
    assert last[0].json()["title"] == "too many acts"
    assert (await edge.do(id_, "cancel")).status_code == 200


# ---- what it will be, and what became of it


async def test_a_preview_shows_how_many_what_it_costs_and_what_they_read(edge):
    await edge.office.register(1)
    await edge.office.register(2, language="en")
    id_ = await edge.drafted(audience={"applications": [application(n) for n in (1, 2, 99)]})
    await edge.office.until("ready", id_=id_)
    shown = await edge.get(f"/{id_}/preview")
    assert (shown["recipients"], shown["passed_over"], shown["seconds"]) == (2, 1, 1)
    assert (shown["segments"], shown["cost_from_vnd"], shown["cost_to_vnd"]) == (2, 700, 800)
    assert [s["text"] for s in shown["samples"]] == [
        DRAFT.words.plain.format(dossier_code="G09.20-20261120-0000001"),
        DRAFT.words.en.format(dossier_code="G09.20-20261120-0000002"),
    ]


async def test_what_there_is_not_is_said_so(edge):
    for path in ("", "/preview", "/recipients"):
        answer = await edge.ask("GET", f"{BROADCASTS}/20261120-0000000000{path}")
        assert (answer.status_code, answer.json()["title"]) == (404, "unknown broadcast")
    assert (await edge.do("20261120-0000000000", "approve")).status_code == 404


async def test_the_list_shows_the_newest_first(edge):
    ids = []
    for n in range(3):
        ids.append(await edge.drafted(f"number-{n:02}"))
        edge.office.at += timedelta(hours=9)
    listed = await edge.get("")
    assert [b["id"] for b in listed["broadcasts"]] == ids[::-1]
    assert (await edge.get("", before=min(ids)))["broadcasts"] == []
