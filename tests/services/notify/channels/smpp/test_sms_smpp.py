"""The channel against the sandbox message centre, over a loopback socket."""

import asyncio
import re

import pytest
from structlog.testing import capture_logs

from shared.effects import NotCalled
from tests.services.notify.channels.smpp.side import (
    Kept,
    Rows,
    centre,
    channel,
    message,
    until,
    world,
)

LONG = "Hồ sơ của bạn đã được tiếp nhận. " * 6


async def test_messages_are_handed_over_and_their_receipts_come_back():
    async with world() as w:
        answers = await w.channel.send([message(n) for n in (1, 2, 3)])
        assert [(a.key, a.finding) for a in answers] == [
            (message(n).key, "handed") for n in (1, 2, 3)
        ]
        assert len({a.gateway_id for a in answers}) == 3
        await until(lambda: len(w.kept.receipts) == 3)
        assert {(r.key, r.delivered) for r in w.kept.receipts} == {(a.key, True) for a in answers}
        assert w.centre.outbox(counts=False)["handsets"] == {
            "8491***678": ["Ho so da duoc tiep nhan."] * 3
        }


async def test_a_window_of_many_is_two_writes_of_rows():
    async with world("?window=10") as w:
        answers = await w.channel.send([message(n) for n in range(1, 201)])
        assert {a.finding for a in answers} == {"handed"}
        assert (w.rows.writes, len(w.rows.rows)) == (2 * 20, 400)


@pytest.mark.parametrize("how", ["payload", "udh", "sar"])
@pytest.mark.parametrize("text", [LONG, "Ho so {da} duoc tiep nhan. " * 8])
async def test_a_long_text_reaches_the_handset_whole_and_has_one_receipt(how, text):
    async with world(f"?long={how}") as w:
        [answer] = await w.channel.send([message(text=text)])
        assert answer.finding == "handed"
        assert w.centre.outbox(counts=False)["handsets"] == {"8491***678": [text]}
        await until(w.is_quit)
        assert [(r.key, r.delivered) for r in w.kept.receipts] == [(answer.key, True)]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"to": "02438223344"}, "not_a_mobile"),
        ({"to": "+14155550100"}, "not_a_mobile"),
        ({"text": ""}, "no_text"),
        ({"text": "dài " * 400}, "too_long"),
        ({"text": "\ud800"}, "not_a_text"),
        ({"sender": "BỘ CÔNG AN"}, "invalid_sender"),
    ],
)
async def test_a_message_that_cannot_go_out_is_rejected_and_spoils_no_other(changed, reason):
    async with world() as w:
        bad, good = await w.channel.send([message(1, **changed), message(2)])
        assert (bad.finding, bad.reason, good.finding) == ("rejected", reason, "handed")
        assert w.centre.accepted == 1


async def test_a_blocked_number_is_rejected():
    async with world(blocked=1.0) as w:
        [answer] = await w.channel.send([message()])
        assert (answer.finding, answer.reason) == ("rejected", "invalid_number")


@pytest.mark.parametrize(("fault", "reason"), [("throttled", "throttled"), ("full", "queue_full")])
async def test_a_centre_that_is_full_means_later_and_slower(fault, reason):
    async with world(**{fault: 1.0}, limit_s=1.0) as w:
        before = w.channel._pace.rate_per_s
        [answer] = await w.channel.send([message()])
        assert (answer.finding, answer.reason) == ("absent", reason)
        assert w.channel._pace.rate_per_s < before


async def test_what_a_call_has_no_time_for_at_the_agreed_rate_is_deferred_and_not_sent():
    async with world("?rate_per_s=10", limit_s=1.0) as w:
        answers = await w.channel.send([message(n) for n in range(1, 41)])
        found = [(a.finding, a.reason) for a in answers]
        assert set(found) == {("handed", ""), ("deferred", "too_late")}
        assert w.centre.accepted == found.count(("handed", "")) < 10


async def test_a_bind_that_is_lost_before_anything_was_written_means_not_called():
    async with world() as w:
        w.channel._session.hang_up("planted")
        with pytest.raises(NotCalled, match="bind_lost"):
            await w.channel.send([message(1), message(2)])


