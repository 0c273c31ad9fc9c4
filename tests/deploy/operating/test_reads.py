"""What an auditor reads in a terminal of who was shown what."""

import io
from typing import Any

import pytest
from rich.console import Console

from deploy.operating.reads import page, reads
from services.operations.reads.rows import Read
from services.operations.reads_api import ReadsView
from shared import edge
from shared.errors import Misconfigured
from tests.services.operations.story import BEGAN, application


def drawn(found: Any) -> str:
    console = Console(file=io.StringIO(), record=True, width=200)
    page(console, edge.builtins(found))
    return " ".join(console.export_text().split())


def test_a_page_says_who_when_from_where_and_what_was_asked() -> None:
    asked = f"/v1/journeys/{application(1)}"
    what = {"what": "GET /v1/journeys/{name}", "asked": asked, "count": 1}
    read = Read(at=BEGAN, by="operator-1", role="operator", address="203.0.113.7", **what)
    said = drawn(ReadsView(items=[read], next="0001/ab"))
    assert f"operator-1 operator 203.0.113.7 1 {asked}" in said
    assert "more: --after 0001/ab" in said
    assert drawn(ReadsView(items=[], next=None)) == "Nobody was."


def test_an_application_and_a_person_at_once_are_refused() -> None:
    with pytest.raises(Misconfigured):
        reads(name="a", by="b")
