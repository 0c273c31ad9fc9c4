import ast
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import services.intake
from services.intake.domain.answers import CODES
from services.intake.domain.remedies import REMEDIES, WARNINGS, malformed, problem, warning

CODE = re.compile(r"[a-z]+(-[a-z0-9]+)+")
SAY = {"problem", "warning", "_add"}
SOURCES = sorted(Path(services.intake.__path__[0]).rglob("*.py"))


def test_every_code_in_use_has_a_remedy_and_every_remedy_a_use() -> None:
    calls = [
        node
        for source in SOURCES
        for node in ast.walk(ast.parse(source.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in SAY
    ]
    used = {
        constant.value
        for call in calls
        for argument in call.args
        for constant in ast.walk(argument)
        if isinstance(constant, ast.Constant) and CODE.fullmatch(str(constant.value))
    }
    dated = {"date-in-future"}
    assert used | {*CODES.values(), *dated} == {*REMEDIES, *WARNINGS}


@pytest.mark.parametrize("code", [*REMEDIES, *WARNINGS])
def test_a_remedy_is_a_sentence_in_each_language(code: str) -> None:
    found = problem(code, "/x") if code in REMEDIES else warning(code, "/x")
    assert found.remedy_vi != found.remedy_en
    assert found.remedy_vi.endswith(".")
    assert found.remedy_en.endswith(".")


@pytest.mark.parametrize(
    ("reason", "path", "code", "field"),
    [
        ("Expected `int`, got `str`", "$.copies", "invalid-value", "/copies"),
        ("Object contains unknown field `x`", "$", "unknown-field", "/"),
        ("Object missing required field `x`", "", "missing-field", "/"),
        ("Expected `str`, got `int`", "$.documents[3].name", "invalid-value", "/documents/3/name"),
    ],
)
def test_a_decoders_reason_becomes_a_problem(reason, path, code, field) -> None:
    found = malformed(reason, path)
    assert (found.code, found.field) == (code, field)


@given(st.text(), st.text())
def test_whatever_a_decoder_says_it_is_not_repeated(reason: str, path: str) -> None:
    found = malformed(f"Invalid enum value 'secret {reason}'", "$.x")
    assert "secret" not in str(found)
    assert malformed(reason, path).code in REMEDIES
