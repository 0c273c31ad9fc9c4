"""What operators see of what was set aside: groups, items, and one with what is wrong in it."""

from datetime import datetime
from typing import Any, Literal

import msgspec

from services.operations.dead.desk import Result
from services.operations.dead.edits import Verdict
from services.operations.dead.outcomes import Became
from services.operations.domain.dead.contrast import (
    Difference,
    Line,
)
from services.operations.domain.dead.letters import DeadGroup, Kind
from services.operations.domain.dead.mending import Why
from services.operations.views import SetAside
from shared.edge import APPLICATION


class DeadView(msgspec.Struct, kw_only=True):
    """Groups of what nobody did anything about, what came last first; and a page of all letters
    there ever were, oldest first.  `next` is the `after` of the page that follows, null at the end;
    there are no groups with a later page.  Not `is_whole`: more is open than is counted.
    """

    groups: list[DeadGroup]
    is_whole: bool
    items: list[SetAside]
    next: str | None


class Asked(msgspec.Struct, frozen=True):
    """Who asked that nothing is sent of one, and why; `principal` is the human behind the name."""

    by: str
    at: datetime
    reason: str
    principal: str


class DeadItem(msgspec.Struct, frozen=True, kw_only=True):
    """One of a group; `why` it cannot be sent again as it was, null where it can; `asked` that it
    is dismissed, and nobody has agreed yet.
    """

    topic: str
    partition: int
    offset: int
    service: str
    application: str
    dossier: str
    unit: str
    at: datetime
    reason: str
    field: str
    why: Why | None
    why_vi: str
    why_en: str
    asked: Asked | None


class DeadPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a group, oldest first; `next` is the `after` of the one that follows."""

    group: DeadGroup
    items: list[DeadItem]
    next: str | None


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """What was done about it, by whom and why; `checker` agreed to it, `fields` differ in a copy.

    `became` says what came of what was sent, null where nothing was.
    """

    did: Literal["redriven", "edited", "dismissed"]
    at: datetime
    by: str
    checker: str
    reason: str
    fields: tuple[str, ...]
    application: str
    became: Became | None


class Changed(msgspec.Struct, frozen=True):
    """What a copy changes: what may be seen of what was there, and what somebody put there."""

    path: str
    before: str
    after: str


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A mended copy: who made it and why, where it differs, and what the second person said;
    `principal` is the human who made it.  Where it `is_dismissal`, there is no copy: nothing is
    to be sent.
    """

    number: int
    by: str
    at: datetime
    reason: str
    changes: list[Changed]
    verdict: Verdict | None
    checked_by: str
    checked_reason: str
    principal: str = ""
    is_dismissal: bool = False


class OneDead(msgspec.Struct, frozen=True, kw_only=True):
    """One record that was set aside.

    `field` is where a lane stopped, `expected` what the contract (`schema`) says of that place in
    words of JSON Schema, `differences` all there are.  Of `lines` no value is shown that may be
    personal.
    """

    kind: Kind
    topic: str
    partition: int
    offset: int
    service: str
    application: str
    at: datetime
    reason: str
    field: str
    size: int
    is_cut: bool
    type: str
    schema: str
    expected: dict[str, Any]
    differences: list[Difference]
    lines: list[Line]
    why: Why | None
    why_vi: str
    why_en: str
    answered: Answered | None
    edits: list[Waiting]


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What was done to one."""

    topic: str
    partition: int
    offset: int
    application: str
    result: Result


class Outcomes(msgspec.Struct, frozen=True, kw_only=True):
    """What was done to each; `next` is the `after` of what follows, null at the end."""

    items: list[Outcome]
    next: str | None


OUTCOMES = Outcomes(
    items=[
        Outcome(
            topic="portal.submissions",
            partition=3,
            offset=1042,
            application=APPLICATION,
            result="sent",
        )
    ],
    next=None,
)
