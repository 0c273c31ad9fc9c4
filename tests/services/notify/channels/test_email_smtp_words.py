"""What each word at each step of a mail means, from a server that says what it is told to."""

import asyncio

import pytest

from services.notify.channels.mail import pool
from services.notify.channels.mail.transaction import Envelope, hand_over, introduce
from shared.effects import NotCalled
from tests.services.notify.channels.mail.posting import Book, channel, findings, message
from tests.services.notify.channels.mail.servers import DROP, SILENCE, STEPS, Script, scripted
from tests.waiting import until

REFUSALS = {
    "421 4.3.2 closing": ("absent", "busy"),
    "451 4.7.1 greylisted": ("absent", "not_wanted"),
    "452 4.2.2 over quota": ("absent", "mailbox_full"),
    "550 5.1.1 nobody": ("rejected", "no_such_user"),
    "554 5.7.1 spam": ("rejected", "not_wanted"),
}
LOST = {DROP: "connection_lost", "??": "protocol"}
AT = {
    **{(step, said): meant for step in STEPS[2:] for said, meant in REFUSALS.items()},
    **{(step, said): ("absent", why) for step in STEPS[2:-1] for said, why in LOST.items()},
    **{("dot", said): ("unknown", "connection_lost") for said in LOST},
    # a yes where another is waited for
    # an address is to blame only where it is named; and what may be about us is tried again
    ("MAIL", "550 5.1.1 nobody"): ("absent", "sender_refused"),
    **{(step, "550 5.1.1 nobody"): ("rejected", "mailbox") for step in ("DATA", "dot")},
    **{(step, "554 5.7.1 spam"): ("absent", "not_wanted") for step in STEPS[2:-1]},
    ("MAIL", "354 x"): ("absent", "protocol"),
    ("RCPT", "354 x"): ("absent", "protocol"),
    ("DATA", "250 x"): ("absent", "protocol"),
    ("dot", "354 x"): ("unknown", "protocol"),
}
NOT_LET_IN = [(step, said) for step in STEPS[:2] for said in (*REFUSALS, *LOST)]


def test_the_table_has_every_step_and_kind_of_answer() -> None:
    kinds = {*REFUSALS, *LOST}
    assert {(s, k) for s in STEPS for k in kinds} <= {*AT, *NOT_LET_IN}


@pytest.mark.parametrize(("step", "said"), AT)
async def test_what_is_said_at_a_step_means_what_the_table_says(step: str, said: str) -> None:
    script = Script(step, said)
    async with scripted(script) as port, channel(port) as mail:
        assert (await findings(mail, message()))[0] == AT[step, said]
    assert len(script.mails) == (step == "dot")


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("MAIL", "550 Sender verify failed"),
        ("MAIL", "553 your envelope sender is not allowed"),
        ("RCPT", "550 relay not permitted"),
        ("RCPT", "550 Blocked - see a list of networks"),
        ("RCPT", "554 5.7.1 Client host blocked"),
        ("DATA", "521 we do not accept mail from you"),
        ("dot", "550 High probability of spam"),
        ("dot", "550 5.1.1 nobody"),
    ],
)
async def test_what_a_server_has_against_us_makes_no_address_a_dead_one(step, said) -> None:
    script, book = Script(step, said), Book()
    async with scripted(script) as port, channel(port, book=book) as mail:
        found = await findings(mail, message(1), message(2, "b@mail.test"))
    assert {finding for finding, _ in found} == {"rejected" if step == "dot" else "absent"}
    assert book.bounced == []


@pytest.mark.parametrize(("step", "said"), NOT_LET_IN)
async def test_before_a_mail_is_named_nobody_was_called(step: str, said: str) -> None:
    script = Script(step, said)
    async with scripted(script) as port, channel(port) as mail:
        with pytest.raises(NotCalled):
            await mail.send([message()])
    assert script.mails == []


@pytest.mark.parametrize(
    ("step", "finding"),
    [("MAIL", "absent"), ("RCPT", "absent"), ("DATA", "absent"), ("dot", "unknown")],
)
async def test_silence_ends_in_time_and_is_a_doubt_only_after_the_dot(step, finding) -> None:
    script = Script(step, SILENCE)
    async with scripted(script) as port, channel(port, limit_s=2.0) as mail:
        async with asyncio.timeout(5.0):
            assert (await findings(mail, message()))[0] == (finding, "connection_lost")


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("said", [DROP, "421 4.4.2 idle for too long"])
async def test_a_connection_that_the_server_left_is_replaced_and_the_mail_sent_once(
    step: str, said: str
) -> None:
    script = Script()
    async with scripted(script) as port, channel(port, "?connections=1") as mail:
        assert await findings(mail, message(1)) == [("handed", "")]
        script.step, script.answer, script.times = step, said, 1
        assert await findings(mail, message(2)) == [("handed", "")]
    assert len(script.mails) == 2
    assert script.connections == 2


