"""A milestone that is reached again: what is news is told, what was told stands as it was told."""

import json
from datetime import datetime, timedelta

import pytest

from services.notify import views
from services.notify.domain.providers import Provider, Providers
from services.notify.domain.templates import FILE, load, ours
from shared.clock import VIETNAM
from shared.errors import Misconfigured
from shared.events import notify


def told(case, milestone):
    return [
        (r.key.partition("/")[2], r.params) for r in case.requests() if r.milestone == milestone
    ]


@pytest.fixture
def paying(case):
    case.learn("application.registered")
    case.learn("payment.requested", amount_vnd=120_000)
    return case


def test_the_order_of_another_attempt_at_the_same_fee_is_no_news(paying):
    paying.answer(paying.key("payment_requested"), "handed")
    assert paying.learn("payment.requested", amount_vnd=120_000, reference="R2") == []


@pytest.mark.parametrize("over", ["payment.settled", "payment.expired"])
def test_what_is_asked_for_after_that_is_news_also_if_it_is_as_much(paying, over):
    paying.answer(paying.key("payment_requested"), "handed")
    paying.learn(over)
    [request] = paying.learn("payment.requested", amount_vnd=120_000, reference="R2")
    assert request.key.endswith("/payment_requested~2/sms/1")
    [sent] = paying.answer(request.key, "handed")
    assert (sent.milestone, sent.channel, sent.occasion) == ("payment_requested", "sms", 2)


def test_another_amount_is_told_beside_one_that_is_on_its_way_which_says_what_it_said(paying):
    [request] = paying.learn("payment.requested", amount_vnd=450_000)
    assert (request.occasion, request.params["amount_vnd"]) == (2, "450000")
    first = f"{paying.application}/payment_requested/sms/1"
    paying.answer(first, "handed")
    kept = paying.dossier.notices["payment_requested/sms"].params
    assert kept["amount_vnd"] == "120000"


def test_what_is_overtaken_on_its_way_is_not_sent_again(paying):
    first = paying.key("payment_requested")
    paying.learn("payment.requested", amount_vnd=450_000)
    [dropped] = paying.answer(first, "absent")
    assert (dropped.reason, dropped.occasion) == ("superseded", 1)


def test_a_deadline_that_is_over_is_not_told(paying):
    paying.answer(paying.key("payment_requested"), "absent")
    paying.at += timedelta(days=2)
    [dropped] = paying.fire(paying.timers[-1])
    assert dropped.reason == "too_late"


def test_each_request_for_papers_is_told_and_none_after_they_came(case):
    case.learn("application.registered")
    case.learn("application.supplement_requested")
    case.answer(case.key("supplement_requested"), "absent")
    [dropped] = case.learn("application.resubmitted")
    assert dropped.reason == "application.resubmitted"
    for n in (2, 3):
        case.learn("application.supplement_requested")
        case.answer(case.key("supplement_requested"), "handed")
        case.learn("application.resubmitted")
        assert [k.count("~") for k, _ in told(case, "supplement_requested")].count(1) == n - 2


def words(request):
    return ours().render(request.template, request.params).text


def ready_again(case, between="application.processing"):
    """The result was told, taken back and is there again."""
    case.learn("application.registered")
    case.learn("application.settled")
    case.answer(case.key("result_ready"), "handed")
    case.learn(between)
    return case.learn("application.settled")


def test_a_result_that_takes_the_place_of_another_is_told_as_a_new_one(case):
    [request] = ready_again(case)
    first = next(r for r in case.requests() if r.milestone == "result_ready")
    assert "co ket qua moi" not in words(first)
    assert "co ket qua moi" in words(request)
    assert request.occasion == 2


def test_the_portal_shows_a_new_result_as_a_new_one(case):
    case.agree()
    case.learn("application.settled")
    case.learn("application.processing")
    case.learn("application.settled")
    shown = views.notices(case.application, case.dossier, ours()).notices
    told = [n.text for n in shown if n.milestone == "result_ready"]
    assert ["có kết quả mới" in text for text in told] == [False, True]


