"""Every page, whatever it is about."""

from collections import Counter
from pathlib import Path

import pytest

from deploy.local.settings import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_page_says_a_paragraph_twice(page: Path) -> None:
    paragraphs = Counter(text.strip() for text in page.read_text().split("\n\n"))
    assert [text for text, times in paragraphs.items() if times > 1 and len(text) > 80] == []
