"""What a citizen can be told is whole: every state, event, notice has its sentence, in both
languages, and no sentence names what its event does not have.
"""

from typing import Any, get_args

import msgspec
import pytest

from services.notify.domain.milestones import MILESTONES
from services.notify.domain.templates import AGAIN, FILE, Row
from services.notify.domain.wordings import CHANNELS
from services.operations.domain.citizen import (
    due,
    happenings,
    money,
    notices,
    owed,
    parts,
    reasons,
    sentences,
    tasks,
)
from services.operations.domain.citizen.words import Words
from services.operations.domain.status import STATES as CODES
from services.payment.domain.reassessing import FURTHER
from shared.catalogue.rows import PaymentMoment
from shared.events import CONTRACTS, PRODUCERS
from shared.events.data import FeeLine, Strict
from shared.events.intake import Standing

ROWS = msgspec.json.decode(FILE.read_bytes(), type=tuple[Row, ...])
TABLES: dict[str, dict[Any, Any]] = {
    "stages": dict(sentences.STAGES),
    "standings": dict(sentences.STANDINGS),
    "children": dict(parts.CHILDREN),
    "follows": dict(parts.FOLLOWS),
    "person": dict(parts.PERSON),
    "waived": dict(reasons.WAIVED),
    "roles": dict(sentences.ROLES),
    "due": dict(due.DUE),
    "depends": dict(due.DEPENDS),
    "tasks": dict(tasks.TASKS),
    "told": dict(happenings.TOLD),
    "about": dict(notices.ABOUT),
    "by": dict(notices.BY),
    "to": dict(notices.TO),
    "arrived": dict(notices.STANDINGS),
    "kinds": dict(money.KINDS),
    "purposes": {**owed.PURPOSES, "": owed.FEE},
    "receipts": dict(money.RECEIPTS),
    "names": {state: told.name for state, told in sentences.STATES.items()},
    "states": {state: told.sentence for state, told in sentences.STATES.items()},
}
DECIDED = {
    contract
    for service in ("intake", "routing", "payment", "notify")
    for module in PRODUCERS[service]
    for contract in CONTRACTS.values()
    if contract.__module__ == module.__name__ and not issubclass(contract, Strict)
    # a petition is a subject of its own, and in no application's history
    if not contract.TYPE.startswith("petition.")
}


def test_each_of_the_ten_national_codes_and_a_refusal_have_a_state_and_its_sentence() -> None:
    assert set(sentences.BY_CODE) == set(CODES) == set(range(1, 11))
    assert len(set(sentences.BY_CODE.values())) == 10
    assert set(sentences.STATES) == set(get_args(sentences.StateName)) >= {"refused"}
    assert set(sentences.BY_CODE.values()) < set(sentences.STATES)
    for code, state in sentences.BY_CODE.items():
        assert sentences.STATES[state].name.vi == CODES[code].name_vi


def test_every_state_is_at_a_stage_and_those_that_are_over_end_there() -> None:
    assert set(sentences.STAGES) == set(get_args(sentences.Stage))
    assert set(sentences.STANDINGS) == set(get_args(sentences.Standing))
    for state, told in sentences.STATES.items():
        assert told.stage in sentences.STAGES
        assert (told.standing in ("ended", "done")) is (state in sentences.OVER)


def test_whatever_is_decided_is_told_or_said_to_be_untold() -> None:
    assert set(happenings.TOLD) | happenings.UNTOLD == DECIDED
    assert set(happenings.TOLD) & happenings.UNTOLD == set()
    assert set(reasons.SAID) <= set(happenings.TOLD)


@pytest.mark.parametrize("contract", happenings.TOLD, ids=lambda c: c.TYPE)
def test_a_sentence_names_only_what_its_event_has(contract: Any) -> None:
    assert happenings.shown(happenings.TOLD[contract]) <= set(contract.__struct_fields__)


def test_every_milestone_and_every_way_of_notify_has_words() -> None:
    assert set(notices.ABOUT) == {m for m in MILESTONES if not m.startswith("petition_")}
    assert set(notices.BY) == set(CHANNELS)
    assert {row.milestone for row in ROWS if row.again} == set(notices.ABOUT_AGAIN)
    assert notices.AGAIN == AGAIN
    assert set(notices.STANDINGS) == set(get_args(notices.Standing))


def test_how_a_child_stands_and_what_a_receipt_is_for_have_words() -> None:
    assert set(parts.CHILDREN) == set(get_args(Standing))
    assert FeeLine.__doc__
    assert all(f"`{kind}`" in FeeLine.__doc__ for kind in money.KINDS)
    assert set(money.RECEIPTS) == set(get_args(money.ReceiptStanding))


def test_whatever_is_owed_says_what_for_in_words_of_its_own() -> None:
    moments = {*get_args(PaymentMoment), owed.ON_DEMAND, FURTHER} - {"none"}
    assert set(owed.PURPOSES) == moments
    assert len({owed.FEE, *owed.PURPOSES.values()}) == len(moments) + 1


def test_a_pause_says_what_it_waits_for() -> None:
    paused = {state for state, told in sentences.STATES.items() if told.standing == "waiting"}
    assert paused == set(due.PAUSED) <= set(due.DEPENDS)
    assert set(tasks.TASKS) > tasks.ASKED


@pytest.mark.parametrize("table", TABLES)
def test_everything_is_said_in_both_languages_and_names_the_same(table: str) -> None:
    for words in TABLES[table].values():
        assert isinstance(words, Words)
        assert words.vi.strip()
        assert words.en.strip()
        vi, en = (happenings.shown(Words(text, text)) for text in (words.vi, words.en))
        assert vi == en


@pytest.mark.parametrize(
    "table", ["states", "tasks", "depends", "due", "told", "follows", "person", "waived"]
)
def test_sentences_are_short_and_end_in_a_full_stop(table: str) -> None:
    for words in TABLES[table].values():
        for text in (words.vi, words.en):
            assert text.endswith(".")
            assert max(len(s.split()) for s in text.replace("; ", ". ").split(". ")) <= 25
