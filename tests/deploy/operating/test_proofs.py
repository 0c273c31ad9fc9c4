"""What an operator reads in a terminal of proofs that operations makes."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from deploy.operating.proofs import _is_excepted, _leave, show_all, show_one
from services.operations.proof_api import _MADE
from shared import edge
from shared.errors import Misconfigured

MADE: Any = edge.builtins(_MADE)
DONE = MADE | {"ended_at": MADE["at"], "holds": False, "excepted": 2}
EQUATION = {"name": "doors", "of": "", "left": 9, "relation": "=", "right": {"registered": 9}}


def drawn(draw: Callable[..., None], *said: Any) -> str:
    console = Console(file=io.StringIO(), record=True, width=200)
    draw(console, *said)
    return " ".join(console.export_text().split())


def test_one_under_way_says_how_far_it_is() -> None:
    assert f"{MADE['id']} {MADE['since']} {MADE['until']} proving 40 % 800 0 o-1" in drawn(
        show_all, [MADE]
    )


def test_one_that_is_done_says_whether_it_holds_and_what_it_found() -> None:
    found = {"made": DONE, "equations": [EQUATION | {"holds": True}]}
    said = drawn(show_one, found)
    assert "does not hold 800 2" in said
    assert "✓ doors 9 = registered 9" in said
    assert "wait" not in said


def test_how_many_wait_and_since_when_is_said() -> None:
    proof = {"waiting": {"held": 2, "money": 1}, "oldest_ms": {"held": 0, "money": 9_000_000}}
    said = drawn(show_one, {"made": DONE, "equations": [], "proof": proof})
    assert "… 3 wait, the oldest since 1970-01-01 07:00." in said


def test_where_there_is_none_it_says_how_to_begin_one() -> None:
    assert "--from and --to begin one" in drawn(show_all, [])


def test_a_script_is_troubled_by_what_does_not_hold_alone() -> None:
    assert _is_excepted({"made": DONE})
    assert not _is_excepted(MADE)
    assert not _is_excepted({"items": [DONE]})


def test_a_report_is_kept_byte_by_byte_and_what_is_none_is_not_printed(tmp_path: Path) -> None:
    _leave(b'{"a": 1 }', tmp_path / "report.json", None, as_json=False)
    assert (tmp_path / "report.json").read_bytes() == b'{"a": 1 }'
    with pytest.raises(Misconfigured, match="no signed report"):
        _leave(b"{}", None, tmp_path / "report.html", as_json=False)
    with pytest.raises(Misconfigured, match="cannot be written"):
        _leave(b"{}", tmp_path / "no" / "report.json", None, as_json=False)