async def test_a_centre_with_a_rate_is_found_and_nothing_is_lost():
    async with world(rate_limit_per_s=40, limit_s=5.0) as w:
        left, handed = [message(n) for n in range(1, 61)], []
        async with asyncio.timeout(20):
            while left:
                answers = await try_to(w.channel.send, left)
                handed += [a.key for a in answers if a.finding == "handed"]
                left = [
                    m
                    for m, a in zip(left, answers, strict=True)
                    if a.finding in ("absent", "deferred")
                ]
        assert len(handed) == w.centre.accepted == 60


async def try_to(send, messages):
    while True:
        try:
            return await send(messages)
        except NotCalled:
            await asyncio.sleep(0.05)


async def test_a_lost_answer_is_unknown_and_its_receipt_says_whose_it_is():
    async with world(lost_after=1.0) as w:
        [answer] = await w.channel.send([message()])
        assert answer.finding == "unknown"
        [asked] = await w.channel.ask([answer.key])
        assert asked.finding in ("unknown", "handed")  # the receipt may be there already
        await until(lambda: w.kept.receipts)
        assert [(r.key, r.delivered) for r in w.kept.receipts] == [(answer.key, True)]
        [asked] = await w.channel.ask([answer.key])
        assert (asked.finding, asked.gateway_id) == ("handed", "0000000001")
        assert w.centre.accepted == 1


async def test_without_an_echo_a_lost_answer_stays_unknown_and_the_receipt_is_nobodys():
    async with world(lost_after=1.0, echoes_reference=False) as w:
        [answer] = await w.channel.send([message()])
        await until(lambda: w.channel.hearing.counts["not_known_yet"])
        [asked] = await w.channel.ask([answer.key])
        assert (answer.finding, asked.finding, asked.reason) == (
            "unknown",
            "unknown",
            "no_message_id",
        )
        assert w.kept.receipts == []


async def test_an_answer_that_comes_too_late_is_found_by_asking():
    async with world(limit_s=0.5, receipts=False) as w:
        w.centre.fate.strikes = lambda fault, _: fault == "unanswered"
        [answer] = await w.channel.send([message()])
        assert answer.finding == "unknown"
        [link] = w.switchboard.links
        link._say(0x8000_0004, 2, b"late-1\0")
        await until(lambda: w.channel._sent._ids)
        [asked] = await w.channel.ask([answer.key])
        assert (asked.finding, asked.gateway_id) == ("handed", "late-1")


async def test_a_system_error_is_unknown_for_the_message_may_have_been_taken():
    async with world(system_errors=1.0) as w:
        [answer] = await w.channel.send([message()])
        assert (answer.finding, answer.reason) == ("unknown", "system_error")
        assert w.centre.accepted == 1
        await until(lambda: w.kept.receipts)
        assert [r.key for r in w.kept.receipts] == [answer.key]


async def test_of_a_text_in_parts_whatever_follows_a_part_that_was_taken_is_unknown():
    async with world("?long=udh") as w:
        refusals = iter([0, 0x45])
        w.centre.refusal = lambda _: next(refusals)
        [answer] = await w.channel.send([message(text=LONG)])
        assert (answer.finding, answer.reason) == ("unknown", "in_part_submit_failed")


async def test_a_receipt_that_is_faster_than_the_answer_is_taken():
    async with world(early_receipts=1.0) as w:
        [answer] = await w.channel.send([message()])
        await until(lambda: w.kept.receipts)
        assert [r.key for r in w.kept.receipts] == [answer.key]
        assert not w.channel.hearing.counts["not_known_yet"]


async def test_receipts_find_their_attempts_after_a_restart():
    rows, kept = Rows(), Kept()
    async with centre(receipt_delay_s=1.0) as (_, _, port):
        async with channel(port, rows, kept) as first:
            await until(first.is_bound)
            answers = await first.send([message(n) for n in (1, 2)])
        async with channel(port, rows, kept) as second:
            await until(lambda: len(kept.receipts) == 2)
            assert {r.key for r in kept.receipts} == {a.key for a in answers}
            assert [a.finding for a in await second.ask([answers[0].key])] == ["handed"]


