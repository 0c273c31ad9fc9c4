"""The inbox of a citizen, and what operators find stuck."""

import hashlib
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI

from services.notify import stuck_api, views
from services.notify.domain.moves import OVER, Status
from services.notify.domain.stuck import NOT_REACHED, STUCK, stuck, unreached
from services.notify.domain.templates import ours
from shared import events, problems
from shared.access import ROLES, Access
from shared.events import notify
from shared.journal import Cause, Decision, Journal
from shared.pages import Pages
from tests.shared.tables import MemoryTable


def shown(case):
    return {
        f"{n.milestone}/{n.channel}/{n.audience}": n
        for n in views.notices(case.application, case.dossier, ours()).notices
    }


def test_the_inbox_has_all_ways_and_each_says_the_same(new_case, providers):
    case = new_case(providers=providers("sms", "email"))
    case.agree("sms", "email", representative=("email",))
    case.learn("payment.requested")
    found = shown(case)
    assert set(found) == {
        f"{milestone}/{way}"
        for milestone in ("registered", "payment_requested")
        for way in ("sms/citizen", "email/citizen", "email/representative")
    }
    assert len({n.text for n in found.values()}) == 2
    assert all("120.000 đồng" in n.text for k, n in found.items() if k.startswith("payment"))


@pytest.mark.parametrize(
    ("language", "why"),
    [
        ("vi", "Hồ sơ không có địa chỉ thư điện tử."),
        ("en", "The application has no e-mail address."),
    ],
)
def test_what_did_not_come_says_why_in_the_citizens_language(language, why, new_case, providers):
    case = new_case(providers=providers("email"))
    case.agree("email", representative=())
    case.dossier = type(case.dossier)(
        **{f: getattr(case.dossier, f) for f in case.dossier.__struct_fields__ if f != "language"},
        language=language,
    )
    case.answer(case.key("registered"), "rejected", reason="no_email")
    [notice] = shown(case).values()
    assert (notice.status, notice.why) == ("failed", why)


def test_what_is_no_longer_so_says_so(case):
    case.learn("application.accepted")
    case.learn("application.suspended")
    case.learn("application.registered")
    assert shown(case)["accepted/sms/citizen"].why == views.STALE[0]


def test_what_went_out_with_another_says_with_which(new_case, providers):
    case = new_case(providers=providers("email"))
    case.agree("email")
    case.learn("application.accepted")
    case.learn("application.transferred")
    case.fire(case.timers[0])
    assert shown(case)["transferred/email/citizen"].with_milestone == "accepted"


# ---- who was not reached


@pytest.mark.parametrize(
    ("reason", "why", "remedy"),
    [
        ("not_a_mobile", views.WHY["not_a_mobile"], views.MEND),
        ("no_phone", views.WHY["no_phone"], views.MEND),
        ("invalid_number", views.DEAD, views.MEND),
        ("bounced", views.DEAD, views.MEND),
        ("absent subscriber", views.FAILED, views.MEND),
        ("contact_erased", views.FAILED, ("", "")),
    ],
)
def test_who_agreed_to_sms_alone_and_cannot_be_reached_finds_it_in_the_portal_and_no_way_else(
    case, reason, why, remedy
):
    case.agree("sms")
    said = case.answer(case.key("registered"), "rejected", reason=reason)
    assert [type(e) for e in said] == [notify.NoticeFailed], "no message by another way"
    inbox = views.notices(case.application, case.dossier, ours())
    [notice] = inbox.notices
    assert inbox.unreached == ["registered"]
    assert (notice.channel, notice.why, notice.remedy) == ("sms", why[0], remedy[0])
    assert "đã nộp thành công" in notice.text
    [(slot, _, to_do)] = stuck(case.dossier, case.at)
    assert (slot, to_do) == ("registered/sms", NOT_REACHED)


def test_who_was_reached_by_one_way_was_reached(new_case, providers):
    case = new_case(providers=providers("sms", "email"))
    case.agree("sms", "email", representative=("sms",))
    keys = {r.channel: r.key for r in case.requests()}
    case.answer(keys["sms"], "rejected", reason="invalid_number")
    assert unreached(case.dossier) == [], "another way is still open"
    case.answer(keys["email"], "handed")
    case.answer(keys["sms@representative"], "rejected", reason="invalid_number")
    assert unreached(case.dossier) == []
    assert list(stuck(case.dossier, case.at)) == []
    case.receipt(keys["email"], delivered=False)
    assert unreached(case.dossier) == ["registered"]


def test_what_is_no_longer_so_or_not_wanted_reached_who_it_should(case):
    case.agree("sms")
    case.learn("payment.requested")
    case.answer(case.key("payment_requested"), "absent")
    case.learn("payment.settled")
    assert case.status("payment_requested") == "dropped"
    assert unreached(case.dossier) == []


@pytest.mark.parametrize(("days", "found"), [(29, 1), (31, 0)])
def test_after_a_month_it_is_nobodys_work_any_more(case, days, found):
    case.agree("sms")
    case.answer(case.key("registered"), "rejected", reason="no_phone")
    assert len(list(stuck(case.dossier, case.at + timedelta(days=days)))) == found


def test_who_left_no_contact_looks_into_the_portal_and_is_no_work_for_operators(case):
    case.learn("application.registered", contact="")
    assert unreached(case.dossier) == ["registered"]
    assert list(stuck(case.dossier, case.at)) == []


# ---- what nobody moves


def test_every_status_that_is_not_over_is_looked_at():
    assert set(STUCK) == set(Status.__args__) - OVER - {"joined"}  # its lead is


@pytest.mark.parametrize(("minutes", "found"), [(14, []), (16, ["registered/sms"])])
def test_what_was_created_and_not_sent_is_found_after_a_while(case, minutes, found):
    case.learn("application.registered")
    at = case.at + timedelta(minutes=minutes)
    assert [slot for slot, _, _ in stuck(case.dossier, at)] == found


def test_what_is_over_is_not_stuck_however_old(case):
    case.learn("application.registered")
    case.answer(case.key("registered"), "handed")
    assert list(stuck(case.dossier, case.at + timedelta(days=99))) == []


@pytest.mark.parametrize(("role", "status"), [("operator", 200), ("portal", 403)])
async def test_an_operator_reads_what_is_stuck_and_what_to_do(case, rows, role, status):
    case.learn("application.registered")
    journal = Journal(rows, case.table)
    decision = Decision(
        application=case.application,
        version=1,
        at=case.at,
        cause=Cause("intake.events", 0, 0, "1"),
        state=case.dossier,
        state_json=events.encode(case.dossier),
        traceparent="",
    )
    table = MemoryTable()
    await table.insert([journal.row(decision)])
    app = FastAPI()
    hashes = {hashlib.sha256(r.encode()).hexdigest(): {"name": r, "role": r} for r in ROLES}
    app.state.access = Access(hashes)
    problems.install(app)
    pages = Pages(table, journal)
    app.include_router(stuck_api.router(pages, lambda: case.at + timedelta(hours=1)))
    client = httpx.AsyncClient(
        base_url="http://notify.test",
        transport=httpx.ASGITransport(app),
        headers={"authorization": f"Bearer {role}"},
    )
    answer = await client.get("/v1/notices/stuck")
    assert answer.status_code == status
    if status == 200:
        [found] = answer.json()["notices"]
        assert (found["application"], found["status"]) == (case.application, "requested")
        assert found["remedy"] == STUCK["requested"][1]
