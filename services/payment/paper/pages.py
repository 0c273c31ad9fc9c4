"""The check page: what a receipt is worth, in two languages, no script, nothing personal."""

from collections.abc import Mapping
from html import escape
from typing import NamedTuple

from services.payment.domain.receipts import Receipt, ReceiptStatus
from services.payment.paper.printing import TITLES, grouped

HEADERS = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
}
SAYS: Mapping[ReceiptStatus, tuple[str, str]] = {
    "valid": ("Biên lai có giá trị.", "The receipt is valid."),
    "adjusted": (
        "Biên lai đã được điều chỉnh: biên lai số {by} có giá trị thay cho biên lai này.",
        "The receipt was adjusted: No. {by} counts instead.",
    ),
    "replaced": (
        "Biên lai đã được thay thế bởi biên lai số {by}.",
        "The receipt was replaced by No. {by}.",
    ),
    "invalid": ("Biên lai không còn giá trị.", "The receipt is no longer valid."),
}
NOT_FOUND = (
    "Không có biên lai nào khớp với mã này. Kiểm tra lại từng ký tự.",
    "No receipt fits this code. Check it character by character.",
)
_PAGE = """<!doctype html><html lang="vi"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Kiểm tra biên lai</title>
<style>body{{font:1.1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:2rem auto;padding:0 1rem}}
dt{{color:#555}}dd{{margin:0 0 .6rem}}input{{font:inherit;width:100%;box-sizing:border-box}}
.said{{border-left:.4rem solid #777;padding-left:.8rem}}.valid{{border-color:#2a7}}</style>
<h1>Kiểm tra biên lai <span lang="en">/ Check a receipt</span></h1>{said}
<form method="get"><p><label>Mã kiểm tra <span lang="en">/ Check code</span>
<input name="code" maxlength="64" required></label></p>
<p><button>Kiểm tra / Check</button></p></form></html>"""


class Found(NamedTuple):
    """A receipt that fits a code, and the name of its unit."""

    receipt: Receipt
    unit: str


def page(found: Found | None, *, is_asked: bool) -> str:
    """Return the page: empty, with what was found, or saying that nothing was."""
    if found is None:
        return _PAGE.format(said=_said("none", *NOT_FOUND) if is_asked else "")
    receipt = found.receipt
    title, title_en = TITLES[receipt.kind]
    vi, en = SAYS[receipt.status]
    rows = (
        ("Loại", "Kind", f"{title} / {title_en}"),
        ("Ký hiệu, số", "Series, number", f"{receipt.series} · {receipt.number}"),
        ("Số tiền", "Amount", f"{grouped(receipt.amount_vnd)} đồng"),
        ("Đơn vị thu", "Unit", found.unit),
        ("Ngày", "Date", f"{receipt.on:%d/%m/%Y}" if receipt.on else ""),
    )
    listed = "".join(
        f'<dt>{vi} <span lang="en">/ {en}</span></dt><dd>{escape(value)}</dd>'
        for vi, en, value in rows
    )
    by = escape(receipt.by)
    return _PAGE.format(
        said=_said(receipt.status, vi.format(by=by), en.format(by=by)) + f"<dl>{listed}</dl>"
    )


def _said(status: str, vi: str, en: str) -> str:
    return f'<p class="said {status}">{vi}<br><span lang="en">{en}</span></p>'
