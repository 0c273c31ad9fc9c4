"""What we tell calendars, read by a calendar library that is not ours."""

from datetime import UTC, date, datetime, timedelta, timezone
from email import message_from_bytes, policy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, Event

from services.notify.channels import Message
from services.notify.channels.mail.ical import LINE_LIMIT_BYTES, Entry, day, file
from services.notify.channels.mail.letter import House, compose

AT = datetime(2026, 11, 20, 8, tzinfo=UTC)
DUE = Entry(
    application="0198c0de-0000-7000-8000-000000000001",
    about="due",
    title="Ngày hẹn trả kết quả hồ sơ G09.20-20261120-0000001",
    starts=date(2026, 12, 1),
    organiser="khong-tra-loi@dvc.test",
    stamped=AT,
)
APPOINTMENT = DUE._replace(
    about="appointment",
    starts=datetime(2026, 12, 1, 9, 30, tzinfo=timezone(timedelta(hours=7))),
    text="Mang theo:\n- căn cước; bản chính, bản sao\n- biên lai \\ phiếu hẹn",
    place="Trung tâm Phục vụ hành chính công, 1 Đường Số 1",
    link="https://dvc.test/ho-so",
)


def read(entry: Entry) -> tuple[Calendar, Any]:
    calendar = Calendar.from_ical(file(entry).content)
    assert isinstance(calendar, Calendar)
    [event] = calendar.events
    assert isinstance(event, Event)
    assert not calendar.errors
    assert not event.errors
    return calendar, event


def test_a_due_date_is_a_day_on_which_one_is_not_busy() -> None:
    calendar, event = read(DUE)
    assert calendar["METHOD"] == "PUBLISH"
    assert event.start == date(2026, 12, 1)
    assert event["TRANSP"] == "TRANSPARENT"
    assert event["SUMMARY"] == DUE.title
    assert event["SUMMARY"].params["LANGUAGE"] == "vi"
    assert event["ORGANIZER"] == "mailto:khong-tra-loi@dvc.test"


def test_a_moment_late_in_utc_is_the_next_day_in_vietnam() -> None:
    assert day(datetime(2026, 11, 30, 17, tzinfo=UTC)) == date(2026, 12, 1)
    assert day(datetime(2026, 11, 30, 16, 59, tzinfo=UTC)) == date(2026, 11, 30)


def test_an_appointment_is_the_same_moment_wherever_it_is_read_with_its_words() -> None:
    _, event = read(APPOINTMENT)
    assert event.start == datetime(2026, 12, 1, 2, 30, tzinfo=UTC)
    assert event.end - event.start == timedelta(hours=1)
    assert event["DESCRIPTION"] == APPOINTMENT.text
    assert event["LOCATION"] == APPOINTMENT.place
    assert event["URL"] == APPOINTMENT.link


def test_told_anew_it_is_the_same_entry_with_a_higher_number_and_cancelled_it_goes() -> None:
    _, first = read(DUE)
    _, moved = read(DUE._replace(starts=date(2026, 12, 8), number=1))
    calendar, gone = read(DUE._replace(number=2, cancelled=True))
    assert first["UID"] == moved["UID"] == gone["UID"]
    assert [e["SEQUENCE"] for e in (first, moved, gone)] == [0, 1, 2]
    assert (calendar["METHOD"], gone["STATUS"]) == ("CANCEL", "CANCELLED")
    assert file(DUE._replace(cancelled=True)).media_type.startswith("text/calendar; method=CANCEL")


def test_another_application_or_thing_told_is_another_entry() -> None:
    uids = {
        read(e)[1]["UID"]
        for e in (DUE, APPOINTMENT, DUE._replace(application=DUE.application[:-1] + "2"))
    }
    assert len(uids) == 3


def test_a_line_goes_on_after_75_bytes_and_no_character_is_cut() -> None:
    content = file(APPOINTMENT).content
    first = "LOCATION;LANGUAGE=vi:Trung tâm Phục vụ hành chính công\\, 1 Đườn"
    assert len(first.encode()) == LINE_LIMIT_BYTES
    assert f"\r\n{first}\r\n g Số 1\r\n".encode() in content


@given(
    title=st.text(max_size=200),
    text=st.text(st.sampled_from('a,;:\\\n\r\t"đBEGIN END'), max_size=200),
    place=st.text(max_size=50),
    link=st.text(max_size=50),
)
def test_whatever_is_said_stays_what_is_said(title: str, text: str, place: str, link: str) -> None:
    entry = APPOINTMENT._replace(title=title, text=text, place=place, link=link)
    content = file(entry).content
    lines = content.split(b"\r\n")
    assert max(map(len, lines)) <= LINE_LIMIT_BYTES
    assert b"\n" not in b"".join(lines)
    assert b"\r" not in b"".join(lines)
    assert all(line.decode() is not None for line in lines)  # no character is cut
    _, event = read(entry)
    known = {"UID", "DTSTAMP", "SEQUENCE", "STATUS", "ORGANIZER", "DTSTART", "DTEND", "SUMMARY"}
    assert set(event) <= known | {"DESCRIPTION", "LOCATION", "URL", "CLASS"}
    said = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    assert event.get("DESCRIPTION", "") == said


@pytest.mark.parametrize(
    "changed", [{"about": "x\r\nATTACH"}, {"application": ""}, {"about": "a b"}]
)
def test_what_would_make_no_id_is_a_mistake_of_ours(changed: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="letters"):
        file(DUE._replace(**changed))


def test_it_goes_with_a_mail_as_calendars_expect_it() -> None:
    message = Message(
        key="0198c0de-0000-7000-8000-000000000001/accepted/email/1",
        to="a@mail.test",
        sender="x <khong-tra-loi@dvc.test>",
        text="x",
        files=(file(DUE),),
    )
    mail = message_from_bytes(compose(message, "id", AT, House("dvc.test")), policy=policy.default)
    [part] = mail.iter_attachments()
    assert part.get_content_type() == "text/calendar"
    assert dict(part["Content-Type"].params) == {"method": "PUBLISH", "charset": "utf-8"}
    assert part.get_filename() == "due.ics"
    assert part.get_payload(decode=True) == file(DUE).content
