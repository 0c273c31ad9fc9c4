"""The sandbox's devices: one person's messages in order, on a page and as JSON, half hidden."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from deploy.sandbox.devices.calendar import entry
from deploy.sandbox.devices.http import router
from deploy.sandbox.devices.item import Item, hidden, named
from services.notify.channels.mail.ical import Entry, file

AT = datetime(2026, 11, 20, 17, 30, 5, tzinfo=UTC)  # in Vietnam the day after
PHONE, MAIL = "0912345678", "citizen1@example.invalid"
DUE = Entry(
    "0198c0de-0000-7000-8000-000000000001",
    "due",
    "Hẹn trả kết quả hồ sơ H26.48-20261120-0000001; một tên rất dài, để dòng này bị gấp lại",
    date(2026, 11, 27),
    "khong-tra-loi@dvc.example",
    AT,
)


def sms(n: int = 1, to: str = PHONE) -> Item:
    return Item(AT + timedelta(seconds=n), "sms", f"reference-{n}", "DVC", to, "", f"text {n} <b>")


def mail(*entries: Entry) -> Item:
    files = tuple((file(each).name, file(each).content) for each in entries)
    text = "Hồ sơ đã được tiếp nhận.\r\n"
    sender = "Cổng Dịch vụ công <x@dvc.example>"
    return Item(AT, "email", "r", sender, MAIL, "Đã tiếp nhận", text, "<p>Hồ sơ</p>", files)


def client(items: Sequence[Item]) -> httpx.AsyncClient:
    app = FastAPI()
    app.include_router(router(lambda: items))
    return httpx.AsyncClient(base_url="http://devices", transport=httpx.ASGITransport(app))


async def told(items: Sequence[Item], to: str) -> list[dict[str, Any]]:
    async with client(items) as http:
        found: list[dict[str, Any]] = (await http.get(f"/sandbox/devices/{named(to)}")).json()[
            "items"
        ]
        return found


async def test_a_handset_shows_its_own_texts_in_order_and_no_number() -> None:
    items = [sms(1), sms(2, "0987654321"), sms(3, "+84912345678"), sms(3)]
    async with client(items) as http:
        page = (await http.get(f"/devices/{named(PHONE)}")).text
    assert [page.count(f"text {n} &lt;b&gt;") for n in (1, 2, 3)] == [1, 0, 2]  # one came twice
    assert page.index("text 1") < page.index("text 3")
    assert page.index("21/11/2026") < page.index("00:30:06")
    assert hidden(PHONE) in page
    assert PHONE not in page
    assert [t["text"] for t in await told(items, PHONE)] == ["text 1 <b>", *["text 3 <b>"] * 2]
    [other] = await told(items, "0987654321")
    assert (other["from"], other["to"], other["at"]) == ("DVC", "098***321", "2026-11-20T17:30:07Z")


@pytest.mark.parametrize("written", ["0912345678", "84912345678", "+84912345678", " 0912345678"])
def test_a_number_is_one_device_however_it_is_written(written: str) -> None:
    assert named(written) == named(PHONE) != named("0912345679")
    assert named("A@b.vn") == named("a@b.vn") != named("84@b.vn")


async def test_a_mail_leads_to_its_page_and_its_calendar() -> None:
    async with client([sms(), mail(DUE)]) as http:
        address = f"/devices/{named(MAIL)}"
        page = await http.get(address)
        assert 'Lịch: Hẹn trả kết quả hồ sơ <span class="code">H26.48-' in page.text
        assert "27/11/2026" in page.text
        assert MAIL not in page.text
        name = named(MAIL)
        assert f'href="{name}/mails/0.html"' in page.text
        assert f'href="{name}/files/0/due.ics"' in page.text
        assert "<p>Hồ sơ</p>" in (await http.get(f"{address}/mails/0.html")).text
        calendar = await http.get(f"{address}/files/0/due.ics")
        assert calendar.content == file(DUE).content
        assert calendar.headers["content-type"].startswith("text/calendar")
        assert "default-src 'none'" in page.headers["content-security-policy"]
        for nothing in ("mails/1.html", "mails/-1.html", "files/0/x.ics", "files/1/due.ics"):
            assert (await http.get(f"{address}/{nothing}")).status_code == 404


async def test_a_mail_is_told_with_the_day_of_its_calendar() -> None:
    [found] = await told([mail(DUE, DUE._replace(about="hearing", cancelled=True))], MAIL)
    assert (found["from"], found["title"]) == ("Cổng Dịch vụ công <x@dvc.example>", "Đã tiếp nhận")
    assert found["files"] == [
        {"name": f"{about}.ics", "entry": {"title": DUE.title, "day": "2026-11-27", **off}}
        for about, off in (("due", {"is_cancelled": False}), ("hearing", {"is_cancelled": True}))
    ]


async def test_all_devices_are_listed_the_last_one_told_first() -> None:
    async with client([sms(1), mail(), sms(2)]) as http:
        page = (await http.get("/")).text
    assert page.index(named(PHONE)) < page.index(named(MAIL))
    assert "2 tin" in page
    assert PHONE not in page
    assert MAIL not in page


async def test_a_device_that_was_told_nothing_says_so() -> None:
    async with client([]) as http:
        for path in ("/", f"/devices/{named(PHONE)}"):
            assert "Chưa có tin nào." in (await http.get(path)).text
        assert (await http.get("/devices/0912345678")).status_code == 422


def test_a_calendar_tells_its_day_in_vietnam_also_of_an_hour() -> None:
    late = DUE._replace(starts=AT, ends=AT + timedelta(hours=1))
    assert entry(file(late).content) == (DUE.title, date(2026, 11, 21), False)
    assert entry(file(DUE._replace(cancelled=True)).content) == (DUE.title, DUE.starts, True)


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"BEGIN:VCALENDAR\r\nDTSTART:soon\r\n", b"SUMMARY:x\n"]
)
def test_what_is_no_calendar_tells_no_day(content: bytes) -> None:
    assert entry(content) is None
