import msgspec
import pytest

from services.intake.forms import PROCEDURE_FORM, FormView


async def test_a_portal_reads_what_a_procedure_asks_for(make) -> None:
    answer = await make.Edge().call("GET", "/v1/procedures/2.000635/form", key="nobody")
    assert answer.status_code == 200
    view = msgspec.json.decode(answer.content, type=FormView)
    assert msgspec.structs.replace(view, schema=PROCEDURE_FORM.schema) == PROCEDURE_FORM
    assert view.schema["required"] == ["extract", "subject_name", "relation"]


async def test_a_procedure_without_a_written_form_has_one_of_its_catalogue_row(make) -> None:
    answer = await make.Edge().call("GET", "/v1/procedures/2.000200/form")
    body = answer.json()
    assert body["is_written"] is False
    assert body["channels"] == ["direct", "online"]
    assert body["schema"]["properties"]["case"]["enum"][0] == "first_issue"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("x", 404),
        ("2.000635/form?on=2025-06-30", 404),
        ("2.000635/form?on=yesterday", 422),
        (f"{'x' * 33}/form", 422),
    ],
)
async def test_a_form_that_is_none_is_a_problem_document(make, path, status) -> None:
    path = path if "form" in path else f"{path}/form"
    answer = await make.Edge().call("GET", f"/v1/procedures/{path}")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
