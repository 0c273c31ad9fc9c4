"""Breaks that operators have closed: alone, or with a second person; whatever is said twice."""

import random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payment.breaks import Breaks, Standing
from services.payment.closings import Closings
from shared import events
from shared.bus import Record
from shared.events import Data, Event
from shared.events.reconciliation import CloseAsked, CloseChecked
from tests.services.payment.office import Rows
from tests.services.payment.test_breaks import NOW, opened, over
from tests.shared.callers import human

LIMIT_VND = 1_000_000
LARGE, SMALL = opened(1), opened(2)
LARGE = LARGE._replace(opened=msgspec.structs.replace(LARGE.opened, amount_vnd=LIMIT_VND + 1))


class Desk:
    """What operators say, and what comes of it."""

    def __init__(self) -> None:
        self.breaks = Breaks(Rows(), Rows())
        self.closings = Closings(self.breaks, Rows(), LIMIT_VND, lambda: NOW)

    async def asks(self, of: Standing, by: str = "o-1", id_: str = "ask-1") -> list[Event]:
        word = CloseAsked(
            partner="a-bank", break_id=of.id, by=by, principal=human(by), reason="sent back"
        )
        return await self.hears(id_, word)

    async def both(
        self, of: Standing, by: str = "o-1", checked_by: str = "o-2", id_: str = "both-1"
    ) -> list[Event]:
        said: Any = {"by": by, "principal": human(by), "reason": "sent back"}
        said |= {"checked_by": checked_by, "checked_principal": human(checked_by)}
        return await self.hears(id_, CloseAsked(partner="a-bank", break_id=of.id, **said))

    async def checks(
        self, of: Standing, by: str = "o-2", *, approved: bool = True, id_: str = "check-1"
    ) -> list[Event]:
        said: Any = {"asked": "ask-1", "approved": approved, "by": by, "reason": "seen"}
        said |= {"principal": human(by)}
        return await self.hears(id_, CloseChecked(partner="a-bank", break_id=of.id, **said))

    async def hears(self, id_: str, word: Data) -> list[Event]:
        return await self.closings.heard(record(id_, word))


def record(id_: str, word: Data) -> Record:
    event = Event(
        id=id_,
        source="/operators/o",
        type=word.TYPE,
        subject="a-bank",
        time=NOW,
        data=msgspec.Raw(events.encode(word)),
    )
    return Record("payment.reconciliation", 0, 0, 0, b"a-bank", events.encode(event))


def types(found: list[Event]) -> list[str]:
    return [event.type.partition(".")[2] for event in found]


def because(found: list[Event]) -> str:
    (event,) = [e for e in found if e.type.endswith("refused")]
    return str(msgspec.json.decode(event.data)["because"])


@pytest.fixture
async def desk() -> Desk:
    made = Desk()
    await made.breaks.put([LARGE, SMALL])
    return made


async def test_a_small_one_is_closed_by_one_person(desk: Desk) -> None:
    said = await desk.asks(SMALL)
    assert types(said) == ["break_opened", "break_closed"]
    now = await desk.breaks.get(SMALL.id)
    assert now
    assert now.closed
    assert (now.closed.by, now.closed.reason, now.closed.checked_by) == ("o-1", "sent back", "")


async def test_a_large_one_waits_for_a_second_person_who_agrees(desk: Desk) -> None:
    said = await desk.asks(LARGE)
    assert (types(said), said[0].id) == (["close_waiting"], "ask-1.waiting")
    assert types(await desk.checks(LARGE)) == ["break_opened", "break_closed"]
    now = await desk.breaks.get(LARGE.id)
    assert now
    assert now.closed
    assert (now.closed.by, now.closed.checked_by) == ("o-1", "o-2")


async def test_who_asked_may_not_agree_and_another_may_still(desk: Desk) -> None:
    await desk.asks(LARGE)
    assert because(await desk.checks(LARGE, by="o-1", id_="own")) == "same_person"
    assert types(await desk.checks(LARGE))[-1] == "break_closed"


async def test_what_a_second_person_rejects_stays_open_for_another_wish(desk: Desk) -> None:
    await desk.asks(LARGE)
    assert because(await desk.checks(LARGE, approved=False)) == "rejected"
    assert because(await desk.checks(LARGE, by="o-3", id_="late")) == "not_waiting"
    still = await desk.breaks.open_in("a-bank", LARGE.opened.day, LARGE.opened.day)
    assert LARGE.id in {s.id for s in still}
    assert types(await desk.asks(LARGE, id_="ask-2")) == ["close_waiting"]


