"""A due date goes with the mail that tells it, and out of a calendar with the one that ends it."""

import pytest
from icalendar import Calendar

from services.notify.channels import Message
from services.notify.channels.mail.dates import GONE, TOLD, enclosed
from services.notify.domain.milestones import ENDS_DUE, TELLS_DUE
from services.notify.effects import Send
from shared.events.notify import Answered


class Opened:
    """What opens a contact, with addresses that nobody has."""

    async def messages(self, notices):
        return [Message(n.key, "a@example.invalid", "", "text") for _, n in notices]

    async def learn(self, said) -> None: ...


class Carrier:
    """A mail server that takes all."""

    def __init__(self) -> None:
        self.taken: list[Message] = []

    async def send(self, messages):
        self.taken += messages
        return [Answered(key=m.key, finding="handed") for m in messages]

    async def ask(self, keys):
        return [Answered(key=key, finding="absent") for key in keys]

    async def aclose(self) -> None: ...


def _enclose(application, notice, at):
    return enclosed(application, notice, at, "khong-tra-loi@dvc.example")


@pytest.fixture
def by(new_case, providers):
    def by(channel: str):
        case = new_case(providers=providers("email", "sms"), join_s={})
        case.agree(channel)
        return case

    return by


@pytest.fixture
def sent(as_request):
    async def sent(*notices):
        carrier = Carrier()
        send = Send(Opened(), {"email": carrier, "sms": carrier}, enclose=_enclose)
        await send.call([as_request(notice) for notice in notices])
        return [
            [event for f in message.files for event in Calendar.from_ical(f.content).events]
            for message in carrier.taken
        ]

    return sent


async def test_a_due_date_goes_with_its_mail_and_out_with_a_later_one(by, sent):
    case = by("email")
    [told] = case.learn("application.accepted")
    case.answer(told.key, "handed")
    [ended] = case.learn("application.supplement_requested")
    [[first]], [[gone]] = await sent(told), await sent(ended)
    assert first["UID"] == gone["UID"]
    assert (first["STATUS"], gone["STATUS"]) == ("CONFIRMED", "CANCELLED")
    assert first.start == gone.start


async def test_a_due_date_that_no_mail_told_is_not_taken_out(by, sent):
    case = by("email")
    [told] = case.learn("application.accepted")
    case.answer(told.key, "rejected", reason="no_such_user")
    [ended] = case.learn("application.supplement_requested")
    assert "told_due" not in ended.params
    assert await sent(ended) == [[]]


async def test_an_sms_has_nothing_beside_it(by, sent):
    case = by("sms")
    [told] = case.learn("application.accepted")
    case.answer(told.key, "handed")
    [ended] = case.learn("application.supplement_requested")
    assert "told_due" not in ended.params
    assert await sent(told, ended) == [[], []]


async def test_of_what_goes_out_together_the_last_day_is_told(by, sent, new_case, providers):
    case = new_case(providers=providers("email"), join_s={"email": 60.0})
    case.agree("email")
    for type_ in ("application.transferred", "application.accepted"):
        case.learn(type_)
    [together] = case.fire(case.timers[0])
    assert together.joined
    [[day]] = await sent(together)
    assert day["STATUS"] == "CONFIRMED"


def test_rules_and_calendar_speak_of_the_same_milestones():
    assert (set(TELLS_DUE), set(ENDS_DUE)) == (set(TOLD), set(GONE))
