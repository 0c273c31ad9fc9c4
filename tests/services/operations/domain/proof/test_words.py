"""Whatever a proof names is called something, in both languages."""

import ast
from collections.abc import Mapping
from pathlib import Path

import pytest

from services.operations.domain import proof
from services.operations.domain.citizen.words import Words
from services.operations.domain.proof import equations
from services.operations.domain.proof.tally import LIMITS_MS, PERSON_MS, Proof
from services.operations.domain.proof.words import COLUMNS, KINDS, PARTS, SECTIONS, WAITS, waited
from tests.services.operations.domain.proof.plant import LOST, PLANTED

FOLDER = Path(proof.__file__).parent
CALLS = [
    node
    for path in (*FOLDER.glob("*.py"), FOLDER.parents[1] / "proving.py")
    for node in ast.walk(ast.parse(path.read_text()))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args
]


def said_by(*methods: str) -> set[str]:
    """Return the words that the checks say with these methods."""
    found = [call.args[0] for call in CALLS if call.func.attr in methods]
    return {a.value for a in found if isinstance(a, ast.Constant)}


def test_every_exception_has_words_and_none_is_left_over() -> None:
    of_findings = {"gap", "misorder", "fork"}  # kinds of `domain.findings`
    of_reports = {"unread"}

    assert said_by("blame") | of_findings | of_reports == KINDS.keys()


def test_every_exception_but_those_of_others_is_planted() -> None:
    planted = set().union(*PLANTED.values(), *LOST.values())

    assert KINDS.keys() - planted == {
        *("misorder", "fork", "truncated", "name_taken"),
        *("unread", "left_unreadable"),
    }


def test_everything_that_is_waited_for_has_words_and_none_is_left_over() -> None:
    assert LIMITS_MS.keys() == WAITS.keys()


def test_every_kind_that_is_waited_for_has_a_limit_of_age() -> None:
    assert said_by("wait", "bears") <= LIMITS_MS.keys()
    assert all(0 < limit_ms <= PERSON_MS for limit_ms in LIMITS_MS.values())


def test_every_part_of_an_equation_has_words() -> None:
    named = (equations.ANSWERS, equations.LETTERS, equations.KEPT, equations.ENDS)
    others = {"receipts", "receipts_awaited", "released", "first_occurrences"}
    of_older_reports = {"held", "set_aside", "being_read"}

    said = {name for names in named for name in names} | others | of_older_reports
    assert said | set(equations.COLUMNS) == PARTS.keys()
    assert COLUMNS.keys() == PARTS.keys()


def test_what_waits_is_told_with_its_number_and_its_age() -> None:
    proof = Proof()
    assert waited(proof) is None
    for n in range(1_200):
        proof.wait("held", "", f"{n}", "", since_ms=9_000_000 + n)
    assert waited(proof) == Words(
        "1.200 mục đang chờ, lâu nhất từ 09:30 01/01/1970",
        "1,200 wait, the oldest since 1970-01-01 09:30",
    )


@pytest.mark.parametrize("table", [SECTIONS, PARTS, COLUMNS, KINDS, WAITS])
def test_no_two_are_called_the_same(table: Mapping[str, Words]) -> None:
    for language in ("vi", "en"):
        words = [getattr(each, language) for each in table.values()]
        assert len(set(words)) == len(words)
        assert all(words)
