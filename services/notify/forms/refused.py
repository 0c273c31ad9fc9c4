"""Why a form does not open, as a page: for a citizen whose browser sent what a button says."""

import hashlib
from base64 import b64encode
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from shared.papers.page import HEADERS as PAGE
from shared.papers.said import Said
from shared.problems import Refusal

if TYPE_CHECKING:
    from jinja2 import Template

HERE = Path(__file__).parent
STYLE = (HERE / "refused.css").read_text("utf-8")
MINUTE_S = 60
TITLE = Said("Không mở được giấy này", "This form did not open")
AGAIN = Said("Hãy thử lại sau {wait}.", "Try again in {wait}.")
CLOSE = Said(
    "Đóng thẻ này để trở lại trang tình trạng hồ sơ.",
    "Close this tab to go back to the page that shows how the application stands.",
)
LINK = Said("Mở trang tình trạng hồ sơ", "Open the status page")
OTHERWISE = Said(
    "Hệ thống không đọc được yêu cầu này. Hãy bấm lại nút của giấy trên trang tình trạng hồ sơ.",
    "This cannot be read. Press the form's button on the status page again.",
)

# by a refusal's code: what its `problems` do not say
WHY: Mapping[str, Said] = {
    "no-such-form-yet": Said(
        "Nếu trang tình trạng hồ sơ đã có nút của giấy này, hãy đợi một phút rồi bấm lại.",
        "If the status page has a button for it already, wait a minute and press it again.",
    ),
    "unknown-form": Said(
        "Hệ thống không lập loại giấy này. Hãy mở giấy bằng nút trên trang tình trạng hồ sơ.",
        "There is no such form. Open forms by the buttons on the status page.",
    ),
    "unknown-link": Said(
        "Đường dẫn này không mở hồ sơ nào. Hãy mở lại trang tình trạng hồ sơ, "
        "nhập mã hồ sơ và mã tra cứu.",
        "This link opens no application. Open the status page anew, "
        "and type the dossier code and its lookup code.",
    ),
    "too-many-forms": Said(
        "Giấy tờ của hồ sơ này vừa được mở quá nhiều lần.",
        "Forms of this application were opened too often just now.",
    ),
    "busy": Said(
        "Hệ thống đang lập nhiều giấy tờ.",
        "Many forms are drawn just now.",
    ),
    "outcome-unknown": Said(
        "Hệ thống tạm thời chưa đọc được hồ sơ.",
        "The application cannot be read just now.",
    ),
}


def refused(why: Refusal, status_page: str) -> bytes:
    """Return the page, Vietnamese first; `status_page`: the way back, empty where none is known."""
    whole = {"title": TITLE, "told": tuple(_told(why)), "link": LINK, "back": status_page}
    return _template().render(style=STYLE, **whole).encode()


def _told(why: Refusal) -> Iterator[Said]:
    yield from (Said(problem.remedy_vi, problem.remedy_en) for problem in why.problems)
    if why.code in WHY or not why.problems:
        yield WHY.get(why.code, OTHERWISE)
    if after_s := int((why.headers or {}).get("Retry-After", 0)):
        wait = _wait(after_s)
        yield Said(AGAIN.vi.format(wait=wait.vi), AGAIN.en.format(wait=wait.en))
    yield CLOSE


def _wait(wait_s: int) -> Said:
    """Return how long that is, in whole minutes from a minute on."""
    if wait_s < MINUTE_S:
        return Said(f"{wait_s} giây", f"{wait_s} second{'s' * (wait_s > 1)}")
    minutes = -(-wait_s // MINUTE_S)
    return Said(f"{minutes} phút", f"{minutes} minute{'s' * (minutes > 1)}")


@cache
def _template() -> "Template":
    from jinja2 import Environment, StrictUndefined

    whole = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return whole.from_string((HERE / "refused.html").read_text("utf-8"))


def _headers() -> dict[str, str]:
    """Return what keeps the page from being kept, framed or added to."""
    known = b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    rules = (
        "default-src 'none'",
        f"style-src 'sha256-{known}'",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
    return {
        **PAGE,
        "content-security-policy": "; ".join(rules),
        "cross-origin-opener-policy": "same-origin",
        "vary": "accept",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "x-robots-tag": "noindex, nofollow",
    }


HEADERS = _headers()
