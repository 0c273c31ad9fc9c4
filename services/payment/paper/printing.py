"""A receipt as PDF: compiled beside the event loop, a few at once, from data alone."""

import io
from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import msgspec
import segno

from services.payment.domain.receipts import Receipt
from services.payment.paper.words import in_words
from shared.events.data import FeeLine
from shared.papers.press import Press

TITLES: Mapping[str, tuple[str, str]] = {
    "fee": ("Biên lai thu phí", "Receipt for a fee"),
    "charge": ("Biên lai thu lệ phí", "Receipt for a charge"),
    "tax": ("Biên lai thu thuế", "Receipt for a tax"),
}
NOTES: Mapping[str, str] = {
    "adjusted": "ĐÃ ĐƯỢC ĐIỀU CHỈNH bởi biên lai số {by} / adjusted by No. {by}",
    "replaced": "ĐÃ ĐƯỢC THAY THẾ bởi biên lai số {by} / replaced by No. {by}",
    "invalid": "KHÔNG CÒN GIÁ TRỊ / no longer valid",
}
OF = "Thay cho biên lai số {of} / instead of No. {of}"


class Said(NamedTuple):
    """What a receipt says besides what is remembered of it."""

    unit: str
    province: str
    dossier: str
    procedure: str
    code: str


class Printer:
    """Prints receipts; `check_page` is where anybody checks them."""

    def __init__(self, check_page: str) -> None:
        self._page, self._press = check_page, Press()

    async def pdf(self, receipt: Receipt, said: Said) -> bytes:
        """Return a receipt as PDF.  Raises `Busy`."""
        return await self._press.draw(partial(render, told(receipt, said, self._page)))


def told(receipt: Receipt, said: Said, check_page: str) -> dict[str, Any]:
    """Return what the template is told."""
    title, title_en = TITLES[receipt.kind]
    note = NOTES.get(receipt.status, OF if receipt.of else "")
    return said._asdict() | {
        "title": title,
        "title_en": title_en,
        "note": note.format(by=receipt.by, of=receipt.of),
        "series": receipt.series,
        "number": receipt.number,
        "date": f"{receipt.on:%d/%m/%Y}" if receipt.on else "",
        "lines": [
            {
                "name": _name(line),
                "quantity": str(line.quantity),
                "unit_amount": grouped(line.unit_amount_vnd),
                "amount": grouped(line.amount_vnd),
            }
            for line in receipt.lines
        ],
        "amount": grouped(receipt.amount_vnd),
        "words": in_words(receipt.amount_vnd),
        "check_page": check_page,
    }


def _name(line: FeeLine) -> str:
    spared = f" (đã miễn, giảm {grouped(line.exempted_vnd)} đồng)" if line.exempted_vnd else ""
    return f"{line.name_vi}{spared}"


def render(told: Mapping[str, Any]) -> bytes:
    """Return the PDF that the template makes of this."""
    import typst  # 80 MB, and most processes never print

    address = f"{told['check_page']}?code={quote(told['code'])}"
    return typst.compile(
        _template(),
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"told": msgspec.json.encode(told).decode(), "qr": qr(address)},
    )


def qr(text: str) -> str:
    """Return a QR code as SVG."""
    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="svg", border=2)
    return out.getvalue().decode()


def grouped(amount_vnd: int) -> str:
    """Return an amount as it is written in Viet Nam: 16.000."""
    return f"{amount_vnd:,}".replace(",", ".")


@cache
def _template() -> bytes:
    return (Path(__file__).parent / "receipt.typ").read_bytes()
