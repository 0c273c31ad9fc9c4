"""How often somebody may ask: a limit for every route, by who is signed in or whose key it is, and
by address where it is nobody.

Generous to who reads, tight where much can be carried away.  Each process counts for itself, as at
the door and at status look-ups: with n processes it is n times as much.
"""

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

from services.operations.status_access import Attempts
from shared.problems import Refusal

Kind = Literal[
    "read", "change", "find", "find_by_key", "report", "part", "export", "unseal", "nobody", "open"
]


class Limit(NamedTuple):
    """So many calls in a window."""

    calls: int
    window_s: float


LIMITS: Mapping[Kind, Limit] = {
    "read": Limit(1_200, 60),
    "change": Limit(240, 60),
    "find": Limit(60, 60),  # by hand: one a second, for a minute
    "find_by_key": Limit(600, 60),
    "report": Limit(60, 60),  # counted of a month's money, of all breaks, of a past day or period
    "part": Limit(120, 60),  # of some thousand journeys
    "export": Limit(20, 600),
    "unseal": Limit(10, 900),
    "nobody": Limit(300, 60),  # an office may share an address
    "open": Limit(1_200, 60),  # files of the pages: a few for each page
}
# of a route, or of one of its methods; others are a `read` or a `change` by their method
TIGHT: Mapping[str, Kind] = {
    "/console/journeys/{name}/unsealing": "unseal",
    "/v1/journeys/{name}/unsealing": "unseal",
    "/console/find": "find",
    "/console/find/person": "find",
    "GET /v1/find": "find_by_key",
    "POST /v1/find": "find",  # for persons, as in the console
    "/console/money/settlements/{partner}": "report",
    "/console/partner/settlements": "report",
    "/v1/money/settlements/{partner}": "report",
    "/v1/partner/settlements": "report",
    "/console/money": "report",  # of every open break
    "/console/partner/overview": "report",
    "/v1/money": "report",
    "/v1/partner": "report",
    "/console/statistics": "report",
    "/v1/statistics": "report",
    "/console/indicators/{unit}/index": "part",
    "/v1/indicators/index": "part",
    "POST /console/rounds": "part",  # a preview opens each
    "POST /v1/rounds": "part",
    "/console/incidents/new": "part",
    "POST /console/incidents": "part",
    "POST /v1/incidents": "part",
    "/v1/incidents/preview": "part",
    "/console/sync": "part",
    "/v1/sync": "part",
    "/v1/proof": "part",
    "/v1/incidents/{incident_id}/applications": "export",
    "/v1/incidents/{incident_id}/export": "export",
    "/console/incidents/{incident_id}/export": "export",
    "/console/money/settlements/{partner}/file": "export",
    "/console/partner/settlements/file": "export",
    "/console/statistics/file": "export",
    "/console/proof/{proof_id}/report.html": "export",
    "/console/proof/{proof_id}/report.json": "export",
    "/v1/proofs/{proof_id}/report": "export",
}
# an `export` as soon as this parameter asks for something else
PLAIN: Mapping[str, tuple[str, str]] = {
    "/v1/money/settlements/{partner}": ("as", "json"),
    "/v1/partner/settlements": ("as", "json"),
    "/v1/statistics": ("format", "json"),
}
# a `report` as soon as a `day` is asked for: of one that is not kept the country is counted anew
DATED = frozenset(
    {
        "/console/indicators",
        "/console/indicators/{unit}",
        "/console/indicators/{unit}/{indicator}/{part}",
        "/v1/indicators",
        "/v1/indicators/evidence",
    }
)
# citizens' own: counted by application and by who tries, in `status_access`
OWN = frozenset({"/status", "/status/feedback", "/v1/status"})
SAFE = ("GET", "HEAD")


def kind_of(
    method: str, route: str, asked: Mapping[str, str], *, is_known: bool, is_open: bool
) -> Kind:
    """Return which limit a call falls under; `asked`: its parameters; `is_open`: the same is
    answered to everybody.
    """
    if is_open:
        return "open"
    if not is_known:
        return "nobody"
    name, plain = PLAIN.get(route, ("", ""))
    if name and asked.get(name, plain) != plain:
        return "export"
    if route in DATED and asked.get("day"):
        return "report"
    usual: Kind = "read" if method in SAFE else "change"
    return TIGHT.get(f"{method} {route}", TIGHT.get(route, usual))


class Limits:
    """What was asked, by kind and by who asked."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._counted = {
            kind: Attempts(limit.calls, monotonic, limit.window_s) for kind, limit in LIMITS.items()
        }

    def take(self, kind: Kind, who: str) -> None:
        """Count a call.  Raises `Refusal` 429."""
        if wait_s := self._counted[kind].take(who):
            seconds = str(max(1, -int(-wait_s // 1)))
            detail = f"That was asked too often: wait {seconds} seconds, then ask again."
            raise Refusal(429, "too-many-calls", detail, headers={"Retry-After": seconds})
