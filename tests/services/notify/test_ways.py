"""By which ways a person is told: what they agreed to, what they changed, who acts for them."""

import pytest

from services.notify import views
from services.notify.domain import MILESTONES
from services.notify.domain.moves import Dossier
from services.notify.domain.slots import (
    AUDIENCES,
    TOLD,
    Slot,
    in_life,
    slot_of,
    way,
    ways_for,
)
from services.notify.domain.templates import ours
from services.notify.domain.wordings import CHANNELS
from shared.events import encode, notify


def keys(emitted) -> list[str]:
    return [e.key.partition("/")[2] for e in emitted if isinstance(e, notify.NoticeRequested)]


def test_the_table_says_of_every_milestone_whom_it_is_told_and_by_which_ways():
    assert set(TOLD) == set(MILESTONES)
    for milestone, told in TOLD.items():
        assert set(told) == set(AUDIENCES), milestone
        assert all(set(ways) <= {"sms", "email", "app", "zalo"} for ways in told.values())
        assert told["citizen"] or told["unit"], milestone


def test_a_slot_is_read_as_it_is_written():
    slots = [
        Slot(m, c, way(c, a), n)
        for m in MILESTONES
        for n in (1, 2, 99)
        for a in AUDIENCES
        for c in CHANNELS
    ]  # in the order in which they come in life
    texts = [f"{slot}" for slot in slots]
    assert [slot_of(text) for text in texts] == slots
    assert sorted({*texts}, key=in_life) == texts
    assert {text.count("/") for text in texts} == {1}  # an attempt's key has three parts in all


def test_who_agreed_to_nothing_else_is_told_by_sms():
    dossier = Dossier()
    assert ways_for("registered", dossier.channels, dossier.representative) == ("sms",)
    assert b"channels" not in encode(dossier)


def test_every_way_agreed_to_is_told_and_what_is_said_is_kept_once(case):
    requests = case.agree("sms", "email", "zalo")
    assert keys(requests) == ["registered/sms/1"]
    assert {e.channel: e.reason for e in requests if e.TYPE == "notice.dropped"} == {
        "email": "no_provider",
        "zalo": "no_provider",
    }
    notices = case.dossier.notices
    assert [bool(n.params) for n in notices.values()] == [True, False, False]


def test_a_representative_is_told_beside_the_citizen_but_not_who_paid(by_all):
    assert keys(by_all.agree("sms", representative=("email",))) == [
        "registered/sms/1",
        "registered/email@representative/1",
    ]
    assert keys(by_all.learn("payment.requested")) == [
        "payment_requested/sms/1",
        "payment_requested/email@representative/1",
    ]
    [*requests] = by_all.learn("payment.settled")
    assert keys(requests) == ["payment_settled/sms/1"]
    [request] = [
        r for r in by_all.requests() if r.key.endswith("registered/email@representative/1")
    ]
    assert (request.channel, request.template) == ("email@representative", "registered.email_vi")


@pytest.mark.parametrize(("told", "late"), [("sms", "email"), ("email", "sms")])
def test_two_ways_tell_the_same_and_each_keeps_what_it_told(by_all, told, late):
    by_all.agree("sms", "email")
    by_all.learn("payment.requested", amount_vnd=120_000)
    key = f"{by_all.application}/payment_requested/{{}}/1"
    by_all.answer(key.format(late), "deferred")
    by_all.answer(key.format(told), "handed")
    by_all.learn("payment.requested", amount_vnd=90_000)
    by_all.fire(by_all.timers[-1])
    news = [r for r in by_all.requests() if r.milestone == "payment_requested" and r.occasion == 2]
    assert [(r.channel, r.params["amount_vnd"]) for r in news] == [
        ("sms", "90000"),
        ("email", "90000"),
    ]
    notice = by_all.dossier.notices[f"payment_requested/{told}"]
    assert notice.params["amount_vnd"] == "120000"


def test_what_came_before_the_consent_waits_for_it(by_all):
    by_all.learn("payment.requested")
    assert keys(by_all.agree("email")) == ["registered/email/1", "payment_requested/email/1"]
    assert "payment_requested/sms" not in by_all.dossier.notices


def test_a_unit_with_an_address_is_told_what_it_acts_on(new_case, providers):
    case = new_case(
        providers=providers("sms", "email"), units=frozenset({"00004", "00008"}), join_s={}
    )
    case.learn("application.registered")
    requests = case.learn("application.transferred")
    assert keys(requests) == ["transferred/sms/1", "transferred/email@unit/1"]
    _, to_unit = requests
    assert (to_unit.unit, to_unit.contact) == ("00008", "")
    words = ours().render(to_unit.template, to_unit.params)
    assert words.text.endswith("được chuyển đến đơn vị để giải quyết.")
    seen = views.notices(case.application, case.dossier, ours()).notices
    assert {n.audience for n in seen} == {"citizen"}


@pytest.mark.parametrize("units", [frozenset(), frozenset({"00004"})])
def test_a_unit_without_an_address_is_not_told(new_case, providers, units):
    case = new_case(providers=providers("sms", "email"), units=units)
    case.learn("application.registered")
    assert keys(case.learn("application.transferred")) == ["transferred/sms/1"]


def test_who_wants_no_message_finds_it_in_the_portal(case):
    [shown] = case.agree()
    assert shown == notify.NoticeDelivered(milestone="registered", channel="portal")
    assert case.status("registered", "portal") == "delivered"


def test_a_wish_counts_from_the_next_notice_on_and_drops_what_still_waits(by_all):
    by_all.agree("sms")
    by_all.answer(by_all.key("registered"), "deferred")
    dropped, told = by_all.take(
        notify.PreferencesChanged(channels=("email",), language="en"), "/portals/sandbox-portal"
    )
    assert keys([told]) == ["registered/email/1"]
    assert (dropped.milestone, dropped.channel, dropped.reason) == (
        "registered",
        "sms",
        "opted_out",
    )
    [request] = by_all.learn("payment.requested")
    assert (request.channel, request.template) == ("email", "payment_requested.email_en")


def test_a_message_on_its_way_is_dropped_should_it_come_back_after_an_opt_out(case):
    case.learn("application.registered")
    assert case.take(notify.PreferencesChanged(channels=()), "/portals/sandbox-portal") == []
    dropped, shown = case.answer(case.key("registered"), "absent")
    assert dropped.reason == "opted_out"
    assert shown == notify.NoticeDelivered(milestone="registered", channel="portal")


def test_who_wants_it_again_while_it_is_on_its_way_is_told_in_spite_of_all(case):
    case.learn("application.registered")
    for channels in ((), ("sms",)):
        case.take(notify.PreferencesChanged(channels=channels), "/portals/sandbox-portal")
    assert case.answer(case.key("registered"), "absent") == []
    assert keys(case.fire(case.timers[-1])) == ["registered/sms/2"]


def test_a_wish_about_an_unknown_application_changes_nothing(case):
    assert case.take(notify.PreferencesChanged(channels=()), "/portals/sandbox-portal") == []
    assert case.dossier is None


@pytest.fixture
def by_all(new_case, providers):
    return new_case(providers=providers("sms", "email", "app", "zalo"))
