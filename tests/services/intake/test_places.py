"""A code is said to be of an earlier day: judged at the door, and followed to the unit of today."""

import dataclasses
import json
from collections import Counter
from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.dossier import Opened, content, submit
from services.intake.domain.shape import mend
from services.intake.domain.validation import form_problems
from services.routing.domain.dossier import Dossier
from services.routing.domain.registration import register
from services.routing.domain.rules import load_rules
from services.routing.domain.states import Stage
from shared import events
from shared.catalogue.rows import Succession
from shared.events.intake import Registered
from shared.events.portal import Personal, Submitted
from shared.lanes.table import Arrival

TODAY = date(2026, 11, 20)
BEFORE, SINCE = "2025-06-30", "2025-07-01"  # the last day of the old units, the first of the new
CUA_NAM, BA_DINH = "00082", "00004"  # of today, and old codes as well
OLD, GIVEN_AGAIN = "00001", "00025"  # no unit has it now; one does, and the old one was split
NEW = "26732"  # of today, and no old one had it
BIRTH = "1.001193"
PAPERS = [{"name": n, "sha256": "a" * 64} for n in ("Birth registration form", "Birth certificate")]


def sent(make, **changed) -> Submitted:
    return msgspec.convert(make.form(personal="e30", **changed), Submitted)


def person(make) -> Personal:
    return msgspec.convert(make.personal(), Personal)


def registered(make, submitted) -> Registered:
    """Return what intake says of a submission in order, as whoever reads it decodes it."""
    event = make.message(Submitted.TYPE, submitted)
    opened = Opened("", make.NOW, person(make), dossier_code="H26.1-20261120-0000001")
    (said,) = submit(None, Arrival(event.subject, event, submitted), opened, make.NOW).events
    assert isinstance(said, Registered)
    return msgspec.json.decode(events.encode(said), type=Registered)


@pytest.mark.parametrize("field", ["residence_unit", "object_unit"])
@pytest.mark.parametrize(
    ("code", "day", "found"),
    [
        (OLD, BEFORE, []),
        (OLD, "1999-01-01", []),
        (GIVEN_AGAIN, BEFORE, []),
        (GIVEN_AGAIN, SINCE, []),
        (GIVEN_AGAIN, "2026-11-20", []),
        ("01", SINCE, []),  # a whole province
        (OLD, SINCE, ["unit-not-in-force"]),
        (OLD, "2026-11-20", ["unit-not-in-force"]),
        (NEW, BEFORE, ["unit-not-in-force"]),
        ("01", BEFORE, ["unit-not-in-force"]),  # which of the 63 provinces it was nobody says
        (OLD, "2026-11-21", ["date-in-future"]),
        (GIVEN_AGAIN, "9999-12-31", ["date-in-future"]),
        ("", BEFORE, ["day-without-unit"]),
    ],
)
def test_a_code_is_known_as_of_the_day_that_is_named(make, field, code, day, found) -> None:
    submitted = sent(make, **{field: code, f"{field}_on": day})
    problems = form_problems(submitted, make.CATALOGUE, TODAY)
    assert [(p.code, p.field) for p in problems] == [(c, f"/{field}_on") for c in found]
    assert all(p.remedy_vi and p.remedy_en for p in problems)


def test_a_code_that_no_unit_ever_had_is_told_with_its_day(make) -> None:
    submitted = sent(make, residence_unit="99999", residence_unit_on=BEFORE)
    problems = form_problems(submitted, make.CATALOGUE, TODAY)
    assert [(p.code, p.field) for p in problems] == [
        ("unknown-unit", "/residence_unit"),
        ("unit-not-in-force", "/residence_unit_on"),
    ]


def test_what_follows_a_unit_of_today_says_nothing_of_the_days_before_it(make) -> None:
    (row,) = make.CATALOGUE.units[NEW]
    end = date(2026, 11, 1)
    ended = msgspec.structs.replace(row, valid_to=end)
    edition = dataclasses.replace(
        make.CATALOGUE,
        units={**make.CATALOGUE.units, NEW: (ended,)},
        successors={**make.CATALOGUE.successors, NEW: (Succession(NEW, (BA_DINH,), end, None),)},
    )

    def told(day):
        submitted = sent(make, residence_unit=NEW, residence_unit_on=day)
        return [p.code for p in form_problems(submitted, edition, TODAY)]

    assert [told(day) for day in ("2026-10-31", "2026-11-01", BEFORE)] == [
        [],
        ["unit-not-in-force"],
        ["unit-not-in-force"],
    ]