async def test_what_two_say_together_waits_for_nobody(desk: Desk) -> None:
    for one in (LARGE, SMALL):
        said = await desk.both(one, id_=f"both-{one.id}")
        assert types(said) == ["break_opened", "break_closed"]
        now = await desk.breaks.get(one.id)
        assert now
        assert now.closed
        assert (now.closed.by, now.closed.checked_by) == ("o-1", "o-2")
        assert await desk.both(one, id_=f"both-{one.id}") == said


async def test_who_agrees_with_themselves_is_one_person(desk: Desk) -> None:
    assert types(await desk.both(LARGE, checked_by="o-1")) == ["close_waiting"]
    await desk.both(SMALL, checked_by="o-1", id_="own")
    now = await desk.breaks.get(SMALL.id)
    assert now
    assert now.closed
    assert (now.closed.by, now.closed.checked_by) == ("o-1", "")


async def test_what_two_say_ends_what_waits_for_a_second_person(desk: Desk) -> None:
    await desk.asks(LARGE, by="o-3")
    assert types(await desk.both(LARGE))[-1] == "break_closed"
    assert because(await desk.checks(LARGE)) == "over"
    assert because(await desk.both(LARGE, by="o-3", id_="late")) == "over"


async def test_what_is_not_there_or_over_is_refused(desk: Desk) -> None:
    assert because(await desk.asks(opened(9))) == "unknown_break"
    assert because(await desk.checks(LARGE)) == "not_waiting"
    await desk.breaks.put([over(SMALL)])
    assert because(await desk.asks(SMALL)) == "over"


async def test_a_wish_of_before_a_break_opened_again_is_over(desk: Desk) -> None:
    await desk.asks(LARGE)
    await desk.breaks.put([over(LARGE), LARGE._replace(number=3)])
    assert because(await desk.checks(LARGE)) == "not_waiting"


async def test_other_messages_say_nothing(desk: Desk) -> None:
    assert await desk.hears("x", SMALL.opened) == []
    bad = record("x", SMALL.opened)._replace(value=b"\xff")
    assert await desk.closings.heard(bad) == []


@given(seed=st.integers(0, 2**32))
async def test_whatever_is_said_again_changes_nothing_and_is_said_under_the_same_ids(
    seed: int,
) -> None:
    """Of a lane every word may come again, and all before it."""
    rng, desk = random.Random(seed), Desk()
    await desk.breaks.put([LARGE, SMALL])
    asked: Any = {"partner": "a-bank", "by": "o-1", "principal": human("o-1")}
    checkers = rng.choices(["o-1", "o-2", "o-3"], k=3)
    words = [
        record("ask-1", CloseAsked(**asked, break_id=LARGE.id, reason="a")),
        record("ask-2", CloseAsked(**asked, break_id=SMALL.id, reason="b")),
        *(
            record(
                f"both-{n}",
                CloseAsked(
                    **asked,
                    break_id=of.id,
                    reason="d",
                    checked_by=by,
                    checked_principal=human(by),
                ),
            )
            for n, (of, by) in enumerate(rng.choices([(LARGE, "o-2"), (SMALL, "o-1")], k=1))
            if rng.random() < 0.5
        ),
        *(
            record(
                f"check-{n}",
                CloseChecked(
                    partner="a-bank",
                    break_id=LARGE.id,
                    asked="ask-1",
                    approved=rng.random() < 0.5,
                    by=by,
                    principal=human(by),
                    reason="c",
                ),
            )
            for n, by in enumerate(checkers)
        ),
    ]
    first = [{e.id for e in await desk.closings.heard(word)} for word in words]
    now = {id_: await desk.breaks.get(id_) for id_ in (LARGE.id, SMALL.id)}
    heard = set().union(*first)
    for word in rng.choices(words, k=6):
        again = await desk.closings.heard(word)
        refused = {e.id for e in again if e.type.endswith("refused")}
        assert {e.id for e in again} - heard <= refused, "what is new is a refusal at most"
    assert {id_: await desk.breaks.get(id_) for id_ in now} == now
    large = now[LARGE.id]
    assert large
    if large.closed:
        assert large.closed.checked_by not in ("", large.closed.by)
