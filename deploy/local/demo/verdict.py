"""The verdict: everything that must hold, and whether it does.  Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from deploy.audit.invariants import Finding
from deploy.local.demo.board import Stuck
from deploy.local.demo.figures import Money
from deploy.local.demo.paths import Path
from deploy.local.demo.wrongs import Answer


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong, a sentence each; nothing: it holds."""

    wrong: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return not self.wrong

    @property
    def status(self) -> int:
        """Return the exit status."""
        return 0 if self.holds else 1


def judge(
    findings: Sequence[Finding],
    answers: Sequence[Answer],
    unfinished: Sequence[str],
    money: Money,
    counts: Mapping[str, Any],
    states: Mapping[int, int],
    paths: Sequence[Path] = (),
) -> Verdict:
    """Return the verdict; `states` is what the log says of each national code."""
    broken = [f"invariant {f.number} does not hold" for f in findings if not f.holds]
    mistaken = [f"{answer.sent}: {answer.found}" for answer in answers if not answer.is_right]
    untaken = [f"nobody took the path: {path.name}" for path in paths if not path.times]
    sums = (*_of_money(money), *_of(counts, states))
    return Verdict((*unfinished, *broken, *mistaken, *untaken, *sums))


def unfinished(stuck: Sequence[Stuck], silent: Sequence[str], lagging: Sequence[str]) -> list[str]:
    """Return what is not over, a sentence each."""
    out = []
    if applications := {s.application for s in stuck}:
        out.append(f"{len(applications)} applications are not over in time")
    out += [f"{name} does not say that it is ready" for name in silent]
    if lagging:
        out.append(f"the log did not come to rest: {', '.join(lagging)}")
    return out


def _of_money(money: Money) -> Iterator[str]:
    if money.matched != money.moved:
        yield f"{money.moved - money.matched} of the bank's transactions are unknown to payment"
    if money.settled_vnd != money.receipts_vnd:
        yield f"settlements are {money.settled_vnd} đồng, receipts {money.receipts_vnd}"


def _of(counts: Mapping[str, Any], states: Mapping[int, int]) -> Iterator[str]:
    told = {state["code"]: state["count"] for state in counts["states"] if state["count"]}
    if told != dict(states):
        yield f"operations counts {told} by national code, the log says {dict(states)}"
