"""Who carries notices in a run, and what goes wrong with each: tables.

Text messages go by two, an HTTP gateway and an SMPP message centre, each of which stands by for the
other; mails and apps by one each.  What a carrier did wrong stands in its own books.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from deploy.audit.devices import APP, CENTRE, GATEWAY, MAIL
from services.notify.providers import SANDBOX

RECEIPT_WITHIN_S = 15  # longer than any takes that comes at all
CALL_LIMIT_S = 3  # of a message centre or a mail server: longer than they take on a busy machine

# what befell notices, as a carrier's books call it
BEFELL: Mapping[str, Mapping[str, str]] = {
    GATEWAY: {
        "blocked": "refused for good",
        "throttled": "throttled",
        "lost_answers": "answer lost",
        "slow_answers": "answered too late",
        "undelivered": "lost by its carrier",
        "doubled_receipts": "receipt twice",
        "early_receipts": "receipt before the answer",
        "late_receipts": "receipt late",
    },
    CENTRE: {
        "lost_binds": "hung up on in a bind",
        "lost_before": "hung up on before it was taken",
        "lost_after": "hung up on after it was taken",
        "blocked": "refused for good",
        "throttled": "throttled",
        "full": "queue full",
        "unanswered": "answer lost",
        "answered_twice": "answered twice",
        "system_errors": "taken and called an error",
        "undelivered": "lost by its carrier",
        "doubled_receipts": "receipt twice",
        "early_receipts": "receipt before the answer",
        "late_receipts": "receipt late",
        "lost_receipts": "receipt lost",
        "malformed_receipts": "receipt garbled",
    },
    MAIL: {
        "refused": "refused for good",
        "greylisted": "put off",
        "dropped": "hung up on after it was taken",
        "slow": "answered too late",
        "bounced": "lost by its carrier",
        "doubled_receipts": "receipt twice",
        "late_receipts": "receipt late",
    },
    APP: {
        "rejected": "refused for good",
        "throttled": "throttled",
        "lost_answers": "answer lost",
        "slow": "answered too late",
        "undelivered": "lost by its carrier",
        "doubled_receipts": "receipt twice",
        "late_receipts": "receipt late",
    },
}
TOOK_OVER, ASKED, NEVER_KNOWN = "took over", "settled by asking", "never known"
MISSED = "receipt missed"
TOLD, FAILED, DROPPED = "told", "failed", "dropped"
JOINED = "several in one message"
WAYS = ("sms", "email", "app", "portal", "sms@representative", "email@representative")
# why a notice did not reach anybody; zalo has no carrier here
WHY: tuple[tuple[str, str], ...] = (
    (DROPPED, "no_provider"),
    (DROPPED, "opted_out"),
    (FAILED, "no_email"),
    (FAILED, "bad_address"),
    (FAILED, "invalid_number"),
    (FAILED, "blocked"),
    (FAILED, "no_such_user"),
    (FAILED, "unreachable"),
)


# what happens so often that a short run has all of it, by whom
OFTEN: Mapping[str, frozenset[str]] = {
    GATEWAY: frozenset(
        {"refused for good", "throttled", "lost by its carrier", "receipt twice", TOOK_OVER, ASKED,
         "receipt before the answer", "receipt late"}
    ),
    CENTRE: frozenset(
        {"hung up on in a bind", "receipt twice", "receipt before the answer", "receipt garbled",
         TOOK_OVER, NEVER_KNOWN}
    ),
    MAIL: frozenset({"put off", "lost by its carrier", NEVER_KNOWN}),
    APP: frozenset(
        {"refused for good", "throttled", "lost by its carrier", "receipt twice", "receipt late",
         ASKED}
    ),
    **{way: frozenset({TOLD}) for way in WAYS},
    **{reason: frozenset({kind}) for kind, reason in WHY if reason != "invalid_number"},
}  # fmt: skip


def happens() -> Iterator[tuple[str, str]]:
    """Return what has to happen, and to whom."""
    for name, befell in BEFELL.items():
        yield from ((kind, name) for kind in befell.values())
    yield from ((TOOK_OVER, name) for name in (GATEWAY, CENTRE))
    yield from ((ASKED, name) for name in (GATEWAY, APP))
    yield from ((NEVER_KNOWN, name) for name in (CENTRE, MAIL))
    yield MISSED, CENTRE
    yield from ((TOLD, way) for way in WAYS)
    yield from WHY
    yield JOINED, "email"


def providers(folder: Path, binds_url: str) -> Path:
    """Write the file of providers, for a message centre that takes binds there."""
    told = msgspec.json.decode(SANDBOX.with_name("sandbox_smpp_providers.json").read_bytes())
    for row in told:
        if row["kind"] == "sms_smpp":
            row |= {"url": binds_url, "receipt_within_s": RECEIPT_WITHIN_S}
        if row["kind"] in ("sms_smpp", "smtp"):
            row["limit_s"] = CALL_LIMIT_S
    path = folder / "providers.json"
    path.write_bytes(msgspec.json.encode(told))
    return path
