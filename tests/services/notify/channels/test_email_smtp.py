"""The channel against real mail servers on loopback: what goes over, and what each word means."""

import asyncio
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from types import SimpleNamespace
from typing import Any

import pytest
from structlog.testing import capture_logs

from services.notify.channels import Message
from services.notify.channels.email_smtp import EmailSmtp, connect
from services.notify.channels.mail import pool
from services.notify.channels.receipts import AddressBounced
from shared.effects import NotCalled
from shared.errors import Misconfigured, Unknown
from tests.services.notify.channels.mail.servers import (
    DROP,
    PASSWORD,
    SILENCE,
    STEPS,
    USER,
    Office,
    Script,
    aiosmtpd,
    certificate,
    scripted,
)

APPLICATION = "0198c0de-0000-7000-8000-{n:012}"
SENDER = "Cổng Dịch vụ công <khong-tra-loi@dvc.test>"


def message(n: int = 1, to: str = "a@mail.test", **changed: Any) -> Message:
    key = f"{APPLICATION.format(n=n)}/accepted/email/1"
    text = "Hồ sơ đã được tiếp nhận.\n.\n..\nBye"
    return Message(key=key, to=to, sender=SENDER, text=text, subject="Hồ sơ")._replace(**changed)


class Book:
    """Addresses that bounced."""

    def __init__(self) -> None:
        self.bounced: list[AddressBounced] = []
        self.is_down = False

    async def note(self, bounced: Any) -> None:
        if self.is_down:
            raise Unknown("down")
        self.bounced += bounced


async def nobody(_: Any) -> None:
    pytest.fail("mail servers push no receipts")


@asynccontextmanager
async def channel(port: int, query: str = "", book: Book | None = None, limit_s=5.0, **secret: Any):
    row = SimpleNamespace(name="mail", url=f"smtp://127.0.0.1:{port}{query}", sender=SENDER)
    bounced = (book or Book()).note
    made = connect(row, secret, nobody, ids_key=b"k" * 32, bounced=bounced, limit_s=limit_s)
    try:
        yield made
    finally:
        await made.aclose()


async def findings(of: EmailSmtp, *messages: Message) -> list[tuple[str, str]]:
    answers = await of.send(messages)
    assert [a.key for a in answers] == [m.key for m in messages]
    return [(a.finding, a.reason) for a in answers]


# ---- a real server


async def test_mails_go_over_tls_as_whom_they_are_from_many_on_a_connection(tmp_path) -> None:
    context, ca = certificate(tmp_path)
    office = Office()
    async with (
        aiosmtpd(office, context) as port,
        channel(port, "?connections=2", ca=ca, user=USER, password=PASSWORD) as mail,
    ):
        answers = await mail.send([message(n) for n in range(1, 41)])
        again = await mail.send([message(41)])
    assert {a.finding for a in answers} == {"handed"}
    assert sorted(a.gateway_id for a in answers) == sorted(f"Q{n}" for n in range(1, 41))
    assert again[0].gateway_id == "Q41"
    assert office.encrypted == 2  # two connections, each once in TLS, kept for the second call
    assert office.hosts == {"dvc.test"}
    [taken] = [e for e in office.taken if b"000000000041" in e.original_content]
    assert (taken.mail_from, taken.rcpt_tos) == ("khong-tra-loi@dvc.test", ["a@mail.test"])
    read = message_from_bytes(taken.original_content, policy=policy.default)
    assert read["Message-ID"].startswith(f"<{message(41).key}.")
    assert read.get_content().splitlines() == message().text.splitlines()


async def test_a_connection_carries_so_many_mails_and_then_there_is_another() -> None:
    office = Office()
    async with aiosmtpd(office) as port, channel(port, "?connections=1") as mail:
        await mail.send([message(n) for n in range(1, pool.MAILS_PER_CONNECTION + 2)])
    assert (len(office.taken), office.connections) == (pool.MAILS_PER_CONNECTION + 1, 2)


async def test_one_that_is_refused_spoils_no_other_and_its_address_is_told() -> None:
    office, book = Office(), Book()
    async with aiosmtpd(office) as port, channel(port, "?connections=1", book) as mail:
        found = await findings(
            mail,
            message(1, "nobody@mail.test"),
            message(2),
            message(3, "grey@mail.test"),
            message(4, "no address"),
            message(5),
        )
    assert found == [
        ("rejected", "no_such_user"),
        ("handed", ""),
        ("absent", "not_wanted"),
        ("rejected", "bad_address"),
        ("handed", ""),
    ]
    assert [(b.address, b.hardness) for b in book.bounced] == [
        ("nobody@mail.test", "hard"),
        ("no address", "hard"),
    ]


async def test_that_a_bounce_cannot_be_noted_changes_nothing_of_what_is_known() -> None:
    office, book = Office(), Book()
    book.is_down = True
    async with aiosmtpd(office) as port, channel(port, book=book) as mail:
        found = await findings(mail, message(1, "nobody@mail.test"), message(2))
    assert found == [("rejected", "no_such_user"), ("handed", "")]


