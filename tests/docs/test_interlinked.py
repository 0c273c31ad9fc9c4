"""What the page of interlinked applications says of its example is what routing makes of it."""

import json
import re
from datetime import date
from pathlib import Path

from services.intake.domain.saga import CITIZEN
from services.routing.domain.rules import explain, load_rules
from shared.catalogue import load
from shared.events.intake import ChildView
from shared.kinship import child_id, is_child

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "interlinked.md").read_text()
PROSE = " ".join(PAGE.split())
DAY = date(2026, 11, 20)
PARENT = "0199a0b1-c2d3-7e4f-8a5b-6c7d8e9f0a1b"


def test_the_children_of_the_example_go_where_the_page_says() -> None:
    [text] = re.findall(r"```json\n(.*?)```", PAGE, re.S)
    example = json.loads(text)
    catalogue, rules = load(), load_rules()
    interlinked = catalogue.interlinked_set(example["procedure"], DAY)
    assert interlinked is not None
    decided = {}
    for row in interlinked.children:
        unit = example[row.received_by]
        if row.level == "province":
            province = catalogue.province_of(unit, DAY)
            assert province is not None
            unit = province.code
        route = explain(catalogue, rules, row.procedure, example["residence_unit"], unit, DAY, "")
        decided[row.name] = route.competent_unit, route.rule
    assert decided["birth"] == ("26740", "forwarded-within-province")
    assert decided["residence"][0] == "26740"
    assert decided["health_card"][0] == "79"
    assert (
        "the birth, handed in at 26737, is decided where the applicant lives, at 26740 "
        "(`forwarded-within-province`); the residence at 26740; the health card at the province, 79"
    ) in PROSE


def test_what_is_said_of_a_child_that_waits_and_of_its_id_is_so() -> None:
    waits = ChildView(
        name="a", application=PARENT, procedure="p", receiving_unit="u", standing="waiting"
    )
    assert (waits.national_code, waits.by_rule) == (0, {})
    assert "while it waits it is 0" in PROSE
    assert f"and `{CITIZEN}` when the parent is taken back" in PROSE
    assert [child_id(PARENT, n)[14] for n in (0, 1, 7)] == ["8", "9", "f"]
    assert is_child(child_id(PARENT, 0))
    assert "8 for the first child, 9 for the next, up to f" in PROSE
