"""To who signs, to the post and to the citizen; and the clocks of both."""

from datetime import UTC, date, datetime

import pytest

from services.routing.domain.alarms import ring
from services.routing.domain.handover import LEGS_LIMIT
from services.routing.domain.moves import apply
from services.routing.domain.states import Move, Stage
from shared.events import handover
from shared.events import routing as events
from shared.events.kernel import TimerFired
from shared.lanes.table import Timer

FIRED = TimerFired(name="deadline", version=1)
PARCEL, ANOTHER = "EX000000001VN", "EX000000002VN"


def november(day, hour=2):
    return datetime(2026, 11, day, hour, tzinfo=UTC)


@pytest.fixture
def moved(asked, catalogue):
    """Move a dossier, by moves in turn; return the last outcome."""

    def make(state, *moves, at=None, **changes):
        outcome = None
        for move in moves:
            outcome = apply(state, asked(move, **changes), catalogue, at or november(18))
            state = outcome.state
        return outcome

    return make


def refused(outcome, before):
    (event,) = outcome.events
    assert isinstance(event, events.ActionRejected)
    assert outcome.state == before
    return event.reason


# --- the signature


def test_a_signature_is_awaited_while_the_clock_runs(moved, dossier):
    outcome = moved(dossier(Stage.PROCESSING), Move.ASK_SIGNATURE)
    (event,) = outcome.events
    assert (event.national_code, event.signer) == (4, "chairman-1")
    assert event.certificate_expires == date(2026, 12, 31)
    assert event.due == outcome.state.due_current
    signed = moved(outcome.state, Move.SETTLE)
    assert (signed.state.stage, signed.state.signature) == (Stage.SETTLED, None)


@pytest.mark.parametrize("stage", [Stage.AWAITING_SIGNATURE, Stage.SETTLED])
def test_a_result_that_the_signer_rejects_goes_back_to_processing(stage, moved, dossier):
    back = moved(dossier(stage), Move.REOPEN)
    assert type(back.events[0]) is events.Processing
    assert (back.state.stage, back.state.signature) == (Stage.PROCESSING, None)


def test_an_expired_certificate_signs_nothing(moved, dossier):
    processing = dossier(Stage.PROCESSING)
    late = moved(processing, Move.ASK_SIGNATURE, certificate_expires=date(2026, 11, 17))
    assert "renew it" in refused(late, processing)
    waiting = moved(processing, Move.ASK_SIGNATURE, certificate_expires=date(2026, 11, 18)).state
    assert type(moved(waiting, Move.SETTLE).events[0]) is events.Settled
    assert "renew it" in refused(moved(waiting, Move.SETTLE, at=november(19)), waiting)
    renewed = moved(waiting, Move.ASK_SIGNATURE, Move.SETTLE, at=november(19))
    assert type(renewed.events[0]) is events.Settled


def test_a_day_that_no_certificate_has_is_refused(moved, dossier):
    before = dossier(Stage.PROCESSING)
    outcome = moved(before, Move.ASK_SIGNATURE, certificate_expires=date.max)
    assert "correct the day" in refused(outcome, before)


def ask_signature(expires):
    return handover.OfficerAskedSignature(
        officer="officer-1", signer="chairman-1", certificate_expires=expires
    )


def test_a_certificate_that_expires_while_it_is_awaited_is_told_of_before_and_when_it_does(
    decide, dossier
):
    asked = decide(
        dossier(Stage.PROCESSING, told="overdue"), ask_signature(date(2026, 11, 30)), november(18)
    )
    warned_at = datetime(2026, 11, 23, 17, tzinfo=UTC)  # midnight in Viet Nam, seven days before
    over_at = datetime(2026, 11, 30, 17, tzinfo=UTC)
    assert asked.timers == (Timer("deadline", warned_at),)
    warned = decide(asked.state, FIRED, warned_at)
    (warning,) = warned.events
    assert isinstance(warning, handover.CertificateExpiring)
    assert (warning.signer, warning.competent_unit) == ("chairman-1", "00097")
    assert warned.timers == (Timer("deadline", over_at),)
    over = decide(warned.state, FIRED, over_at)
    assert isinstance(over.events[0], handover.CertificateExpired)
    assert over.timers == ()
    assert decide(over.state, FIRED, december(9)).events == ()


def december(day):
    return datetime(2026, 12, day, tzinfo=UTC)


