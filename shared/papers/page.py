"""A sheet as a page: no script, nothing loaded, whatever a text says is text."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from shared.papers.sheet import Sheet

if TYPE_CHECKING:
    from jinja2 import Template

HEADERS = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
}


def page(sheet: Sheet) -> bytes:
    """Return a sheet as HTML, which prints on A4."""
    return _template().render(sheet=sheet).encode()


@cache
def _template() -> "Template":
    from jinja2 import Environment, StrictUndefined

    whole = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return whole.from_string(Path(__file__).with_name("sheet.html").read_text("utf-8"))
