"""The same human under the same key has one round, and nobody has another's."""

import pytest

from services.operations.domain.actions import ACTIONS
from services.operations.domain.rounds import Choice
from services.operations.rounds.desk import Desk
from services.operations.rounds_api import begun
from shared.access import Caller
from shared.catalogue import load
from shared.problems import Refusal
from tests.services.operations.memory_board import MemoryBoard
from tests.services.operations.rounds.office import CHOICE, Office

KEY = "a-round-of-mine"
AN = Caller("an", "operator", principal="local/an.nguyen")


class Asked:
    """A desk over an empty board."""

    def __init__(self) -> None:
        self.office, sets = Office(0), iter("abcdefgh")
        rows, ground = self.office.rows, self.office.ground()
        clock, new_set = lambda: self.office.now, lambda: next(sets)
        self.desk = Desk(rows, MemoryBoard({}), ground, clock, new_set, load(), ACTIONS)

    async def for_(self, by: Caller, key: str = KEY, choice: Choice = CHOICE) -> str:
        return (await begun(self.desk, choice, by, key, self.office.now)).id


@pytest.mark.parametrize(
    ("other", "is_same"),
    [
        (Caller("an-terminal", "operator", principal=AN.principal), True),
        (Caller("an", "operator", principal="https://id.example/an"), False),
        (Caller("an", "operator"), False),  # a key that names nobody, called as an account is
        (Caller(AN.principal, "operator"), False),
    ],
)
async def test_a_round_is_the_same_to_whom_it_is_by_the_human(other: Caller, is_same: bool) -> None:
    asked = Asked()
    assert (await asked.for_(AN) == await asked.for_(other)) == is_same


async def test_who_is_nobody_in_particular_has_rounds_by_name() -> None:
    asked, robots = Asked(), [Caller(name, "operator") for name in ("one", "one", "two")]
    first, again, another = [await asked.for_(robot) for robot in robots]
    assert first == again != another


@pytest.mark.parametrize("key", ["", "short", "x" * 201])
async def test_without_a_key_of_its_own_nothing_is_begun(key: str) -> None:
    asked = Asked()
    with pytest.raises(Refusal) as refused:
        await asked.for_(AN, key)
    assert (refused.value.status, refused.value.code) == (422, "no-form-key")
    assert asked.office.tables.acts.rows == {}
