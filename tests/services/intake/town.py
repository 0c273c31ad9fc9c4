"""Submissions for several agencies, and a lane in memory that lives through them."""

from random import Random

from services.intake.domain.dossier import Application
from shared import events
from shared.events import routing
from shared.events.intake import InterlinkedEnded
from shared.events.portal import WithdrawalRequested
from shared.lanes.table import Arrival

DOCUMENTS = [{"name": "Birth paper", "sha256": "a" * 64}]
ANSWERS = {
    "child_name": "Nguyễn Thử Nghiệm Bé",
    "child_sex": "female",
    "child_birth_date": "2026-11-01",
    "child_birth_place": "Bệnh viện Thử Nghiệm",
    "relation": "mother",
    "residence_address": "Số 9 đường Bí Mật",
    "relation_to_household_head": "child",
    "household_head_name": "Nguyễn Văn Thử Nghiệm",
}


def birth(make, **changed):
    """A birth for three agencies, handed in at one unit, the family living in another."""
    answers = changed.pop("answers", ANSWERS)
    return make.form(
        procedure="local.interlinked-birth",
        residence_unit="00008",
        documents=DOCUMENTS,
        copies=1,
        personal=make.personal(answers=answers),
    ) | dict(changed)


class Town:
    """A lane of intake's whose letters are delivered; routing says what a test says."""

    def __init__(self, make, seed: int | None = None) -> None:
        self.make, self.lane, self.chance = make, make.Lane(), Random(seed)
        self.parent = make.uuid7()
        self.letters: list[Arrival] = []
        self.said: dict[str, list[events.Data]] = {}
        self.routed: dict[str, int] = {}
        self.is_unruly = seed is not None

    async def submit(self, **changed) -> None:
        await self.take(self.make.arrival(birth(self.make, **changed)))
        await self.deliver()

    async def take(self, arrival: Arrival) -> None:
        (outcome,) = await self.lane.take(arrival)
        self.said.setdefault(arrival.application, []).extend(outcome.events)
        for letter in outcome.letters:
            number = len(self.letters) + self.chance.randrange(1 << 40)
            event = self.make.message(
                letter.data.TYPE,
                letter.data,
                id=f"{arrival.application}/intake/letter/{number}",
                source="/services/intake",
                subject=letter.to,
            )
            self.letters.append(Arrival(letter.to, event, letter.data))

    async def deliver(self) -> None:
        """Let all letters arrive: each once, or in any order of applications and more than once."""
        handled = set()
        while self.letters:
            places = {a.application: n for n, a in reversed([*enumerate(self.letters)])}
            place = self.chance.choice([*places.values()]) if self.is_unruly else 0
            letter = self.letters.pop(place)
            if self.is_unruly and self.chance.random() < 0.3:
                self.letters.append(letter)
            if letter.event.id not in handled:  # as the kernel does
                handled.add(letter.event.id)
                await self.take(letter)

    async def route(self, name: str, moved: routing.Moved) -> None:
        child = self.child(name).application
        self.routed[child] = self.routed.get(child, 0) + 1
        await self.take(self.make.moved(moved, child, self.routed[child]))
        await self.deliver()

    async def settle(self, name: str) -> None:
        await self.route(name, routing.Settled(national_code=9, officer="o", on_time=True))

    async def return_(self, name: str) -> None:
        await self.route(name, routing.Returned(national_code=10, officer="o"))

    async def refuse(self, name: str) -> None:
        await self.route(name, routing.NotAccepted(national_code=3, officer="o", reason="x"))

    async def take_back_too_late(self, name: str) -> None:
        """Let the parent be taken back when a child of it is settled already: its unit says no."""
        await self.settle(name)
        await self.take(self.make.follow_up(WithdrawalRequested(reason="x")))
        await self.deliver()
        no = routing.ActionRejected(national_code=9, action="withdraw", reason="settled")
        await self.route(name, no)

    @property
    def state(self) -> Application:
        return self.lane.states[self.parent]

    def child(self, name: str):
        family = self.state.family
        assert family
        return next(c for c in family.children if c.name == name)

    def of(self, name: str) -> Application:
        return self.lane.states[self.child(name).application]

    def heard(self, name: str) -> list[type]:
        return [type(e) for e in self.said.get(self.child(name).application, [])]

    @property
    def end(self) -> InterlinkedEnded:
        (end,) = (e for e in self.said[self.parent] if isinstance(e, InterlinkedEnded))
        return end
