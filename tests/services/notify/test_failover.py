"""Who carries a message: by priority and share, another after a definite failure, never two."""

from base64 import b64encode
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from services.notify.channels import Message
from services.notify.domain.providers import Provider, Providers
from services.notify.effects import Ask, Send
from services.notify.providers import (
    KINDS,
    SANDBOX,
    House,
    Row,
    channels,
    firsts,
    organiser,
    read,
    terms,
)
from shared.clock import system_clock
from shared.effects import NotCalled
from shared.errors import Misconfigured, Unknown
from shared.events import notify

TWO = Providers([Provider("first", "sms"), Provider("second", "sms", priority=2)])


@pytest.fixture
def case(new_case):
    return new_case(providers=TWO)


def test_who_carries_it_is_named_so_that_another_file_changes_nothing(case):
    [request] = case.learn("application.registered")
    assert request.provider == "first"


@pytest.mark.parametrize(
    ("finding", "reason"),
    [("absent", "throttled"), ("deferred", ""), ("rejected", "no_credit")],
)
def test_after_a_definite_failure_another_is_asked_soon_under_a_new_key(case, finding, reason):
    case.learn("application.registered")
    assert case.answer(case.key("registered"), finding, reason=reason) == []
    assert case.timers[-1].due - case.at <= timedelta(seconds=1.2)
    [again] = case.fire(case.timers[-1])
    assert (again.key[-1], again.provider) == ("2", "second")


def test_once_all_have_failed_all_are_asked_again_after_the_usual_wait(case):
    case.learn("application.registered")
    for _ in range(2):
        case.answer(case.key("registered"), "absent")
        again = case.fire(case.timers[-1])
    assert case.timers[-1].due - case.at >= timedelta(seconds=25)
    assert again[0].provider == "first"


def test_a_number_that_nobody_reaches_is_not_offered_to_another(case):
    case.learn("application.registered")
    [failed] = case.answer(case.key("registered"), "rejected", reason="blocked")
    assert (type(failed), failed.reason) == (notify.NoticeFailed, "blocked")


def test_what_came_of_it_is_asked_of_who_has_it_and_of_nobody_else(case):
    case.unhealthy = frozenset({"first"})
    [request] = case.learn("application.registered")
    assert request.provider == "second"
    case.unhealthy = frozenset()
    case.answer(request.key, "unknown")
    [query] = case.fire(case.timers[-1])
    assert (query.provider, query.attempt_key) == ("second", request.key)


def test_a_provider_alone_without_credit_is_tried_again_and_named(new_case):
    case = new_case()
    case.learn("application.registered")
    assert case.answer(case.key("registered"), "rejected", reason="no_credit") == []
    [again] = case.fire(case.timers[-1])
    assert (again.key[-1], again.provider) == ("2", "sms")


def test_shares_are_kept_and_a_key_always_has_the_same_provider():
    rows = Providers([Provider("a", "sms", share=75), Provider("b", "sms", share=25)])
    keys = [f"application-{n}/registered/sms/1" for n in range(4_000)]
    drawn = [rows.choose("sms", key, (), ()) for key in keys]
    assert drawn == [rows.choose("sms", key, (), ()) for key in keys]
    assert 900 < Counter(drawn)["b"] < 1_100


def test_who_is_ill_is_left_out_unless_nobody_else_is_there():
    assert TWO.choose("sms", "k", (), {"first"}) == "second"
    assert TWO.choose("sms", "k", ("second",), {"first"}) == "first"
    assert TWO.choose("sms", "k", (), {"first", "second"}) == "first"
    assert TWO.choose("sms", "k", ("first", "second"), {"first"}) == "second"


# ---- receipts that never come


def test_a_receipt_that_never_comes_is_named_once_and_may_still_come(new_case):
    case = new_case(providers=Providers([Provider("p", "sms", receipt_within_s=60)]))
    case.learn("application.registered")
    case.answer(case.key("registered"), "handed")
    [timer] = case.timers
    assert (timer.name, timer.due - case.at) == (
        "notice.receipt/registered/sms/1",
        timedelta(seconds=60),
    )
    [missing] = case.fire(timer)
    assert missing == notify.NoticeReceiptMissing(
        milestone="registered", channel="sms", provider="p"
    )
    notice = case.dossier.notices["registered/sms"]
    assert (notice.status, notice.reason) == ("sent", "receipt_missing")
    assert case.fire(timer) == []
    assert [type(e) for e in case.receipt(case.key("registered"))] == [notify.NoticeDelivered]


def test_a_receipt_that_came_leaves_the_timer_nothing_to_say(new_case):
    case = new_case(providers=Providers([Provider("p", "sms", receipt_within_s=60)]))
    case.learn("application.registered")
    case.answer(case.key("registered"), "handed")
    case.receipt(case.key("registered"))
    assert case.fire(case.timers[0]) == []


# ---- the file, and the calls


