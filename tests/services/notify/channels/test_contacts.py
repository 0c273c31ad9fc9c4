"""Where a contact leads, and where it does not."""

import re
from datetime import UTC, datetime

import msgspec
import pytest
from structlog.testing import capture_logs

from services.notify.channels import Message
from services.notify.contacts import REASONS, Contacts
from shared.effects import NotCalled
from shared.errors import Unknown
from shared.events.intake import Contact, Reached
from shared.events.notify import Joined


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


@pytest.mark.parametrize(
    ("channel", "to"),
    [
        ("sms", "0912345678"),
        ("email", "a@example.invalid"),
        ("zalo", "0912345678"),
        ("sms@representative", "0987654321"),
        ("email@representative", "no_email"),
    ],
)
async def test_each_way_has_an_address_of_its_own(setup, channel, to):
    acting = Reached(name="Synthetic Lawyer", phone="0987654321")
    contact = Contact(phone="0912345678", email="a@example.invalid", representative=acting)
    application, notice = await (world := setup()).notice(1, contact)
    notice = msgspec.structs.replace(notice, channel=channel)
    [found] = await Contacts(world.vault).messages([(application, notice)])
    assert to in (found.to if isinstance(found, Message) else found.reason)


async def test_who_has_nobody_acting_for_them_any_more_is_said_so(setup):
    application, notice = await (world := setup()).notice()
    notice = msgspec.structs.replace(notice, channel="sms@representative")
    [found] = await Contacts(world.vault).messages([(application, notice)])
    assert found.reason == "no_representative"


async def test_a_units_address_stands_in_a_file_and_nothing_is_opened_for_it(setup, rows):
    world = setup()
    (one, of_unit), other = await world.notice(1), await world.notice(2)
    of_unit = msgspec.structs.replace(of_unit, unit="00008", contact="", channel="email@unit")
    gone = msgspec.structs.replace(of_unit, unit="00009")
    contacts = Contacts(world.vault, units={"00008": "unit@example.invalid"})
    found = await contacts.messages([(one, of_unit), other, (one, gone)])
    assert [m.to for m in found[:2]] == ["unit@example.invalid", "0912345678"]
    assert found[2].reason == "no_unit_address"
    rows.is_down = True
    [found] = await contacts.messages([(one, of_unit)])
    assert found.to == "unit@example.invalid"


async def test_a_message_says_all_that_was_joined(setup):
    also = Joined(
        milestone="transferred", template="transferred.email_en", params={"dossier_code": "X"}
    )
    contact = Contact(email="a@example.invalid")
    application, notice = await (world := setup()).notice(1, contact)
    notice = msgspec.structs.replace(
        notice, channel="email", template="accepted.email_en", joined=(also,)
    )
    [found] = await Contacts(world.vault).messages([(application, notice)])
    assert found.subject == "Application G09.20-20261120-0000001 was accepted"
    assert [p[:14] for p in found.text.split("\n\n")] == ["Application G0", "Application X "]


async def test_a_message_with_a_deadline_is_of_no_use_after_it(setup):
    world = setup()
    (one, due), (two, usual) = await world.notice(1), await world.notice(2)
    params = {
        "dossier_code": "X",
        "amount_vnd": "120000",
        "expires_at": "2026-11-20T16:59:00+00:00",
    }
    due = msgspec.structs.replace(
        due, milestone="payment_requested", template="payment_requested.plain", params=params
    )
    found = await Contacts(world.vault).messages([(one, due), (two, usual)])
    assert [m.until for m in found] == [datetime(2026, 11, 20, 16, 59, tzinfo=UTC), None]


@pytest.mark.parametrize(
    ("lacks", "finding"),
    [({"template": "accepted.plain@2030-01-01"}, "deferred"), ({"params": {}}, "rejected")],
)
async def test_what_cannot_be_put_into_words_does_not_go_out_and_spoils_no_other(
    setup, lacks, finding
):
    world = setup()
    (one, bad), good = await world.notice(1), await world.notice(2)
    answers = await world.send([(one, msgspec.structs.replace(bad, **lacks)), good])
    assert [a.finding for a in answers] == [finding, "handed"], "words may come with a deployment"
    assert answers[0].reason in REASONS


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
