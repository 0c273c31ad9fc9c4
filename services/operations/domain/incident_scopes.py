"""Whom an alarm concerns, as a table over its rules: which opens an incident, and which does not.

Two alarms of one scope are one incident: what comes and goes joins the one that is open.
"""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from services.operations.domain.alarm_life import Alarm
from services.operations.domain.alarms import rule_of
from services.operations.domain.incidents import Scope


class Drawn(NamedTuple):
    """`scope`: its fields, with what the alarm has in braces; empty: it concerns nobody yet.
    `why_not`: why no incident is opened by itself; empty: one is.
    """

    scope: Mapping[str, str]
    why_not: str = ""


_WARNING = "a warning: whoever sees to it opens one, where it is worth it"
_GROUP = {"stage": "{stage}", "cause": "{cause}"}
SCOPES: Mapping[str, Drawn] = {
    "sequence_gap": Drawn({"finding": "{about}"}),
    "parity_difference": Drawn({"finding": "{about}"}),
    "read_lag": Drawn({"group": "{about}", "which": "all"}),
    "partner_down": Drawn({"stage": "payment", "partner": "{partner}"}),
    "late_intake": Drawn({"cause": "{about}"}),
    "stuck_growth": Drawn(_GROUP, _WARNING),
    "stuck_old": Drawn(_GROUP, _WARNING),
    "due_soon": Drawn({"stage": "processing", "unit": "{unit}", "which": "all"}, _WARNING),
    "silent_unit": Drawn({"unit": "{unit}", "which": "all"}, _WARNING),
    "loop_failing": Drawn({"loop": "{about}"}),
    "certificate_expiry": Drawn({}, "nobody waits for a key that still holds"),
}


_GONE = Drawn({}, "there is no such rule any more")


def drawn(alarm: Alarm) -> Drawn:
    """Return the row of an alarm's rule; that of one that is gone opens nothing."""
    return SCOPES.get(alarm.rule, _GONE)


def scope_of(alarm: Alarm) -> Scope | None:
    """Return whom an alarm concerns; None: nobody yet."""
    stage, _, cause = alarm.about.partition("/")
    has = {
        "about": alarm.about,
        "partner": alarm.partner,
        "unit": alarm.unit,
        "stage": stage,
        "cause": cause,
    }
    fields = {name: text.format_map(has) for name, text in drawn(alarm).scope.items()}
    return msgspec.convert(fields, Scope) if fields else None


def opens(alarm: Alarm) -> bool:
    """Tell whether an incident is opened for an alarm, or it joins one."""
    return not drawn(alarm).why_not


def title_of(alarm: Alarm) -> str:
    """Return what an incident is called that is opened for an alarm, Vietnamese first."""
    title = rule_of(alarm.rule).title
    return f"{title.vi} · {title.en}: {alarm.about}"
