"""The channel against the sandbox gateway's real app, without a socket."""

import re
from collections.abc import Callable
from typing import Any

import httpx
import msgspec
import pytest
from structlog.testing import capture_logs

from deploy.sandbox.sms.behaviour import Faults, Gateway
from deploy.sandbox.sms.gateway import create_app
from services.notify.channels import Message
from services.notify.channels.sms_http import FINDINGS, SmsHttp, connect
from services.notify.contacts import REASONS, Contacts
from services.notify.domain.templates import template
from services.notify.effects import Ask, Send
from shared import events
from shared.effects import NotCalled, Request
from shared.errors import Unknown
from shared.events import Event
from shared.events.intake import Contact
from shared.events.notify import NoticeQueryRequested, NoticeRequested
from shared.vault import seal

KEY = "synthetic-key"
APPLICATION = "0198c0de-0000-7000-8000-00000000000{n}"
CONTACT = Contact(name="Synthetic Person", phone="0912345678")


class Setup:
    """A gateway, a channel to it and a vault; `answer` stands in for the gateway."""

    def __init__(self, vault, answer=None, **faults: Any) -> None:
        self.vault = vault
        self.gateway = Gateway(Faults(**faults))
        transport = httpx.MockTransport(answer) if answer else self.transport()
        self.channel = SmsHttp(connect("http://sms.test", KEY, 1.0, transport))
        self.effect = Send(Contacts(vault), {"sms": self.channel})

    async def send(self, notices) -> Any:
        """Send as the effect does: opened by the contacts, handed over by the channel."""
        return await self.effect.call([request(*notice) for notice in notices])

    def transport(self) -> httpx.ASGITransport:
        return httpx.ASGITransport(create_app(self.gateway, KEY))

    async def notice(self, n: int = 1, contact: Contact | bytes = CONTACT, attempt: int = 1):
        application = APPLICATION.format(n=n)
        keys = await self.vault.keys([application], create=True)
        plain = contact if isinstance(contact, bytes) else msgspec.json.encode(contact)
        notice = NoticeRequested(
            key=f"{application}/accepted/sms/{attempt}",
            milestone="accepted",
            channel="sms",
            template=template("accepted", "sms", "vi"),
            language="vi",
            contact=seal(keys[application], plain, application),
            params={"dossier_code": "G09.20-20261120-0000001", "due": "2026-12-01T09:30:00+00:00"},
        )
        return application, notice

    def counts(self) -> dict[str, int]:
        return self.gateway.outbox(counts=True)["counts"]


@pytest.fixture
def setup(vault) -> Callable[..., Setup]:
    return lambda answer=None, **faults: Setup(vault, answer, **faults)


def request(application: str, data) -> Request:
    event = Event(
        id="1",
        source="/services/notify",
        type=data.TYPE,
        subject=application,
        time="2026-11-20T08:00:00Z",
        data=msgspec.Raw(events.encode(data)),
    )
    return Request(event, data)


async def test_notices_go_out_in_one_call_each_with_its_text_and_reference(setup):
    world = setup()
    notices = [await world.notice(n) for n in (1, 2, 3)]
    answers = await world.send(notices)
    assert [(a.key, a.finding) for a in answers] == [(n.key, "handed") for _, n in notices]
    assert len({a.gateway_id for a in answers}) == 3
    outbox = world.gateway.outbox(counts=False)
    assert (outbox["calls"], outbox["accepted"], outbox["doubled"]) == (1, 3, [])
    assert outbox["recent"][0]["text"] == (
        "Ho so G09.20-20261120-0000001 da duoc tiep nhan. Ngay hen tra ket qua: 01/12/2026."
    )


async def test_the_gateway_does_not_notice_a_doubled_reference_but_its_outbox_tells(setup):
    world = setup()
    notice = await world.notice()
    await world.send([notice])
    await world.send([notice])
    assert world.counts() == {notice[1].key: 2}
    assert world.gateway.outbox(counts=False)["doubled"] == [notice[1].key]


@pytest.mark.parametrize(
    ("contact", "reason"),
    [
        (Contact(phone="12345"), "not_a_mobile"),
        (Contact(phone="02438250000"), "not_a_mobile"),
        (Contact(phone=""), "no_phone"),
        (b"not json", "contact_unreadable"),
    ],
)
async def test_a_contact_that_leads_nowhere_is_rejected_and_spoils_no_other(setup, contact, reason):
    world = setup()
    notices = [await world.notice(1, contact), await world.notice(2)]
    bad, good = await world.send(notices)
    assert (bad.finding, bad.reason, good.finding) == ("rejected", reason, "handed")
    assert reason in REASONS


async def test_an_erased_contact_is_rejected(setup):
    world = setup()
    application, notice = await world.notice()
    await world.vault.destroy(application)
    [answer] = await world.send([(application, notice)])
    assert (answer.finding, answer.reason) == ("rejected", "contact_erased")
    assert world.counts() == {}


async def test_a_contact_sealed_for_another_application_spoils_no_other(setup):
    world = setup()
    (one, first), (two, second) = await world.notice(1), await world.notice(2)
    moved = msgspec.structs.replace(first, contact=second.contact)
    bad, good = await world.send([(one, moved), (two, second)])
    assert (bad.finding, bad.reason, good.finding) == ("rejected", "contact_unreadable", "handed")


