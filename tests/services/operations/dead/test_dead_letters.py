"""What was set aside stands on the board until somebody did something about it."""

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from services.operations.board import Place as At
from services.operations.domain.causes import HELD, POISON
from services.operations.domain.dead.letters import (
    Open,
    Place,
    answer_of,
    bare,
    letter_of,
    shape,
    split,
)
from services.operations.domain.entries import in_order
from services.operations.domain.situations import NEVER_MS
from services.operations.domain.timeline import timeline
from shared.events.kernel import RecordParked
from tests.services.operations.dead.office import Office, accepted, dismissed
from tests.services.operations.dead.standing import grouped
from tests.services.operations.story import BEGAN, Story, application

NOW_MS = int(BEGAN.timestamp() * 1_000)
HOUR_MS = 3_600_000


async def test_one_whose_application_is_known_stands_under_it_with_its_dossier(
    office: Office,
) -> None:
    story = Story(office.log)
    story.routed()
    place = office.send("routing.inbox", accepted(story.application, note=7))
    await office.turn()

    (row,) = office.rows()
    assert row["_id"] == f"{story.application}/routing/poison_event/{place.key}"
    assert (row["application"], row["dossier"]) == (story.application, story.code)
    (found,) = await office.board.situations("routing", POISON, At(), NEVER_MS, 10)
    assert found.application == story.application


async def test_one_that_is_of_nobody_is_counted_all_the_same(office: Office) -> None:
    office.send("routing.inbox", b"\xff no JSON")
    office.send("routing.inbox", b"\xff no JSON either")
    await office.turn()

    at_ms = int(office.log.now.timestamp() * 1_000) + 1_000
    (group,) = (await office.board.stuck(at_ms)).groups
    assert (group.stage, group.cause, group.who) == ("routing", POISON, "us")
    assert (group.matters, group.applications) == (2, 2)
    assert all(row["application"] == "" for row in office.rows())


async def test_what_a_lane_says_twice_stands_there_once(office: Office) -> None:
    office.send("routing.inbox", b"no JSON")
    office.lane()
    office.log.again(office.log.records[-1])
    await office.read()
    await office.read()

    assert len(office.rows()) == 1
    assert len(office.store.tables["letters"].rows) == 1


async def test_a_partners_call_that_was_not_placed_waits_for_the_partner(office: Office) -> None:
    office.refuse_call("no order has the reference DVC1")
    office.refuse_call("no order has the reference DVC2", 2)
    await office.turn()

    now_ms = int(office.log.now.timestamp() * 1_000) + 1_000
    assert (await office.board.stuck(now_ms)).groups == []
    (group,) = (await office.board.waiting(now_ms)).groups
    assert (group.stage, group.cause, group.who, group.matters) == (
        "payment", "unplaced_call", "bank", 2)  # fmt: skip
    (one,) = grouped(office.open(), now_ms)
    assert (one.kind, one.reason, one.count) == ("call", "no order has the reference …", 2)


async def test_what_is_held_is_grouped_by_why_it_was_held_first(office: Office) -> None:
    story = Story(office.log)
    story.routed()
    reasons = ("Expected `str` - at `$.note`", "held behind an earlier record")
    for offset, reason in enumerate(reasons):
        parked = RecordParked(
            service="routing", topic="routing.inbox", partition=story.lane, offset=offset,
            reason=reason)  # fmt: skip
        story.external("routing.inbox.parked", "/services/routing", parked)
    await office.turn()

    (one,) = office.open()
    assert (one.kind, one.service, one.application) == ("parked", "routing", story.application)
    assert (one.reason, one.field) == ("Expected `str`", "$.note")
    assert one.place == Place("routing.inbox", story.lane, 0)
    assert [row["cause"] for row in office.rows()] == [HELD]