def test_what_has_no_words_for_a_second_time_is_told_in_the_usual_ones():
    at = datetime(2026, 11, 20, tzinfo=VIETNAM)
    for is_again in (False, True):
        assert ours().version("apologised", at, is_again=is_again) == ""
    assert ours().version("result_ready", at, is_again=True) == "~again"


def test_the_same_result_at_another_unit_is_not_called_a_new_one(case):
    case.learn("application.registered")
    case.learn("application.settled", returning_unit="00004")
    case.answer(case.key("result_ready"), "handed")
    [request] = case.learn("application.readdressed", returning_unit="00008")
    assert (request.occasion, "co ket qua moi" in words(request)) == (2, False)


def test_a_new_result_that_goes_out_by_another_way_is_still_a_new_one(new_case, providers):
    case = new_case(providers=providers("sms", "email"), join_s={})
    case.agree("sms")
    case.learn("application.settled")
    case.answer(case.key("result_ready"), "handed")
    case.learn("application.processing")
    case.learn("application.settled")
    case.answer(case.key("result_ready"), "absent")
    case.take(notify.PreferencesChanged(channels=("email",)))
    *_, request = case.requests()
    assert (request.channel, "có kết quả mới" in words(request)) == ("email", True)


def test_words_for_a_second_time_of_what_is_told_once_are_refused(tmp_path):
    rows = json.loads(FILE.read_text())
    again = {**next(r for r in rows if r["milestone"] == "accepted"), "again": True}
    file = tmp_path / "texts.json"
    file.write_text(json.dumps([*rows, again]))
    with pytest.raises(Misconfigured, match="accepted~again from 2025-07-01 on: it is told once"):
        load(file)


def test_a_result_in_the_post_is_told_as_that_and_no_more_as_lying_at_the_unit(case):
    case.learn("application.registered")
    case.learn("application.settled")
    case.answer(case.key("result_ready"), "absent")
    dropped, request = case.learn("application.posted")
    assert (dropped.milestone, dropped.reason) == ("result_ready", "application.posted")
    assert request.milestone == "result_posted"
    assert "qua buu dien, so buu gui EE123456785VN" in words(request)


def test_a_parcel_that_came_back_and_is_sent_again_is_told_again(case):
    case.learn("application.registered")
    case.learn("application.posted")
    case.answer(case.key("result_posted"), "handed")
    assert case.learn("application.post_came_back") == []
    [request] = case.learn("application.posted", tracking="EE123456799VN")
    assert (request.occasion, request.params["tracking"]) == (2, "EE123456799VN")


def test_after_a_stop_the_date_is_told_where_it_moved(case):
    case.learn("application.registered")
    case.learn("application.accepted")
    due = case.learn("application.processing")
    assert due == []  # the promised date stands
    case.answer(case.key("accepted"), "handed")
    case.learn("application.suspended")
    later = {"due": case.at + timedelta(days=20)}
    [request] = case.learn("application.processing", **later)
    assert (request.milestone, request.params["due"]) == ("resumed", later["due"].isoformat())
    assert case.learn("application.processing", **later) == []


def test_the_unit_that_it_goes_to_next_is_told_as_well(new_case, providers):
    case = new_case(providers=providers("email"), units=frozenset({"00008", "00012"}), join_s={})
    case.agree("email")
    for unit in ("00008", "00012"):
        case.learn("application.transferred", competent_unit=unit)
        case.answer(case.key("transferred"), "handed")
    assert [(r.unit, r.occasion) for r in case.requests() if r.unit] == [("00008", 1), ("00012", 2)]


@pytest.mark.parametrize("count", [1, 2, 3, 6])
def test_more_providers_do_not_lose_patience_sooner(new_case, count):
    case = new_case(providers=Providers(Provider(f"p{n}", "sms") for n in range(count)))
    case.learn("application.registered")
    began = case.at
    while case.status("registered") != "failed":
        case.answer(case.key("registered"), "absent")
        if case.status("registered") == "waiting":
            case.at = max(case.at, case.timers[-1].due)
            case.fire(case.timers[-1])
    assert case.at - began > timedelta(hours=5)
    assert len(list(case.requests())) == 6 * count


