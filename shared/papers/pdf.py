"""A sheet as PDF, tagged (PDF/UA-1), to be searched; the same sheet gives the same bytes."""

from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from shared.papers.sheet import Sheet

FORM = Path(__file__).with_name("sheet.typ")


def pdf(sheet: Sheet) -> bytes:
    """Return a sheet as PDF."""
    return compiled(FORM, sheet)


def compiled(template: Path, told: Any) -> bytes:
    """Return what a template makes of this; the template reads it as JSON."""
    import typst  # 80 MB, and most processes never print

    return typst.compile(
        _template(template),
        format="pdf",
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
        sys_inputs={"told": msgspec.json.encode(told).decode()},
    )


@cache
def _template(template: Path) -> bytes:
    return template.read_bytes()
