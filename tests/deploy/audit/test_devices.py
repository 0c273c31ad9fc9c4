"""What carriers have in their books is told by the keys of attempts, as each of them can say it."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import smpp34

from deploy.audit.devices import Devices, of_centre, of_gateway, of_inbox, together
from deploy.audit.evidence import Heard
from deploy.sandbox.devices.item import Item
from deploy.sandbox.inbox.faults import Faults as InboxFaults
from deploy.sandbox.inbox.inbox import Inbox
from deploy.sandbox.sms.behaviour import Faults, Gateway, Message
from deploy.sandbox.smsc.behaviour import Faults as CentreFaults
from deploy.sandbox.smsc.centre import Centre
from services.notify.channels import Message as Opened
from services.notify.channels.smpp.submitting import Options, pieces
from services.notify.domain.templates import ours
from tests.deploy.audit.sound import APPLICATION, event, heard

SMS, ACTING = f"{APPLICATION}/accepted/sms/1", f"{APPLICATION}/accepted/sms@representative/1"
MAIL, APP = f"{APPLICATION}/accepted/email/1", f"{APPLICATION}/accepted/app/2"
FACTS = {"dossier_code": "G09.20-20261120-0000001", "due": "2026-12-01T09:30:00+00:00"}
AT = datetime(2026, 11, 20, tzinfo=UTC)
TEXT = ours().render("accepted.plain", FACTS).text


def shown(outbox: dict[str, Any]) -> Any:
    """Return what a page of this outbox says."""
    return msgspec.json.decode(msgspec.json.encode(outbox))


def asked(key: str, **changes: Any) -> Heard:
    data = {"key": key, "milestone": "accepted", "channel": key.split("/")[2], "contact": "",
            "language": "vi", "template": "accepted.plain", "params": FACTS,
            "provider": "smsc"}  # fmt: skip
    return heard("notify.events", 0, event("notify", 1, "notice.requested", data | changes, ""))


def take(centre: Centre, key: str, text: str = TEXT) -> None:
    [make] = pieces(Opened(key, "0912345678", "DVC", text), Options(), AT)
    submitted = smpp34.decode(make(1))
    assert isinstance(submitted, smpp34.SubmitSm)
    centre.take(submitted)


async def test_the_gateway_says_what_it_took_and_what_it_lost() -> None:
    gateway = Gateway(Faults(undelivered=1.0))
    await gateway.send([Message(SMS, "0912345678", "t")])
    found = of_gateway(shown(gateway.outbox(counts=True)))
    assert found == Devices({SMS: 1}, [SMS], (), {("sms", "undelivered"): 1})


def test_mails_cannot_be_asked_after_and_messages_in_apps_can() -> None:
    devices = Inbox(InboxFaults(greylisted=1.0), lambda: 0.0)
    devices.take(Item(AT, "email", MAIL, "DVC", "a@example.invalid", "", ""))
    devices.lose(APP)
    assert devices.hits("email", "greylisted", "a@example.invalid")
    found = of_inbox(shown(devices.outbox(counts=True)))
    assert found.handed == {MAIL: 1, APP: 1}
    assert (list(found.lost), list(found.unasked)) == ([APP], [MAIL])
    assert found.carried == {("inbox-mail", "greylisted"): 1}


def test_a_handset_s_message_is_known_by_its_reference_and_its_text() -> None:
    centre = Centre(CentreFaults())
    for key in (SMS, ACTING, ACTING):
        take(centre, key)
    found = of_centre(shown(centre.outbox(counts=True)), [asked(SMS), asked(ACTING)])
    assert found.handed == {SMS: 1, ACTING: 2}
    assert set(found.unasked) == {SMS, ACTING}


def test_what_a_handset_never_got_was_taken_all_the_same() -> None:
    centre = Centre(CentreFaults(undelivered=1.0))
    take(centre, SMS)
    found = of_centre(shown(centre.outbox(counts=True)), [asked(SMS)])
    assert (found.handed, list(found.lost)) == ({SMS: 1}, [SMS])
    assert found.carried == {("smsc", "undelivered"): 1, ("smsc", "binds"): 0}


def test_what_nobody_asked_the_centre_to_carry_is_a_stranger() -> None:
    centre = Centre(CentreFaults())
    take(centre, SMS, "Ho so khac")
    take(centre, ACTING)
    by_another = asked(ACTING, provider="")
    found = of_centre(shown(centre.outbox(counts=True)), [asked(SMS), by_another])
    assert not found.handed.keys() & {SMS, ACTING}
    assert sum(found.handed.values()) == 2


def test_a_message_that_names_more_is_known_by_its_dossier() -> None:
    centre = Centre(CentreFaults())
    take(centre, SMS, f"{TEXT} Don vi: UBND phuong Thu Nghiem")
    found = of_centre(shown(centre.outbox(counts=True)), [asked(SMS), asked(ACTING)])
    assert found.handed == {SMS: 1}


def test_a_message_for_several_milestones_is_known_as_well() -> None:
    centre = Centre(CentreFaults())
    also = {"milestone": "accepted", "template": "accepted.plain", "params": FACTS}
    take(centre, SMS, f"{TEXT} {TEXT}")
    found = of_centre(shown(centre.outbox(counts=True)), [asked(SMS, joined=[also])])
    assert found.handed == {SMS: 1}


def test_what_two_carriers_took_of_one_attempt_is_counted_twice() -> None:
    one = Devices({SMS: 1}, [SMS], (), {("sms", "blocked"): 1})
    two = Devices({SMS: 1}, (), [SMS], {("smsc", "blocked"): 2})
    assert together(one, two) == Devices(
        {SMS: 2}, {SMS}, {SMS}, {("sms", "blocked"): 1, ("smsc", "blocked"): 2}
    )
