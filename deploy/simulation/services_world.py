"""The real services: citizens, officers, a bank and an SMS gateway around them."""

from dataclasses import replace
from datetime import UTC, datetime
from random import Random
from typing import Any
from zlib import crc32

from deploy.simulation.bank import PARTNER, Bank, BankQuery, BankRefund, BankRefundQuery
from deploy.simulation.check import check_all
from deploy.simulation.gateway import CALL_LIMIT_S, Gateway
from deploy.simulation.host import Built
from deploy.simulation.operators import Operators
from deploy.simulation.outside import Outside
from deploy.simulation.people import Citizenry, Office, catalogue, forms, private_key
from deploy.simulation.services_check import ASK_LIMIT, check_operators, check_services
from deploy.simulation.sms import Sms, Unopened
from deploy.simulation.world import World
from services.intake import lane as intake
from services.intake.attachments import limits
from services.intake.attachments.named import ALL, NamedFiles
from services.intake.door import Door
from services.intake.likeness import Likeness
from services.intake.numbers import Numbers
from services.intake.revisions import Revisions
from services.notify import lane as notify
from services.notify.domain import Policy
from services.notify.effects import Ask, Send
from services.payment import lane as payment
from services.payment.domain.draft import Pace
from services.payment.domain.terms import Terms
from services.payment.receipt_numbers import ReceiptNumbers
from services.payment.references import References
from services.routing import lane as routing
from services.routing.domain.rules import load_rules
from shared.events.kernel import LaneReleased
from shared.lanes.table import Arrival, Decide, LaneTable
from shared.vault import Vault

SERVICES = ("intake", "routing", "payment", "notify")
FLAWED = 6  # of so many messages one
MASTER_KEY = bytes(range(32))  # it keeps nothing secret
PACE = Pace(ask_after_s=(900, 1_800), ask_limit=ASK_LIMIT, attempt_limit=3)
TERMS = Terms(
    partner=PARTNER,
    lifetime_s=3_600,
    min_vnd=1,
    max_vnd=10**12,
    active_from=datetime(2025, 7, 1, tzinfo=UTC),
)
POLICY = Policy(retry_after_s=(30, 120))  # so that some notices fail
RULES = load_rules


class ServicesWorld:
    """See `Scenario`."""

    services = SERVICES
    with_effects = ("payment", "notify")

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._rng = Random(f"services {seed}")
        self.trouble = self._rng.choice((0.0, 0.05, 0.2))
        self._mended = self._rng.random() < 0.6  # else some decisions fail until it is

    def begin(self, world: World) -> None:
        """See `Scenario`."""
        outside = Outside(world, self._rng)
        self._gateway = Gateway(world.loop, world.rng, lambda: self.trouble)
        self._bank = Bank(outside, lambda: self.trouble)
        self._outside = outside
        self._citizenry = Citizenry(outside)
        Office(outside, self._seed)
        self._operators = Operators(world, self._seed)
        for _ in range(self._rng.choice((1, 1, 2, 3))):
            self._citizenry.submit()

    def build(self, service: str, world: World) -> Built:
        """See `Scenario`."""
        built = self._build(service, world)
        return built._replace(table=self._flawed(built.table))

    def _flawed(self, table: LaneTable[Any, Any]) -> LaneTable[Any, Any]:
        """Return a table that cannot decide some messages, until it is mended."""

        def flawed(decide: Decide[Any, Any]) -> Decide[Any, Any]:
            def decide_or_fail(state: Any, arrival: Arrival, facts: Any, at: datetime) -> Any:
                drawn = crc32(f"{self._seed} {arrival.event.id}".encode())
                if not self._mended and drawn % FLAWED == 0:
                    raise ValueError("a mistake of ours")
                return decide(state, arrival, facts, at)

            return decide_or_fail

        return replace(table, decisions={t: flawed(d) for t, d in table.decisions.items()})

    def _build(self, service: str, world: World) -> Built:
        table = world.database.table
        match service:
            case "intake":
                vault = Vault(table("vault.keys"), MASTER_KEY, monotonic=world.loop.time)
                numbers = Numbers(table("intake.numbers"))
                key, like = private_key(), Likeness(table("intake.likeness"))
                kept, infected = table("intake.files"), table("intake.infected")
                named = NamedFiles(kept, infected, limits.load(), {ALL})
                revisions = Revisions(table("intake.journal"), vault, key)
                door = Door(
                    *(catalogue(), vault, numbers, key, world.clock, forms(), like),
                    *(named, revisions),
                )
                return Built(intake.table(door))
            case "routing":
                return Built(routing.table(catalogue(), load_rules()))
            case "payment":
                references = References(table("payment.references"))
                receipts = ReceiptNumbers(table("payment.receipts"), world.clock)
                lanes = payment.table(catalogue(), references, (TERMS,), PACE, receipts)
                calls = (BankQuery, BankRefund, BankRefundQuery)
                return Built(lanes, tuple(call(self._bank, self._outside) for call in calls))
            case _:
                channels = {"sms": Sms(self._gateway)}
                effects = (
                    Send(Unopened(), channels, CALL_LIMIT_S),
                    Ask(channels, CALL_LIMIT_S),
                )
                return Built(notify.table(POLICY), effects)

    def is_quiet(self) -> bool:
        """See `Scenario`."""
        return not self._gateway.under_way

    def mend(self, _: World) -> bool:
        """See `Scenario`."""
        if self._mended:
            return False
        self._mended = True
        for service in self.services:
            for application in self._citizenry.of_all():
                released = LaneReleased(operator="operator.simulated", reason="mended")
                self._outside.say(
                    f"{service}.inbox",
                    application,
                    released,
                    source="/operations",
                    id_=f"{application}/{service}/released",
                )
        return True

    def check(self, world: World) -> None:
        """See `Scenario`."""
        tables = [self.build(s, world).table for s in self.services]
        check_all(world, tables)
        check_services(world, self._citizenry.submitted, self._bank, self._gateway)
        check_operators(world, self._operators.said)
