"""What becomes of a petition: deadlines in working time, one apology, who may act, who is told."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from services.notify.domain.audience import Audience, concerns
from shared.clock import VIETNAM
from shared.events import notify, petitions

# AT is Friday, 20 November 2026, 15:00 in Viet Nam; the 24th is a day off
DUE = datetime(2026, 12, 7, 17, tzinfo=VIETNAM)


def types(events):
    return [event.TYPE for event in events]


def requested(events):
    return [e for e in events if isinstance(e, notify.NoticeRequested)]


def test_it_is_received_assigned_by_rule_and_told_at_once(citizen):
    said = citizen.do("file", application="0198c0de-0000-7000-8000-000000000009")
    assert types(said) == ["petition.received", "petition.assigned", "notice.requested"]
    received, assigned, notice = said
    assert (received.due, received.unit) == (DUE, "26737")
    assert received.application == "0198c0de-0000-7000-8000-000000000009"
    assert assigned.officer == ""
    assert notice.params["dossier_code"] == received.code
    assert (notice.milestone, notice.contact) == ("petition_received", "v1.c3ludGhldGlj")
    assert citizen.case.dossier.portal == "sandbox-portal"


@pytest.mark.parametrize("unit", ["", "99999"])
def test_what_names_no_unit_that_there_is_waits_for_an_operator(unit, citizen):
    assert "petition.assigned" not in types(citizen.do("file", unit=unit))
    assert citizen.petition.status == "received"
    [assigned] = citizen.do("assign")
    assert (assigned.unit, assigned.officer, assigned.due) == ("26737", "officer-1", DUE)


def test_the_unit_is_told_where_it_has_an_address(new_citizen, providers):
    citizen = new_citizen(providers=providers("sms", "email"), units=frozenset({"26737"}))
    citizen.do("file")
    slots = citizen.case.dossier.notices
    assert set(slots) == {"petition_received/sms", "petition_assigned/email@unit"}


@pytest.mark.parametrize(("days", "on_time"), [(9, True), (30, False)])
def test_an_answer_says_whether_it_came_on_time(days, on_time, citizen):
    citizen.do("file")
    citizen.case.at += timedelta(days=days)
    answered, notice = citizen.do("answer")
    assert (answered.on_time, answered.answer) == (on_time, "v1.YW5zd2Vy")
    assert notice.milestone == "petition_answered"
    assert "YW5zd2Vy" not in str(notice)


def test_an_answer_after_the_new_date_was_given_is_late_all_the_same(citizen):
    citizen.do("file")
    citizen.ring("petition.overdue")
    assert citizen.do("answer")[0].on_time is False


def test_it_warns_its_unit_then_is_overdue_and_apologises_once(citizen):
    citizen.do("file")
    [soon] = citizen.ring("petition.due_soon")
    assert (soon.TYPE, citizen.case.at - timedelta(seconds=1)) == (
        "petition.due_soon",
        datetime(2026, 12, 3, 17, tzinfo=VIETNAM),
    )
    overdue, apology, *notices = citizen.ring("petition.overdue")
    assert (overdue.due, apology.due_before) == (DUE, DUE)
    assert apology.due == datetime(2026, 12, 14, 17, tzinfo=VIETNAM) == citizen.petition.due
    assert [n.milestone for n in requested(notices)] == ["petition_late"]
    again = citizen.ring("petition.overdue")
    assert types(again) == ["petition.overdue"]


@pytest.mark.parametrize("name", ["petition.due_soon", "petition.overdue"])
def test_a_timer_of_what_is_answered_changes_nothing(name, citizen):
    citizen.do("file")
    citizen.do("answer")
    before = citizen.case.dossier
    assert citizen.ring(name) == []
    assert citizen.case.dossier == before


def test_a_dispute_gives_a_new_date_and_its_answer_is_told_apart(citizen):
    citizen.come_to("answered")
    [disputed] = [e for e in citizen.do("dispute") if isinstance(e, petitions.PetitionMoved)]
    assert disputed.due == datetime(2026, 11, 30, 17, tzinfo=VIETNAM)
    answered, notice = citizen.do("answer")
    assert (answered.TYPE, answered.on_time) == ("petition.answered_again", True)
    assert notice.milestone == "petition_answered_again"


def test_an_answer_of_which_the_citizen_says_nothing_stands_after_some_days(citizen):
    citizen.come_to("answered")
    answered_at = citizen.case.at
    assert types(citizen.ring("petition.close")) == ["petition.closed"]
    assert citizen.case.at - answered_at >= timedelta(days=15)


@pytest.mark.parametrize("move", ["dispute", "accept"])
@pytest.mark.parametrize("is_closed", [False, True])
def test_what_is_said_of_an_answer_that_stands_is_rejected_as_too_late(move, is_closed, citizen):
    citizen.come_to("answered")
    if is_closed:
        citizen.ring("petition.close")
    citizen.case.at = max(citizen.case.at, citizen.petition.closes_at)
    [rejected] = citizen.do(move)
    assert (rejected.action, rejected.reason) == (move, "too_late")
    assert citizen.petition.status == ("closed" if is_closed else "answered")
    assert citizen.petition.rejected[rejected.message_id] == "too_late"


def test_a_dispute_said_in_the_last_minute_is_heard_before_the_answer_stands(citizen):
    citizen.come_to("answered")
    closes_at = citizen.petition.closes_at
    citizen.case.at = closes_at - timedelta(seconds=60)
    assert types(citizen.do("dispute"))[0] == "petition.disputed"
    timer = next(t for t in citizen.case.timers if t.name.startswith("petition.close/"))
    assert timer.due > closes_at


def test_the_citizen_says_how_good_the_answer_was(citizen):
    citizen.come_to("answered")
    said = citizen.do("accept", score=2)
    assert (said[0].TYPE, said[0].score) == ("petition.accepted", 2)


def test_it_goes_on_to_another_unit_so_often_and_keeps_its_date(citizen):
    citizen.do("file")
    for unit in ("00004", "00008", "00004"):
        forwarded = citizen.do("forward", unit=unit)[0]
        assert (forwarded.unit, forwarded.due) == (unit, DUE)
    [rejected] = citizen.do("forward", unit="00008")
    assert rejected.reason == "forwarded_enough"
    assert "forward" not in rejected.possible
    told = [r for r in citizen.case.requests() if r.milestone == "petition_forwarded"]
    assert [r.occasion for r in told] == [1, 2, 3]  # each time somebody else answers


@pytest.mark.parametrize(
    ("move", "changes", "reason"),
    [
        ("forward", {"unit": "26737"}, "same_unit"),
        ("forward", {"unit": "99999"}, "unknown_unit"),
        ("forward", {"moves_seen": 7}, "moved"),
        ("answer", {"for_units": ("00004",)}, "not_your_unit"),
        ("answer", {"moves_seen": 1}, "moved"),
        ("file", {"content": "other"}, "id_taken"),
    ],
)
def test_what_cannot_be_is_rejected_and_says_why(move, changes, reason, citizen):
    citizen.do("file")
    [rejected] = citizen.do(move, **changes)
    assert (rejected.reason, rejected.possible[-1]) == (reason, "withdraw")


@pytest.mark.parametrize("for_units", [("26737",), ("79",), ("00004", "79")])
def test_a_key_of_its_unit_or_its_province_may_act(for_units, citizen):
    citizen.do("file")
    assert citizen.do("answer", for_units=for_units, moves_seen=0)[0].TYPE == "petition.answered"


def test_a_dismissal_says_why_and_who_can_help(citizen):
    citizen.do("file")
    dismissed, notice = citizen.do("dismiss")
    assert (dismissed.reason, dismissed.turn_to) == ("court_matter", "Tòa án nhân dân khu vực")
    assert notice.milestone == "petition_dismissed"


def test_an_application_is_no_petition_and_its_id_is_taken(citizen):
    citizen.case.learn("application.registered")
    before = citizen.case.dossier
    assert citizen.do("file")[0].reason == "id_taken"
    assert citizen.do("answer")[0].reason == "unknown"
    assert citizen.case.dossier == before


def test_of_an_unknown_petition_nothing_is_kept(citizen):
    assert citizen.do("answer")[0].reason == "unknown"
    assert citizen.case.dossier is None


@pytest.mark.parametrize(
    "came", ["application.registered", "interlinked.registered", "application.refused"]
)
def test_an_application_that_came_in_under_its_id_is_turned_away_by_name(came, citizen):
    citizen.do("file")
    before = citizen.case.dossier
    [rejected] = citizen.case.learn(came)
    assert (rejected.action, rejected.reason) == ("register", "id_taken")
    assert citizen.petition.rejected == {rejected.message_id: "id_taken"}
    assert citizen.case.learn("application.accepted") == []
    after = citizen.case.dossier
    assert replace(after, petition=before.petition) == before


def test_notices_stop_telling_what_is_no_longer_so(new_citizen):
    citizen = new_citizen((1, 1, 1))
    citizen.do("file")
    citizen.case.answer(citizen.case.key("petition_received"), "absent")
    dropped = [e for e in citizen.do("answer") if isinstance(e, notify.NoticeDropped)]
    assert [(d.milestone, d.reason) for d in dropped] == [
        ("petition_received", "petition.answered")
    ]


def test_preferences_count_for_a_petition_as_well(citizen):
    citizen.do("file")
    citizen.case.take(notify.PreferencesChanged(channels=()), "/portals/x")
    citizen.do("answer")
    assert citizen.case.status("petition_answered", "portal") == "delivered"


def test_a_year_without_a_calendar_is_not_guessed(citizen):
    citizen.case.at = datetime(2031, 1, 1, tzinfo=UTC)
    with pytest.raises(Exception, match="no working days are known"):
        citizen.do("file")


def test_it_is_none_of_the_applications_that_are_told_what_many_are(citizen):
    citizen.do("file")
    assert not concerns(Audience(also_over=True), citizen.case.dossier)
    told = notify.BroadcastTold(broadcast="20261120-3f9ac1d2e4", also_over=True)
    assert citizen.case.take(told, "/services/notify/broadcasts/20261120-3f9ac1d2e4") == []
