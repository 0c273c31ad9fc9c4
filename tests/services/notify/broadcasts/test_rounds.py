"""From a draft to the last recipient: at which pace, paused, cancelled, by several processes."""

import asyncio
from collections import Counter
from datetime import timedelta
from itertools import pairwise

import msgspec
import pytest
from msgspec.structs import replace

from services.notify.broadcasts.rounds import Cancelled
from services.notify.domain.milestones import CANCELLED
from services.notify.domain.templates import template
from shared.errors import Unknown
from shared.events import notify
from tests.services.notify.broadcasts.office import DRAFT, ID, ME, Office, application

EVERYBODY = {"units": ("00004",)}


# ---- at which pace


async def test_nobody_is_told_before_another_agreed(office):
    await office.register(1)
    await office.draft(**EVERYBODY)
    await office.until("ready")
    await office.turns(20)
    assert office.inbox.published == {}


async def test_each_is_told_with_the_words_for_whoever_shows_what_was_told(office):
    await office.register(1)
    await office.draft(**EVERYBODY)
    await office.until("ready")
    await office.do("approve")
    await office.turns()
    [event] = office.inbox.waiting
    told = msgspec.json.decode(event.data, type=notify.BroadcastTold)
    assert (told.vi, told.en) == (DRAFT.words.vi, DRAFT.words.en)


async def test_in_a_second_no_more_are_told_than_was_said_by_all_processes_together(office):
    await office.register(*range(40))
    await office.draft(draft=replace(DRAFT, per_second=7), **EVERYBODY)
    await office.until("ready")
    await office.do("approve")
    others, told = [office.process() for _ in range(3)], [0]
    while (await office.one()).status != "done":
        office.at += timedelta(seconds=1)
        await asyncio.gather(*(each.turn() for each in (office.rounds, *others)))
        told.append(office.inbox.published.total())
    assert max(b - a for a, b in pairwise(told)) == 7
    assert set(office.inbox.published.values()) == {1}
    assert told[-1] == 40


async def test_it_pauses_within_a_turn_and_goes_on_from_there(office):
    await office.register(*range(40))
    await office.draft(draft=replace(DRAFT, per_second=5), **EVERYBODY)
    await office.until("ready")
    await office.do("approve")
    await office.turns(3)
    assert office.inbox.published.total() == 15
    await office.do("pause")
    await office.turns(30)
    assert office.inbox.published.total() == 15
    await office.do("resume")
    await office.until("done")
    assert office.inbox.published == {application(n): 1 for n in range(40)}


async def test_another_process_goes_on_where_one_ended(office):
    await office.register(*range(40))
    await office.draft(draft=replace(DRAFT, per_second=5), **EVERYBODY)
    await office.until("ready")
    await office.do("approve")
    await office.turns(3)
    await office.turns(6, office.process())
    assert (await office.one()).status == "done"
    assert office.inbox.published.total() == 40


async def test_what_is_done_is_no_longer_watched_and_leaves_what_counts(office):
    await office.register(*range(3))
    await office.send(**EVERYBODY)
    for a in office.requested():
        key = f"{a}/broadcast-{ID}/sms/1"
        await office.take(a, notify.ReceiptArrived(key=key, delivered=True))
    await office.turns(60)
    assert (await office.rows.marks()).watched == frozenset()
    left = {id_.partition("/")[0] for id_ in office.places.rows}
    assert left == {"results"}


async def test_a_draft_that_never_came_in_is_forgotten_the_next_day(office):
    await office.places.insert([{"_id": f"watched/{ID}"}])
    await office.turns()
    assert (await office.rows.marks()).watched == {ID}
    office.at += timedelta(days=1)
    await office.turns()
    assert (await office.rows.marks()).watched == frozenset()


# ---- cancelled