def test_a_certificate_that_expires_in_a_few_days_is_told_of_at_once(decide, dossier):
    processing = dossier(Stage.PROCESSING, told="overdue")
    asked = decide(processing, ask_signature(date(2026, 11, 20)), november(18))
    (timer,) = asked.timers
    assert timer.due <= november(18)
    (warning,) = decide(asked.state, FIRED, november(18)).events
    assert isinstance(warning, handover.CertificateExpiring)


def test_both_clocks_are_heard_while_a_signature_is_awaited(decide, dossier):
    state = decide(dossier(Stage.PROCESSING), ask_signature(date(2026, 11, 20)), november(18)).state
    told, at = [], state.alarm_at
    while at:
        outcome = decide(state, FIRED, max(at, november(18)))
        told += [type(event) for event in outcome.events]
        state, at = outcome.state, outcome.timers[0].due if outcome.timers else None
    assert told == [
        handover.CertificateExpiring,
        events.DueSoon,
        handover.CertificateExpired,
        events.Overdue,
    ]


def test_nobody_is_told_of_a_certificate_that_nobody_waits_for(moved, dossier, catalogue):
    for move in (Move.SETTLE, Move.REOPEN, Move.WITHDRAW):
        state = moved(dossier(Stage.AWAITING_SIGNATURE), move).state
        said = ring(state, catalogue, datetime(2027, 1, 4, tzinfo=UTC)).events
        assert not any("certificate" in event.TYPE for event in said)


# --- the result: electronically, at a counter, by post


@pytest.mark.parametrize("form", ["electronic", "counter", ""])
def test_a_result_is_returned_without_the_post(form, moved, dossier):
    event = moved(dossier(Stage.SETTLED), Move.RETURN, form=form, tracking="").events[0]
    assert (event.national_code, event.form, event.tracking) == (10, form, "")


def test_a_result_goes_by_post_and_arrives(moved, dossier):
    posted = moved(dossier(Stage.SETTLED), Move.POST)
    assert (posted.state.national_code, posted.events[0].tracking) == (9, PARCEL)
    carried = moved(posted.state, Move.CARRY)
    assert (carried.state.national_code, carried.events[0].place) == (9, "Hà Nội")
    (returned,) = moved(carried.state, Move.RETURN, form="").events
    assert (returned.national_code, returned.form, returned.tracking) == (10, "post", PARCEL)


def test_a_result_that_the_post_brings_back_is_fetched_or_posted_again(moved, dossier):
    back = moved(dossier(Stage.SETTLED), Move.POST, Move.TAKE_BACK)
    (event,) = back.events
    assert (event.national_code, event.reason, event.tracking) == (9, "a reason", PARCEL)
    assert back.state.stage is Stage.SETTLED
    fetched = moved(back.state, Move.RETURN, form="counter").events[0]
    assert (fetched.form, fetched.tracking) == ("counter", "")
    again = moved(back.state, Move.POST, tracking=ANOTHER).state
    assert (again.stage, again.parcel.tracking) == (Stage.IN_POST, ANOTHER)


@pytest.mark.parametrize(
    ("before", "move"),
    [
        ([Move.POST], Move.POST),
        ([Move.POST, Move.CARRY], Move.CARRY),
        ([Move.POST, Move.TAKE_BACK], Move.TAKE_BACK),
        ([Move.POST, Move.RETURN], Move.RETURN),
    ],
)
def test_a_leg_that_is_told_again_changes_nothing(before, move, moved, dossier):
    told = moved(dossier(Stage.SETTLED), *before).state
    again = moved(told, move)
    assert (again.state, again.events) == (told, ())


@pytest.mark.parametrize("hours", [(), (1, 2, 3, 1)])
def test_a_place_that_a_parcel_has_left_is_not_where_it_is_though_it_is_told_again(
    hours, moved, dossier
):
    state = dossier(Stage.IN_POST)
    scans = dict(enumerate(november(17, hour) for hour in hours))
    for n, place in enumerate(("Hà Nội", "Vinh", "Huế")):
        state = moved(state, Move.CARRY, place=place, scanned_at=scans.get(n)).state
    again = moved(state, Move.CARRY, place="Hà Nội", scanned_at=scans.get(3))
    assert (again.state, again.events) == (state, ())
    assert state.parcel.place == "Huế"


