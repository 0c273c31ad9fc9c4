"""What devices show, in the terminal: every message once, whole, with its time in Vietnam."""

import io
from typing import Any

import pytest
from rich.console import Console

from deploy.local.device_view import devices
from deploy.local.fitted import WIDTH

CODE = "H26.48-20261123-0000001"


def item(n: int, **more: Any) -> dict[str, Any]:
    return {
        "at": f"2026-11-22T17:02:{n:02d}Z",
        "from": "DVC",
        "to": "091***678",
        "title": "",
        "text": f"Ho so {CODE} da nop thanh cong. Dung ma nay de tra cuu, {n}.",
        "files": [],
        **more,
    }


def mail(n: int, **more: Any) -> dict[str, Any]:
    told = {"from": "Cổng Dịch vụ công <a@b.example>", "title": f"Đã nhận hồ sơ {CODE}"}
    return item(
        n, to="c***@b.example", **{**told, "text": f"Đoạn một.\r\n\r\nĐoạn {n}.\r\n", **more}
    )


def file(*, is_cancelled: bool = False) -> dict[str, Any]:
    entry = {"title": "Hẹn trả kết quả", "day": "2026-11-27", "is_cancelled": is_cancelled}
    return {"name": "due.ics", "entry": entry}


ALL = [
    ("sms", [item(1), item(2)]),
    ("email", [mail(3, files=[file()]), mail(4, files=[file(is_cancelled=True)])]),
    ("app@representative", [item(5, title="Đã nhận hồ sơ")]),
]


def text(found: Any, width: int = WIDTH) -> str:
    console = Console(width=width, file=io.StringIO(), record=True)
    console.print(devices(found))
    return console.export_text()


@pytest.mark.parametrize("width", [50, 79, 80, 100, 140])
def test_every_message_is_whole_and_there_once_at_every_width(width: int) -> None:
    shown = text(ALL, width)
    assert max(len(line.rstrip()) for line in shown.splitlines()) <= min(width, WIDTH)
    assert [shown.count(f"00:02:{n:02d}") for n in range(1, 6)] == [1] * 5
    assert shown.count(CODE) == 5  # three in texts, two in subjects
    assert "…" not in shown


def test_handset_and_app_stand_side_by_side_where_there_is_room() -> None:
    wide, narrow = text(ALL, 80).splitlines(), text(ALL, 79).splitlines()
    assert "SMS · 091***678" in wide[0]
    assert "App · 091***678, of who acts for them" in wide[0]
    assert "App" not in narrow[0]


def test_a_mail_has_its_sender_subject_text_and_the_day_of_its_calendar() -> None:
    lines = [line.strip() for line in text([ALL[1]]).splitlines()]
    assert lines[1:7] == [
        "E-mail · c***@b.example",
        "00:02:03  Cổng Dịch vụ công <a@b.example>",
        f"Đã nhận hồ sơ {CODE}",
        "Đoạn một.",
        "Đoạn 3.",
        "↳ due.ics  Hẹn trả kết quả, 27/11/2026",
    ]
    assert lines[-1] == "↳ due.ics  Hẹn trả kết quả, 27/11/2026  (taken out)"


def test_a_file_that_is_no_calendar_has_its_name_and_a_silent_device_says_so() -> None:
    plain = mail(1, files=[{"name": "form.pdf", "entry": None}])
    assert "↳ form.pdf\n" in text([("email", [plain])]).replace(" \n", "\n").replace("  ", "")
    assert "SMS · nothing came" in text([("sms", [])])
