"""What came of a run."""

from dataclasses import dataclass, field

from deploy.audit.evidence import Evidence
from deploy.audit.invariants import Finding
from tests.invariants.faults import Fault
from tests.invariants.partners import Ledger
from tests.invariants.plan import Plan


@dataclass(slots=True)
class Outcome:
    """What came of a run; `wrong` is what kept it from being a proof."""

    plan: Plan
    findings: list[Finding] = field(default_factory=list)
    faults: dict[Fault, int] = field(default_factory=dict)
    partners: list[Ledger] = field(default_factory=list)
    acknowledged: int = 0
    unfinished: int = 0
    stuck: list[str] = field(default_factory=list)  # how far some of the unfinished have come
    records: int = 0
    restarts: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    elapsed_s: float = 0.0
    evidence: Evidence | None = None  # what was read, for whoever looks for a cause

    @property
    def missed(self) -> list[Fault]:
        """Return the faults that had to happen and did not."""
        return [fault for fault in self.plan.faults if not self.faults.get(fault)]

    @property
    def broken(self) -> set[int]:
        """Return the numbers of the invariants that do not hold."""
        return {finding.number for finding in self.findings if not finding.holds}

    @property
    def holds(self) -> bool:
        """Whether everything that must hold held, and every fault happened."""
        return bool(self.findings) and not (self.broken or self.missed or self.wrong)
