import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import services.intake
from services.intake.domain.remedies import REMEDIES, malformed, problem

SOURCES = sorted(Path(services.intake.__path__[0]).rglob("*.py"))


def test_every_code_in_use_has_a_remedy_and_every_remedy_a_use() -> None:
    calls = [
        node
        for source in SOURCES
        for node in ast.walk(ast.parse(source.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "problem"
    ]
    used = {
        constant.value
        for call in calls
        for constant in ast.walk(call.args[0])
        if isinstance(constant, ast.Constant)
    }
    assert used | {"invalid-value", "unknown-field", "missing-field"} == set(REMEDIES)


@pytest.mark.parametrize("code", REMEDIES)
def test_a_remedy_is_a_sentence_in_each_language(code: str) -> None:
    found = problem(code, "/x")
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
