"""A sheet as PDF, tagged (PDF/UA-1), to be searched; the same sheet gives the same bytes."""

from functools import cache
from pathlib import Path

import msgspec

from shared.papers.sheet import Sheet


def pdf(sheet: Sheet) -> bytes:
    """Return a sheet as PDF."""
    import typst  # 80 MB, and most processes never print

    return typst.compile(
        _template(),
        format="pdf",
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
        sys_inputs={"told": msgspec.json.encode(sheet).decode()},
    )


@cache
def _template() -> bytes:
    return Path(__file__).with_name("sheet.typ").read_bytes()