def test_a_parcel_that_goes_back_the_way_it_came_is_followed_by_the_time_of_its_scans(
    moved, dossier
):
    state = dossier(Stage.IN_POST)
    for hour, place in enumerate(("Hà Nội", "Vinh", "Hà Nội")):
        state = moved(state, Move.CARRY, place=place, scanned_at=november(17, hour)).state
    assert (state.parcel.place, state.parcel.legs) == ("Hà Nội", 3)
    late = moved(state, Move.CARRY, place="Huế", scanned_at=november(17, 1))
    assert (late.state, late.events) == (state, ())
    ahead = moved(state, Move.CARRY, place="Huế", scanned_at=november(30))
    assert "in the future" in refused(ahead, state)


@pytest.mark.parametrize(
    ("ends", "moves"),
    [
        ([Move.RETURN], [Move.CARRY, Move.POST, Move.RETURN]),
        ([Move.TAKE_BACK], [Move.CARRY, Move.TAKE_BACK]),
    ],
)
def test_what_comes_after_a_parcel_has_come_to_its_end_changes_nothing(ends, moves, moved, dossier):
    told = moved(dossier(Stage.SETTLED), Move.POST, *ends, form="").state
    for move in moves:
        late = moved(told, move, place="Vinh", form="")
        assert (late.state, late.events) == (told, ())


def test_a_parcel_that_came_back_is_not_posted_again_under_its_number(moved, dossier):
    back = moved(dossier(Stage.SETTLED), Move.POST, Move.TAKE_BACK).state
    assert "its own number" in refused(moved(back, Move.POST), back)


@pytest.mark.parametrize("move", [Move.CARRY, Move.TAKE_BACK, Move.RETURN])
def test_a_leg_of_another_parcel_is_refused(move, moved, dossier):
    before = dossier(Stage.IN_POST)
    assert PARCEL in refused(moved(before, move, tracking=ANOTHER), before)


def test_places_have_a_limit(moved, dossier):
    state = dossier(Stage.IN_POST)
    for n in range(LEGS_LIMIT):
        state = moved(state, Move.CARRY, place=f"place {n}").state
    assert "only its end" in refused(moved(state, Move.CARRY, place="one more"), state)


def test_what_is_in_the_post_is_not_handed_out_and_what_is_not_does_not_arrive(moved, dossier):
    in_post, settled = dossier(Stage.IN_POST), dossier(Stage.SETTLED)
    assert "take it back" in refused(moved(in_post, Move.RETURN, form="counter"), in_post)
    assert "post it first" in refused(moved(settled, Move.RETURN, form="post"), settled)


# --- the clock that runs then: three working days from the result to the citizen


def test_a_result_that_nobody_hands_out_is_told_of_once(decide, dossier, catalogue):
    settled = decide(
        dossier(Stage.PROCESSING), events.OfficerSettled(officer="officer-1"), november(18)
    )
    assert settled.timers == (Timer("deadline", november(23)),)
    late = decide(settled.state, FIRED, november(23))
    (event,) = late.events
    assert (event.national_code, event.returning_unit, event.tracking) == (9, "00097", "")
    assert late.timers == ()
    assert ring(late.state, catalogue, november(30)).events == ()


def test_the_post_has_a_clock_of_its_own(decide, moved, dossier):
    posted = moved(dossier(Stage.SETTLED, return_due=november(23)), Move.POST).state
    assert posted.return_due == datetime(2026, 12, 3, 2, tzinfo=UTC)  # ten days, one of them off
    (event,) = decide(posted, FIRED, posted.return_due).events
    assert (type(event), event.tracking) == (handover.ReturnLate, PARCEL)


def test_what_the_post_brings_back_is_waited_for_from_then_on(decide, dossier):
    posted = dossier(Stage.IN_POST, return_due=november(16), is_return_late=True)
    data = handover.OfficerTookBack(officer="officer-1", note="away", tracking=PARCEL)
    back = decide(posted, data, november(18))
    assert back.timers == (Timer("deadline", november(23)),)
    (event,) = decide(back.state, FIRED, november(23)).events
    assert event.tracking == ""


def test_what_goes_back_to_processing_is_not_waited_for(moved, dossier, catalogue):
    settled = moved(dossier(Stage.PROCESSING, told="overdue"), Move.SETTLE).state
    reopened = moved(settled, Move.REOPEN).state
    assert reopened.return_due is None
    assert ring(reopened, catalogue, november(30)).events == ()
