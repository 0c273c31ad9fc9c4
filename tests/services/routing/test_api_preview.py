"""Where a filing would go, over HTTP: explained, and nothing is done."""

import pytest


async def test_a_preview_explains_and_does_nothing(desk):
    query = {"procedure": "1.001193", "residence_unit": "00007", "receiving_unit": "00097"}
    shown = (await desk.http.get("/v1/routing/preview", params=query)).json()
    assert shown["candidates"] == ["00008", "00025"]
    assert "split" in shown["reason"]
    assert desk.log.records == []


@pytest.mark.parametrize(
    ("procedure", "place"), [("1.001193", "residence"), ("1.013992", "object")]
)
async def test_a_preview_reads_a_code_as_of_the_day_that_is_named(procedure, place, desk):
    query = {"procedure": procedure, "receiving_unit": "00097", f"{place}_unit": "00025"}
    today = (await desk.http.get("/v1/routing/preview", params=query)).json()
    query[f"{place}_unit_on"] = "2025-06-30"
    before = (await desk.http.get("/v1/routing/preview", params=query)).json()
    assert (today["competent_unit"], today["candidates"]) == ("00025", [])
    assert (before["competent_unit"], before["candidates"]) == ("", ["00025", "00008", "00199"])
    assert before["facts"][f"{place}_on"] == "2025-06-30"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"procedure": "9.999999", "receiving_unit": "00097"}, "/query/procedure"),
        ({"procedure": "1.001193"}, "/query/receiving_unit"),
        ({"procedure": "1.001193", "receiving_unit": "0" * 33}, "/query/receiving_unit"),
        ({"procedure": "1.001193", "receiving_unit": "00097", "on": "soon"}, "/query/on"),
        (
            {"procedure": "1.001193", "receiving_unit": "00097", "object_unit_on": "soon"},
            "/query/object_unit_on",
        ),
    ],
)
async def test_a_preview_of_something_impossible_is_refused(query, field, desk):
    answer = await desk.http.get("/v1/routing/preview", params=query)
    assert answer.status_code == 422
    assert [p["field"] for p in answer.json()["problems"]] == [field]


async def test_a_preview_names_every_code_that_the_door_would_refuse(desk):
    query = {
        "procedure": "1.001193",
        "receiving_unit": "99999",
        "residence_unit": "xx",
        "object_unit": "99998",
    }
    answer = await desk.http.get("/v1/routing/preview", params=query)
    assert (answer.status_code, answer.json()["title"]) == (422, "unknown unit")
    problems = answer.json()["problems"]
    fields = ["/query/receiving_unit", "/query/residence_unit", "/query/object_unit"]
    assert [p["field"] for p in problems] == fields
    assert {p["code"] for p in problems} == {"unknown-unit"}
    assert all("mã" in p["remedy_vi"] and "code" in p["remedy_en"] for p in problems)


async def test_a_preview_takes_what_the_door_takes(desk):
    """An old unit will do for where somebody lives, not for where it is handed in."""
    old = {"procedure": "1.001193", "residence_unit": "00007", "receiving_unit": "00097"}
    assert (await desk.http.get("/v1/routing/preview", params=old)).status_code == 200
    old["receiving_unit"] = "00007"
    assert (await desk.http.get("/v1/routing/preview", params=old)).status_code == 422
