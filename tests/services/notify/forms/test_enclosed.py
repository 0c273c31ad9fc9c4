"""A form goes with the mail of its milestone; it never holds the mail up."""

import asyncio
from threading import Event

import pytest

from services.notify.channels import Message
from services.notify.contacts import Contacts
from services.notify.effects import Send
from services.notify.forms.drawing import ENCLOSED_LIMIT_BYTES, Forms
from shared.errors import Unknown
from shared.events.data import Consent
from shared.events.notify import Answered, Joined
from shared.papers.press import WAITING_LIMIT, Press
from tests.services.notify.forms.conftest import NAME


class Carrier:
    """A mail server that takes all."""

    def __init__(self) -> None:
        self.taken = []

    async def send(self, messages):
        self.taken += messages
        return [Answered(key=m.key, finding="handed") for m in messages]


@pytest.fixture
async def mailing(new_office, new_case, providers, as_request):
    """An office whose citizen hears by mail, and what hands its notices over."""
    case = new_case(providers=providers("email", "sms"), join_s={})
    office = new_office(case)
    await office.register(notices=Consent(channels=("email",)))
    office.carrier = Carrier()
    office.send = Send(
        Contacts(office.vault), {"email": office.carrier}, draw=office.forms.enclosed
    )
    office.as_request = as_request
    return office


async def mailed(office, type_, **changes):
    """Decide, and hand over what is to be told; return what went along."""
    notices = office.learn(type_, **changes)
    answers = await office.send.call([office.as_request(n) for n in notices])
    assert [a.finding for a in answers] == ["handed"] * len(notices)
    return office.carrier.taken[-1].files


@pytest.mark.parametrize(
    ("milestone", "file", "title"),
    [
        ("accepted", "giay-tiep-nhan", "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ"),
        ("supplement_requested", "phieu-bo-sung", "PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ"),
        ("not_accepted", "phieu-tu-choi", "PHIẾU TỪ CHỐI TIẾP NHẬN, GIẢI QUYẾT HỒ SƠ"),
        ("apologised", "phieu-xin-loi", "PHIẾU XIN LỖI VÀ HẸN LẠI NGÀY TRẢ KẾT QUẢ"),
    ],
)
async def test_the_form_of_a_milestone_goes_with_its_mail(
    mailing, pdf_text, milestone, file, title
):
    [form] = await mailed(mailing, f"application.{milestone}")

    assert form.name == f"{file}-G09.20-20261120-0000001.pdf"
    assert form.media_type == "application/pdf"
    assert title in pdf_text(form.content)
    assert NAME in pdf_text(form.content)
    assert len(form.content) < ENCLOSED_LIMIT_BYTES


async def test_a_milestone_without_a_form_has_none(mailing):
    assert await mailed(mailing, "application.settled") == ()


async def test_an_sms_and_what_a_unit_is_told_have_no_form(office, as_request, changed):
    [sms] = office.learn("application.accepted")
    unit = changed(sms, channel="email@unit", unit="00004")

    assert await office.forms.enclosed([as_request(unit)], 5.0) == {}
    carrier = Carrier()
    drawn = []

    async def draw(requests, within_s):
        drawn.extend(requests)
        return {}

    await Send(Opened(), {"sms": carrier}, draw=draw).call([as_request(sms)])
    assert drawn == []


class Opened:
    """What opens a contact, with addresses that nobody has."""

    async def messages(self, notices):
        return [Message(n.key, "0912345678", "", "text") for _, n in notices]


async def test_a_mail_goes_without_its_form_where_that_takes_too_long(mailing):
    gate = Event()

    def wait() -> bytes:
        gate.wait(10)
        return b""

    busy = [asyncio.create_task(mailing.mails.draw(wait)) for _ in range(4)]
    await asyncio.sleep(0)
    mailing.send = Send(
        Contacts(mailing.vault), {"email": mailing.carrier}, 0.2, draw=mailing.forms.enclosed
    )
    files = await mailed(mailing, "application.accepted")
    gate.set()
    await asyncio.gather(*busy)

    assert files == ()
    assert mailing.missed == {"late": 1}


async def test_who_asks_for_forms_in_a_loop_keeps_no_mail_from_its_form(mailing):
    gate = Event()

    def wait() -> bytes:
        gate.wait(10)
        return b""

    busy = [asyncio.create_task(mailing.press.draw(wait)) for _ in range(WAITING_LIMIT)]
    await asyncio.sleep(0)
    files = await mailed(mailing, "application.accepted")
    gate.set()
    await asyncio.gather(*busy)

    assert [f.name.split("-G09")[0] for f in files] == ["giay-tiep-nhan"]
    assert not mailing.missed


async def test_where_mails_alone_fill_their_press_what_goes_without_is_counted(mailing):
    gate = Event()

    def wait() -> bytes:
        gate.wait(10)
        return b""

    busy = [asyncio.create_task(mailing.mails.draw(wait)) for _ in range(WAITING_LIMIT)]
    await asyncio.sleep(0)
    files = await mailed(mailing, "application.accepted")
    gate.set()
    await asyncio.gather(*busy)

    assert files == ()
    assert mailing.missed == {"busy": 1}


async def test_one_from_before_forms_has_its_mail_without_and_that_is_counted(mailing, changed):
    mailing.case.dossier = changed(mailing.case.dossier, papers=None)

    assert await mailed(mailing, "application.accepted") == ()
    assert mailing.missed == {"not_kept": 1}


async def test_neither_does_a_journal_that_cannot_be_read_hold_it_up(mailing, catalogue):
    class Silent:
        async def latest_of(self, applications):
            raise Unknown("the database does not answer")

    forms = Forms(
        Silent(),
        Contacts(mailing.vault).applicants,
        catalogue,
        Press(),
        mailing.links,
        mailing.miss,
    )
    mailing.send = Send(Contacts(mailing.vault), {"email": mailing.carrier}, draw=forms.enclosed)

    assert await mailed(mailing, "application.accepted") == ()
    assert mailing.missed == {"unread": 1}


async def test_what_is_told_together_brings_one_form_each(mailing, changed):
    mailing.learn("application.apologised")
    [lead] = mailing.learn("application.accepted")
    also = tuple(
        Joined(milestone=m, template=f"{m}.email_vi", params={})
        for m in ("apologised", "accepted", "payment_settled")
    )
    found = await mailing.forms.enclosed([mailing.as_request(changed(lead, joined=also))], 5.0)

    assert [f.name.split("-G09")[0] for f in found[lead.key]] == ["giay-tiep-nhan", "phieu-xin-loi"]
