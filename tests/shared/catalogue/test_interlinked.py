"""Interlinked sets: what is wrong with rows is said, and those we ship are complete."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from shared.catalogue import forms, load
from shared.catalogue.difference import Open, diff, procedures, touched
from shared.catalogue.interlinked import FAILURES, InterlinkedSet, waiting_for
from shared.errors import Misconfigured

ON = date(2026, 11, 20)
FORMS = forms.load()
SETS = ("local.interlinked-birth", "local.interlinked-death")
BIRTH, RESIDENCE, CARD = 0, 1, 2
Edit = Callable[[list[Any]], None]


def child(place: int, **changed: Any) -> Edit:
    return lambda rows: rows[0]["children"][place].update(changed)


def rule(place: int, **changed: Any) -> Edit:
    return lambda rows: rows[0]["rules"][place].update(changed)


def of_set(**changed: Any) -> Edit:
    return lambda rows: rows[0].update(changed)


def drop_rule(rows: list[Any]) -> None:
    rows[0]["rules"].pop(1)


def drop_children(rows: list[Any]) -> None:
    rows[0]["children"] = rows[0]["children"][:1]


BOTH = {"residence": "withdraws", "health_card": "withdraws"}
BAD: list[tuple[Edit, str]] = [
    (of_set(code="x"), r"interlinked.json row 1 \(x\): no procedure has the code x"),
    (child(BIRTH, procedure="9.999999"), "birth: no procedure has the code 9.999999"),
    (child(BIRTH, procedure=SETS[1]), r"birth: .* has children itself"),
    (child(RESIDENCE, name="birth"), "two children have one name"),
    (drop_children, "it has 1 children: give 2 to 8"),
    (child(RESIDENCE, after=["nobody"]), "residence comes after nobody"),
    (child(BIRTH, after=["health_card"]), "birth comes after itself: a circle"),
    (child(RESIDENCE, after=["residence"]), "residence comes after itself: a circle"),
    (drop_rule, "0 rules say what follows when birth is stopped"),
    (rule(1, when=["stopped", "refused"]), "2 rules say what follows when birth is refused"),
    (rule(0, child="nobody"), "a rule speaks of nobody"),
    (rule(0, others={"residence": "withdraws"}), "what becomes of health_card, residence"),
    (rule(0, others={**BOTH, "birth": "stands"}), "the rule for birth has to say what becomes of"),
    (rule(0, others={**BOTH, "residence": "stands"}), "residence waits for birth, which has fail"),
    (rule(1, others={**BOTH, "residence": "stands"}), "health_card cannot be withdrawn for it"),
    (of_set(valid_to="2025-01-01"), "ends on 2025-01-01 before it begins"),
]


@pytest.mark.parametrize(("edit", "said"), BAD, ids=[b[1] for b in BAD])
def test_bad_rows_are_refused_with_the_reason(edition, edit: Edit, said: str) -> None:
    with pytest.raises(Misconfigured, match=said):
        edition.change("interlinked", edit).load()


def test_a_failure_that_nobody_knows_is_refused(edition) -> None:
    with pytest.raises(Misconfigured, match=r"interlinked.json: Invalid enum value .late."):
        edition.change("interlinked", rule(1, when=["late"])).load()


@pytest.mark.parametrize("code", SETS)
def test_for_each_child_and_each_failure_one_rule_says_what_becomes_of_each_other(code) -> None:
    found = shipped(code)
    names = {c.name for c in found.children}
    assert found.table.keys() == {f"{name}/{how}" for name in names for how in FAILURES}
    for cause, others in found.table.items():
        assert others.keys() == names - {cause.partition("/")[0]}
    for each in found.rules:
        assert each.why_vi
        assert each.why_en


@pytest.mark.parametrize("code", SETS)
def test_what_a_child_is_asked_is_asked_of_the_parent(code) -> None:
    catalogue = load()
    asked = form(catalogue, code).schema
    for row in shipped(code).children:
        of_child = form(catalogue, row.procedure)
        assert of_child.is_written, "what it asks for has to be known"
        questions = of_child.schema["properties"]
        assert {*row.answers, *row.fixed} <= questions.keys()
        assert {*row.answers.values()} <= asked["properties"].keys()
        assert not row.answers.keys() & row.fixed.keys()
        for name in of_child.schema["required"]:
            assert name in row.fixed or row.answers[name] in asked["required"]
        for name, fixed in row.fixed.items():
            assert fixed in questions[name]["enum"]
        for name, of in row.answers.items():  # whatever the parent takes, the child takes
            theirs, ours = questions[name], asked["properties"][of]
            assert ours.get("enum", ()) == theirs.get("enum", ()), name
            assert ours.get("pattern") == theirs.get("pattern"), name
            assert ours.get("maxLength", 0) <= theirs.get("maxLength", 0), name
        for pair in of_child.schema.get("dependentRequired", {}).items():
            cause, needed = row.answers[pair[0]], {row.answers[n] for n in pair[1]}
            assert needed <= {*asked["dependentRequired"][cause]}


@pytest.mark.parametrize("code", SETS)
def test_what_a_child_must_attach_is_attached_by_the_parent(code) -> None:
    catalogue = load()
    parent = form(catalogue, code)
    for row in shipped(code).children:
        of_child = form(catalogue, row.procedure)
        assert row.documents.keys() <= parent.documents
        assert of_child.documents <= {*row.documents.values()}
        assert row.documents[parent.stands_for] == of_child.stands_for


@pytest.mark.parametrize("code", SETS)
def test_everything_comes_after_the_first_child(code) -> None:
    found = shipped(code)
    first, *others = (c.name for c in found.children)
    assert waiting_for(found, first) == {*others}


def test_a_set_is_found_while_it_is_in_force(edition) -> None:
    catalogue = edition.change("interlinked", of_set(valid_to="2026-12-01")).load()
    assert catalogue.interlinked_set(SETS[0], ON)
    assert catalogue.interlinked_set(SETS[0], date(2026, 12, 1)) is None
    assert catalogue.interlinked_set("2.000815", ON) is None


def test_a_changed_rule_is_a_change_of_its_procedure(edition) -> None:
    changed = edition.change("interlinked", rule(5, why_en="Otherwise.")).load()
    [change] = diff(load(), changed)
    assert (change.kind, change.subject, change.fields) == ("interlinked", SETS[0], ("rules",))
    assert procedures([change]) == [SETS[0]]
    one = Open(application="x", procedure=SETS[0], received=ON, receiving_unit="00004")
    assert [*touched([change], [one], changed)] == [], "the rules of its own day hold"


def shipped(code: str) -> InterlinkedSet:
    found = load().interlinked_set(code, ON)
    assert found
    return found


def form(catalogue: Any, code: str) -> forms.ProcedureForm:
    procedure = catalogue.procedure(code, ON)
    assert procedure
    return FORMS.of(procedure, ON)