async def test_what_still_waits_of_a_cancelled_one_is_dropped_and_the_rest_is_not_told(office):
    await office.register(*range(10))
    await office.draft(draft=replace(DRAFT, per_second=4), **EVERYBODY)
    await office.until("ready")
    await office.do("approve")
    await office.turns()
    await office.deliver()
    for n in range(2):  # these come back, and would be tried again
        key = f"{application(n)}/broadcast-{ID}/sms/1"
        await office.take(application(n), notify.Answered(key=key, finding="absent"))
    await office.turns()  # four more are told, their lanes are slow
    await office.do("cancel", ME)
    await office.turns()
    await office.deliver()
    dropped = [await office.fire(n) for n in range(2)]
    assert {e.reason for each in dropped for e in each} == {CANCELLED}
    assert Counter(office.requested()) == Counter(application(n) for n in range(4))
    await office.turns(30)
    results = (await office.results.latest(await office.one())).whole
    assert results == {"not_yet": 2, "dropped": 6, "not_told": 2}


async def test_who_dies_between_cancelling_and_marking_it_leaves_that_to_the_loop(office):
    await office.register(1)
    await office.draft(**EVERYBODY)
    await office.until("ready")
    await office.do("approve")
    office.places.fails = lambda: (ID, office_status(office)) == (ID, "cancelled")
    with pytest.raises(Unknown):
        await office.do("cancel")
    office.places.fails = lambda: False
    assert (await office.rows.marks()).cancelled == frozenset()
    await office.turns()
    assert (await office.rows.marks()).cancelled == {ID}


def office_status(office: Office) -> str:
    return "cancelled" if any('"cancel"' in row["act"] for row in office.acts.rows.values()) else ""


# ---- all of it


async def test_two_thousand_are_found_told_and_counted_each_with_their_words(office):
    office.pages_limit = 2_000
    rounds = office.rounds = office.process(office.cancelled)
    await office.register(*range(2_000))
    await office.register(*range(2_000, 2_100), receiving_unit="00008")
    english = set(range(0, 2_000, 10))
    for n in english:
        wish = notify.PreferencesChanged(language="en")
        await office.take(application(n), wish, "/portals/sandbox-portal", "wish")
    await office.draft(draft=replace(DRAFT, per_second=500), **EVERYBODY)
    await office.until("ready")
    shown = await office.desk.preview(await office.one())
    assert [(c.language, c.messages, c.segments) for c in shown.costs] == [
        ("en", 200, 200),
        ("vi", 1_800, 1_800),
    ]
    assert (shown.cost_from_vnd, shown.cost_to_vnd, shown.seconds) == (700_000, 800_000, 4)
    await office.do("approve")
    await office.turns(5, rounds)
    assert (await office.one()).status == "done"
    await office.deliver(twice=True)
    told = office.requested()
    assert sorted(told) == [application(n) for n in range(2_000)]
    for n in (0, 1):
        [request] = [
            e
            for e in office.emitted[application(n)]
            if isinstance(e, notify.NoticeRequested) and e.bulk
        ]
        assert request.template == template(f"broadcast-{ID}", "sms", "en" if n == 0 else "vi")
    for n, a in enumerate(told):
        key = f"{a}/broadcast-{ID}/sms/1"
        if n % 4 == 0:
            await office.take(a, notify.Answered(key=key, finding="rejected", reason="blocked"))
        elif n % 4 != 3:
            await office.take(a, notify.Answered(key=key, finding="handed"))
            if n % 4 == 2:
                await office.take(a, notify.ReceiptArrived(key=key, delivered=True))
    office.at += timedelta(minutes=5)
    await office.turns(6)
    seen = await office.results.latest(await office.one())
    assert seen.whole == {"failed": 500, "sent": 500, "delivered": 500, "not_yet": 500}


async def test_a_look_that_fails_leaves_what_was_known_as_cancelled(office):
    cancelled = Cancelled(office.rows)
    await office.rows.mark_cancelled(ID)
    assert await cancelled.milestones() == {f"broadcast-{ID}"}
    await office.rows.mark_cancelled("20261121-0000000000")
    assert await cancelled.milestones() == {f"broadcast-{ID}"}
    await cancelled.look()
    assert len(await cancelled.milestones()) == 2
