"""What comes true is handed back; what does not is said, with the time it was given."""

import pytest

from tests.waiting import Late, until, until_blocking


async def test_the_answer_that_came_is_handed_back() -> None:
    answers = iter(["", "", "yes"])
    assert await until(lambda: next(answers)) == "yes"


async def test_a_question_may_be_asynchronous() -> None:
    async def ask() -> str:
        return "yes"

    assert await until(ask) == "yes"


async def test_what_never_comes_is_said() -> None:
    with pytest.raises(Late, match="a word did not come in 0 s"):
        await until(lambda: None, 0.0, "a word")


def test_the_same_holds_where_no_loop_runs() -> None:
    answers = iter([0, 3])
    assert until_blocking(lambda: next(answers)) == 3
    with pytest.raises(Late, match="a word did not come in 0 s"):
        until_blocking(lambda: None, 0.0, "a word")