ROWS = (
    Row(name="first", channel="sms", kind="sms_http", url="https://a.test"),
    Row(name="second", channel="sms", kind="sms_http", url="https://b.test", priority=2),
)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("[", "is not a file of providers"),
        ('[{"name": "p", "channel": "pigeon", "kind": "sms_http"}]', "is not a file of providers"),
        ('[{"name": "p", "channel": "sms", "kind": "fax"}]', "no kind 'fax' is known"),
        ('[{"name": "p", "channel": "sms", "kind": "sms_http", "share": 0}]', "at least 1"),
        ('[{"name": "p", "channel": "sms", "kind": "smtp"}]', "smtp carries email, not sms"),
        ('[{"name": "p", "channel": "portal", "kind": "push_http"}]', "carries app, zalo, not"),
        (
            '[{"name": "p", "channel": "sms", "kind": "sms_http", "receipt_within_s": -5}]',
            "no time and no price is below 0",
        ),
        (
            '[{"name": "p", "channel": "sms", "kind": "sms_http"},'
            ' {"name": "p", "channel": "sms", "kind": "sms_http"}]',
            "its name stands twice",
        ),
    ],
)
def test_a_file_with_a_mistake_is_refused_at_the_start(tmp_path, text, wrong):
    file = tmp_path / "providers.json"
    file.write_text(text)
    with pytest.raises(Misconfigured, match=wrong):
        read(file)


async def nothing(_) -> None: ...


def house() -> House:
    urls = {
        "sms_http": "https://sms.test",
        "push_http": "http://127.0.0.1:8203",
        "smtp": "smtp://127.0.0.1:8204",
    }
    table: Any = None  # nothing is sent
    return House(urls, 1.0, lambda _: table, system_clock, bytes(32), lambda _: nothing, nothing)


SECRETS = {
    "sms": {"key": "synthetic"},
    "smsc": {"system_id": "synthetic", "password": "synthet"},
    "inbox-mail": {},
    "inbox-app": {"keys": ["whsec_" + b64encode(bytes(32)).decode()]},
}


@pytest.mark.parametrize("file", [SANDBOX, SANDBOX.with_name("sandbox_smpp_providers.json")])
async def test_each_row_of_the_sandbox_has_a_channel(file):
    rows = read(file)
    made = channels(rows, SECRETS, house())
    assert list(made) == [row.name for row in rows]
    assert {row.channel for row in rows} == {"sms", "email", "app"}
    for carrier in made.values():
        await carrier.aclose()


def test_all_kinds_are_in_the_sandbox():
    rows = read(SANDBOX.with_name("sandbox_smpp_providers.json"))
    assert {row.kind for row in rows} == set(KINDS)
    assert organiser(rows) == "khong-tra-loi@dvc.example"


def test_what_may_last_longer_is_asked_after_later(new_case):
    case = new_case(providers=Providers([Provider("slow", "sms", limit_s=60)]))
    case.learn("application.registered")
    case.answer(case.key("registered"), "unknown")
    assert case.timers[-1].due - case.at >= timedelta(seconds=120)


def test_a_channel_that_went_out_of_the_file_leaves_decisions_whole():
    none = Providers([])
    assert none.row("sms", "") == Provider("", "sms")


def test_a_provider_without_its_keys_is_refused_at_the_start():
    with pytest.raises(Misconfigured, match="second: the secrets file lacks"):
        channels(ROWS, {"first": {"key": "synthetic"}}, house())


def test_a_file_gives_the_terms_that_decisions_know():
    assert firsts(ROWS) == {"sms": "first"}
    assert terms(ROWS) == TWO


class Carrier:
    """A provider that takes all."""

    def __init__(self) -> None:
        self.taken: list[str] = []

    async def send(self, messages):
        self.taken += [m.key for m in messages]
        return [notify.Answered(key=m.key, finding="handed") for m in messages]

    async def ask(self, keys):
        return [notify.Answered(key=key, finding="absent") for key in keys]

    async def aclose(self) -> None: ...


class Unopened:
    async def messages(self, notices):
        return [Message(n.key, "", "", "") for _, n in notices]

    async def learn(self, said) -> None: ...


async def test_a_provider_that_went_out_of_the_file_sends_nothing_and_answers_nothing(
    case, as_request
):
    [request] = case.learn("application.registered")
    query = notify.NoticeQueryRequested(key="q", attempt_key=request.key, channel="sms")
    with pytest.raises(NotCalled):
        await Send(Unopened(), {}).call([as_request(request)])
    with pytest.raises(Unknown):
        await Ask({}).call([as_request(query)])


async def test_the_provider_that_was_chosen_is_the_one_that_is_called(case, as_request):
    case.learn("application.registered")
    case.answer(case.key("registered"), "deferred")
    case.fire(case.timers[-1])
    carriers = {"first": Carrier(), "second": Carrier()}
    send = Send(Unopened(), carriers, firsts=firsts(ROWS))
    asks = Ask(carriers, firsts=firsts(ROWS))
    first, second = (as_request(r) for r in case.requests())
    assert [send.partner(r) for r in (first, second)] == ["first", "second"]
    await send.call([second])
    assert (carriers["first"].taken, carriers["second"].taken) == ([], [second.data.key])
    query = notify.NoticeQueryRequested(key="q", attempt_key="k", channel="sms@representative")
    assert asks.partner(as_request(query)) == "first"
