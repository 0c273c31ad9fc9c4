"""An edge answers its own mistakes too as problem details, and says nothing of them."""

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import httpx
import pytest
from fastapi import FastAPI, Header, Query
from pydantic_core._pydantic_core import list_all_errors

from shared import problems

PAGE = " ".join((Path(__file__).parents[2] / "docs" / "portals.md").read_text().split())


async def test_our_own_mistake_is_answered_without_a_word_of_it() -> None:
    app = FastAPI()
    problems.install(app)

    @app.get("/")
    async def broken() -> None:
        raise ZeroDivisionError("001199000001")

    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://edge") as client:
        answer = await client.get("/")

    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:motcua:problem:our-mistake"
    assert "001199000001" not in answer.text


EVERY_TYPE = {error["type"]: error for error in list_all_errors()}


@pytest.mark.parametrize("kind", EVERY_TYPE)
def test_whatever_the_framework_finds_is_said_in_our_codes_and_in_vietnamese(kind: str) -> None:
    known = EVERY_TYPE[kind]
    said = known["example_message_python"]
    found = {"type": kind, "loc": ("query", "on"), "msg": said} | (
        {"ctx": context} if (context := known["example_context"]) else {}
    )
    problem = problems.parameter_problem(found)
    assert problem.field == "/query/on"
    assert problem.code in problems.PARAMETER_CODES
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", problem.code)
    assert said not in problem.remedy_vi
    assert re.fullmatch(r"[A-ZĐ].*[à-ỹđ].*\.", problem.remedy_vi), "a whole sentence"
    assert re.fullmatch(r"[A-Z].*\.", problem.remedy_en)
    assert not re.search(r"[{}]", problem.remedy_vi + problem.remedy_en)


def test_each_table_row_is_a_type_that_there_is() -> None:
    assert set(problems._FOUND) <= set(EVERY_TYPE)


def test_the_codes_of_parameters_stand_on_the_page() -> None:
    told = PAGE.partition("In a query parameter or a header the codes are ")[2].partition(".")[0]
    assert set(re.findall(r"`([a-z-]+)`", told)) == problems.PARAMETER_CODES - {"not-json"}


@pytest.mark.parametrize(
    ("query", "field", "code", "vi"),
    [
        ("on=tomorrow", "/query/on", "invalid-date", "Cần một ngày có thật"),
        ("limit=x", "/query/limit", "invalid-value", "Cần một số nguyên."),
        ("limit=0", "/query/limit", "out-of-range", "Cần giá trị từ 1 trở lên."),
        ("limit=9", "/query/limit", "out-of-range", "Cần giá trị không quá 5."),
        ("after=xyz", "/query/after", "invalid-value", "Cần đúng dạng ^[0-9]*$."),
        ("code=123", "/query/code", "too-long", "Không được quá 2 ký tự."),
        ("kind=c", "/query/kind", "invalid-value", "Cần 'a' hoặc 'b'."),
        ("key=", "/header/x-key", "missing-field", "Bổ sung giá trị bắt buộc này."),
    ],
)
async def test_a_wrong_parameter_is_refused_in_both_languages(
    query: str, field: str, code: str, vi: str
) -> None:
    app = FastAPI()
    problems.install(app)

    @app.get("/")
    async def read(
        x_key: Annotated[str, Header()],
        on: date | None = None,
        limit: Annotated[int, Query(ge=1, le=5)] = 1,
        after: Annotated[str, Query(pattern="^[0-9]*$")] = "",
        code: Annotated[str, Query(max_length=2)] = "",
        kind: Literal["a", "b"] = "a",
    ) -> None: ...

    headers = {} if query == "key=" else {"x-key": "k"}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://edge") as client:
        answer = await client.get(f"/?{query}", headers=headers)
    assert answer.status_code == 422
    (problem,) = answer.json()["problems"]
    assert (problem["field"], problem["code"]) == (field, code)
    assert problem["remedy_vi"].startswith(vi)
    assert "Correct" not in problem["remedy_vi"]