async def test_a_receipt_that_is_not_kept_is_not_answered_for_and_comes_again():
    async with world() as w:
        w.kept.is_down = True
        await w.channel.send([message()])
        await until(lambda: w.channel.hearing.counts["not_kept"] >= 2)
        w.kept.is_down = False
        await until(lambda: w.kept.receipts)


async def test_rows_that_cannot_be_written_are_written_the_next_time():
    async with world(receipts=False) as w:
        take = w.centre.take

        def take_and_fall(submitted):
            w.rows.is_down = True
            return take(submitted)

        w.centre.take = take_and_fall
        [answer] = await w.channel.send([message()])
        assert answer.finding == "handed"
        w.rows.is_down, w.centre.take = False, take
        await w.channel.send([message(2)])
        assert sorted(id_.split("/")[0] for id_ in w.rows.rows) == ["id", "id", "key", "key"]


async def test_doubled_receipts_are_handed_on_as_they_come():
    async with world(doubled_receipts=1.0) as w:
        [answer] = await w.channel.send([message()])
        await until(lambda: len(w.kept.receipts) == 2)
        assert {r.key for r in w.kept.receipts} == {answer.key}


async def test_an_undelivered_message_says_why():
    async with world(undelivered=1.0) as w:
        await w.channel.send([message()])
        await until(lambda: w.kept.receipts)
        assert [(r.delivered, r.code) for r in w.kept.receipts] == [(False, "undeliv")]


async def test_a_malformed_receipt_has_a_name_and_does_not_come_again():
    async with world(malformed_receipts=1.0) as w:
        await w.channel.send([message()])
        await until(lambda: w.channel.hearing.counts["malformed_no_message_id"])
        assert w.channel.hearing.counts["malformed_no_message_id"] == 1
        assert w.kept.receipts == []


async def test_a_lost_receipt_is_learnt_by_asking():
    async with world(lost_receipts=1.0) as w:
        [answer] = await w.channel.send([message()])
        [asked] = await w.channel.ask([answer.key])
        assert (asked.finding, asked.gateway_id) == ("handed", answer.gateway_id)
        assert [(r.key, r.delivered, r.code) for r in w.kept.receipts] == [
            (answer.key, True, "delivrd")
        ]


async def test_an_id_that_cannot_be_asked_for_spoils_no_other():
    async with world(lost_receipts=1.0) as w:
        [answer] = await w.channel.send([message()])
        for n, id_ in ((2, "X" * 65), (3, "số")):
            w.channel._sent.note(message(n).key, [id_], message(n).to)
        asked = await w.channel.ask([message(n).key for n in (1, 2, 3)])
        assert [a.finding for a in asked] == ["handed"] * 3
        assert [r.key for r in w.kept.receipts] == [answer.key]


async def test_what_is_known_is_answered_though_the_centre_does_not_say_more():
    async with world("?window=5", limit_s=2.0, receipts=False) as w:
        messages = [message(n) for n in range(1, 31)]
        await w.channel.send(messages)
        [link] = w.switchboard.links
        asked = []
        link._query = lambda *question: asked.append(question)
        async with asyncio.timeout(2.0):
            answers = await w.channel.ask([m.key for m in messages])
        assert {a.finding for a in answers} == {"handed"}
        assert len(asked) == 5, "one window of questions, and no more"


async def test_nothing_personal_is_logged_or_said(caplog):
    with capture_logs() as logs, caplog.at_level("DEBUG"):
        async with world(lost_after=1.0, malformed_receipts=0.5) as w:
            one = message(1, to="0987654321", text="Synthetic text")
            answers = await w.channel.send([one])
            await until(lambda: w.channel.is_bound())
    said = f"{logs} {caplog.text} {answers} {one!r}"
    assert "bound" in said
    assert not re.search(r"987654321|Synthetic|syntheti", said)
