"""All incidents as a page.  Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from services.operations.console.incidents.page import many, money, named, tone
from services.operations.console.incidents.scopes import in_a_line
from services.operations.console.spoken import moment, stretch
from services.operations.domain.alarm_life import Alarm
from services.operations.domain.citizen.units import Units
from services.operations.domain.citizen.words import Words
from services.operations.incidents.views import ListView


class Row(NamedTuple):
    """An incident in the list."""

    id: str
    title: Words
    about: Words
    status: str
    tone: str
    owner: str
    since: Words
    lasts: Words
    then: Words
    now: Words | None
    vnd: Words


def rows(view: ListView, alarms: Mapping[str, Alarm], units: Units, now: datetime) -> list[Row]:
    """Return incidents as a list has them; `alarms`: for which they were opened."""
    return [
        Row(
            id=one.id,
            title=named(one, alarms.get(one.alarm), units),
            about=in_a_line(one.scope, units),
            status=f"incident_{one.status}",
            tone=tone(one),
            owner=one.owner,
            since=moment(one.opened_at),
            lasts=stretch(max(0, int((now - one.opened_at).total_seconds() * 1_000))),
            then=many(one.frozen),
            now=many(one.now) if one.now else None,
            vnd=money((one.now or one.frozen).vnd),
        )
        for one in view.incidents
    ]
