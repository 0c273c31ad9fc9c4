"""Receipts as PDF: whatever a name says, nothing of it is markup."""

import asyncio
from datetime import date

import pytest

from services.payment.domain.fees import line
from services.payment.domain.receipts import KINDS, Receipt, ReceiptStatus
from services.payment.paper.printing import (
    NOTES,
    TITLES,
    Printer,
    Said,
    grouped,
    qr,
    render,
    told,
)
from shared.events.data import FeeLine
from shared.papers.press import WAITING_LIMIT, Busy

PAGE = "https://motcua.example/v1/receipts/check"
SAID = Said("Phường Tân Định", "Thành phố Hồ Chí Minh", "H29.1-1", "Cấp bản sao", "L26-26737-17-X")


def receipt(**changes):
    whole = {
        "kind": "charge",
        "number": "00000017",
        "series": "L26",
        "unit": "26737",
        "on": date(2026, 11, 20),
        "attempt": 1,
        "amount_vnd": 16_000,
        "lines": (line("charge", "Lệ phí hộ tịch", 8_000, 2),),
    }
    return Receipt(**(whole | changes))


def test_every_kind_has_a_title_and_every_end_a_note():
    assert set(TITLES) == set(KINDS)
    assert set(NOTES) == set(ReceiptStatus.__args__) - {"valid"}


@pytest.mark.parametrize(
    "name", ["Lệ phí *đậm* #panic() $x$ `", '#import "x"', "\\u{41} <label> @ref", "ẵ ẳ Ỹ ợ"]
)
def test_whatever_a_line_is_called_it_is_printed(name):
    made = render(told(receipt(lines=(line("charge", name, 16_000),)), SAID, PAGE))

    assert made.startswith(b"%PDF-")


def test_forty_lines_are_printed_too():
    lines = (line("charge", "Lệ phí", 400),) * 40

    assert render(told(receipt(lines=lines), SAID, PAGE)).startswith(b"%PDF-")


def test_what_was_spared_and_what_counts_instead_stands_on_it():
    spared = FeeLine(
        kind="charge", name_vi="Lệ phí", quantity=1, unit_amount_vnd=20_000,
        amount_vnd=16_000, exempted_vnd=4_000,
    )  # fmt: skip
    said = told(receipt(lines=(spared,), status="replaced", by="00000018"), SAID, PAGE)

    assert said["lines"][0]["name"] == "Lệ phí (đã miễn, giảm 4.000 đồng)"
    assert "00000018" in said["note"]
    assert told(receipt(of="00000016"), SAID, PAGE)["note"].startswith("Thay cho biên lai số 0000")


def test_the_qr_code_is_an_image_without_a_script():
    made = qr(f"{PAGE}?code=L26-26737-17-X")

    assert made.startswith("<?xml")
    assert "<script" not in made


def test_amounts_are_grouped_by_dots():
    assert [grouped(n) for n in (0, 999, 16_000, 1_016_000)] == ["0", "999", "16.000", "1.016.000"]


async def test_more_than_can_wait_are_told_to_come_again():
    printer = Printer(PAGE)
    asked = [printer.pdf(receipt(), SAID) for _ in range(WAITING_LIMIT + 1)]

    made = await asyncio.gather(*asked, return_exceptions=True)

    assert [type(m) for m in made].count(Busy) == 1
    assert sum(isinstance(m, bytes) for m in made) == WAITING_LIMIT
