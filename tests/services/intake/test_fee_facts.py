"""What a fee depends on is passed on as it was said, and is part of what makes two the same."""

import msgspec
import pytest

from services.intake.domain.dossier import content
from services.intake.domain.fee_facts import of_child
from shared.events.data import FeeFacts
from shared.events.intake import Registered
from shared.events.portal import Personal, Submitted

FACTS = {"pages": 12, "exemption": "elderly"}


async def test_it_is_registered_with_what_was_said(make) -> None:
    (outcome,) = await make.Lane().take(make.arrival(make.form(fee_facts=FACTS)))
    (registered,) = outcome.events
    assert isinstance(registered, Registered)
    assert registered.fee_facts == FeeFacts(pages=12, exemption="elderly")


async def test_nothing_more_is_written_where_nothing_is_said(make) -> None:
    (outcome,) = await make.Lane().take(make.arrival(make.form()))
    assert b"fee_facts" not in msgspec.json.encode(outcome.events[0])


def test_other_facts_are_another_content(make) -> None:
    fields = make.personal()
    person = Personal(**{f: fields[f] for f in ("name", "personal_number", "phone")})
    forms = [make.form(personal="e30"), make.form(personal="e30", fee_facts=FACTS)]
    assert len({content(msgspec.convert(f, Submitted), person) for f in forms}) == 2


@pytest.mark.parametrize(
    ("procedure", "case", "is_known"),
    [
        ("1.001193", "late", True),
        ("2.000200", "reissue_lost", True),
        ("2.000200", "late", False),
        ("2.000815", "reissue_lost", False),
        ("local.interlinked-birth", "late", True),  # one of its children has it
    ],
)
async def test_a_case_is_one_of_the_procedures_own(make, procedure, case, is_known) -> None:
    form = make.form(procedure=procedure, fee_facts={"case": case})
    (outcome,) = await make.Lane().take(make.arrival(form))
    problems = getattr(outcome.events[0], "problems", ())
    assert ("/fee_facts/case" not in {p.field for p in problems}) is is_known


def test_a_child_has_the_case_only_if_its_rule_has_it_and_its_person_always(make) -> None:
    facts = FeeFacts(case="late", exemption="elderly")
    birth, residence = (
        make.CATALOGUE.procedure(code, make.NOW.date()) for code in ("1.001193", "1.004222")
    )
    assert of_child(facts, birth) == facts
    assert of_child(facts, residence) == FeeFacts(exemption="elderly")
    assert of_child(FeeFacts(case="late"), residence) is msgspec.UNSET


async def test_facts_of_the_wrong_kind_are_told_with_their_field(make) -> None:
    form = make.form(fee_facts={"pages": "ten", "age": 80})
    (outcome,) = await make.Lane().take(make.arrival(form))
    told = {(p.code, p.field) for p in outcome.events[0].problems}
    assert told == {("invalid-value", "/fee_facts/pages"), ("unknown-field", "/fee_facts")}
