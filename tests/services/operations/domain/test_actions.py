"""The table of actions: whole, and in both languages."""

from typing import get_args

import pytest

from services.operations.domain.actions import ACTIONS, WHY, Why
from services.operations.domain.causes import CAUSES


@pytest.mark.parametrize("name", ACTIONS)
def test_an_action_is_about_causes_that_there_are_and_says_what_may_follow(name: str) -> None:
    action = ACTIONS[name]

    assert action.causes
    assert action.causes <= set(CAUSES)
    for words in (action.does, *action.follows):
        assert words.vi
        assert words.en
    assert action.follows


def test_every_refusal_is_worded() -> None:
    assert set(WHY) == set(get_args(Why))
