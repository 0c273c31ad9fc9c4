"""What a run found: by name, and what of it is wrong.  Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, NamedTuple

from deploy.audit.invariants import Finding
from tests.load.connections import OWN
from tests.load.growth import behind_s, growth_s
from tests.load.journeys import Outcome
from tests.load.measure import Measured
from tests.load.meter import Used
from tests.load.spread import curve, spread

WATCHING = "operations"
PATH = ("intake", "routing", "payment", "notify", "kafka", OWN)  # that is watched
NOTICES = 4  # of each application
GROWTH_LIMIT_S = 1.0  # see `growth.growth_s`
RATIO_GOAL = 1.5


class Found(NamedTuple):
    """All that was found of the real journey."""

    rate: float
    measured: Measured
    outcome: Outcome
    handed: int  # notices, warm-up included
    dropped: int  # notices that were obsolete at their turn, likewise
    idle: Used
    quiet: Used
    findings: Sequence[Finding] | None  # None: not looked for
    floor: tuple[Measured, Outcome] | None
    machine: Mapping[str, Any]
    mongo_s: Mapping[str, float]  # what the database worked for whom, warm-up included


def report(found: Found) -> dict[str, Any]:
    """Return everything by name."""
    content = _load(found.measured, found.outcome)
    content |= _notices(found)
    content |= _lag(found.measured)
    content |= {
        "rate": found.rate,
        "idle_cores": round(found.idle.cores, 3),
        "quiet_cores": round(found.quiet.cores, 3),
        "idle_cores_by_process": _cores(found.idle),
        "quiet_cores_by_process": _cores(found.quiet),
        "invariants": None if found.findings is None else [asdict(f) for f in found.findings],
        "machine": dict(found.machine),
        "floor_cpu_ms_per_application": None,
        "floor_ratio": None,
        "floor": None,
    }
    if found.floor:
        told = _load(*found.floor)
        ours, theirs = (c["cpu_ms_per_application_total"] for c in (content, told))
        content |= {
            "floor_cpu_ms_per_application": theirs,
            "floor_ratio": ratio(ours, theirs),
            "floor": told,
        }
    content |= _read_side(content["cpu_ms_per_application"], found.mongo_s)
    content["wrong"] = wrong(content)
    return content


def _read_side(cpu_ms: Mapping[str, float], mongo_s: Mapping[str, float]) -> dict[str, Any]:
    """Return what watching costs, and that for each millisecond of the path that is watched.

    What the database does for nobody's connection is everybody's, by what it does for each.
    """
    callers_s = {caller: s for caller, s in mongo_s.items() if caller != OWN and s > 0}
    whole_s = sum(callers_s.values())
    mongo_ms = {c: round(cpu_ms[OWN] * s / whole_s, 4) for c, s in sorted(callers_s.items())}
    mine_ms = mongo_ms.get(WATCHING, 0.0)
    watching_ms = cpu_ms[WATCHING] + mine_ms
    return {
        "mongo_cpu_ms_by_caller": mongo_ms,
        "read_side_ms": round(watching_ms, 3),
        "read_side_of_path": ratio(watching_ms, sum(cpu_ms.get(p, 0) for p in PATH) - mine_ms),
    }


def _load(measured: Measured, outcome: Outcome) -> dict[str, Any]:
    offered, used = measured.offered, measured.used
    by_process = {
        name: round(1000 * s / offered.submitted, 4) for name, s in sorted(used.cpu_s.items())
    }
    return {
        "offered_per_s": offered.submitted / (offered.ended - offered.began),
        "completed_per_s": round(outcome.completed_per_s, 1),
        "submitted": offered.submitted,
        "completed": outcome.completed,
        "lost": offered.submitted - outcome.completed,
        "backlog_at_end": outcome.backlog_at_end,
        "unfinished": outcome.unfinished[:20],
        "latency_ms": spread(outcome.latency_ms),
        "latency_curve_ms": curve(outcome.latency_ms),
        "curve_with_pay_time_ms": curve(outcome.whole_ms),
        "latency_with_pay_time_ms": spread(outcome.whole_ms),
        "pay_time_ms": spread(outcome.pay_ms),
        "callback_ms": measured.paid["callback_ms"],
        "callback_answers": measured.paid["answers"],
        "callbacks_given_up": measured.paid["given_up"],
        "cpu_ms_per_application": by_process,
        "cpu_ms_per_application_total": round(sum(by_process.values()), 3),
        "rss_mib": {name: round(mib) for name, mib in sorted(measured.memory_mib.items())},
        "other_cores": round(used.other_cores, 2),
        "generator_behind_ms": round(1000 * offered.behind_s, 1),
        "took_s": round(used.at_s, 1),
    }


def _notices(found: Found) -> dict[str, Any]:
    submitted = found.measured.offered.submitted + found.measured.warm_up.submitted
    told = found.handed + found.dropped
    return {
        "notices_handed": found.handed,
        "notices_dropped": found.dropped,
        "notices_lost": submitted * NOTICES - told,
    }


def _lag(measured: Measured) -> dict[str, Any]:
    samples = measured.samples
    grown = growth_s(samples)
    return {
        "lag_at_end": dict(samples[-1].lag),
        "lag_at_end_s": {g: round(lags[-1], 2) for g, lags in behind_s(samples).items()},
        "lag_growth_s": {group: round(s, 2) for group, s in grown.items()},
        "lag_grew": any(s > GROWTH_LIMIT_S for s in grown.values()),
        "lag_samples": [
            {"at_s": round(s.at_s - samples[0].at_s, 1), "lag": s.total} for s in samples
        ],
        "lag_left": measured.rest.total,
        "set_aside": measured.rest.end.get("operations-aside", 0),
    }


def _cores(used: Used) -> dict[str, float]:
    return {name: round(s / used.at_s, 4) for name, s in sorted(used.cpu_s.items())}


def ratio(ours: float, theirs: float) -> float | None:
    """Return what the one costs for each of the other's; None without another."""
    return round(ours / theirs, 2) if theirs else None


def wrong(content: Mapping[str, Any]) -> list[str]:
    """Return what makes the run a failure, a sentence each."""
    out = []
    if content["lost"]:
        out.append(f"{content['lost']} of {content['submitted']} applications were not accepted")
    if content["notices_lost"]:
        out.append(
            f"{content['notices_lost']} notices were neither handed over nor dropped"
            " in the time of the measurement"  # who follows up a failed call comes after 30 s
        )
    if content["callbacks_given_up"]:
        out.append(f"{content['callbacks_given_up']} callbacks were never taken")
    if content["set_aside"]:
        out.append(f"{content['set_aside']} records were set aside")
    for finding in content["invariants"] or ():
        if finding["wrong"] or not finding["counted"]:
            because = finding["wrong"][0] if finding["wrong"] else "nothing was looked at"
            out.append(f"invariant {finding['number']} does not hold: {because}")
    return out


def too_much(content: Mapping[str, Any]) -> list[str]:
    """Return why the rate is more than the machine carries, if it is."""
    if not content["lag_grew"]:
        return []
    group, s = max(content["lag_growth_s"].items(), key=lambda pair: pair[1])
    return [
        f"the lag grew ({group} by {s:.1f} s): {content['rate']:g} applications a second are more "
        "than this machine carries; take a lower RATE, or a quieter machine"
    ]


def curves(content: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return title and curves of the plot."""
    named = {
        "motcua": content["latency_curve_ms"],
        "with the bank's time": content["curve_with_pay_time_ms"],
        "floor": content["floor"]["latency_curve_ms"] if content["floor"] else [],
    }
    return f"Submission to acceptance, {content['rate']:g} applications a second", named
