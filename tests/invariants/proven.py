"""Whether operations proves of the log what the audit, which looks in from outside, finds too."""

from deploy.audit.evidence import Evidence
from services.operations.domain.occurrences import by_application, judge
from services.operations.domain.proof.checks import proof_of
from services.operations.domain.proof.equations import equations
from services.operations.domain.proof.tally import GRACE_MS, Moment, Proof
from services.operations.journeys import read

SHOWN = 10


def unproven(evidence: Evidence) -> list[str]:
    """Return what does not hold by operations' own checks; the log is at rest."""
    entries = [read(heard.record) for records in evidence.log.values() for heard in records]
    last_ms = max((entry.logged_ms for entry in entries), default=0)
    moment = Moment(last_ms + GRACE_MS, last_ms + 1)
    proof = Proof()
    for application, piece in by_application(entries).items():
        judged = judge(piece, ())
        proof.add(proof_of(application, judged.first, judged.forks, moment))
    found = [f"{i.kind}: {i.application} {i.name}, {i.detail}" for i in proof.exceptions[:SHOWN]]
    found += [f"does not add up: {e.name} {e.of}" for e in equations(proof) if not e.holds]
    return [f"operations does not prove it: {each}" for each in found]
