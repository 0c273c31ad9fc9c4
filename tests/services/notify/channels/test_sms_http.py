"""The channel against the sandbox gateway's real app, without a socket."""

import httpx
import pytest

from services.notify.channels.over_http import FINDINGS
from services.notify.effects import Ask
from shared.effects import NotCalled
from shared.errors import Unknown
from shared.events.notify import NoticeQueryRequested

APPLICATION = "0198c0de-0000-7000-8000-00000000000{n}"


async def test_notices_go_out_in_one_call_each_with_its_text_and_reference(setup):
    world = setup()
    notices = [await world.notice(n) for n in (1, 2, 3)]
    answers = await world.send(notices)
    assert [(a.key, a.finding) for a in answers] == [(n.key, "handed") for _, n in notices]
    assert len({a.gateway_id for a in answers}) == 3
    outbox = world.gateway.outbox(counts=False)
    assert (outbox["calls"], outbox["accepted"], outbox["doubled"]) == (1, 3, [])
    assert outbox["recent"][0]["text"] == (
        "Ho so G09.20-20261120-0000001 da duoc tiep nhan. Ngay hen tra ket qua: 01/12/2026."
    )


async def test_the_gateway_does_not_notice_a_doubled_reference_but_its_outbox_tells(setup):
    world = setup()
    notice = await world.notice()
    await world.send([notice])
    await world.send([notice])
    assert world.counts() == {notice[1].key: 2}
    assert world.gateway.outbox(counts=False)["doubled"] == [notice[1].key]


async def test_a_throttled_message_may_be_tried_again(setup):
    world = setup(throttled=1.0)
    [answer] = await world.send([await world.notice()])
    assert (answer.finding, answer.reason) == ("absent", "throttled")


async def test_a_blocked_number_is_rejected_and_stays_so_when_asked(setup):
    world = setup(blocked=1.0)
    notice = await world.notice()
    [answer] = await world.send([notice])
    [asked] = await world.channel.ask([notice[1].key])
    assert answer.finding == asked.finding == "rejected"
    assert answer.reason == asked.reason == "blocked"


async def test_a_lost_answer_is_unknown_until_the_gateway_is_asked(setup):
    world = setup(lost_answers=1.0)
    notice = await world.notice()
    with pytest.raises(Unknown):
        await world.send([notice])
    [answer] = await world.channel.ask([notice[1].key])
    assert (answer.finding, answer.gateway_id) == ("handed", "sms-1")


async def test_what_the_gateway_never_heard_of_is_absent(setup):
    world = setup()
    _, notice = await world.notice()
    [answer] = await world.channel.ask([notice.key])
    assert answer.finding == "absent"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 415, 422, 429])
async def test_a_refused_call_was_not_made(setup, status):
    world = setup(lambda _: httpx.Response(status))
    with pytest.raises(NotCalled, match=str(status)):
        await world.send([await world.notice()])


@pytest.mark.parametrize("status", [402, 405, 408, 409, 410, 425, 451, 499, 500, 502, 503, 504])
async def test_a_status_of_who_may_have_the_message_is_no_refusal(setup, status):
    world = setup(lambda _: httpx.Response(status))
    with pytest.raises(Unknown, match=str(status)):
        await world.send([await world.notice()])


async def test_no_connection_means_not_called(setup):
    def refuse(_):
        raise httpx.ConnectError("refused")

    world = setup(refuse)
    with pytest.raises(NotCalled):
        await world.send([await world.notice()])


@pytest.mark.parametrize(
    "failure",
    [httpx.ReadTimeout("slow"), httpx.RemoteProtocolError("gone"), httpx.WriteError("broken")],
)
async def test_silence_after_connecting_is_never_taken_for_a_no(setup, failure):
    def fail(_):
        raise failure

    world = setup(fail)
    with pytest.raises(Unknown, match=type(failure).__name__):
        await world.send([await world.notice()])


@pytest.mark.parametrize(
    "results",
    [[], [{"reference": "other", "status": "accepted"}], [{"reference": "{key}", "status": "??"}]],
)
async def test_an_answer_that_does_not_say_is_unknown(setup, results):
    key = f"{APPLICATION.format(n=1)}/accepted/sms/1"
    said = [{**r, "reference": r["reference"].replace("{key}", key)} for r in results]
    world = setup(lambda _: httpx.Response(200, json={"results": said}))
    application, notice = await world.notice()
    [answer] = await world.send([(application, notice)])
    assert (answer.key, answer.finding) == (notice.key, "unknown")


def test_every_word_of_the_gateway_has_one_of_ours():
    assert set(FINDINGS) == {"accepted", "delivered", "undelivered", "rejected", "not_found"}


# ---- effects


async def test_the_two_effects_call_in_bulk_and_name_what_is_claimed(setup, requested):
    world = setup()
    send, ask = world.effect, Ask({"sms": world.channel})
    application, notice = await world.notice()
    query = NoticeQueryRequested(key=f"{notice.key}/ask/1", attempt_key=notice.key, channel="sms")
    [sent] = await send.call([requested(application, notice)])
    [asked] = await ask.call([requested(application, query)])
    assert sent.finding == asked.finding == "handed"
    assert sent.key == asked.key == notice.key
    assert send.key(requested(application, notice)) == notice.key
    assert ask.key(requested(application, query)) == query.key
    assert send.partner(requested(application, notice)) == "sms"
    assert ask.partner(requested(application, query)) == "sms"


async def test_a_question_that_was_not_put_leaves_the_attempt_in_doubt(setup, requested):
    world = setup()
    application, notice = await world.notice()
    query = NoticeQueryRequested(key="q", attempt_key=notice.key, channel="sms")
    deferred = Ask({"sms": world.channel}).deferred(requested(application, query))
    assert (deferred.key, deferred.finding) == (notice.key, "unknown")
    deferred = world.effect.deferred(requested(application, notice))
    assert (deferred.key, deferred.finding) == (notice.key, "deferred")
