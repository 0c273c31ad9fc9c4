"""Whatever goes wrong, and however long, a notice comes to an end, and what does not is found."""

from datetime import timedelta

import pytest

from services.notify.domain import OVER, Dossier, Notice, Policy
from services.notify.domain.moves import PUT_OFF_LIMIT
from services.notify.domain.providers import PROVIDERS_FAULT, Provider, Providers
from services.notify.domain.stuck import IN_DOUBT, RECEIPT_MISSING, STUCK, stuck
from services.notify.lane import table
from shared.events import notify

ONE = Providers([Provider("first", "sms")])
TWO = Providers([Provider("first", "sms"), Provider("second", "sms", priority=2)])
NONE = Providers([])
LONGEST = 2 * PUT_OFF_LIMIT + 10  # messages about one notice


def answer(finding, reason="", **more):
    return lambda request: notify.Answered(
        key=getattr(request, "attempt_key", request.key), finding=finding, reason=reason, **more
    )


def undelivered(request):
    return notify.ReceiptArrived(key=getattr(request, "attempt_key", request.key), delivered=False)


def absent_when_asked(request):
    is_asked = isinstance(request, notify.NoticeQueryRequested)
    return answer("absent" if is_asked else "unknown")(request)


# what the provider says, for ever, and how the notice ends
KINDS = {
    "rejected": (answer("rejected", "invalid_number"), "failed", "invalid_number"),
    "absent": (answer("absent"), "failed", "attempts_exhausted"),
    "throttled": (answer("absent", "throttled"), "failed", "attempts_exhausted"),
    "not called": (answer("deferred"), "failed", "attempts_exhausted"),
    "too many": (answer("deferred", after_s=1.0), "failed", "rate_exceeded"),
    "nobody knows": (answer("unknown"), "failed", "outcome_unknown"),
    "lost on the way": (absent_when_asked, "failed", "attempts_exhausted"),
    "undelivered": (undelivered, "failed", "undelivered"),
    **{r: (answer("rejected", r), "failed", "attempts_exhausted") for r in PROVIDERS_FAULT},
}


def run(case, say) -> timedelta:
    """Answer each request so, and let each timer come; return how long that takes."""
    began, open_ = case.at, case.learn("application.registered")
    for _ in range(LONGEST):
        notice = case.dossier.notices["registered/sms"]
        if notice.status in OVER:
            return case.at - began
        if open_:
            open_ = case.take(say(open_[0]))
        else:
            timer = case.timers[-1]
            case.at = max(case.at, timer.due)
            open_ = case.fire(timer)
    raise AssertionError(f"it does not end: {notice}")


@pytest.mark.parametrize("providers", [ONE, TWO], ids=["one", "two"])
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_notice_ends_for_a_reason_and_in_days(kind, providers, new_case):
    say, status, reason = KINDS[kind]
    took = run(case := new_case(providers=providers), say)
    notice = case.dossier.notices["registered/sms"]
    assert (notice.status, notice.reason) == (status, reason)
    assert list(stuck(case.dossier, case.at)), "operators see whom nobody reached"
    policy = Policy()
    waits_s = sum(policy.retry_after_s) + len(policy.retry_after_s) * sum(policy.ask_after_s)
    assert took <= timedelta(seconds=waits_s * (1 + policy.jitter) * 2)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_notice_ends_when_its_providers_went_out_of_the_file_meanwhile(kind, new_case):
    say, _, _ = KINDS[kind]
    case = new_case(providers=TWO)
    told = 0

    def say_and_vanish(request):
        nonlocal told
        if told == 1:
            case.policy = Policy(providers=NONE)
            case.table = table(case.policy)
        told += 1
        # the effect calls nobody, and nobody answers questions any more
        is_asked = isinstance(request, notify.NoticeQueryRequested)
        return (say if told < 2 else answer("unknown" if is_asked else "deferred"))(request)

    run(case, say_and_vanish)
    assert case.dossier.notices["registered/sms"].reason in {
        *("no_provider", "outcome_unknown", "attempts_exhausted"),
        *(reason for _, _, reason in KINDS.values()),
    }
    assert list(stuck(case.dossier, case.at)), "operators see whom nobody reached"


@pytest.mark.parametrize("status", STUCK)
def test_what_rests_too_long_is_found_whoever_had_it(status, case):
    limit_s, remedy = STUCK[status]
    notice = Notice(status=status, since=case.at, attempt=1, provider="went out of the file")
    dossier = Dossier(notices={"accepted/sms": notice})
    assert list(stuck(dossier, case.at + timedelta(seconds=limit_s))) == []
    found = list(stuck(dossier, case.at + timedelta(seconds=limit_s + 1)))
    assert found == [("accepted/sms", notice, remedy)]


def test_a_receipt_that_is_missing_is_found_whoever_had_it(case):
    notice = Notice(
        status="sent", since=case.at, attempt=1, provider="gone", reason="receipt_missing"
    )
    found = list(stuck(Dossier(notices={"accepted/sms": notice}), case.at))
    assert found == [("accepted/sms", notice, RECEIPT_MISSING)]


def test_what_was_delivered_and_then_was_not_is_said_once_and_found(case):
    case.learn("application.registered")
    key = case.key("registered")
    case.answer(key, "handed")
    case.receipt(key)
    late = notify.ReceiptArrived(key=key, delivered=False, code="mailbox_full")
    [said] = case.take(late)
    assert said == notify.NoticeContradicted(
        milestone="registered", channel="sms", provider="sms", reason="mailbox_full"
    )
    notice = case.dossier.notices["registered/sms"]
    assert (notice.status, notice.since) == ("delivered", case.at)
    assert list(stuck(case.dossier, case.at)) == [("registered/sms", notice, IN_DOUBT)]
    assert list(stuck(case.dossier, case.at + timedelta(days=31))) == []
    assert case.take(late) == case.receipt(key) == []


def test_what_went_out_in_a_message_that_is_contradicted_is_contradicted_as_well(
    new_case, providers
):
    case = new_case(providers=providers("email"), join_s={"email": 60.0})
    case.agree("email")
    case.learn("application.accepted")
    case.learn("application.transferred")
    case.fire(case.timers[0])
    key = next(r.key for r in case.requests() if r.joined)
    case.answer(key, "handed")
    case.receipt(key)
    said = case.receipt(key, delivered=False)
    assert {e.milestone for e in said} == {"accepted", "transferred"}
    assert {type(e) for e in said} == {notify.NoticeContradicted}


def test_what_failed_together_does_not_come_again_together(new_case):
    dues = set()
    for n in range(100):
        case = new_case()
        case.application = f"0198c0de-0000-7000-8000-{n:012}"
        case.learn("application.registered")
        case.answer(case.key("registered"), "absent")
        dues.add((case.timers[-1].due - case.at).total_seconds())
    assert len(dues) > 90
    assert min(dues) >= Policy().retry_after_s[0]
    assert max(dues) <= Policy().retry_after_s[0] * (1 + Policy().jitter)
