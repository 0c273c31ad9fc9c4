"""A broadcast in the lane of one application: once, by their ways, not when it is over."""

from datetime import UTC, datetime, time, timedelta

import msgspec
import pytest

from services.notify.domain.announcement import as_template
from services.notify.domain.audience import units
from services.notify.domain.milestones import CANCELLED, MILESTONES, milestone_of
from services.notify.domain.providers import Provider, Providers
from services.notify.domain.slots import in_life, slot_of
from services.notify.domain.templates import load
from services.notify.domain.timing import Quiet
from services.notify.views import notices
from shared.events import notify
from shared.events.notify import BroadcastTold, NoticeDropped, NoticeRequested
from tests.services.notify.broadcasts.office import AT, DRAFT, ID

TOLD = BroadcastTold(broadcast=ID)
NAME = f"broadcast-{ID}"
BY_NIGHT = datetime(2026, 11, 20, 15, tzinfo=UTC)  # ten in the evening


def tell(case, told: BroadcastTold = TOLD):
    return case.take(told, f"/services/notify/broadcasts/{told.broadcast}", case.application)


def test_it_goes_out_by_reference_to_its_words_and_marked_as_one_of_many(case):
    case.learn("application.registered")
    [request] = tell(case)
    assert request == NoticeRequested(
        key=f"{case.application}/{NAME}/sms/1",
        milestone=NAME,
        channel="sms",
        template=f"{NAME}.plain",
        language="vi",
        contact="v1.synthetic-contact",
        params={"dossier_code": "G09.20-20261120-0000001"},
        provider="sms",
        bulk=True,
    )
    case.answer(request.key, "handed")
    case.receipt(request.key)
    assert case.status(NAME) == "delivered"


def test_only_broadcasts_are_one_of_many(case):
    case.learn("application.registered")
    assert not any(r.bulk for r in case.requests())
    assert not any(m.bulk for m in MILESTONES.values())


def test_it_is_told_once_however_often_it_comes(case):
    case.learn("application.registered")
    tell(case)
    assert tell(case) == []


def test_two_broadcasts_are_two_notices(case):
    case.learn("application.registered")
    tell(case)
    [request] = tell(case, BroadcastTold(broadcast="20261121-0000000000"))
    assert request.milestone == "broadcast-20261121-0000000000"


def test_of_an_unknown_application_nothing_is_kept(case):
    assert tell(case) == []
    assert case.dossier is None


def test_each_way_agreed_to_is_told_that_of_a_representative_too(new_case, providers):
    case = new_case(providers=providers("sms", "email"), join_s={})
    case.agree("sms", "email", representative=("email",))
    assert [r.channel for r in tell(case)] == ["sms", "email", "email@representative"]


def test_who_agreed_to_nothing_finds_it_in_the_portal_in_its_words(case):
    case.agree()
    tell(case)
    assert case.status(NAME, "portal") == "delivered"
    words = load()
    words.add(as_template(ID, DRAFT.words, AT))
    shown = notices(case.application, case.dossier, words).notices[-1]
    assert shown.text == DRAFT.words.vi.format(dossier_code="G09.20-20261120-0000001")
    assert shown.subject == DRAFT.words.subject_vi


@pytest.mark.parametrize(
    "ends", ["application.returned", "application.closed", "application.not_accepted"]
)
def test_an_application_that_is_over_is_not_told(case, ends):
    case.learn("application.registered")
    case.learn(ends)
    [dropped] = tell(case)
    assert dropped == NoticeDropped(milestone=NAME, channel="sms", reason=ends)


def test_an_application_that_is_over_is_told_if_that_is_wanted(case):
    case.learn("application.registered")
    case.learn("application.returned")
    [request] = tell(case, BroadcastTold(broadcast=ID, also_over=True))
    case.answer(request.key, "absent")
    case.learn("application.closed")
    assert case.status(NAME) == "waiting"


def test_what_waits_for_the_morning_is_dropped_when_the_application_is_over(by_night):
    assert tell(by_night) == []
    [dropped, *_] = by_night.learn("application.closed")
    assert (dropped.milestone, dropped.reason) == (NAME, "application.closed")


def test_what_waits_for_the_morning_is_dropped_when_the_broadcast_was_cancelled(by_night):
    tell(by_night)
    by_night.cancelled = frozenset({NAME})
    by_night.at = by_night.timers[-1].due
    [dropped] = by_night.fire(by_night.timers[-1])
    assert dropped == NoticeDropped(milestone=NAME, channel="sms", reason=CANCELLED)


def test_what_is_told_late_of_a_cancelled_broadcast_is_dropped_at_once(case):
    case.learn("application.registered")
    case.cancelled = frozenset({NAME})
    [dropped] = tell(case)
    assert dropped.reason == CANCELLED


def test_a_cancelled_one_leaves_the_mail_that_it_would_have_gone_along_with(by_mail):
    by_mail.learn("application.accepted")
    tell(by_mail)
    by_mail.cancelled = frozenset({NAME})
    dropped, request = by_mail.fire(by_mail.timers[0])
    assert (dropped.milestone, dropped.reason) == (NAME, CANCELLED)
    assert (request.milestone, request.joined, request.bulk) == ("accepted", (), False)


def test_it_goes_along_in_a_mail_of_the_same_minute_and_never_leads_it(by_mail):
    tell(by_mail)
    by_mail.learn("application.accepted")
    [request] = by_mail.fire(by_mail.timers[0])
    assert (request.milestone, [j.milestone for j in request.joined]) == ("accepted", [NAME])
    assert request.joined[0].template == f"{NAME}.email_vi"


