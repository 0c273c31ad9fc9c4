"""Every way in which what citizens were told can be wrong, and what is no fault."""

from collections.abc import Callable
from dataclasses import replace

import msgspec

from deploy.audit.evidence import Evidence
from tests.deploy.audit.planted import again, with_message, with_row
from tests.deploy.audit.sound import APPLICATION, DUE, event, heard, row


def told_when_it_was_over(evidence: Evidence) -> Evidence:
    """Notify hears that the dossier is returned, and then asks for a notice of its acceptance."""
    returned = event("routing", 3, "application.returned", {"national_code": 10}, "")
    heard_of = with_message(evidence, "routing.events", returned)
    cause = heard("routing.events", 2, returned)
    rows = evidence.journals["notify"]
    first = [row("notify", 1, cause, None), *({**r, "version": r["version"] + 1} for r in rows)]
    return replace(heard_of, journals={**evidence.journals, "notify": first})


def a_notice(evidence: Evidence, *statuses: str) -> Evidence:
    """Return evidence of one more notice asked for, and how it stood after each version."""
    asked = again(evidence, "notify", "notice.requested", milestone="registered")
    for status in statuses:
        notices = {"registered/sms": {"status": status, "since": DUE, "params": {}, "attempt": 1}}
        asked = with_row(asked, "notify", state=msgspec.json.encode({"notices": notices}).decode())
    return asked


def ended(evidence: Evidence, how: str, reason: str = "blocked") -> Evidence:
    """Return evidence in which the one more notice came to an end."""
    told = {"milestone": "registered", "reason": reason}
    return again(evidence, "notify", f"notice.{how}", **told)


def in_doubt(evidence: Evidence, reason: str, key: str = f"{APPLICATION}/registered/sms/1"):
    """Return evidence of one more notice, on a device, by a carrier that nobody can ask."""
    failed = ended(a_notice(evidence, "failed"), "failed", reason)
    handed = {**evidence.handed, f"{APPLICATION}/registered/sms/1": 1}
    return replace(failed, handed=handed, unasked=[key])


def with_timer(evidence: Evidence, *names: str) -> Evidence:
    rows = [{"_id": f"0001/{n}", "application": APPLICATION, "name": n} for n in names]
    return replace(evidence, collections={"notify.timers": rows})


FAULTS: tuple[Callable[[Evidence], Evidence], ...] = (
    lambda e: replace(e, handed={f"{APPLICATION}/accepted/sms/1": 2}),
    a_notice,
    lambda e: a_notice(e, "waiting", "requested"),
    lambda e: a_notice(with_timer(e, "notice.retry/registered/sms/0"), "waiting"),
    lambda e: replace(e, handed={**e.handed, f"{APPLICATION}/accepted/sms/2": 1}),
    lambda e: replace(e, handed={}),
    lambda e: replace(e, handed={**e.handed, "smsc/0102/Ho so/1": 1}),
    lambda e: in_doubt(e, "blocked"),
    lambda e: in_doubt(e, "outcome_unknown", key="another/registered/sms/1"),
    lambda e: ended(a_notice(e, "failed"), "failed", reason=""),
    lambda e: again(replace(e, lost=list(e.handed)), "notify", "notice.delivered"),
    lambda e: again(e, "notify", "notice.sent"),
    told_when_it_was_over,
)
SOUND: tuple[Callable[[Evidence], Evidence], ...] = (
    lambda e: a_notice(e, "requested", "waiting"),
    lambda e: a_notice(with_timer(e, "notice.retry/registered/sms/1"), "waiting"),
    lambda e: with_row(a_notice(e, "requested"), "notify", held=["a record"]),
    lambda e: ended(a_notice(e, "failed"), "failed"),
    lambda e: ended(a_notice(e, "dropped"), "dropped"),
    lambda e: in_doubt(e, "outcome_unknown"),
    lambda e: replace(e, lost=list(e.handed)),
)