@pytest.mark.parametrize("wrong", [5, None, "soon", "2026-02-30", "2025-06-30T00:00:00Z", [BEFORE]])
@pytest.mark.parametrize("field", ["residence_unit_on", "object_unit_on"])
def test_what_is_no_day_is_told_with_its_field_and_taken_as_left_out(make, field, wrong) -> None:
    text = msgspec.json.encode(make.form(personal="e30", object_unit=BA_DINH) | {field: wrong})
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(text, type=Submitted)
    found: list = []
    mended = mend(Submitted, json.loads(text), "", found)
    assert [(p.code, p.field) for p in found] == [("invalid-value", f"/{field}")]
    assert mended == sent(make, object_unit=BA_DINH)


@given(
    codes=st.tuples(*[st.sampled_from(["", OLD, GIVEN_AGAIN, CUA_NAM, "99999", "01"])] * 2),
)
def test_left_out_nothing_of_it_is_said_or_judged(make, codes) -> None:
    submitted = sent(make, residence_unit=codes[0], object_unit=codes[1])
    kept = content(submitted, person(make))
    for text in (msgspec.json.encode(submitted), kept, events.encode(registered(make, submitted))):
        assert b"_on" not in text
    known = {"": True, "99999": False}
    assert [(p.code, p.field) for p in form_problems(submitted, make.CATALOGUE, TODAY)] == [
        ("unknown-unit", f"/{field}")
        for field, code in zip(("residence_unit", "object_unit"), codes, strict=True)
        if not known.get(code, True)
    ]


def test_the_same_code_of_another_day_is_another_content(make) -> None:
    days = [{}, *({"residence_unit_on": day} for day in (BEFORE, SINCE))]
    texts = [content(sent(make, **day), person(make)) for day in days]
    assert len({*texts}) == 3
    assert texts[0] == texts[1].replace(b',"residence_unit_on":"2025-06-30"', b"")


async def test_it_is_registered_with_the_days(make) -> None:
    said = {"residence_unit": OLD, "residence_unit_on": BEFORE}
    said |= {"object_unit": GIVEN_AGAIN, "object_unit_on": SINCE}
    (outcome,) = await make.Lane().take(make.arrival(make.form(**said)))
    (event,) = outcome.events
    assert isinstance(event, Registered)
    written = json.loads(events.encode(event))
    assert {name: written[name] for name in said} == said


def test_all_10_040_old_codes_said_to_be_old_land_or_if_split_go_to_a_person(make) -> None:
    """Through the door and the rules, as of today; the 140 that one part has now among them."""
    catalogue, rules = make.CATALOGUE, load_rules()
    came_to = Counter[str]()
    for old in catalogue.successors:
        became = catalogue.current_units(old, TODAY).units
        submitted = sent(
            make,
            procedure=BIRTH,
            receiving_unit=became[0],
            residence_unit=old,
            residence_unit_on=BEFORE,
            documents=PAPERS,
        )
        assert form_problems(submitted, catalogue, TODAY) == ()
        outcome = register(Dossier(), registered(make, submitted), catalogue, rules, make.NOW)
        dossier = outcome.state
        assert (dossier.facts["residence_unit"], dossier.facts["residence_on"]) == (old, BEFORE)
        if len(became) == 1:
            assert (dossier.stage, dossier.competent_unit) == (Stage.SUBMITTED, became[0])
            assert dossier.facts["residence_unit_now"] == became[0]
            came_to["land"] += 1
            continue
        here = catalogue.province_of(became[0], TODAY)
        there = [u for u in became if catalogue.province_of(u, TODAY) == here]
        assert (dossier.stage, dossier.competent_unit) == (Stage.UNROUTED, "")
        assert list(dossier.candidates) == there
        came_to["go to a person"] += 1
        came_to["of which one part has the code now"] += catalogue.unit(old, TODAY) is not None
    assert came_to == {
        "land": 9_597,
        "go to a person": 443,
        "of which one part has the code now": 140,
    }
