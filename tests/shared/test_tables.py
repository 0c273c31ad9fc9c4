"""Tests keep rows in one table alone, which passes the test of all tables."""

import ast
from pathlib import Path

from tests.shared.tables import READS, WRITES

# one is measured, and as fast as can be; one takes every claim and keeps none
NO_TABLES = {"tests/load/stated_day.py:Memory", "tests/shared/test_effects.py:Claims"}
ROOT = Path(__file__).parents[2]


def calls(node: ast.ClassDef) -> set[str]:
    names = {part.name for part in node.body if isinstance(part, ast.AsyncFunctionDef)}
    return names & (READS | WRITES)


def test_whatever_keeps_rows_in_memory_is_the_one_that_passes_these() -> None:
    own = {
        f"{path.relative_to(ROOT)}:{node.name}"
        for path in (ROOT / "tests").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.ClassDef) and not node.bases and len(calls(node)) > 1
    }
    assert own - {"tests/shared/tables.py:MemoryTable"} == NO_TABLES
