"""What is done in a run, drawn from its seed: how many applications, which acts, in what order."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.invariants import carriers
from tests.invariants.acts import POLL_LIMIT_S, SESSION_S
from tests.invariants.faults import (
    CALLING,
    CANCELLED,
    FAULTS,
    LANED,
    PAID,
    RETRIED,
    STEPS,
    TO_MEND,
    Fault,
)

OFF_S = (-60, -40, -20, 20, 40, 60)  # how far the clocks of services are off


class Staged(NamedTuple):
    """An act and for how long, about, applications come in while it lasts."""

    act: str
    seconds: int


FULL = (
    Staged("kill at every step", 70),
    Staged("two processes", 40),
    Staged("restart the broker", 15),
    Staged("kill the broker", 15),
    Staged("restart the database", 8),
    Staged("kill the database", 8),
    Staged("step the database down", 8),
    Staged("pause past the session", 12),
    Staged("pause past the poll limit", 12),
    Staged("stop the fetching", 12),
    Staged("refuse appends", 12),
    Staged("release a mistake", 15),
    Staged("slow partners", 12),
    Staged("partners down", 65),
)
# what of it is repeated with every change of the code
SHORT = (Staged("kill at every step", 40), Staged("kill the broker", 8))


@dataclass(frozen=True, slots=True)
class Plan:
    """A run.  `faults`: what has to happen in it; `end_limit_s`: for how long, after it, no service
    may say anything before everything has ended.
    """

    seed: int
    applications: int
    stages: tuple[Staged, ...]
    faults: tuple[Fault, ...] = FAULTS
    steps: Mapping[str, Sequence[str]] = field(default_factory=lambda: STEPS)
    end_limit_s: float = 150.0

    @property
    def chance(self) -> random.Random:
        """Return the source of all that is drawn, anew."""
        return random.Random(self.seed)

    @property
    def rate_per_s(self) -> float:
        """How many applications come in every second."""
        return self.applications / sum(s.seconds for s in self.stages)

    def drawn(self) -> list[tuple[Staged, int]]:
        """Return the stages in their order, with the number of applications for each."""
        order = self.chance.sample(self.stages, len(self.stages))
        counts = [int(self.rate_per_s * stage.seconds) for stage in order]
        counts[-1] += self.applications - sum(counts)
        return list(zip(order, counts, strict=True))

    def env(self) -> dict[str, dict[str, str]]:
        """Return what each process is told: short patience, and clocks that are off."""
        offsets = self.chance.sample(OFF_S, len(LANED))
        told = {
            name: {"MOTCUA_CLOCK_OFFSET_S": str(s)} for name, s in zip(LANED, offsets, strict=True)
        }
        return {
            **{name: {**SERVICE, **own} for name, own in told.items()},
            "operations": dict(SERVICE),
            "bank": {**PARTNER, "MOTCUA_BANK_CALL_AGAIN_S": self._call_again_s},
            **{process: self._carrier(process, ratios) for process, ratios in CARRIERS.items()},
        }

    @property
    def _call_again_s(self) -> str:
        """Return how long a bank waits before it calls again about what nobody heard."""
        return "20" if self.applications >= LONG else "5"

    def _carrier(self, process: str, ratios: Mapping[str, float]) -> dict[str, str]:
        """Return how often a carrier goes wrong: in a short run oftener, so that all happens."""
        stem, often = f"MOTCUA_{process.upper()}", 1 if self.applications >= LONG else OFTENER
        told = {f"{stem}_{fault.upper()}": str(ratio * often) for fault, ratio in ratios.items()}
        return {**told, **{f"{stem}_{name}": value for name, value in LATE.items()},
                f"{stem}_SEED": str(self.seed)}  # fmt: skip


SERVICE: Mapping[str, str] = {
    "MOTCUA_SESSION_S": str(SESSION_S),
    "MOTCUA_POLL_LIMIT_S": str(POLL_LIMIT_S),
    "MOTCUA_NOTICE_LIMIT_S": "1",
    "MOTCUA_NOTICE_ASK_AFTER_S": str([2, 3, *[5] * 6]),  # longer than a circuit stays open
    "MOTCUA_NOTICE_JOIN_S": '{"email": 4}',
    "MOTCUA_NOTICE_RETRY_AFTER_S": str([1, 2, 3, *[5] * 20]),
    "MOTCUA_PAYMENT_ASK_AFTER_S": "[3, 5, 5, 10]",
    "MOTCUA_PAYMENT_CALL_LIMIT_S": "3",  # longer than they take on a busy machine
    "MOTCUA_PAYMENT_EARLY_S": "30",
    "MOTCUA_PAYMENT_CHECK_OVER_VND": "20000",
    "MOTCUA_PAYMENT_ASK_LIMIT": "13",  # two minutes, then a lost refund is a person's
}
PARTNER: Mapping[str, str] = {
    "MOTCUA_BANK_DOUBLED": "0.15",
    "MOTCUA_BANK_FORGED": "0.15",
    "MOTCUA_BANK_LATE": "0.15",
    "MOTCUA_BANK_UNHEARD": "0.15",
    "MOTCUA_TRANSFER_LATE_S": "6",
}
# of all messages or calls of a long run, by process and fault; what cannot be asked after is rarer
CARRIERS: Mapping[str, Mapping[str, float]] = {
    "sms": {
        "blocked": 0.02,
        "throttled": 0.02,
        "lost_answers": 0.02,
        "slow_answers": 0.02,
        "undelivered": 0.02,
        "doubled_receipts": 0.1,
        "early_receipts": 0.03,
        "late_receipts": 0.02,
    },
    "smsc": {
        "lost_binds": 0.1,
        "lost_before": 0.01,
        "lost_after": 0.01,
        "blocked": 0.02,
        "throttled": 0.02,
        "full": 0.02,
        "unanswered": 0.015,
        "answered_twice": 0.02,
        "system_errors": 0.015,
        "undelivered": 0.02,
        "doubled_receipts": 0.1,
        "early_receipts": 0.03,
        "late_receipts": 0.02,
        "lost_receipts": 0.02,
        "malformed_receipts": 0.02,
    },
    "inbox": {
        "refused": 0.02,
        "greylisted": 0.05,
        "dropped": 0.015,
        "slow": 0.015,
        "bounced": 0.03,
        "rejected": 0.03,
        "throttled": 0.02,
        "lost_answers": 0.02,
        "undelivered": 0.02,
        "doubled_receipts": 0.2,
        "late_receipts": 0.1,
    },
}
LONG, OFTENER = 1_000, 3  # applications; and a shorter run has so much more of it
LATE: Mapping[str, str] = {"SLOW_S": "5", "LATE_S": "8"}  # longer than anybody waits for an answer


def full(seed: int, applications: int) -> Plan:
    """Return the whole of it."""
    return Plan(seed, applications, FULL)


def short(seed: int, applications: int = 200) -> Plan:
    """Return a minute of it."""
    always = {"doubled on the log", "overtaken", "clock off", "poison", "nearly too large",
              "unknown type", "too large", TO_MEND, CANCELLED, RETRIED, PAID}  # fmt: skip
    # too rare in so few, or never
    without = {"releases", "supplements", "withdrawals", "corrections", "transfers", "steps",
               "apologies", "signatures asked", "refunds asked", "refunds checked",
               "refunds recorded", "fees asked anew"}  # fmt: skip
    faults = tuple(
        f
        for f in FAULTS
        if (f.kind in always and f.whom not in without)
        or (f.kind == "killed" and f.whom != "database")
        or f.kind in carriers.OFTEN.get(f.whom, ())
    )
    return Plan(seed, applications, SHORT, faults, end_limit_s=90.0)


def mutant(seed: int, applications: int = 80) -> Plan:
    """Return what finds a wrong kernel out, as fast as can be."""
    effects = ("effects.called", "effects.appended")
    steps = {name: ("lane.inserted", "lane.published", *(effects if name in CALLING else ()))
             for name in LANED}  # fmt: skip
    stages = (Staged("kill at every step", 20),)
    return Plan(seed, applications, stages, faults=(), steps=steps, end_limit_s=60.0)
