"""What a mail looks like to whoever gets it, read back by Python's own parser."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notify.channels import File, Message
from services.notify.channels.mail.letter import (
    _LOCAL,
    HEADERS,
    SIZE_LIMIT_BYTES,
    SUBJECT_LIMIT,
    BadAddress,
    House,
    TooLarge,
    compose,
    one_line,
    reachable,
)

AT = datetime(2026, 11, 20, 8, tzinfo=UTC)
HOUSE = House("dvc.test", "https://dvc.test/thong-bao")
ID = "0198c0de-0000-7000-8000-000000000001/accepted/email/1.abcdefghijklmnop"
WHOLE = Message(
    key="0198c0de-0000-7000-8000-000000000001/accepted/email/1",
    to="nguoi.dan@mail.test",
    sender="Cổng Dịch vụ công <khong-tra-loi@dvc.test>",
    text="Hồ sơ G09.20-20261120-0000001 đã được tiếp nhận.\n",
    subject="Hồ sơ G09.20-20261120-0000001: đã được tiếp nhận",
    html="<!doctype html><html lang='vi'><p>Hồ sơ đã được tiếp nhận.</p></html>",
    files=(
        File("hen.ics", "text/calendar; method=PUBLISH; charset=utf-8", b"BEGIN:VCALENDAR\r\n"),
    ),
)


def written(message: Message = WHOLE, house: House = HOUSE) -> EmailMessage:
    read = message_from_bytes(compose(message, ID, AT, house), policy=policy.default)
    assert isinstance(read, EmailMessage)
    return read


def test_a_mail_says_who_writes_to_whom_what_about_and_when() -> None:
    mail = written()
    assert mail["From"] == "Cổng Dịch vụ công <khong-tra-loi@dvc.test>"
    assert mail["To"] == "nguoi.dan@mail.test"
    assert mail["Subject"] == WHOLE.subject
    assert mail["Date"].datetime == AT
    assert mail["Message-ID"] == f"<{ID}@dvc.test>"


def test_no_machine_is_to_answer_it_and_whoever_does_not_want_it_is_told_where_to_go() -> None:
    assert written()["Auto-Submitted"] == "auto-generated"
    assert written()["List-Unsubscribe"] == "<https://dvc.test/thong-bao>"
    assert written(WHOLE._replace(urgent=True))["List-Unsubscribe"] is None


def test_text_and_page_are_the_same_message_and_files_go_with_it() -> None:
    mail = written()
    assert mail.get_content_type() == "multipart/mixed"
    both, file = mail.iter_parts()
    assert [p.get_content_type() for p in both.iter_parts()] == ["text/plain", "text/html"]
    text, page = (p.get_content().replace("\r\n", "\n") for p in both.iter_parts())
    assert (text, page) == (WHOLE.text, WHOLE.html + "\n")
    assert (file.get_filename(), file.get_content_type()) == ("hen.ics", "text/calendar")
    assert file["Content-Type"].params == {"method": "PUBLISH", "charset": "utf-8"}
    assert file.get_payload(decode=True) == b"BEGIN:VCALENDAR\r\n"


def test_without_a_page_it_is_a_plain_text() -> None:
    mail = written(WHOLE._replace(html="", files=()))
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content() == WHOLE.text.replace("\n", "\r\n")


def test_the_same_message_gives_the_same_bytes_in_ascii_and_no_line_too_long() -> None:
    whole = compose(WHOLE, ID, AT, HOUSE)
    assert whole == compose(WHOLE, ID, AT, HOUSE)
    assert whole.isascii()
    assert max(map(len, whole.split(b"\r\n"))) <= 998
    assert whole.count(b"\n") == whole.count(b"\r\n") == whole.count(b"\r")


def test_a_signature_is_put_before_the_mail() -> None:
    house = HOUSE._replace(sign=lambda whole: b"DKIM-Signature: of %d\r\n" % len(whole))
    plain = compose(WHOLE, ID, AT, HOUSE)
    assert compose(WHOLE, ID, AT, house) == b"DKIM-Signature: of %d\r\n" % len(plain) + plain


def test_what_no_server_would_take_is_not_written() -> None:
    with pytest.raises(TooLarge):
        compose(
            WHOLE._replace(files=(File("x", "application/pdf", bytes(SIZE_LIMIT_BYTES)),)),
            ID,
            AT,
            HOUSE,
        )


texts = st.text(max_size=300) | st.lists(
    st.sampled_from(
        ["\r\n", "\n", "\r", "\r\n.\r\n", "Bcc: x@evil.test", ":", "--=_", "\x0b", "\x85"]
    )
    | st.text(max_size=5)
).map("".join)


@settings(max_examples=300, deadline=None)
@given(subject=texts, text=texts, html=texts, name=texts, media=texts, display=texts)
def test_nothing_that_is_said_becomes_a_header_a_part_or_the_end(
    subject: str, text: str, html: str, name: str, media: str, display: str
) -> None:
    sender = f"{display} <khong-tra-loi@dvc.test>"
    message = WHOLE._replace(
        subject=subject, text=text, html=html, files=(File(name, media, b"x"),), sender=sender
    )
    try:
        whole = compose(message, ID, AT, HOUSE)
    except BadAddress:  # a display name with an address in it
        whole = compose(message._replace(sender=WHOLE.sender), ID, AT, HOUSE)
    assert b"\r\n.\r\n" not in whole
    mail = message_from_bytes(whole, policy=policy.default)
    assert set(mail.keys()) <= set(HEADERS)
    assert len(mail.keys()) == len(set(mail.keys()))
    assert mail["To"] == WHOLE.to
    assert len(list(mail.iter_parts())) == 2
    assert len(mail["Subject"]) <= SUBJECT_LIMIT
    assert mail["Subject"].split() == one_line(subject)[:SUBJECT_LIMIT].split()
    assert {h for part in mail.walk() for h in part} <= {*HEADERS, "Content-Disposition"}


@settings(max_examples=300)
@given(st.text("aăâđêôơưồẫ ,:?=_.-<>()0123456789", max_size=220))
def test_a_subject_comes_out_as_it_went_in(words: str) -> None:
    mail = written(WHOLE._replace(subject=words))
    assert mail["Subject"] == one_line(words)[:SUBJECT_LIMIT]


@given(
    st.from_regex(_LOCAL, fullmatch=True), st.sampled_from(["mail.test", "đà-nẵng.test", "x.y.z"])
)
def test_every_address_that_is_reachable_can_be_written_to(local: str, domain: str) -> None:
    try:
        wire = reachable(f"{local}@{domain}")
    except BadAddress:
        return
    assert written(WHOLE._replace(to=f"{local}@{domain}"))["To"].addresses[0].addr_spec == wire


@given(st.text(max_size=80))
def test_an_address_is_one_or_it_is_refused(text: str) -> None:
    try:
        wire = reachable(text)
    except BadAddress:
        return
    assert wire.isascii()
    assert wire.count("@") == 1
    assert not set(wire) & set(' \r\n<>\t,;:"\\')


@pytest.mark.parametrize(
    ("address", "wire"),
    [
        ("a@b.test", "a@b.test"),
        (" nguoi.dan+hs@mail.test ", "nguoi.dan+hs@mail.test"),
        ("a@đà-nẵng.test", "a@xn---nng-zna70au54p.test"),
    ],
)
def test_an_address_goes_over_the_wire_in_ascii(address: str, wire: str) -> None:
    assert reachable(address) == wire


@pytest.mark.parametrize(
    "address",
    [
        *("", "a", "@b.test", "a@", "a@b", "a b@c.test", "a@b..test", "a@-b.test", ".a@b.test"),
        *("a\r\nRCPT TO:<x@y.test>@b.test", "đ@b.test", "a" * 65 + "@b.test"),
        *(
            "=?utf-8?q?x?=@mail.test",
            "a@straße.de",
            "a@STRAẞE.de",
            "a@ζεύς.test",
            "a@b\u200dc.test",
        ),
        *("<a@b.test>", "a@b.test,c@d.test", '"a b"@c.test', "a@[127.0.0.1]"),
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(BadAddress):
        reachable(address)
