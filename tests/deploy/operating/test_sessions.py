"""What an administrator reads in a terminal of who is signed in."""

import io
from typing import Any

import pytest
from rich.console import Console

from deploy.operating.sessions import sessions, shown
from services.operations.console.sessions import Open
from services.operations.sessions_api import SessionsView
from shared import edge
from shared.errors import Misconfigured
from tests.services.operations.story import BEGAN

ONE = Open(
    person="local#an.nguyen",
    name="an",
    role="operator",
    units=(),
    way="account",
    since=BEGAN,
    seen=BEGAN,
)


def drawn(found: Any) -> str:
    console = Console(file=io.StringIO(), record=True, width=200)
    shown(console, edge.builtins(found))
    return " ".join(console.export_text().split())


def test_a_list_says_whose_since_when_and_that_there_are_more() -> None:
    said = drawn(SessionsView(items=[ONE], is_cut=True))
    assert "local#an.nguyen an operator account 20" in said
    assert "there are older ones" in said
    assert drawn(SessionsView(items=[], is_cut=False)) == "Nobody is signed in."


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"person": "local#an.nguyen"},
        {"reason": "The notebook was lost"},
        {"person": "local#an.nguyen", "own": True, "reason": "The notebook was lost"},
        {"own": True, "reason": "The notebook was lost"},
    ],
)
def test_who_is_to_be_signed_out_and_why_is_said_or_nobody_is(asked: Any) -> None:
    with pytest.raises(Misconfigured):
        sessions(**asked, end=True)
