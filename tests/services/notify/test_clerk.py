"""The table is complete; what is told when, one decision after the other."""

import pytest

from services.notify.domain import EVENT_TYPES, MILESTONES, MOVES, OVER
from services.notify.domain.moves import HAD, Happening, Status
from services.notify.domain.templates import ours
from shared.events import intake, notify

JOURNEY = (
    "application.registered",
    "payment.requested",
    "payment.settled",
    "application.accepted",
)


def requests(emitted):
    return [e for e in emitted if isinstance(e, notify.NoticeRequested)]


def kinds(emitted):
    return [type(e) for e in emitted]


# ---- the table


def test_the_table_covers_every_status_and_every_happening():
    assert set(MOVES) == set(Status.__args__)
    used = {h for moves in MOVES.values() for h in moves}
    assert used == set(Happening.__args__)


def test_every_status_leads_to_an_end_and_no_end_leads_back_to_trying():
    reach = {s: set(moves.values()) for s, moves in MOVES.items()}
    for _ in MOVES:
        reach = {s: r.union(*(reach[t] for t in r)) for s, r in reach.items()}
    assert all(reach[s] & OVER for s in set(MOVES) - OVER)
    assert all(reach[s] <= OVER for s in OVER)


def test_an_attempt_that_is_live_takes_every_answer():
    answers = {"handed", "rejected", "absent", "deferred", "delivered", "undelivered"}
    assert all(answers <= set(MOVES[s]) for s in ("requested", "in_doubt", "asking"))


def test_only_a_definite_no_leads_to_another_attempt():
    before_a_new_attempt = {
        h for moves in MOVES.values() for h, t in moves.items() if t == "waiting"
    }
    assert before_a_new_attempt == {"absent", "deferred"}
    assert not before_a_new_attempt & HAD


# ---- what is told


def test_the_usual_journey_has_exactly_four_notices(case):
    for type_ in JOURNEY:
        case.learn(type_)
    told = [(r.milestone, r.channel) for r in case.requests()]
    assert told == [
        ("registered", "sms"),
        ("payment_requested", "sms"),
        ("payment_settled", "sms"),
        ("accepted", "sms"),
    ]


def test_a_request_carries_the_sealed_contact_and_what_the_template_says(case, application):
    [request] = case.learn("application.registered", language="en")
    assert request == notify.NoticeRequested(
        key=f"{application}/registered/sms/1",
        milestone="registered",
        channel="sms",
        template="registered.en",
        language="en",
        contact="v1.synthetic-contact",
        params={
            "dossier_code": "G09.20-20261120-0000001",
            "submitted_at": "2026-11-20T08:00:00+00:00",
        },
        provider="sms",
    )


ONCE = [
    name
    for name, m in MILESTONES.items()
    if (not m.again or m.news_in or m.unless_told) and m.reached_by.TYPE in EVENT_TYPES
]


@pytest.mark.parametrize("milestone", ONCE)
def test_a_milestone_is_told_once_even_if_reached_twice_without_news(case, milestone):
    if milestone != "refused":
        case.learn("application.registered")
    reached_by = MILESTONES[milestone].reached_by.TYPE
    case.learn(reached_by)
    case.answer(case.key(milestone), "handed")
    case.learn(reached_by)
    assert [r.milestone for r in case.requests()].count(milestone) == 1


def test_what_comes_before_the_contact_waits_for_it(case):
    assert case.learn("payment.requested") == []
    assert case.learn("application.accepted") == []
    requests = case.learn("application.registered")
    assert [r.milestone for r in requests] == ["registered", "payment_requested", "accepted"]
    assert {r.params["dossier_code"] for r in requests} == {"G09.20-20261120-0000001"}


def test_nobody_is_asked_for_money_that_has_come(case):
    case.learn("payment.requested")
    [dropped] = case.learn("payment.settled")
    assert dropped == notify.NoticeDropped(
        milestone="payment_requested", channel="sms", reason="payment.settled"
    )
    told = [r.milestone for r in case.learn("application.registered")]
    assert told == ["registered", "payment_settled"]


