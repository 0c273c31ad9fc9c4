"""A period is proven page by page; added, the pages say what the whole does."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest

from services.operations.domain.proof.equations import equations, holds
from services.operations.domain.proof.tally import LIMITS_MS, Proof
from shared import events
from shared.events import kernel, routing
from tests.services.operations.api.edge import Edge
from tests.services.operations.domain.proof.plant import money_that_nobody_has, settled_again
from tests.services.operations.story import Log, Story

MADE_MS = 1_780_000_000_000  # the instant in the ids of stories: one more for each
BEGUN = datetime.fromtimestamp(MADE_MS / 1_000, UTC)


def between(first: int, last: int) -> dict[str, str]:
    """Ask for the stories from this number to that one."""
    instants = (BEGUN + timedelta(milliseconds=n) for n in (first, last + 1))
    return dict(zip(("from", "to"), (i.isoformat() for i in instants), strict=True))


async def asked(client: httpx.AsyncClient, **asks: Any) -> tuple[list[Proof], dict[str, Any]]:
    """Return what each page says of a period, and the last page."""
    pages, page = [], {"next": ""}
    while page["next"] is not None:
        answer = await client.get("/v1/proof", params={**asks, "after": page["next"]})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        pages.append(msgspec.convert(page["proof"], Proof))
    return pages, page


async def lived(edge: Edge, log: Log, *lives: Any) -> list[Story]:
    stories = [Story(log, n) for n in range(len(lives))]
    for story, life in zip(stories, lives, strict=True):
        life(story)
    await edge.read(log)
    return stories


async def test_pages_added_say_what_the_whole_does(
    edge: Edge, client: httpx.AsyncClient, log: Log
) -> None:
    await lived(edge, log, *[Story.returned, Story.paid, settled_again] * 3)

    [whole], page = await asked(client, **between(0, 8), limit=2_000)
    parts, _ = await asked(client, **between(0, 8), limit=1)

    added = Proof()
    added.add(*parts)
    assert (whole.applications, len(parts) > 1) == (9, True)
    assert added == whole
    assert msgspec.to_builtins(equations(whole)) == page["equations"]
    assert whole.counts["submissions"] == {"acknowledged": 9, "registered": 9}


async def test_periods_beside_each_other_are_the_longer_one(
    edge: Edge, client: httpx.AsyncClient, log: Log
) -> None:
    await lived(edge, log, *[Story.returned, settled_again, money_that_nobody_has] * 2)

    [[first], _], [[second], _], [[whole], _] = [
        await asked(client, **between(*ends)) for ends in ((0, 2), (3, 5), (0, 5))
    ]

    first.add(second)
    assert msgspec.structs.asdict(first) | {"counts": 0} == msgspec.structs.asdict(whole) | {
        "counts": 0
    }
    assert first.counts["now"] == whole.counts["now"]


async def test_a_period_in_which_nothing_was_made_holds(client: httpx.AsyncClient) -> None:
    [whole], _ = await asked(client, **between(0, 5))

    assert whole == Proof()
    assert holds(whole)


async def test_a_code_that_stands_for_another_application_is_found(
    edge: Edge, client: httpx.AsyncClient, log: Log
) -> None:
    first, second = Story(log, 0), Story(log, 1)
    second.code = first.code
    for story in (first, second):
        story.returned()
    await edge.read(log)

    [whole], _ = await asked(client, **between(0, 5))

    [found] = whole.exceptions
    assert (found.kind, found.application, found.name) == (
        "name_taken",
        second.application,
        first.code,
    )
    assert found.detail == f"stands for {first.application}"


async def test_an_application_of_more_rows_than_a_page_is_looked_at_whole(
    edge: Edge, client: httpx.AsyncClient, log: Log
) -> None:
    stories = [Story(log, n) for n in range(3)]
    for story in stories:
        story.returned()
        for _ in range(1_000 if story is stories[1] else 0):
            story.external("intake.inbox", "/officers/o1", routing.OfficerStarted(officer="o1"))
    await edge.read(log)

    [whole], _ = await asked(client, **between(0, 5))

    assert (whole.applications, whole.excepted) == (3, {})


async def test_what_nobody_can_read_and_names_no_application_is_named_by_its_place(
    edge: Edge, client: httpx.AsyncClient, log: Log
) -> None:
    for n in range(45):  # two pages of them, and some
        dead = kernel.RecordDead(
            service="intake",
            topic="portal.submissions",
            partition=0,
            offset=n,
            reason="the key is no application id",
            field="",
            sealed="",
        )
        text = events.encode(letter(dead))
        log.append("portal.submissions.dead", b"no id", text)
    await lived(edge, log, Story.returned)
    day = {"from": "2026-06-09", "to": "2026-06-09"}  # when it was set aside

    pages, _ = await asked(client, **day)
    others, _ = await asked(client, **between(0, 5))

    whole = Proof()
    whole.add(*pages)
    assert len(pages) == 3
    assert (whole.waiting, whole.excepted, holds(whole)) == ({"unreadable": 45}, {}, True)
    assert [i.name for i in whole.named][:2] == [
        "portal.submissions[0]@0",
        "portal.submissions[0]@1",
    ]
    assert [p.waiting for p in others] == [{}]


def three_letters(log: Log) -> None:
    """What nobody can read three times: one was dismissed, and one sent again."""
    place = {"service": "intake", "topic": "portal.submissions", "partition": 0}
    for n in range(3):
        dead = kernel.RecordDead(**place, offset=n, reason="no JSON", field="", sealed="")
        log.append("portal.submissions.dead", b"no id", events.encode(letter(dead)))
    log.again(log.records[0])  # a lane that died says it again
    for n, did in ((1, "dismissed"), (2, "redriven")):
        done = kernel.RecordAnswered(
            **place, offset=n, did=did, operator="o-1", reason="a test of the portal"
        )
        answer = msgspec.structs.replace(
            letter(dead), id=f"a{n}", type=done.TYPE, data=msgspec.Raw(events.encode(done))
        )
        log.append("portal.submissions.dead", None, events.encode(answer))


DAY = {"from": "2026-06-09", "to": "2026-06-09"}  # when they were set aside


async def test_what_an_operator_did_about_a_letter_of_nobody_is_counted(
    edge: Edge, client: httpx.AsyncClient, log: Log
) -> None:
    three_letters(log)
    await lived(edge, log, Story.returned)

    [whole], page = await asked(client, **DAY)

    assert whole.waiting == {"unreadable": 1}
    assert [i.name for i in whole.named] == ["portal.submissions[0]@0"]
    [told] = [e for e in page["equations"] if e["name"] == "letters"]
    assert (told["left"], told["holds"]) == (3, True)
    assert told["right"] == {"sent_again": 1, "dismissed": 1, "waiting": 1}


async def test_a_letter_of_nobody_that_nobody_sees_to_is_excepted_in_the_end(
    edge: Edge, client: httpx.AsyncClient, log: Log
) -> None:
    three_letters(log)
    log.now += timedelta(milliseconds=LIMITS_MS["unreadable"])
    await lived(edge, log, Story.returned)

    [whole], page = await asked(client, **DAY)

    assert (whole.waiting, whole.excepted) == ({}, {"left_unreadable": 1})
    assert [i.name for i in whole.exceptions] == ["portal.submissions[0]@0"]
    assert [e["name"] for e in page["equations"] if not e["holds"]] == ["letters"]


def letter(dead: kernel.RecordDead) -> events.Event:
    return events.Event(
        id="dead-1",
        source="/services/intake",
        type=dead.TYPE,
        subject="no id",
        time=BEGUN,
        data=msgspec.Raw(events.encode(dead)),
    )


async def test_as_of_is_what_every_lane_was_read_to(
    edge: Edge, client: httpx.AsyncClient, log: Log
) -> None:
    await lived(edge, log, Story.returned, Story.registered)
    read_to = log.now
    _, before = await asked(client, **between(0, 1))
    edge.unread = {("routing.events", 0): 10**6}
    log.pass_time(minutes=20)
    Story(log, 2).submitted()
    await edge.read(log)

    _, page = await asked(client, **between(0, 1))

    assert {datetime.fromisoformat(p["as_of"]) for p in (before, page)} == {read_to}
    assert (page["proof"]["excepted"], page["proof"]["waiting"]) == ({}, {"unrouted": 1})


async def test_nothing_is_said_before_all_was_read_once(
    edge: Edge, client: httpx.AsyncClient, log: Log
) -> None:
    edge.unread = {("routing.events", 0): 10**6}
    await lived(edge, log, Story.returned)

    assert (await client.get("/v1/proof", params=between(0, 1))).status_code == 503


@pytest.mark.parametrize(
    "asks",
    [{}, {"from": "2026-11-20"}, {"from": "2026-11-20", "to": "x"}, {"from": "2", "to": "1"}],
)
async def test_what_is_no_period_is_refused(
    client: httpx.AsyncClient, asks: dict[str, str]
) -> None:
    answer = await client.get("/v1/proof", params=asks)

    assert answer.status_code == 422
