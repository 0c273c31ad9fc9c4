"""A report counts for the attempt and address it is about; everything else has a name."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notify.channels.mail.dsn import (
    ACTIONS,
    PARTS_LIMIT,
    READ_LIMIT_BYTES,
    Bounce,
    Told,
    read_json,
    read_mail,
)
from services.notify.channels.receipts import AddressBounced
from tests.services.notify.channels.mail.reported import (
    ADDRESS,
    APPLICATION,
    EXIM,
    ID,
    KEY,
    SECRET,
    report,
)

AT = datetime(2026, 11, 20, tzinfo=UTC)


def read(raw: bytes) -> Told | str:
    return read_mail(raw, SECRET, AT)


def told(raw: bytes) -> Told:
    found = read(raw)
    assert isinstance(found, Told), found
    return found


def test_a_mail_that_came_back_is_undelivered_and_its_address_left_alone() -> None:
    found = told(report())
    assert found.receipt.application == APPLICATION
    data = found.receipt.data
    assert (data.key, data.delivered, data.code) == (KEY, False, "no_such_user")
    assert found.bounced == AddressBounced(
        ADDRESS, KEY, "hard", "no_such_user", AT + timedelta(days=180)
    )


def test_a_full_mailbox_is_left_alone_for_days_and_a_refused_text_is_not_the_addresss_fault() -> (
    None
):
    full = told(report(status="5.2.2", diagnostic="smtp; 552 5.2.2 over quota")).bounced
    assert full is not None
    assert (full.hardness, full.until) == ("soft", AT + timedelta(days=3))
    assert told(report(status="5.7.1")).bounced is None


@pytest.mark.parametrize(
    ("status", "diagnostic"),
    [
        ("4.4.4", "smtp; 451 4.4.4 Temporary server error (DNS)"),
        ("4.1.1", "smtp; 450 4.1.1 unverified address"),
        ("4.2.1", "smtp; 450 4.2.1 temporarily disabled"),
        ("4.0.0", "smtp; 450 4.1.1 unverified address"),
        ("5.0.0", "smtp; 450 4.1.1 unverified address"),
    ],
)
def test_what_was_said_for_now_until_a_server_gave_up_is_left_alone_for_days(
    status: str, diagnostic: str
) -> None:
    bounced = told(report(status=status, diagnostic=diagnostic)).bounced
    assert bounced is not None
    assert (bounced.hardness, bounced.until) == ("soft", AT + timedelta(days=3))


@pytest.mark.parametrize(
    "said", ["550 Message rejected, IP listed", "550-Verification failed for <x@dvc.test>"]
)
def test_a_report_without_an_enhanced_code_blames_no_address(said: str) -> None:
    found = told(report(status="5.0.0", diagnostic=f"smtp; {said}"))
    assert (found.receipt.data.code, found.bounced) == ("mailbox", None)


def test_a_delivered_mail_is_a_receipt() -> None:
    found = told(report("delivered", "2.0.0"))
    assert (found.receipt.data.delivered, found.bounced) == (True, None)


@pytest.mark.parametrize("action", ["delayed", "relayed", "expanded", "", "?"])
def test_what_is_not_decided_is_no_news(action: str) -> None:
    assert read(report(action)) == "no_news"


def test_every_action_of_the_standard_has_its_meaning() -> None:
    assert set(ACTIONS) == {"failed", "delayed", "delivered", "relayed", "expanded"}
    assert set(ACTIONS) == set(msgspec.inspect.type_info(Bounce).fields[2].type.values)


def test_a_report_recorded_from_exim_is_read() -> None:
    data = told(EXIM).receipt.data
    assert (data.key, data.delivered, data.code) == (KEY, False, "other")


@pytest.mark.parametrize(
    "raw",
    [
        report(envelope=ID, id_="lost", returned="text/plain"),
        report(returned="text/rfc822-headers"),
        report(id_="lost", envelope=ID, to="lost"),
        report(recipient="RFC822;<gone@here.test>", to="lost"),
        report(recipient="rfc822;GONE@here.test", to="lost"),
        report(recipient="rfc822;somewhere@else.test"),  # forwarded: the headers say who it was to
        report().replace(b"\r\n", b"\n"),
        report("Failed (permanent)"),
    ],
)
def test_servers_write_reports_in_many_ways(raw: bytes) -> None:
    assert told(raw).receipt.data.key == KEY


def test_what_the_last_server_said_is_more_exact_than_nothing() -> None:
    assert told(report(status="5.0.0")).receipt.data.code == "no_such_user"
    assert told(report(status="none", diagnostic="smtp; 552-5.2.2 full")).receipt.data.code == (
        "mailbox_full"
    )
    assert told(report(status="5.0.0", diagnostic="x-unix; 1")).receipt.data.code == "other"


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "not_a_report"),
        (b"\xff\x00", "not_a_report"),
        (b"Subject: Out of office\r\n\r\nBack on Monday", "not_a_report"),
        (b"Content-Type: multipart/report\r\n\r\nno parts", "not_a_report"),
        (
            b'Content-Type: multipart/report; boundary="a"\r\n\r\n--a\r\n\r\nx\r\n--a--',
            "not_a_report",
        ),
        (report(id_="<20261120@elsewhere.test>"), "not_ours"),
        (report(id_=ID.replace("/1.", "/2.")), "not_genuine"),
        (report(recipient="rfc822; victim@here.test", to="victim@here.test"), "not_genuine"),
        (report(recipient="rfc822", to=""), "not_genuine"),
    ],
)
def test_whatever_else_comes_has_a_name(raw: bytes, why: str) -> None:
    assert read(raw) == why


@pytest.mark.parametrize("type_", ["multipart/mixed; boundary=b{n}", "message/rfc822"])
def test_a_mail_with_more_parts_than_a_report_has_is_not_parsed(type_: str) -> None:
    def with_parts(n: int) -> bytes:
        parts = [f"CONTENT-TYPE: {type_.format(n=i)}\r\n\r\n--b{i}\r\n" for i in range(n)]
        return report() + "".join(parts).encode()

    assert told(with_parts(PARTS_LIMIT - report().lower().count(b"content-type")))
    assert read(with_parts(PARTS_LIMIT)) == "unreadable"


def test_only_the_beginning_of_a_mail_is_read_where_the_report_stands() -> None:
    assert told(report() + b"x" * READ_LIMIT_BYTES).receipt.data.key == KEY
    late = b"x" * READ_LIMIT_BYTES
    assert read(report().replace(b"\r\n--A", b"\r\n" + late + b"\r\n--A", 1)) == "not_a_report"


def test_a_mail_nested_too_deep_is_unreadable_and_nothing_worse() -> None:
    deep = b"".join(
        b'Content-Type: multipart/report; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n)
        for n in range(3_000)
    )
    assert read(deep) in ("unreadable", "not_a_report")


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([EXIM, report(), report(returned="text/rfc822-headers")]),
    st.lists(
        st.tuples(st.integers(0, 3_000), st.binary(max_size=6), st.integers(0, 40)), max_size=6
    ),
)
def test_a_mangled_report_is_about_ours_or_has_a_name(
    raw: bytes, cuts: list[tuple[int, bytes, int]]
) -> None:
    for at, put, gone in cuts:
        raw = raw[:at] + put + raw[at + gone :]
    found = read(raw)
    if isinstance(found, Told):
        assert found.receipt.data.key == KEY
        assert found.bounced is None or found.bounced.address.lower() == ADDRESS
    else:
        assert found in ("unreadable", "not_a_report", "not_ours", "not_genuine", "no_news")


# ---- JSON

BOUNCE = {"id": f"<{ID}@dvc.test>", "recipient": ADDRESS, "action": "failed", "status": "5.1.1"}


def test_a_providers_json_says_the_same() -> None:
    assert read_json(msgspec.json.encode(BOUNCE), SECRET, AT) == told(report())
    bare = msgspec.json.encode(BOUNCE | {"id": ID})
    assert read_json(bare, SECRET, AT) == told(report())


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"id": "x"}, "not_ours"),
        ({"recipient": "victim@here.test"}, "not_genuine"),
        ({"action": "delayed"}, "no_news"),
        ({"action": "exploded"}, "unreadable"),
        ({"status": 5}, "unreadable"),
    ],
)
def test_json_that_says_nothing_has_a_name_too(changed: dict[str, object], why: str) -> None:
    assert read_json(msgspec.json.encode(BOUNCE | changed), SECRET, AT) == why


@given(st.binary(max_size=200))
def test_bytes_that_are_no_json_are_unreadable(raw: bytes) -> None:
    assert read_json(raw, SECRET, AT) == "unreadable"
