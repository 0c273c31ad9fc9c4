"""The channel against the sandbox's other side of the contract, without a socket."""

from types import SimpleNamespace
from typing import Any

import httpx
import pytest
import standardwebhooks
from structlog.testing import capture_logs

from deploy.sandbox.inbox.faults import Faults
from deploy.sandbox.inbox.inbox import Inbox
from deploy.sandbox.inbox.push import Push, create_app
from services.notify.channels import Message
from services.notify.channels.over_http import FINDINGS
from services.notify.channels.push_http import CODES, PushHttp, connect
from shared import signing
from shared.effects import NotCalled
from shared.errors import Misconfigured, Unknown

KEY, NEXT = signing.shown(b"k" * 32), signing.shown(b"n" * 32)
REFERENCE = "0198c0de-0000-7000-8000-{n:012}/accepted/app/1"


def message(n: int = 1, **changed: Any) -> Message:
    whole = Message(
        key=REFERENCE.format(n=n),
        to="0912345678",
        sender="",
        text="Hồ sơ đã được tiếp nhận.",
        subject="Hồ sơ",
    )
    return whole._replace(**changed)


def channel(transport: httpx.AsyncBaseTransport, *keys: str) -> PushHttp:
    row = SimpleNamespace(name="app", url="https://app.test/motcua", sender="dvc")
    return connect(row, {"keys": list(keys or (KEY,))}, nobody, transport=transport)


async def nobody(_: Any) -> None:
    pytest.fail("receipts are pushed to the edge")


def devices(**faults: Any) -> Inbox:
    return Inbox(Faults(**faults), lambda: 0.0)


def sandbox(inbox: Inbox, *keys: str) -> PushHttp:
    app = create_app(Push(inbox, KEY))
    whole = httpx.ASGITransport(app)

    async def under_path(request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/motcua")
        return await whole.handle_async_request(
            httpx.Request(
                request.method,
                request.url.copy_with(path=path),
                headers=request.headers,
                content=request.content,
            )
        )

    return channel(httpx.MockTransport(under_path), *keys)


async def test_messages_go_out_in_one_call_and_devices_show_them() -> None:
    inbox = devices()
    answers = await sandbox(inbox).send([message(n, urgent=n == 2) for n in (1, 2, 3)])
    assert [(a.key, a.finding) for a in answers] == [(message(n).key, "handed") for n in (1, 2, 3)]
    assert [a.gateway_id for a in answers] == ["push-1", "push-2", "push-3"]
    assert [(i.to, i.title, i.text) for i in inbox.shown] == [
        ("0912345678", "Hồ sơ", "Hồ sơ đã được tiếp nhận.")
    ] * 3


async def test_a_call_is_signed_with_each_key_as_the_standards_own_library_verifies() -> None:
    seen: list[httpx.Request] = []

    def keep(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"results": []})

    await channel(httpx.MockTransport(keep), KEY, NEXT).send([message()])
    [request] = seen
    for key in (KEY, NEXT):
        told = standardwebhooks.Webhook(key).verify(request.content, dict(request.headers))
        assert told["messages"][0]["reference"] == message().key
        assert told["messages"][0]["sender"] == "dvc"
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        standardwebhooks.Webhook(KEY).verify(request.content + b" ", dict(request.headers))


async def test_a_message_has_one_id_and_each_question_its_own() -> None:
    ids: list[str] = []

    def keep(request: httpx.Request) -> httpx.Response:
        ids.append(request.headers["webhook-id"])
        return httpx.Response(200, json={"results": []})

    app = channel(httpx.MockTransport(keep))
    for _ in range(2):
        await app.send([message()])
        await app.ask([message().key])
    assert len({ids[0], ids[2]}) == 1
    assert len(set(ids)) == 3, "who takes an id once must answer the second question"


async def test_a_call_with_a_key_of_nobodys_is_refused_and_counts_as_not_made() -> None:
    inbox = devices()
    with pytest.raises(NotCalled, match="401"):
        await sandbox(inbox, NEXT).send([message()])
    assert list(inbox.shown) == []


