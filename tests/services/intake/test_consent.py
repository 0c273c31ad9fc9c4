"""By which ways somebody agrees to be told is passed on; who acts for them is sealed."""

import msgspec
import pytest

from services.intake.domain.dossier import content
from services.intake.domain.validation import contact, normalised
from shared.events.data import Consent
from shared.events.intake import Contact, Reached, Refused, Registered
from shared.events.portal import Personal, Submitted
from shared.kinship import child_id
from shared.vault import Sealed
from tests.services.intake.town import Town

CONSENT = {"channels": ["sms", "email"], "representative": ["email"]}
ACTING = {"name": "Trần Thử Nghiệm", "phone": "0987654321", "email": "dai.dien@example.org"}


async def test_it_is_registered_with_what_was_agreed_to(make) -> None:
    (outcome,) = await make.Lane().take(make.arrival(make.form(notices=CONSENT)))
    (registered,) = outcome.events
    assert isinstance(registered, Registered)
    assert registered.notices == Consent(channels=("sms", "email"), representative=("email",))


async def test_who_is_refused_is_told_so_by_the_same_ways(make) -> None:
    form = make.form(notices=CONSENT, procedure="1.001640")
    (outcome,) = await make.Lane().take(make.arrival(form))
    (refused,) = outcome.events
    assert isinstance(refused, Refused)
    assert refused.notices == msgspec.convert(CONSENT, Consent)


async def test_nothing_more_is_written_where_nothing_is_said(make) -> None:
    (outcome,) = await make.Lane().take(make.arrival(make.form()))
    assert b"notices" not in msgspec.json.encode(outcome.events[0])
    assert b"representative" not in msgspec.json.encode(contact(Personal(**make.personal())))


async def test_who_acts_for_the_citizen_is_sealed_with_the_contact(make) -> None:
    lane = make.Lane()
    arrival = make.arrival(make.form(personal=make.personal(representative=ACTING)))
    (outcome,) = await lane.take(arrival)
    (registered,) = outcome.events
    assert b"0987654321" not in msgspec.json.encode(registered)
    sealed = [Sealed(arrival.application, registered.contact)]
    (text,) = await lane.vault.open(sealed, who="test", purpose="test")
    assert msgspec.json.decode(text, type=Contact).representative == Reached(**ACTING)


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({}, []),
        ({"phone": "", "email": ""}, []),
        ({"name": " "}, [("missing-name", "/personal/representative/name")]),
        ({"name": "x" * 501}, [("too-long", "/personal/representative/name")]),
        ({"name": "a\u200bb"}, [("unprintable-name", "/personal/representative/name")]),
        ({"phone": "12345"}, [("invalid-phone", "/personal/representative/phone")]),
        ({"email": "nowhere"}, [("invalid-email", "/personal/representative/email")]),
    ],
)
async def test_what_is_wrong_with_a_representative_is_said_at_its_field(
    make, changed, found
) -> None:
    person = make.personal(representative=ACTING | changed)
    (outcome,) = await make.Lane().take(make.arrival(make.form(personal=person)))
    problems = getattr(outcome.events[0], "problems", ())
    assert [(p.code, p.field) for p in problems] == found


@pytest.mark.parametrize("wrong", [{"channels": ["pigeon"]}, {"colour": "red"}, "sms"])
async def test_a_way_that_there_is_not_is_refused(make, wrong) -> None:
    (outcome,) = await make.Lane().take(make.arrival(make.form(notices=wrong)))
    (refused,) = outcome.events
    assert isinstance(refused, Refused)
    assert any(p.field.startswith("/notices") for p in refused.problems)


def test_another_wish_is_another_content(make) -> None:
    person = normalised(Personal(**make.personal()))
    forms = [make.form(personal="e30"), make.form(personal="e30", notices=CONSENT)]
    assert len({content(msgspec.convert(f, Submitted), person) for f in forms}) == 2


async def test_a_parent_and_its_children_are_told_by_the_same_ways(make) -> None:
    town = Town(make)
    await town.submit(notices=CONSENT)
    (parent, *_) = town.said[town.parent]
    (child,) = town.said[child_id(town.parent, 0)]
    assert parent.notices == child.notices == msgspec.convert(CONSENT, Consent)