def test_who_opts_out_is_not_told_what_still_waits(by_night):
    tell(by_night)
    [dropped, *_] = by_night.take(notify.PreferencesChanged(channels=()), "/portals/sandbox-portal")
    assert (dropped.milestone, dropped.reason) == (NAME, "opted_out")


def test_it_is_told_by_the_ways_that_are_wished_now_as_long_as_it_waits(new_case, providers):
    case = new_case(quiet=Quiet(time(21), time(7)), providers=providers("sms", "email"))
    case.learn("application.registered")
    case.at = BY_NIGHT
    tell(case, BroadcastTold(broadcast=ID, also_over=True))
    case.take(notify.PreferencesChanged(channels=("email",)), "/portals/sandbox-portal")
    case.learn("application.closed")  # it is still told: that was said of it, not of one way
    assert (case.status(NAME), case.status(NAME, "email")) == ("dropped", "held")
    case.take(notify.PreferencesChanged(channels=("sms",)), "/portals/sandbox-portal")
    assert (case.status(NAME), case.status(NAME, "email")) == ("held", "dropped")


def test_a_cancelled_one_is_not_opened_by_the_ways_that_are_wished_now(by_night):
    tell(by_night)
    by_night.cancelled = frozenset({NAME})
    by_night.take(notify.PreferencesChanged(channels=()), "/portals/sandbox-portal")
    assert [slot for slot in by_night.dossier.notices if slot.startswith(NAME)] == [f"{NAME}/sms"]
    assert by_night.status(NAME) == "dropped"


@pytest.mark.parametrize("is_cancelled", [False, True])
@pytest.mark.parametrize(
    "full",
    [
        {"finding": "deferred", "reason": "rate_exceeded", "after_s": 2.0},
        {"finding": "rejected", "reason": "capped"},
    ],
)
def test_what_finds_no_room_comes_again_unless_it_was_cancelled(case, full, is_cancelled):
    case.learn("application.registered")
    [request] = tell(case)
    assert case.answer(request.key, **full) == []
    assert case.status(NAME) == "held"
    case.cancelled = frozenset({NAME} if is_cancelled else ())
    case.at = case.timers[-1].due
    [again] = case.fire(case.timers[-1])
    if is_cancelled:
        assert again == NoticeDropped(milestone=NAME, channel="sms", reason=CANCELLED)
    else:
        assert (again.key, again.bulk) == (f"{case.application}/{NAME}/sms/2", True)


def test_what_was_told_stays_as_it_is_while_milestones_are_told_again(case):
    case.learn("application.registered")
    case.answer(tell(case)[0].key, "handed")
    for _ in range(2):
        case.learn("application.supplement_requested")
        case.answer(case.key("supplement_requested"), "handed")
        case.learn("application.processing")
    assert "supplement_requested~2/sms" in case.dossier.notices
    assert [slot for slot in case.dossier.notices if slot.startswith(NAME)] == [f"{NAME}/sms"]
    assert case.status(NAME) == "sent"


def test_a_message_that_tells_something_of_its_own_is_not_one_of_many(by_mail):
    tell(by_mail)
    tell(by_mail, BroadcastTold(broadcast="20261121-0000000000"))
    [many] = by_mail.fire(by_mail.timers[0])
    assert many.bulk
    by_mail.answer(many.key, "deferred", reason="rate_exceeded", after_s=300.0)
    by_mail.learn("application.accepted")
    [own] = by_mail.fire(by_mail.timers[-1])
    told = [own.milestone, *(j.milestone for j in own.joined)]
    assert (told, own.bulk) == ([NAME, "broadcast-20261121-0000000000", "accepted"], False)


def test_its_slots_are_read_as_they_are_written_and_come_last():
    slot = f"{NAME}/email@representative"
    assert slot_of(slot) == (NAME, "email", "email@representative", 1)
    assert all(in_life(slot) > in_life(f"{milestone}~99/zalo@unit") for milestone in MILESTONES)
    with pytest.raises(KeyError):
        milestone_of("broadcast")


@pytest.mark.parametrize("id_", ["", "1", "20261120-3f9ac1d2e4/sms", "20261120-3F9AC1D2E4"])
def test_what_is_no_id_of_a_broadcast_is_no_message(id_):
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(f'{{"broadcast": "{id_}"}}', type=BroadcastTold)


def test_what_broadcasts_go_by_is_kept_of_an_application(case):
    case.learn("application.registered")
    case.learn("payment.requested")
    case.learn("application.accepted", competent_unit="00008")
    assert (case.dossier.procedure, case.dossier.order_at) == ("1.001193", "vnpay")
    assert units(case.dossier) == {"00004", "00008"}
    case.learn("application.transferred", receiving_unit="00012", competent_unit="00016")
    assert units(case.dossier) == {"00012", "00016"}


@pytest.mark.parametrize("ends", ["payment.settled", "payment.expired"])
def test_an_order_is_open_until_it_is_paid_or_over(case, ends):
    case.learn("application.registered")
    case.learn("payment.requested")
    case.learn(ends)
    assert case.dossier.order_at == ""


@pytest.fixture
def by_night(new_case):
    case = new_case(quiet=Quiet(time(21), time(7)))
    case.learn("application.registered")
    case.at = BY_NIGHT - timedelta(seconds=10)
    return case


@pytest.fixture
def by_mail(new_case):
    case = new_case(providers=Providers([Provider("email", "email")]))
    case.agree("email")
    return case
