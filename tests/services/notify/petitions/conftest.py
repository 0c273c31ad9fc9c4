"""A petition as notify sees it; whole valid messages of which a test changes what matters."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from shared.events import Data, petitions
from tests.services.notify.petitions.hall import Hall

UNIT, OTHER = "26737", "00004"  # a ward, and one of another province
BY: dict[str, Any] = {"officer": "officer-1"}
WHOLE: dict[str, Data] = {
    "file": petitions.PetitionFiled(
        code="PA-20261120-3RE8JK2K962",
        portal="sandbox-portal",
        kind="delay",
        text="v1.c3ludGhldGlj",
        content="synthetic",
        contact="v1.c3ludGhldGlj",
        unit=UNIT,
    ),
    "withdraw": petitions.PetitionWithdrawalAsked(),
    "accept": petitions.PetitionAcceptanceTold(score=4),
    "dispute": petitions.PetitionDisputeTold(reason="v1.c3ludGhldGlj"),
    "assign": petitions.PetitionAssignedByOperator(**BY, unit=UNIT),
    "forward": petitions.PetitionForwardedByOfficer(**BY, unit=OTHER, reason="synthetic"),
    "answer": petitions.PetitionAnsweredByOfficer(**BY, answer="v1.YW5zd2Vy"),
    "dismiss": petitions.PetitionDismissedByOfficer(
        **BY, reason="court_matter", turn_to="Tòa án nhân dân khu vực"
    ),
}
# how to come to each status, from nothing
WAYS: dict[str, tuple[str, ...]] = {
    "received": ("file-nowhere",),
    "assigned": ("file",),
    "answered": ("file", "answer"),
    "disputed": ("file", "answer", "dispute"),
    "answered_again": ("file", "answer", "dispute", "answer"),
    "dismissed": ("file", "dismiss"),
    "accepted": ("file", "answer", "accept"),
    "closed": ("file", "answer", "close"),
    "withdrawn": ("file", "withdraw"),
}


class Citizen:
    """A case of one petition, and what is done about it."""

    def __init__(self, case: Any) -> None:
        self.case = case

    @property
    def petition(self) -> Any:
        return self.case.dossier.petition

    def do(self, move: str, **changes: Any) -> list[Data]:
        if move == "close":
            return self.ring("petition.close")
        if move == "file-nowhere":
            move, changes = "file", {"unit": "", **changes}
        return self.case.take(msgspec.structs.replace(WHOLE[move], **changes), "/portals/x")

    def come_to(self, status: str) -> "Citizen":
        for move in WAYS[status]:
            self.do(move)
        assert self.petition.status == status
        return self

    def ring(self, name: str) -> list[Data]:
        """Let the latest timer of this name fire when it is due."""
        timer = [t for t in self.case.timers if t.name.startswith(f"{name}/")][-1]
        self.case.at = max(self.case.at, timer.due)
        return self.case.fire(timer)


@pytest.fixture
def citizen(case: Any) -> Citizen:
    return Citizen(case)


@pytest.fixture(scope="session")
def new_citizen(new_case: Any) -> Callable[..., Citizen]:
    return lambda *policy, **more: Citizen(new_case(*policy, **more))


@pytest.fixture(scope="session")
def messages() -> dict[str, Data]:
    return WHOLE


@pytest.fixture(scope="session")
def ways() -> dict[str, tuple[str, ...]]:
    return WAYS


@pytest.fixture
def hall() -> Hall:
    return Hall()