async def test_a_lost_answer_is_unknown_until_the_other_side_is_asked_and_sent_once() -> None:
    inbox = devices(lost_answers=1.0)
    app = sandbox(inbox)
    with pytest.raises(Unknown):
        await app.send([message()])
    [asked, other] = await app.ask([message().key, message(2).key])
    assert (asked.finding, asked.gateway_id) == ("handed", "push-1")
    assert other.finding == "absent"
    assert len(inbox.shown) == 1


async def test_a_reference_twice_is_one_message() -> None:
    inbox = devices()
    app = sandbox(inbox)
    one, two = await app.send([message()]), await app.send([message()])
    assert one == two
    assert len(inbox.shown) == 1


@pytest.mark.parametrize(
    ("fault", "finding", "reason"),
    [("rejected", "rejected", "opted_out"), ("throttled", "absent", "throttled")],
)
async def test_a_refusal_is_for_good_or_for_now(fault: str, finding: str, reason: str) -> None:
    [answer] = await sandbox(devices(**{fault: 1.0})).send([message()])
    assert (answer.finding, answer.reason) == (finding, reason)


@pytest.mark.parametrize("status", FINDINGS)
@pytest.mark.parametrize("code", ["", *CODES, "another"])
async def test_each_word_has_one_of_ours(status: str, code: str) -> None:
    said = {"reference": message().key, "status": status, "code": code}
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json={"results": [said]}))
    [answer] = await channel(transport).send([message()])
    wanted = FINDINGS[status]
    assert answer.finding == (CODES.get(code, wanted) if wanted == "rejected" else wanted)
    assert answer.reason == code


@pytest.mark.parametrize(
    "results",
    [[], [{"reference": "other", "status": "accepted"}], [{"reference": "{}", "status": "??"}]],
)
async def test_an_answer_that_does_not_say_is_unknown(results: list[dict[str, str]]) -> None:
    said = [r | {"reference": r["reference"].replace("{}", message().key)} for r in results]
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json={"results": said}))
    [answer] = await channel(transport).send([message()])
    assert (answer.key, answer.finding) == (message().key, "unknown")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(400), NotCalled),
        (httpx.Response(429), NotCalled),
        (httpx.Response(408), Unknown),
        (httpx.Response(409), Unknown),
        (httpx.Response(302, headers={"location": "https://evil.test"}), Unknown),
        (httpx.Response(500), Unknown),
        (httpx.Response(503), Unknown),
        (httpx.Response(200, content=b"<html>"), Unknown),
        (httpx.Response(200, content=b"\xff"), Unknown),
        (httpx.ConnectError("x"), NotCalled),
        (httpx.ReadTimeout("x"), Unknown),
        (httpx.WriteError("x"), Unknown),
        (httpx.RemoteProtocolError("x"), Unknown),
    ],
)
async def test_what_is_no_answer_is_not_called_or_unknown(answer: Any, error: Any) -> None:
    calls = 0

    def say(_: httpx.Request) -> httpx.Response:
        nonlocal calls
        calls += 1
        if isinstance(answer, Exception):
            raise answer
        return answer

    app = channel(httpx.MockTransport(say))
    with capture_logs() as logs, pytest.raises(error) as raised:
        await app.send([message()])
    assert calls == 1
    assert "0912345678" not in f"{logs} {raised.value!r}"
    await app.aclose()


@pytest.mark.parametrize(
    ("url", "secret"),
    [
        ("https://app.test", {}),
        ("https://app.test", {"keys": []}),
        ("https://app.test", {"keys": ["whsec_AAAA"]}),
        ("https://app.test", {"keys": [KEY, NEXT, KEY]}),
    ],
)
async def test_a_row_that_leads_nowhere_is_said_before_anything_starts(url, secret) -> None:
    row = SimpleNamespace(name="app-a", url=url, sender="")
    with pytest.raises(Misconfigured, match="app-a") as raised:
        connect(row, secret, nobody)
    assert "whsec_A" not in str(raised.value)
