"""The town: what its people hand in while something goes wrong, and that they go on."""

import asyncio
import random
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

import httpx
import msgspec
import pytest
from joserfc.jwk import ECKey

from deploy.sandbox.portal import Portal
from deploy.sandbox.switches import Switches
from deploy.sandbox.town import life
from deploy.sandbox.town.life import AT_ONCE_LIMIT, GARBLED_EVERY, Asked, attend, hand_in, keep
from deploy.sandbox.town.sender import AGAIN, Sender, drawn
from shared import events
from shared.bus import Message, Partition
from shared.catalogue import load
from shared.errors import Unknown
from shared.events import Event
from shared.events.routing import ChoiceNeeded, Routed

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)


class Log:
    """A log in memory."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def append(self, batches: Mapping[Partition, Sequence[Message]]) -> None:
        for messages in batches.values():
            self.messages += messages


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def doors() -> list[httpx.Request]:
    """What intake was asked."""
    return []


@pytest.fixture
def sender(log: Log, doors: list[httpx.Request]) -> Sender:
    key = ECKey.generate_key("P-256", {"kid": "k"}).as_dict(private=False)
    portal = Portal({"intake_jwk": key, "api_keys": {"portal": "p"}}, 4)

    def taken(request: httpx.Request) -> httpx.Response:
        doors.append(request)
        return httpx.Response(202)

    door = httpx.AsyncClient(transport=httpx.MockTransport(taken), base_url="http://intake")
    return Sender(portal, door, log, 4)


@pytest.fixture
def applications() -> Any:
    return drawn(load(), TODAY, random.Random(1))


async def lived(sender: Sender, on: Switches, drawn_: Any, asked: Sequence[bool]) -> None:
    """Let somebody hand in until all these questions are answered."""
    answers = iter(asked)

    async def is_asked() -> bool:
        for answer in answers:
            return answer
        raise Unknown("over")

    with pytest.raises(Unknown):
        await hand_in(sender, on, is_asked, drawn_, 0.0)


def test_what_is_handed_in_is_paid_first_and_accepted_by_an_officer(applications: Any) -> None:
    catalogue = load()
    for application in islice(applications, 50):
        procedure = catalogue.procedure(application.fields.procedure, TODAY)
        province = catalogue.province_of(application.fields.receiving_unit, TODAY)
        assert procedure
        assert province
        assert procedure.payment_moment == "at_submission"
        assert not catalogue.accepted_automatically(procedure, "online", TODAY)
        assert catalogue.fee_waiver(province.code, "online", TODAY) is None


async def test_while_nothing_goes_wrong_nobody_hands_in(
    sender: Sender, applications: Any, doors: list[httpx.Request]
) -> None:
    await lived(sender, life.faults(), applications, [False] * 5)
    assert doors == []


async def test_while_something_goes_wrong_they_hand_in_up_to_a_limit_that_begins_anew(
    sender: Sender, applications: Any, doors: list[httpx.Request], log: Log
) -> None:
    asked = [*[True] * (AT_ONCE_LIMIT + 3), False, True]
    await lived(sender, life.faults(), applications, asked)
    assert (len(doors), log.messages) == (AT_ONCE_LIMIT + 1, [])


async def test_one_that_is_sent_again_is_the_same_application(
    sender: Sender, applications: Any, doors: list[httpx.Request], log: Log
) -> None:
    on = life.faults()
    on.turn({"repeating": True})
    await lived(sender, on, applications, [True])
    (handed_in,) = doors
    (subject,) = {events.decode(m.value or b"").subject for m in log.messages}
    assert (len(log.messages), subject) == (AGAIN, handed_in.headers["idempotency-key"])


async def test_what_nobody_can_read_is_right_but_for_its_time(
    sender: Sender, applications: Any, log: Log
) -> None:
    on = life.faults()
    on.turn({"garbling": True})
    await lived(sender, on, applications, [True] * (GARBLED_EVERY + 1))
    assert len(log.messages) == 2
    for message in log.messages:
        with pytest.raises(msgspec.ValidationError, match=r"\$\.time"):
            events.decode(message.value or b"")
        said = msgspec.json.decode(message.value or b"")
        said["time"] = "2026-11-23T10:00:00+07:00"
        corrected = events.decode(msgspec.json.encode(said))
        assert corrected.subject.encode() == message.key


async def test_people_attend_to_what_is_said_from_now_on_and_leave_choices_to_others() -> None:
    said = [
        Event(id="1", source="/s", type=type_, subject=name, time=at, data=msgspec.Raw(b"{}"))
        for name, type_, at in (
            ("before", Routed.TYPE, NOW - timedelta(seconds=1)),
            ("choice", ChoiceNeeded.TYPE, NOW),
            ("now", Routed.TYPE, NOW),
        )
    ]
    heard = []

    async def follow(topics: Sequence[str]) -> AsyncGenerator[Event, None]:
        assert tuple(topics) == ("routing.events",)
        for event in said:
            yield event

    async def people(log: AsyncIterator[Event]) -> None:
        heard.extend([event.subject async for event in log])

    await attend(follow, "routing.events", NOW, people)
    assert heard == ["now"]


async def test_what_goes_wrong_on_the_way_begins_again() -> None:
    tries = 0

    async def work() -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise httpx.ConnectError("planted")
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await keep("somebody", work, again_s=0.0)
    assert tries == 2


@pytest.mark.parametrize(
    ("own", "beside", "is_asked"),
    [(False, {}, False), (True, {}, True), (False, {"down": True}, True), (False, None, False)],
)
async def test_something_goes_wrong_here_or_beside(
    own: bool, beside: dict[str, bool] | None, is_asked: bool
) -> None:
    on = life.faults()
    on.turn({"repeating": own})

    def door(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=beside) if beside is not None else httpx.Response(500)

    transport = httpx.MockTransport(door)
    async with httpx.AsyncClient(transport=transport, base_url="http://sms") as client:
        assert await Asked(on, [client])() is is_asked