async def test_a_vault_that_does_not_answer_means_not_called(setup, rows):
    world = setup()
    notice = await world.notice()
    rows.is_down = True
    with pytest.raises(NotCalled):
        await world.send([notice])
    assert world.counts() == {}


async def test_a_throttled_message_may_be_tried_again(setup):
    world = setup(throttled=1.0)
    [answer] = await world.send([await world.notice()])
    assert (answer.finding, answer.reason) == ("absent", "throttled")


async def test_a_blocked_number_is_rejected_and_stays_so_when_asked(setup):
    world = setup(blocked=1.0)
    notice = await world.notice()
    [answer] = await world.send([notice])
    [asked] = await world.channel.ask([notice[1].key])
    assert answer.finding == asked.finding == "rejected"
    assert answer.reason == asked.reason == "blocked"


async def test_a_lost_answer_is_unknown_until_the_gateway_is_asked(setup):
    world = setup(lost_answers=1.0)
    notice = await world.notice()
    with pytest.raises(Unknown):
        await world.send([notice])
    [answer] = await world.channel.ask([notice[1].key])
    assert (answer.finding, answer.gateway_id) == ("handed", "sms-1")


async def test_what_the_gateway_never_heard_of_is_absent(setup):
    world = setup()
    _, notice = await world.notice()
    [answer] = await world.channel.ask([notice.key])
    assert answer.finding == "absent"


@pytest.mark.parametrize("status", [400, 401, 413, 422, 429])
async def test_a_refused_call_was_not_made(setup, status):
    world = setup(lambda _: httpx.Response(status))
    with pytest.raises(NotCalled, match=str(status)):
        await world.send([await world.notice()])


async def test_no_connection_means_not_called(setup):
    def refuse(_):
        raise httpx.ConnectError("refused")

    world = setup(refuse)
    with pytest.raises(NotCalled):
        await world.send([await world.notice()])


@pytest.mark.parametrize(
    "failure",
    [httpx.ReadTimeout("slow"), httpx.RemoteProtocolError("gone"), httpx.WriteError("broken")],
)
async def test_silence_after_connecting_is_never_taken_for_a_no(setup, failure):
    def fail(_):
        raise failure

    world = setup(fail)
    with pytest.raises(type(failure)):  # which effects take for unknown
        await world.send([await world.notice()])


@pytest.mark.parametrize(
    "results",
    [[], [{"reference": "other", "status": "accepted"}], [{"reference": "{key}", "status": "??"}]],
)
async def test_an_answer_that_does_not_say_is_unknown(setup, results):
    key = f"{APPLICATION.format(n=1)}/accepted/sms/1"
    said = [{**r, "reference": r["reference"].replace("{key}", key)} for r in results]
    world = setup(lambda _: httpx.Response(200, json={"results": said}))
    application, notice = await world.notice()
    [answer] = await world.send([(application, notice)])
    assert (answer.key, answer.finding) == (notice.key, "unknown")


def test_a_message_does_not_show_whose_it_is():
    message = Message("key", "0912345678", "PORTAL", "Ho so", subject="Ho so")
    assert f"{message!r} {message}" == "Message(key='key') Message(key='key')"


async def test_nothing_personal_is_logged_or_answered(setup, caplog):
    world = setup(lost_answers=1.0)
    notices = [await world.notice(1), await world.notice(2, Contact(phone="12345"))]
    with capture_logs() as logs, caplog.at_level("DEBUG"), pytest.raises(Unknown) as raised:
        await world.send(notices)
    answers = await world.channel.ask([n.key for _, n in notices])
    said = f"{logs} {caplog.text} {raised.value!r} {answers}"
    assert "opened" in said
    assert not re.search(r"0912345678|12345[^-]|Synthetic Person|Ho so", said)


def test_every_word_of_the_gateway_has_one_of_ours():
    assert set(FINDINGS) == {"accepted", "delivered", "undelivered", "rejected", "not_found"}


# ---- effects


async def test_the_two_effects_call_in_bulk_and_name_what_is_claimed(setup):
    world = setup()
    send, ask = world.effect, Ask({"sms": world.channel})
    application, notice = await world.notice()
    query = NoticeQueryRequested(key=f"{notice.key}/ask/1", attempt_key=notice.key, channel="sms")
    [sent] = await send.call([request(application, notice)])
    [asked] = await ask.call([request(application, query)])
    assert sent.finding == asked.finding == "handed"
    assert sent.key == asked.key == notice.key
    assert send.key(request(application, notice)) == notice.key
    assert ask.key(request(application, query)) == query.key
    assert send.partner(request(application, notice)) == "sms"
    assert ask.partner(request(application, query)) == "sms"


async def test_a_question_that_was_not_put_leaves_the_attempt_in_doubt(setup):
    world = setup()
    application, notice = await world.notice()
    query = NoticeQueryRequested(key="q", attempt_key=notice.key, channel="sms")
    deferred = Ask({"sms": world.channel}).deferred(request(application, query))
    assert (deferred.key, deferred.finding) == (notice.key, "unknown")
    deferred = world.effect.deferred(request(application, notice))
    assert (deferred.key, deferred.finding) == (notice.key, "deferred")
