"""Citizens agree to different ways, the same ones for the same seed, and each way is there."""

import random
from datetime import date

import msgspec
from msgspec import UNSET

from deploy.sandbox.portal import Application, Citizens, personal_values
from services.notify.channels.mail.letter import BadAddress, reachable
from shared.catalogue import load
from shared.events.portal import Personal, Submitted
from tests.invariants.paying import drawn
from tests.invariants.ways import AGREED, agreed

COUNT = 1_000


def made(seed: int) -> list[Application]:
    citizens = Citizens(load(), date(2026, 11, 20), random.Random(seed))
    return [agreed(lambda w, a: drawn(seed, w, a), citizens.draw()) for _ in range(COUNT)]


def is_reachable(email: str) -> bool:
    try:
        reachable(email)
    except BadAddress:
        return False
    return True


def test_shares_are_a_hundred() -> None:
    assert sum(AGREED.values()) == 100


def test_every_way_is_agreed_to_and_some_are_acted_for() -> None:
    found = made(1)
    said = [a.fields.notices for a in found]
    assert {s.channels if s else None for s in said} == {*AGREED, ("sms",)}
    assert {s.representative for s in said if s} == {(), ("sms",), ("email",), ("sms", "email")}
    for application in found:
        acting, consent = application.personal.representative, application.fields.notices
        assert bool(acting) == bool(consent and consent.representative)


def test_what_is_agreed_to_can_be_submitted() -> None:
    for application in made(2)[:100]:
        for type_, value in ((Submitted, application.fields), (Personal, application.personal)):
            assert msgspec.json.decode(msgspec.json.encode(value), type=type_) == value


def test_some_have_no_mailbox_and_some_one_that_no_server_takes() -> None:
    emails = [a.personal.email for a in made(3)]
    assert emails.count("") > 20
    assert sum(not is_reachable(email) for email in emails if email) > 20


def test_who_acts_for_a_citizen_is_a_person_too() -> None:
    application = next(a for a in made(4) if a.personal.representative)
    acting = application.personal.representative
    assert acting is not UNSET
    assert {acting.name, acting.phone, acting.email} <= set(personal_values(application))
    assert acting.phone != application.personal.phone


def test_another_seed_agrees_otherwise() -> None:
    def ways(seed: int) -> list[object]:
        return [a.fields.notices for a in made(seed)]

    assert ways(5) == ways(5) != ways(6)
