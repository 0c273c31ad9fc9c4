"""A call keeps within its provider's time, contacts and all: asked after it, it sends no more."""

import asyncio
from random import Random

import pytest

from deploy.simulation.loop import Loop
from services.notify.channels import Message
from services.notify.effects import Send
from shared.effects import NotCalled
from shared.events.notify import Answered, NoticeRequested

LIMITS = {"sms": 10.0, "mail": 60.0}


class Slow:
    """Contacts that take their time to be opened."""

    def __init__(self, opening_s: float) -> None:
        self.opening_s = opening_s

    async def messages(self, notices):
        await asyncio.sleep(self.opening_s)
        return [Message(n.key, "0912345678", "", "x") for _, n in notices]


class Provider:
    """One that takes its time to answer, and knows when it was called."""

    def __init__(self, answering_s: float = 0.0) -> None:
        self.answering_s, self.called_s = answering_s, list[float]()

    async def send(self, messages):
        self.called_s.append(asyncio.get_running_loop().time())
        await asyncio.sleep(self.answering_s)
        return [Answered(key=m.key, finding="handed") for m in messages]


def send(provider: Provider, opening_s: float, as_request):
    notice = NoticeRequested(
        key="a/registered/sms/1",
        milestone="registered",
        channel="sms",
        template="registered.plain",
        language="vi",
        contact="x",
        params={},
    )
    effect = Send(Slow(opening_s), {"sms": provider}, limits=LIMITS)
    assert effect.limit_s == 60.0, "the kernel would wait for so long"
    loop = Loop(Random(7))
    began_s = loop.time()
    try:
        return loop.run_until_complete(effect.call([as_request(notice)]))
    finally:
        assert loop.time() - began_s < LIMITS["sms"] + 0.1
        loop.close()


def test_contacts_that_are_opened_too_late_are_told_nothing(as_request):
    provider = Provider()
    with pytest.raises(NotCalled):
        send(provider, 45.0, as_request)
    assert provider.called_s == []


def test_a_provider_has_the_time_that_is_left(as_request):
    assert send(Provider(3.9), 6.0, as_request)[0].finding == "handed"
    with pytest.raises(TimeoutError):
        send(Provider(4.1), 6.0, as_request)