def test_who_was_told_enough_today_is_told_tomorrow_morning(case):
    case.learn("application.registered")
    assert case.answer(case.key("registered"), "rejected", reason="capped") == []
    timer = case.timers[-1]
    assert 0 < (timer.due - datetime(2026, 11, 21, 8, tzinfo=VIETNAM)).total_seconds() < 12_000
    case.at = timer.due
    [request] = case.fire(timer)
    assert request.key.endswith("/registered/sms/2")


def test_a_message_that_cannot_be_made_leaves_what_goes_along_to_go_alone(new_case, providers):
    case = new_case(providers=providers("email"), join_s={"email": 60.0})
    case.agree("email")
    case.learn("application.accepted")
    case.learn("application.transferred")
    case.fire(case.timers[0])
    key = next(r.key for r in case.requests() if r.joined)
    case.answer(key, "rejected", reason="variable_missing")
    assert case.status("transferred", "email") == "held"
    [request] = case.fire(case.timers[-1])
    assert (type(request), request.milestone) == (notify.NoticeRequested, "transferred")


def wish(case, *channels):
    return case.take(notify.PreferencesChanged(channels=channels), "/portals/sandbox-portal")


def test_who_changes_the_way_and_back_is_told_the_second_request_too(new_case, providers):
    case = new_case(providers=providers("sms", "email"), join_s={})
    case.agree("email")
    case.learn("application.supplement_requested")
    case.answer(case.key("supplement_requested"), "handed")
    wish(case, "sms")
    case.learn("application.supplement_requested")
    case.answer(case.key("supplement_requested"), "absent")
    dropped, told_anew = wish(case, "email")
    assert (dropped.reason, dropped.occasion) == ("opted_out", 2)
    assert (told_anew.channel, told_anew.occasion) == ("email", 2)


def test_the_citizen_hears_of_each_unit_that_it_goes_to(case):
    case.learn("application.registered")
    for unit in ("00008", "00008", "00012"):
        case.learn("application.transferred", competent_unit=unit)
        case.answer(case.key("transferred"), "handed")
    assert [p["competent_unit"] for _, p in told(case, "transferred")] == ["00008", "00012"]


def test_a_transfer_that_is_read_before_the_registration_goes_to_its_unit(new_case, providers):
    units = frozenset({"00004", "00008"})
    case = new_case(providers=providers("sms", "email"), units=units, join_s={})
    case.learn("application.transferred", competent_unit="00008")
    case.agree("sms")
    requests = [r for r in case.requests() if r.milestone == "transferred"]
    assert [(r.channel, r.unit, r.params["competent_unit"]) for r in requests] == [
        ("sms", "", "00008"),
        ("email@unit", "00008", "00008"),
    ]


def test_a_receipt_that_comes_late_makes_no_old_date_the_last_one(case):
    case.learn("application.registered")
    case.learn("application.accepted")
    first = case.key("accepted")
    case.answer(first, "handed")
    case.learn("application.suspended")
    later = {"due": case.at + timedelta(days=20)}
    case.learn("application.processing", **later)
    case.answer(case.key("resumed"), "handed")
    case.receipt(first)
    case.learn("application.suspended")
    assert case.learn("application.processing", **later) == []
    [request] = case.learn("application.processing", due=case.at + timedelta(days=30))
    assert (request.milestone, request.occasion) == ("resumed", 2)


def test_what_was_told_twenty_times_is_not_told_again_and_that_is_said(case):
    case.learn("application.registered")
    for _ in range(20):
        case.learn("application.supplement_requested")
        case.answer(case.key("supplement_requested"), "handed")
    [dropped] = case.learn("application.supplement_requested")
    assert (dropped.channel, dropped.reason, dropped.occasion) == ("sms", "told_too_often", 21)
