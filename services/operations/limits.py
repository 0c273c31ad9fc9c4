"""How often somebody may ask: a limit for every route, by who is signed in or whose key it is, and
by address where it is nobody.

Generous to who reads, tight where much can be carried away.  Each process counts for itself, as at
the door and at status look-ups: with n processes it is n times as much.
"""

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

from services.operations.status_access import Attempts
from shared.problems import Refusal

Kind = Literal["read", "change", "find", "find_by_key", "export", "unseal", "nobody", "open"]


class Limit(NamedTuple):
    """So many calls in a window."""

    calls: int
    window_s: float


LIMITS: Mapping[Kind, Limit] = {
    "read": Limit(1_200, 60),
    "change": Limit(240, 60),
    "find": Limit(60, 60),  # by hand: one a second, for a minute
    "find_by_key": Limit(600, 60),
    "export": Limit(20, 600),
    "unseal": Limit(10, 900),
    "nobody": Limit(300, 60),  # an office may share an address
    "open": Limit(1_200, 60),  # files of the pages: a few for each page
}
# other routes are a `read` or a `change` by their method
TIGHT: Mapping[str, Kind] = {
    "/console/journeys/{name}/unsealing": "unseal",
    "/v1/journeys/{name}/unsealing": "unseal",
    "/console/find": "find",
    "/console/find/person": "find",
    "/v1/find": "find_by_key",
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
# citizens' own: counted by application and by who tries, in `status_access`
OWN = frozenset({"/status", "/status/feedback", "/v1/status"})
SAFE = ("GET", "HEAD")


def kind_of(method: str, route: str, *, is_known: bool, is_open: bool) -> Kind:
    """Return which limit a call falls under; `is_open`: the same is answered to everybody."""
    if is_open:
        return "open"
    if not is_known:
        return "nobody"
    return TIGHT.get(route, "read" if method in SAFE else "change")


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
