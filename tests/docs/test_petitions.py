"""The page says what the tables say."""

import re
from pathlib import Path
from typing import get_args

from services.notify.domain.petitions.states import CITIZENS, MOVES, OVER
from services.notify.domain.petitions.terms import KINDS, TERMS
from shared.events.petitions import Dismissal, Kind

PAGE = (Path(__file__).parents[2] / "docs" / "petitions.md").read_text()


def test_each_status_stands_there_with_who_may_do_what_and_what_it_becomes() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.*) \| (.*) \|$", PAGE, re.M)
    assert {status for status, _, _ in rows} == MOVES.keys() - OVER
    for status, who, becomes in rows:
        moves = MOVES[status]
        asked = re.findall(r"`(\w+)`", who) + ["close"] * ("time" in who)
        assert sorted(asked) == sorted(moves)
        assert set(re.findall(r"`(\w+)`", becomes)) == set(moves.values())
        citizens = re.search(r"the citizen: ([^;]*)", who)
        named = re.findall(r"`(\w+)`", citizens[1]) if citizens else []
        assert set(named) == CITIZENS & moves.keys()


def test_its_numbers_and_words_are_those_that_count() -> None:
    [answer_days] = {kind.answer_days for kind in KINDS.values()}
    [dispute_days] = {kind.dispute_days for kind in KINDS.values()}
    assert f"after {answer_days} working days, one to a dispute after {dispute_days}" in PAGE
    assert f"one new date, {TERMS.apology_days} working days on" in PAGE
    assert f"nothing for {TERMS.closing_days} days" in PAGE
    assert (TERMS.forwards_limit, TERMS.due_soon_days) == (3, 2)
    for word in (*get_args(Kind), *get_args(Dismissal)):
        assert f"`{word}`" in PAGE
