"""The channel against real mail servers on loopback: what goes over, to whom, and as whom."""

from email import message_from_bytes, policy
from types import SimpleNamespace

import pytest
from structlog.testing import capture_logs

from services.notify.channels.email_smtp import connect
from services.notify.channels.mail import pool
from shared.effects import NotCalled
from shared.errors import Misconfigured
from tests.services.notify.channels.mail.posting import (
    SENDER,
    Book,
    channel,
    findings,
    message,
    nobody,
)
from tests.services.notify.channels.mail.servers import (
    PASSWORD,
    USER,
    Office,
    Script,
    aiosmtpd,
    certificate,
    scripted,
)
from tests.services.notify.channels.mail.test_dkim_header import TOLD as DKIM
from tests.services.payment.webhooks.memory import Table

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
    text, html = (part.get_content() for part in read.iter_parts())
    assert text.splitlines() == message().text.splitlines()
    assert '<html lang="vi">' in html


async def test_who_writes_is_the_providers_sender_unless_the_message_says() -> None:
    office = Office()
    async with aiosmtpd(office) as port, channel(port, "?connections=1") as mail:
        await mail.send([message(1, sender=""), message(2, sender="x <other@dvc.test>")])
    senders = [message_from_bytes(e.original_content)["From"] for e in office.taken]
    assert "khong-tra-loi@dvc.test" in senders[0]
    assert "other@dvc.test" in senders[1]


async def test_where_the_server_does_not_sign_we_do() -> None:
    office = Office()
    async with aiosmtpd(office) as port, channel(port, dkim=DKIM) as mail:
        await mail.send([message(1)])
    [taken] = office.taken
    signature = message_from_bytes(taken.original_content)["DKIM-Signature"]
    assert "d=dvc.test" in signature
    assert "s=s1" in signature


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


async def test_no_mail_takes_others_with_it_whatever_is_wrong_with_it() -> None:
    office, book = Office(), Book()
    async with aiosmtpd(office) as port, channel(port, "?connections=2", book) as mail:
        found = await findings(
            mail,
            message(1),
            message(2, "=?utf-8?q?x?=@mail.test"),
            message(3, sender="nobody at all"),
            message(4),
        )
    assert found == [
        ("handed", ""),
        ("rejected", "bad_address"),
        ("absent", "unfit"),  # nothing that its citizen could mend
        ("handed", ""),
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
        with pytest.raises(NotCalled):  # one bad address hides no dead server
            await mail.send([message(1, "no address"), message(2), message(3)])
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
        ("smtp://mail.test/path", {}),
    ],
)
async def test_a_row_that_leads_nowhere_is_said_before_anything_starts(url, secret) -> None:
    row = SimpleNamespace(name="mail-a", url=url, sender=SENDER)
    with pytest.raises(Misconfigured, match="mail-a") as raised:
        connect(row, secret, nobody, table=Table(), ids_key=b"k", bounced=Book().note)
    assert "password@" not in str(raised.value)
