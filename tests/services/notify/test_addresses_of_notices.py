"""Addresses to which nothing may be sent now, where contacts are opened."""

from contextlib import suppress

import msgspec
import pytest

from services.notify.channels import Message
from services.notify.contacts import Contacts
from services.notify.domain.wordings import SAMPLE
from services.notify.effects import Send
from shared.effects import NotCalled
from shared.errors import Unknown
from shared.events.intake import Contact
from shared.events.notify import Answered, NoticeRequested
from shared.vault import seal
from tests.services.notify.addressed import PHONE, Desk, message


class Carrier:
    """A provider that says of all the same."""

    def __init__(self, answered) -> None:
        self._answered, self.taken = answered, 0

    async def send(self, messages):
        self.taken += len(messages)
        return [self._answered(m.key) for m in messages]


@pytest.fixture
def rejected():
    return lambda reason: lambda key: Answered(key=key, finding="rejected", reason=reason)


@pytest.fixture
def sealed(vault, application):
    async def sealed(milestone: str) -> NoticeRequested:
        keys = await vault.keys([application], create=True)
        plain = msgspec.json.encode(Contact(phone=PHONE))
        return NoticeRequested(
            key=f"{application}/{milestone}/sms/1",
            milestone=milestone,
            channel="sms",
            template=f"{milestone}.plain",
            language="vi",
            contact=seal(keys[application], plain, application),
            params=dict(SAMPLE),
        )

    return sealed


async def test_what_a_provider_rejects_for_good_is_not_tried_again_but_what_is_urgent_is(
    rows, vault, sealed, as_request, rejected
):
    desk = Desk(rows)
    carrier = Carrier(rejected("bounced"))
    send = Send(Contacts(vault, None, desk.addresses), {"sms": carrier})
    usual, urgent = await sealed("accepted"), await sealed("registered")
    for notice, taken in ((usual, 1), (usual, 1), (urgent, 2)):
        [answer] = await send.call([as_request(notice)])
        assert (answer.finding, answer.reason, carrier.taken) == ("rejected", "bounced", taken)


async def test_what_a_provider_did_not_take_leaves_room_for_another(
    rows, vault, sealed, as_request
):
    class Away:
        async def send(self, messages):
            raise NotCalled("planted")

    desk = Desk(rows, cap=1)
    notice = await sealed("accepted")

    def full(key: str) -> Answered:
        return Answered(key=key, finding="absent", reason="queue_full")

    for channel, room in ((Away(), True), (Carrier(full), True), (Carrier(_handed), False)):
        send = Send(Contacts(vault, None, desk.addresses), {"sms": channel})
        with suppress(NotCalled):
            await send.call([as_request(notice)])
        refused = await desk.send("other")
        assert refused == ({} if room else {"other": "capped"})
        await desk.addresses.give_back([message("other")])


def _handed(key: str) -> Answered:
    return Answered(key=key, finding="handed")


async def test_a_unit_is_told_as_much_as_there_is(rows, vault):
    addresses = Desk(rows, cap=2).addresses
    contacts = Contacts(vault, None, addresses, {"00004": "unit@example.invalid"})
    for n in range(5):
        notice = NoticeRequested(
            key=f"a{n}/withdrawn/email@unit/1",
            milestone="withdrawn",
            channel="email@unit",
            template="withdrawn.unit",
            language="vi",
            contact="",
            params=dict(SAMPLE),
            unit="00004",
        )
        [found] = await contacts.messages([(f"a{n}", notice)])
        assert isinstance(found, Message), n


async def test_where_nobody_can_say_nothing_is_called(rows, vault, sealed, as_request, rejected):
    class Down:
        async def get(self, ids):
            raise Unknown("the database does not answer")

    carrier = Carrier(rejected("bounced"))
    send = Send(Contacts(vault, None, Desk(Down()).addresses), {"sms": carrier})
    with pytest.raises(NotCalled):
        await send.call([as_request(await sealed("accepted"))])
    assert carrier.taken == 0