async def test_a_connection_lost_after_the_dot_is_unknown_and_nobody_is_asked_or_sent_twice() -> (
    None
):
    office = Office()
    async with aiosmtpd(office) as port, channel(port) as mail:
        assert await findings(mail, message(1, "drop@mail.test")) == [
            ("unknown", "connection_lost")
        ]
        [asked] = await mail.ask([message(1).key])
    assert (asked.finding, asked.reason) == ("unknown", "cannot_be_asked")
    assert len(office.taken) == 1


async def test_a_mail_that_nobody_logged_in_for_waits_for_a_mended_provider(tmp_path) -> None:
    context, ca = certificate(tmp_path)
    office = Office()
    async with aiosmtpd(office, context) as port, channel(port, ca=ca) as mail:
        assert await findings(mail, message()) == [("absent", "access")]
    assert office.taken == []


async def test_who_is_not_let_in_has_called_nobody() -> None:
    script = Script("EHLO", "250-x\r\n250 AUTH PLAIN")
    async with scripted(script) as port, channel(port, user=USER, password="another") as mail:
        with pytest.raises(NotCalled, match="SMTPAuthenticationError"):
            await mail.send([message()])
    assert [verb for verb, _ in script.said] == ["EHLO", "AUTH"]


async def test_a_server_whose_certificate_nobody_knows_gets_no_mail(tmp_path) -> None:
    context, _ = certificate(tmp_path)
    (tmp_path / "other").mkdir()
    _, other = certificate(tmp_path / "other")
    office = Office()
    async with aiosmtpd(office, context) as port, channel(port, ca=other) as mail:
        with pytest.raises(NotCalled):
            await mail.send([message()])
    assert office.taken == []


async def test_a_server_without_tls_gets_no_mail_where_tls_is_wanted(tmp_path) -> None:
    _, ca = certificate(tmp_path)
    office = Office()
    async with aiosmtpd(office) as port, channel(port, ca=ca, user=USER, password="x") as mail:
        with pytest.raises(NotCalled):
            await mail.send([message()])
    assert office.taken == []


async def test_nobody_there_means_not_called_also_for_many() -> None:
    async with channel(1) as mail:
        with pytest.raises(NotCalled):
            await mail.send([message(n) for n in range(1, 10)])
        assert await findings(mail, message(1, "no address")) == [("rejected", "bad_address")]


async def test_nothing_personal_is_logged_shown_or_answered(caplog) -> None:
    office, book = Office(), Book()
    with capture_logs() as logs, caplog.at_level("DEBUG"):
        async with aiosmtpd(office) as port, channel(port, book=book) as mail:
            sent = [message(1, "nobody@mail.test"), message(2)]
            answers = await mail.send(sent)
    own = [r.getMessage() for r in caplog.records if not r.name.startswith("mail.log")]
    said = f"{logs} {own} {answers} {sent!r} {book.bounced!r}"
    assert "no_such_user" in said
    assert "mail.test" not in said
    assert "Hồ sơ" not in said


# ---- what each word at each step means

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
    async with scripted(script) as port, channel(port, limit_s=1.0) as mail:
        async with asyncio.timeout(1.0):
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
    async with scripted(script) as port, channel(port, "?connections=1", limit_s=1.0) as mail:
        found = await findings(mail, message(1), message(2))
    assert found == [("unknown", "connection_lost"), ("absent", "no_turn")]


async def test_two_calls_share_the_connections_and_who_gets_none_has_no_turn() -> None:
    script = Script("dot", SILENCE)
    async with scripted(script) as port, channel(port, "?connections=1", limit_s=1.0) as mail:
        one, two = await asyncio.gather(findings(mail, message(1)), findings(mail, message(2)))
    assert sorted([*one, *two]) == [("absent", "no_turn"), ("unknown", "connection_lost")]


# ---- rows


@pytest.mark.parametrize(
    ("url", "secret"),
    [
        ("http://mail.test", {}),
        ("smtp://", {}),
        ("smtp://mail.test:587?colour=red", {}),
        ("smtp://mail.test:587?connections=0", {}),
        ("smtp://mail.test:587?return_path=nowhere", {}),
        ("smtp://mail.test:587?unsubscribe=https://dvc.test/" + "x" * 60, {}),
        ("smtp://mail.test:587", {"ca": "no certificate"}),
        ("smtp://mail.test:587", {"dkim": {"domain": "dvc.test"}}),
        ("smtp://mail.test:port", {}),
    ],
)
async def test_a_row_that_leads_nowhere_is_said_before_anything_starts(url, secret) -> None:
    row = SimpleNamespace(name="mail-a", url=url, sender=SENDER)
    with pytest.raises(Misconfigured, match="mail-a"):
        connect(row, secret, nobody, ids_key=b"k", bounced=Book().note)


def test_mail_goes_in_the_clear_on_loopback_only() -> None:
    server = pool.Server("mail.test", 25, "none", "dvc.test")
    with pytest.raises(ValueError, match="loopback"):
        pool.Pool(server)
