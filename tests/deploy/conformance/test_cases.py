"""The tables are whole: each family × case is there, or said not to apply, with the reason."""

import re
from pathlib import Path
from typing import get_args

import pytest

from deploy.conformance import bank_scripts, our_scripts
from deploy.conformance.answers import ANSWERS, Means, fits
from deploy.conformance.cases import CASES, NAMES, SIDES
from deploy.conformance.clauses import BANK, NOT_APPLICABLE, US, clause, why_not
from deploy.conformance.voices.families import VOICES
from services.payment.gateways import Answer
from services.payment.gateways.families import FAMILIES

EACH = [(side, family, case) for side in SIDES for family in FAMILIES for case in NAMES]
# what differs so much that every family has a clause of its own
OWN = ("valid", "duplicate", "wrong_signature", "wrong_merchant", "unknown_order")


@pytest.mark.parametrize(("side", "family", "case"), EACH)
def test_each_family_and_case_is_there_or_does_not_apply_for_a_reason(side, family, case):
    if why := why_not(side, family, case):
        assert why.endswith("."), "a sentence"
        return
    assert clause(side, family, case)
    if side == "bank":
        script = bank_scripts.script(case, family)
        assert script.steps
        assert {step.order for step in script.steps} <= set(range(len(script.ends)))
    else:
        assert our_scripts.script(case, family)


def test_every_family_has_a_voice_and_all_its_answers():
    assert set(VOICES) == set(ANSWERS) == set(BANK) == set(FAMILIES)
    assert all(set(words) == set(get_args(Means)) for words in ANSWERS.values())


def test_the_tables_name_no_case_or_family_that_there_is_not():
    tables = [BANK, US, *NOT_APPLICABLE.values()]
    assert set(CASES) == set(NAMES) == set(bank_scripts.SCRIPTS) == set(our_scripts.SCRIPTS)
    assert {family for table in tables for family in table} <= set(FAMILIES)
    assert {case for table in tables for row in table.values() for case in row} <= set(NAMES)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_has_clauses_of_its_own(family):
    assert set(OWN) <= set(BANK[family])
    if family in US:
        assert set(OWN) <= set(US[family])


def test_no_cell_is_both_not_applicable_and_told_of():
    for side, table in (("bank", BANK), ("ours", US)):
        for family, row in NOT_APPLICABLE[side].items():
            assert not set(row) & set(table.get(family, {})), (side, family)


def test_a_clause_of_ours_names_a_part_of_a_page_that_is_there():
    docs = Path(__file__).parents[3] / "docs"
    rests_on = {clause(*each) for each in EACH if not why_not(*each)}
    named = {found for text in rests_on for found in re.findall(r"docs/(\w+\.md), ([^:;]+)", text)}
    assert {page for page, _ in named} == {"banks.md", "iso20022.md"}
    for page, title in named:
        titles = re.findall(r"^#+ (.*)$", (docs / page).read_text(), re.M)
        assert title in titles, (page, title)


def test_a_step_that_is_looked_at_says_what_is_right():
    for scripts in our_scripts.SCRIPTS.values():
        for _, asks in scripts:
            unjudged = [a for a in asks if not a.means]
            assert all(a.does == "pay" or a.manner == "cut" for a in unjudged)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(500, b'{"RspCode":"00"}'),
        Answer(200, b'{"RspCode":"99"}'),
        Answer(200, b"{}"),
        Answer(200, b"[]"),
        Answer(200, b"\xff"),
    ],
)
def test_another_answer_does_not_fit(answer):
    assert not fits(ANSWERS["vnpay"]["recorded"], answer)