async def test_a_refused_mail_leaves_the_connection_to_the_next() -> None:
    script = Script("RCPT", "550 5.1.1 nobody", times=1)
    async with scripted(script) as port, channel(port, "?connections=1") as mail:
        found = await findings(mail, message(1), message(2))
    assert found == [("rejected", "no_such_user"), ("handed", "")]
    verbs = [verb for verb, _ in script.said]
    assert verbs == ["EHLO", "MAIL", "RCPT", "RSET", "MAIL", "RCPT", "DATA", "QUIT"]


async def test_a_server_that_reports_is_told_what_to_report_and_under_which_id() -> None:
    script = Script()
    async with scripted(script) as port, channel(port, "?return_path=bounces@dvc.test") as mail:
        await mail.send([message(1, "a+b@mail.test")])
    [sender] = [said for verb, said in script.said if verb == "MAIL"]
    [recipient] = [said for verb, said in script.said if verb == "RCPT"]
    assert sender.startswith("MAIL FROM:<bounces@dvc.test> SIZE=")
    assert f" RET=HDRS ENVID={message(1).key}." in sender
    assert recipient == (
        "RCPT TO:<a+b@mail.test> NOTIFY=FAILURE,DELAY ORCPT=rfc822;a+2Bb@mail.test"
    )


async def test_what_is_not_begun_in_time_is_absent_and_the_rest_stands() -> None:
    script = Script("dot", SILENCE)
    async with scripted(script) as port, channel(port, "?connections=1", limit_s=2.0) as mail:
        found = await findings(mail, message(1), message(2))
    assert found == [("unknown", "connection_lost"), ("absent", "no_turn")]


SLOW = {"MAIL": 1.2, "RCPT": 1.2, "DATA": 1.2}


async def test_a_server_that_is_slow_at_each_step_gets_no_mail_that_nobody_waits_for() -> None:
    script = Script(slow_s=SLOW)
    async with scripted(script) as port, channel(port, limit_s=4.0) as mail:
        async with asyncio.timeout(4.0):  # as the effects end it
            assert await findings(mail, message()) == [("absent", "connection_lost")]
        [asked] = await mail.ask([message().key])
    assert (asked.finding, script.mails) == ("absent", [])


async def test_a_used_line_that_is_too_slow_for_another_mail_leaves_no_doubt_of_it() -> None:
    script = Script()
    async with scripted(script) as port, channel(port, "?connections=1", limit_s=4.0) as mail:
        await findings(mail, message(1))
        script.slow_s = SLOW
        async with asyncio.timeout(4.0):
            assert await findings(mail, message(2)) == [("absent", "no_turn")]
        [asked] = await mail.ask([message(2).key])
    assert (asked.finding, asked.reason, len(script.mails)) == ("absent", "no_turn", 1)


@pytest.mark.parametrize(
    ("step", "asked"),
    [
        *((step, ("absent", "cut_off")) for step in ("MAIL", "RCPT", "DATA")),
        ("dot", ("unknown", "cannot_be_asked")),
    ],
)
async def test_a_call_that_is_cut_off_before_the_content_leaves_no_doubt(step, asked) -> None:
    script = Script(step, SILENCE)
    async with scripted(script) as port, channel(port) as mail:
        sending = asyncio.create_task(mail.send([message()]))
        await until(lambda: script.mails or step in [verb for verb, _ in script.said])
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        [answer] = await mail.ask([message().key])
    assert (answer.finding, answer.reason) == asked


async def test_a_mail_is_not_begun_so_late_that_its_answer_is_not_waited_for() -> None:
    script = Script(slow_s={"dot": 2.2})
    async with scripted(script) as port, channel(port, "?connections=1", limit_s=4.0) as mail:
        found = await findings(mail, message(1), message(2))
    assert found == [("handed", ""), ("absent", "no_turn")]


async def test_two_calls_share_the_connections_and_who_gets_none_has_no_turn() -> None:
    script = Script("dot", SILENCE)
    async with scripted(script) as port, channel(port, "?connections=1", limit_s=2.0) as mail:
        one, two = await asyncio.gather(findings(mail, message(1)), findings(mail, message(2)))
    assert sorted([*one, *two]) == [("absent", "no_turn"), ("unknown", "connection_lost")]


async def test_a_line_that_begins_with_a_dot_does_not_end_the_mail() -> None:
    script = Script()
    async with scripted(script) as port:
        lines = pool.Pool(pool.Server("127.0.0.1", port, "none", "dvc.test"))
        async with lines.line(5.0) as line:
            mail = Envelope("a@mail.test", "b@dvc.test", "id", b".a\r\n.\r\n..b\r\n")
            assert await introduce(line, mail, 5.0) is None
            assert await hand_over(line, mail.content, 5.0) == ("handed", "", "")
        await lines.aclose()
    assert script.mails == [b"..a\r\n..\r\n...b\r\n.\r\n"]