@pytest.mark.parametrize("late", ["payment.requested", "payment.settled"])
def test_nothing_is_told_after_the_application_is_closed(case, late):
    case.learn("application.registered")
    case.learn("application.closed")
    [dropped] = case.learn(late)
    assert (type(dropped), dropped.reason) == (notify.NoticeDropped, "application.closed")


def test_a_closed_application_is_not_even_said_to_be_registered(case):
    case.learn("application.closed")
    dropped, request = case.learn("application.registered")
    assert (dropped.milestone, dropped.reason) == ("registered", "application.closed")
    assert request.milestone == "withdrawn"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("vi", "Ho so G09.20-20261120-0000001 da duoc rut theo yeu cau cua ban."),
        ("en", "Application G09.20-20261120-0000001 was withdrawn, as you asked."),
    ],
)
def test_who_took_it_back_is_told_once_and_asked_for_nothing_more(case, language, text):
    case.learn("application.registered", language=language)
    case.learn("payment.requested")
    [request] = requests(case.learn("application.closed"))
    assert ours().render(request.template, request.params).text.startswith(text)
    case.answer(request.key, "handed")
    for type_ in ("application.closed", "payment.expired", "payment.requested"):
        assert requests(case.learn(type_)) == []
    assert case.status("withdrawn") == "sent"


def test_of_a_child_that_was_withdrawn_the_parent_tells(child_case):
    child_case.learn("application.registered", parent=child_case.application)
    assert child_case.learn("application.closed") == []


def test_a_wrong_due_date_is_not_told(case):
    case.learn("application.accepted")
    case.learn("application.supplement_requested")
    told = [r.milestone for r in case.learn("application.registered")]
    assert told == ["registered", "supplement_requested"]


def test_a_result_that_was_sent_back_is_told_when_it_is_ready_again(case):
    case.learn("application.settled")
    case.learn("application.processing")
    case.learn("application.settled")
    told = [r.milestone for r in case.learn("application.registered")]
    assert told == ["registered", "result_ready"]


def test_of_a_child_is_told_what_is_asked_and_what_fails_and_the_parent_tells_the_rest(child_case):
    case = child_case
    case.learn("application.registered", parent=case.application)
    for type_ in ("payment.requested", "payment.settled", "application.accepted"):
        case.learn(type_)
    for type_ in ("application.supplement_requested", "application.settled"):
        case.learn(type_)
    case.learn("application.returned")
    told = [request.milestone for request in case.requests()]
    assert told == [
        "payment_requested",
        "payment_settled",
        "supplement_requested",
        "result_ready",
    ]


def test_of_a_parent_is_told_that_it_came_in_and_that_it_ended(case):
    case.learn("interlinked.registered")
    case.learn("interlinked.ended")
    case.learn("interlinked.ended")
    told = [(r.milestone, r.params["dossier_code"]) for r in case.requests()]
    code = "G09.20-20261120-0000002"
    assert told == [("interlinked_registered", code), ("interlinked_ended", code)]


def test_a_refusal_is_told_if_the_contact_was_readable(case):
    [request] = case.learn("application.refused")
    assert (request.template, request.contact) == ("refused.plain", "v1.synthetic-contact")


def test_a_refusal_without_a_contact_is_dropped(case):
    [dropped] = case.learn("application.refused", contact="")
    assert (type(dropped), dropped.reason) == (notify.NoticeDropped, "no_contact")


def test_what_is_told_after_a_correction_goes_to_the_new_contact(case):
    case.learn("application.registered")
    case.take(
        intake.Corrected(
            message_id="m",
            fields=("/personal/phone",),
            sealed="v1.synthetic",
            contact="v1.synthetic-other",
            catalogue_version="test",
            forms_version="test",
        ),
        "/services/intake",
    )
    [request] = [e for e in case.learn("application.accepted") if e.TYPE == "notice.requested"]
    assert request.contact == "v1.synthetic-other"
