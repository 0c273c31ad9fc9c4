"""What happens to the toys, and what must hold of them besides."""

from collections import Counter
from random import Random
from uuid import UUID

import msgspec

from deploy.simulation import toys
from deploy.simulation.check import Input, check_all, journals
from deploy.simulation.gateway import Gateway
from deploy.simulation.host import Built
from deploy.simulation.toy_notices import Ask, Hand, notifying
from deploy.simulation.world import Violation, World
from services.intake.numbers import Numbers
from services.payment.references import References
from shared import events
from shared.bus import Message
from shared.events import Data, Event
from shared.events.kernel import LaneReleased
from shared.events.portal import SupplementSubmitted, WithdrawalRequested
from shared.placement import home

INBOXES = ("portal.submissions", "intake.inbox", "routing.inbox", "notify.inbox")
INPUTS_UNTIL_S = 15.0


class ToyWorld:
    """See `Scenario`."""

    services = toys.SERVICES
    with_effects = (toys.NOTIFYING,)

    def __init__(self, seed: int) -> None:
        self._rng = Random(f"toys {seed}")
        self._rules = toys.Rules(seed, poison=self._rng.random() < 0.35)
        self._gateway: Gateway | None = None
        self.trouble = self._rng.choice((0.0, 0.05, 0.2))
        count = self._rng.choice((1, 1, 2, 3))
        self._applications = [_application(self._rng) for _ in range(count)]
        self._sent = 0

    # ---- what it is made of

    def build(self, service: str, world: World) -> Built:
        """See `Scenario`."""
        table = world.database.table
        if service == toys.NUMBERED:
            return Built(toys.numbered(self._rules, Numbers(table("intake.numbers"))))
        if service == toys.REFERENCED:
            references = References(table("routing.references"), toys.few)
            return Built(toys.referenced(self._rules, references))
        gateway = self._the_gateway(world)
        return Built(notifying(self._rules), (Hand(gateway), Ask(gateway)))

    def _the_gateway(self, world: World) -> Gateway:
        if self._gateway is None:
            self._gateway = Gateway(world.loop, world.rng, lambda: self.trouble)
        return self._gateway

    def is_quiet(self) -> bool:
        """See `Scenario`."""
        return self._gateway is None or not self._gateway.under_way

    # ---- what comes from outside

    def begin(self, world: World) -> None:
        """See `Scenario`."""
        rng = self._rng
        for topic in INBOXES:
            for _ in range(rng.choice((0, 0, 1, 2)) if topic != INBOXES[0] else rng.randint(1, 4)):
                message = self._input(rng.choice(self._applications), world)
                times = 1 + (rng.random() < 0.3)
                for _ in range(times):
                    self._send_later(world, topic, message)

    def _input(self, application: str, world: World) -> Message:
        rng = self._rng
        data: Data = SupplementSubmitted(documents=())
        if rng.random() < 0.6:
            data = WithdrawalRequested(reason="")
        if rng.random() < 0.05:
            self._sent += 1
            return Message(application.encode(), b"{" + str(self._sent).encode())
        return self._message(application, data, world)

    def _message(self, application: str, data: Data, world: World) -> Message:
        self._sent += 1
        event = Event(
            id=f"x{self._sent}",
            source="/portals/toy",
            type=data.TYPE,
            subject=application,
            time=world.clock(),
            data=msgspec.Raw(events.encode(data)),
        )
        return Message(application.encode(), events.encode(event))

    def _send_later(self, world: World, topic: str, message: Message) -> None:
        rng = self._rng
        lane = home((message.key or b"").decode(), world.lane_count)
        if rng.random() < 0.2 and topic == INBOXES[0]:
            lane = rng.randrange(world.lane_count)  # a portal with a partitioner of its own
        delay_s = rng.random() * rng.choice((0.5, INPUTS_UNTIL_S))
        world.after(delay_s, lambda: world.write({(topic, lane): [message]}))

    def mend(self, world: World) -> bool:
        """See `Scenario`."""
        if self._rules.mended:
            return False
        self._rules.mended = True
        for service in self.services:
            for application in self._applications:
                released = LaneReleased(operator="operator", reason="mended")
                place = f"{service}.inbox", home(application, world.lane_count)
                world.write({place: [self._message(application, released, world)]})
                if self._rng.random() < 0.5:
                    world.write({place: [self._input(application, world)]})
        return True

    # ---- what must hold

    def check(self, world: World) -> None:
        """See `Scenario`."""
        tables = [self.build(s, world).table for s in self.services]
        for service, inputs in check_all(world, tables).items():
            for application, state in _states(world, service).items():
                self._check_applied(service, state, inputs.get(application, {}))
        self._check_numbers(world)
        self._check_references(world)
        self._check_messages(world)

    def _check_applied(self, service: str, state: toys.State, inputs: dict[Input, None]) -> None:
        if len(set(state.applied)) != len(state.applied):
            raise Violation(f"{service}: decided twice: {state.applied}")
        want = {i.event_id for i in inputs} - self._releases(inputs)
        if set(state.applied) != want:
            raise Violation(f"{service}: decided {state.applied}, not {want}")
        place = {id_: n for n, id_ in enumerate(state.applied)}
        for topic in {i.topic for i in inputs}:
            order = [place[i.event_id] for i in inputs if i.topic == topic and i.event_id in place]
            if order != sorted(order):
                raise Violation(f"{service}: out of order: {state.applied}")

    def _releases(self, inputs: dict[Input, None]) -> set[str]:
        return {i.event_id for i in inputs if i.type == LaneReleased.TYPE}

    def _check_numbers(self, world: World) -> None:
        numbers = [s.number for s in _states(world, toys.NUMBERED).values() if s.applied]
        if 0 in numbers or len(set(numbers)) != len(numbers):
            raise Violation(f"numbers are not unique: {numbers}")

    def _check_references(self, world: World) -> None:
        rows = {r["_id"]: r for r in world.database.collections["routing.references"].all()}
        for application, state in _states(world, toys.REFERENCED).items():
            for number, reference in enumerate(state.references, start=1):
                row = rows.get(reference, {})
                if (row.get("application"), row.get("attempt")) != (application, number):
                    raise Violation(f"reference {reference} points elsewhere: {row}")

    def _check_messages(self, world: World) -> None:
        arrived = self._the_gateway(world).arrived
        twice = [key for key, times in arrived.items() if times > 1]
        if twice:
            raise Violation(f"called twice: {twice}")
        slots = Counter(key.rpartition("/")[0] for key in arrived)
        for application, state in _states(world, toys.NOTIFYING).items():
            for slot, message in state.messages.items():
                times = slots[f"{application}/{slot}"]
                if times != 1 or not message.is_over:
                    raise Violation(f"handed over {times} times: {slot} {message}")


def _application(rng: Random) -> str:
    return str(UUID(int=rng.getrandbits(128)))


def _states(world: World, service: str) -> dict[str, toys.State]:
    found = {}
    for application, versions in journals(world, service).items():
        text = versions[-1]["state"]
        found[application] = (
            toys.State() if text == "null" else msgspec.json.decode(text, type=toys.State)
        )
    return found