async def test_what_is_kept_is_the_same_however_the_log_is_read(office: Office) -> None:
    office.send("routing.inbox", accepted(application(1), note=7))
    office.send("routing.inbox", b"no JSON")
    await office.turn()
    (one, other) = office.open()
    await dismissed(office, one.place)
    await office.turn()
    before = {name: dict(t.rows) for name, t in office.store.tables.items() if "letter" in name}
    situations = dict(office.store.tables["situations"].rows)

    for name in ("letters", "letter_answers", "situations"):
        office.store.tables[name].rows.clear()
    await office.read()

    assert before == {n: dict(t.rows) for n, t in office.store.tables.items() if "letter" in n}
    assert situations == office.store.tables["situations"].rows
    assert [row["_id"] for row in office.rows()] == [other.key]


# ---- groups


def one(n: int, **changed: Any) -> Open:
    found = Open(
        key=f"{n}", kind="dead", place=Place("routing.inbox", 0, n), service="routing",
        reason=f"Invalid enum value 'x{n}'", field=f"$.data.documents[{n}].name", application="",
        dossier="", unit="", since_ms=NOW_MS - n * HOUR_MS // 2)  # fmt: skip
    return found._replace(**changed)


def test_what_differs_in_numbers_and_quoted_words_alone_is_one_group() -> None:
    (group,) = grouped([one(n) for n in range(6)], NOW_MS)

    assert (group.reason, group.field) == ("Invalid enum value …", "$.data.documents[…].name")
    assert (group.count, group.last_hour, group.hour_before) == (6, 2, 2)
    assert (group.oldest_ms, group.newest_ms) == (NOW_MS - 5 * HOUR_MS // 2, NOW_MS)


def test_another_service_topic_reason_field_or_kind_is_another_group() -> None:
    others = ({"kind": "parked"}, {"service": "intake"}, {"place": Place("intake.inbox", 0, 9)},
              {"reason": "JSON is malformed"}, {"field": "$.data.other"})  # fmt: skip
    found = [one(0), *(one(0, **other) for other in others)]

    assert [g.count for g in grouped(found, NOW_MS)] == [1] * 6


def test_a_reason_is_parted_from_its_field() -> None:
    told = "Expected `int`, got `str`"
    assert split(f"{told} - at `$.a[0].b`") == (told, "$.a[0].b")
    assert split("KeyError: 'x'") == ("KeyError: 'x'", "")


@given(st.lists(st.builds(one, st.integers(0, 40)), max_size=30), st.randoms())
def test_every_one_is_in_one_group_in_whichever_order_they_came(found: Any, rng: Any) -> None:
    groups = grouped(found, NOW_MS)
    shuffled = list(found)
    rng.shuffle(shuffled)

    assert sum(group.count for group in groups) == len(found)
    assert sum(group.nobodys for group in groups) == len(found)
    assert grouped(shuffled, NOW_MS) == groups
    assert all(g.last_hour + g.hour_before <= g.count for g in groups)


@given(st.text(max_size=80))
def test_the_shape_of_a_shape_is_itself(text: str) -> None:
    assert shape(shape(text)) == shape(text)
    assert bare(bare(text)) == bare(text)


def test_a_letter_that_is_none_is_passed_over() -> None:
    office = Office()
    office.log.append("routing.inbox.dead", None, b"\xff")
    office.log.append("routing.inbox.dead", None, msgspec.json.encode({"type": "record.dead"}))
    assert [letter_of(r) for r in office.log.records] == [None, None]
    assert [answer_of(r) for r in office.log.records] == [None, None]


async def test_what_was_sent_again_is_a_line_of_its_own_in_the_timeline(office: Office) -> None:
    office.unknown.add("officer.accepted")
    office.send("routing.inbox", accepted(application(1)))
    await office.turn()
    office.unknown.clear()
    await office.desk.redrive(office.open(), "o-1", "mended")
    await office.turn()

    entries, _ = await office.store.journeys.of(application(1))
    poison, dead, sent, answered = timeline(in_order(entries))
    assert poison.type == sent.type == "officer.accepted"
    assert (dead.type, answered.type) == ("record.dead", "record.answered")
    assert (sent.cause, answered.cause) == (answered.id, dead.id)
    assert "redriven by o-1: mended" in answered.text
    assert "set aside by routing" in dead.text
