"""Payment's lane beside the log that operations reads of it: what is planned, and what follows."""

from collections.abc import Sequence
from typing import Any

from services.operations.domain.actions import ACTIONS, Saying
from services.operations.domain.matters import Summary
from services.operations.domain.summary import followed
from services.payment.domain.draft import Pace
from services.payment.domain.terms import Terms
from services.payment.lane import table
from services.payment.receipt_numbers import ReceiptNumbers
from services.payment.references import References
from shared.catalogue import Catalogue
from shared.events import Data
from tests.services.operations.story import Log, Story
from tests.services.payment.office import NOW, Office, Rows
from tests.shared.callers import human


class Both:
    """Whatever payment takes and says stands on the log."""

    def __init__(self, catalogue: Catalogue, partners: Sequence[Terms], pace: Pace) -> None:
        rows = Rows()
        numbers = ReceiptNumbers(rows, lambda: NOW)
        self.office = Office(table(catalogue, References(rows), partners, pace, numbers))
        self.log = Log()
        self.story = Story(self.log)

    def take(self, data: Data) -> list[Data]:
        came = self.story.external("payment.inbox", "/test", data)
        said = self.office.hear(data)
        self.story.decide("payment", came, *said)
        return said

    def ring(self) -> None:
        before = len(self.office.events)
        self.office.ring()
        self.story.decide("payment", self.story.submitted(), *self.office.events[before:])

    def plan(self, action: str, about: str) -> Any:
        return ACTIONS[action].plan("payment", about, self.log.entries(self.story.application))

    def do(self, action: str, about: str, second: str = "o-2") -> list[Data]:
        people = {"principal": human("o-1"), "checked_principal": human(second) if second else ""}
        return self.take(ACTIONS[action].say(Saying(about, "o-1", "why", second, **people)))

    def waits_for(self, about: str) -> set[str]:
        matters = followed(Summary(), self.log.entries(self.story.application)).matters
        return {matter.cause for matter in matters.values() if matter.about == about}
