"""Steps of a procedure share its time to the minute; a row where they do not is refused."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.catalogue import Catalogue, Procedure, ProcessingTime, Workflow
from shared.catalogue.difference import Open, diff, procedures, touched
from shared.catalogue.forms import load as load_forms
from shared.catalogue.rows import DERIVED
from shared.catalogue.workflows import Time, derived, taken
from shared.catalogue.workflows import given as time_given
from shared.errors import Misconfigured

DAY = date(2026, 11, 23)
MARITAL_STATUS, BIRTH, CRIMINAL_RECORD = "1.004873", "1.001193", "3.000333"
HA_NOI, HO_CHI_MINH_CITY = "01", "79"
Rows = list[Any]


def row(rows: Rows, procedure: str, province: str = "") -> Any:
    return next(r for r in rows if (r["procedure"], r["province"]) == (procedure, province))


def put(code: str, /, **changes: Any) -> Callable[[Rows], None]:
    return lambda rows: row(rows, code).update(changes)


def longer(procedure: str, **changes: Any) -> Callable[[Rows], None]:
    """Change the first step."""
    return lambda rows: row(rows, procedure)["steps"][0].update(changes)


def twice(rows: Rows) -> None:
    steps = row(rows, MARITAL_STATUS)["steps"]
    steps[1]["code"] = steps[0]["code"]


def days_of(workflow: Workflow) -> Fraction:
    """Add up by another way: in days of eight hours."""
    hours = sum(Fraction(s.hours) + Fraction(s.minutes, 60) for s in workflow.steps)
    return sum(s.days for s in workflow.steps) + hours / 8


def test_each_row_that_is_shipped_takes_the_days_that_its_procedure_has(catalogue) -> None:
    for rows in catalogue.workflows.values():
        for workflow in rows:
            time = catalogue.procedure(workflow.procedure, DAY).processing_time
            same_day = Fraction(2, 8)  # from the cut-off, 15:00, to the close, 17:00
            assert days_of(workflow) == (time.value or same_day), workflow.id
            assert workflow.confidence == "illustrative"


def test_each_procedure_with_a_written_form_has_written_steps(catalogue) -> None:
    forms = load_forms()
    own = (p for p in catalogue.procedures_in_force(DAY) if p.code not in catalogue.interlinked)
    written = [p for p in own if forms.of(p, DAY).is_written]  # those of a set are its children's
    assert len(written) >= 12
    assert all(not catalogue.workflow(p, "", DAY).is_derived for p in written)


def test_a_province_has_its_own_steps_and_another_those_of_all(catalogue) -> None:
    procedure = catalogue.procedure(MARITAL_STATUS, DAY)
    own = catalogue.workflow(procedure, HO_CHI_MINH_CITY, DAY)
    others = catalogue.workflow(procedure, HA_NOI, DAY)
    assert own.id == "1.004873@79/2025-07-01"
    assert others.id == "1.004873/2025-07-01"
    assert [s.code for s in own.steps] != [s.code for s in others.steps]
    assert catalogue.workflows_by_id[own.id] == own


def test_a_procedure_without_a_row_has_steps_made_of_its_time(catalogue) -> None:
    found = catalogue.workflow(catalogue.procedure("1.013225", DAY), HA_NOI, DAY)
    assert found.id == DERIVED
    assert [s.days for s in found.steps] == [1, 12, 1, 1]


TIMES = st.builds(
    ProcessingTime,
    unit=st.sampled_from(["working_day", "working_hour", "calendar_day", "by_plan"]),
    value=st.integers(0, 60),
    confidence=st.just("high"),
)


@given(time=TIMES)
def test_derived_steps_add_up_whatever_the_time_is(catalogue, time) -> None:
    procedure = msgspec.structs.replace(catalogue.procedure(BIRTH, DAY), processing_time=time)
    policy = catalogue.policy(DAY)
    workflow = derived(procedure, policy)
    assert taken(workflow.steps, procedure, policy) == time_given(procedure, policy)


@pytest.mark.parametrize(
    ("unit", "value", "time"),
    [
        ("working_day", 3, Time(0, 3 * 480)),
        ("working_day", 0, Time(0, 120)),
        ("working_hour", 4, Time(0, 240)),
        ("calendar_day", 10, Time(10, 0)),
        ("calendar_day", 0, Time(0, 120)),
        ("by_plan", 0, Time(0, 30 * 480)),
    ],
)
def test_what_steps_share_is_said_in_one_unit(catalogue, unit, value, time) -> None:
    given = ProcessingTime(unit=unit, value=value, confidence="high")
    procedure = msgspec.structs.replace(catalogue.procedure(BIRTH, DAY), processing_time=given)
    assert time_given(procedure, catalogue.policy(DAY)) == time


BAD = [
    (
        longer(MARITAL_STATUS, hours=5),
        r"workflows.json row \d+ \(1.004873\): its steps add up to 25 working hours, and the"
        r" procedure's time from 2025-07-01 is 24 working hours: change durations until",
    ),
    (longer(BIRTH, minutes=10), "1 working hours 55 minutes, .* is 2 working hours: change"),
    (longer(CRIMINAL_RECORD, days=2), "11 calendar days, .* is 10 calendar days: change"),
    (longer(CRIMINAL_RECORD, hours=1), "calendar days, which have no hours: give each step whole"),
    (put(BIRTH, procedure="9.999999"), r"\(9.999999\): no such procedure: correct the code"),
    (put(BIRTH, province="98"), r"\(1.001193 98\): no such province: give its two digits"),
    (put(BIRTH, province="00004"), r"\(1.001193 00004\): no such province"),
    (put(BIRTH, is_derived=True), "a written template is not derived"),
    (twice, "two steps have the code receive: give each its own"),
    (lambda rows: rows.append(rows[0]), r"\(1.001193\): .* overlaps the row before"),
    (put(BIRTH, steps=[]), r"workflows.json: Expected `array` of length >= 1"),
    (longer(BIRTH, role="nobody"), r"workflows.json: Invalid enum value 'nobody'"),
    (longer(BIRTH, minutes=-15), r"workflows.json: Expected `int` >= 0"),
    (longer(BIRTH, name_vi=""), r"workflows.json: Expected `str` of length >= 1"),
]


@pytest.mark.parametrize(("edit", "said"), BAD, ids=[b[1] for b in BAD])
def test_a_bad_row_is_refused_with_its_place_and_what_to_do(edition, edit, said) -> None:
    with pytest.raises(Misconfigured, match=said):
        edition.change("workflows", edit).load()


def shorten(rows: Rows) -> None:
    """Two days instead of three, from 2027 on."""
    [old] = [r for r in rows if r["code"] == MARITAL_STATUS]
    shorter = old["processing_time"] | {"value": 2}
    rows.append(old | {"valid_from": "2027-01-01", "processing_time": shorter})
    old["valid_to"] = "2027-01-01"


def renew(rows: Rows) -> None:
    """End what is written for three days, and write one for all for two."""
    old = row(rows, MARITAL_STATUS)
    steps = [step | {"days": 0, "hours": 4} for step in old["steps"]]
    for province in ("", HO_CHI_MINH_CITY):
        row(rows, MARITAL_STATUS, province)["valid_to"] = "2027-01-01"
    rows.append(old | {"steps": steps, "valid_from": "2027-01-01", "valid_to": None})


def test_a_time_that_changes_needs_other_steps_from_that_day_on(edition) -> None:
    edition.change("procedures", shorten)
    with pytest.raises(
        Misconfigured, match=r"from 2027-01-01 is 16 working hours: .* begin another"
    ):
        edition.load()
    catalogue = edition.change("workflows", renew).load()
    procedure = catalogue.procedure(MARITAL_STATUS, DAY)
    assert catalogue.workflow(procedure, "", DAY).id == "1.004873/2025-07-01"
    newer = date(2027, 1, 1)
    assert catalogue.workflow(catalogue.procedure(MARITAL_STATUS, newer), "", newer).id == (
        "1.004873/2027-01-01"
    )


def test_steps_for_another_time_than_a_procedure_has_are_not_used(edition) -> None:
    """One received before its time changed and accepted after it keeps its time."""
    catalogue = edition.change("procedures", shorten).change("workflows", renew).load()
    as_received: Procedure = catalogue.procedure(MARITAL_STATUS, DAY)
    assert catalogue.workflow(as_received, "", date(2027, 1, 4)).is_derived


def test_a_folder_of_before_there_were_workflows_is_read_and_all_are_derived(edition) -> None:
    (edition.folder / "workflows.json").unlink()
    catalogue = edition.load()
    assert catalogue.workflow(catalogue.procedure(BIRTH, DAY), HA_NOI, DAY).is_derived


def test_other_steps_touch_what_is_accepted_from_their_day_on_in_their_province(
    catalogue: Catalogue, edition
) -> None:
    def renew_there(rows: Rows) -> None:
        old = row(rows, MARITAL_STATUS, HO_CHI_MINH_CITY)
        rows.append(old | {"valid_from": "2027-01-01"})
        old["valid_to"] = "2027-01-01"

    new = edition.change("workflows", renew_there).load()
    changes = diff(catalogue, new)
    assert {(c.kind, c.subject) for c in changes} == {("workflows", "1.004873 79")}
    assert procedures(changes) == [MARITAL_STATUS]

    def is_touched(**facts: Any) -> bool:
        default = {
            "application": "019b1e6c-0000-7000-8000-000000000001",
            "procedure": MARITAL_STATUS,
            "received": date(2026, 12, 30),
            "receiving_unit": "26737",
            "competent_unit": "26737",
        }
        return bool(list(touched(changes, [Open(**default | facts)], new)))

    assert is_touched()
    assert is_touched(accepted=date(2027, 1, 4))
    assert not is_touched(accepted=date(2026, 12, 31))
    assert not is_touched(competent_unit="00004")
    assert not is_touched(procedure=BIRTH)
