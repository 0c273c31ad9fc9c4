"""What operators see of a round: how it stands, who did what, and what came of each item."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal

import msgspec

from services.operations.domain.acting.shape import Takes
from services.operations.domain.actions import ACTIONS, WHY, Action, Words
from services.operations.domain.dead.letters import ANSWERED
from services.operations.domain.rounds import (
    STOPPED,
    Act,
    Check,
    Choice,
    Found,
    Item,
    Round,
    Status,
    Step,
    command_id,
)
from services.operations.rounds.ground import record_of
from shared.edge import APPLICATION

# `not_yet`: it is not its turn; `not_sent`: the round was aborted before
Result = Literal["not_yet", "not_sent", "refused", "sent", "gone_before"]
Outcome = Result | Check
_THERE = frozenset({"still_there", "came_back", "under_way"})


class RoundView(msgspec.Struct, frozen=True, kw_only=True):
    """How a round stands.  `items` are those that something is done to, of so many `applications`,
    and `vnd` hang on them; not `is_whole`: more wait than one round takes.
    """

    id: str
    stage: str
    cause: str
    action: str
    status: Status
    by: str
    at: datetime
    reason: str
    items: int
    refused: int
    is_whole: bool
    applications: int
    vnd: int


class OneView(RoundView, frozen=True, kw_only=True):
    """The same with what was chosen, what is done and may follow, and who did what since.

    `needs_check`: once asked for it is `waiting_for_check` until another agrees.  `results` counts
    all items by what was done, `checks` those that were sent by what it came to, `why` those that
    are refused.
    `takes`: what of the choice the action takes.
    """

    choice: Choice
    does: Words
    follows: tuple[Words, ...]
    needs_check: bool
    why: Mapping[str, int]
    takes: Takes
    acts: tuple[Act, ...]
    results: Mapping[str, int]
    checks: Mapping[str, int]


class ListView(msgspec.Struct, frozen=True, kw_only=True):
    """Rounds, the newest first; `next`: where the next page begins, empty at the end."""

    rounds: list[RoundView]
    next: str


class ItemView(msgspec.Struct, frozen=True, kw_only=True):
    """One matter of a round, as it stood (`since_ms`, `vnd`), and what came of it; `reference`: an
    order, a notice, a break or the place of a record that it is about, the unit that it goes to,
    its new date.  A break and a record may be of no `application`.

    `why_vi`, `why_en`: why it is refused.  `check` says, a while after it was sent, whether the
    cause is `gone`, `still_there` or `came_back`, `under_way`, where it was only set going again,
    or `unknown`, where the read side is far behind; `there_since_ms`: since when what is still
    there waits.
    """

    number: int
    application: str
    dossier: str
    unit: str
    partner: str
    since_ms: int
    vnd: int
    reference: str
    id: str
    result: str
    why_vi: str = ""
    why_en: str = ""
    check: str | None = None
    there_since_ms: int | None = None


class ItemsView(msgspec.Struct, frozen=True, kw_only=True):
    """A page of items; `next` is the `after` of the one that follows, null at the end."""

    items: list[ItemView]
    next: int | None


def short(round_: Round) -> RoundView:
    """Return a round as a list shows it."""
    return RoundView(
        id=round_.id,
        stage=round_.choice.stage,
        cause=round_.choice.cause,
        action=round_.choice.action,
        status=round_.status,
        by=round_.by,
        at=round_.at,
        reason=round_.choice.reason,
        items=round_.found.items,
        refused=round_.found.refused,
        is_whole=round_.found.is_whole,
        applications=round_.found.applications,
        vnd=round_.found.vnd,
    )


def whole(round_: Round, action: Action, sent: Step | None, checked: Step | None) -> OneView:
    """Return all of a round, with what its action is and its last steps count."""
    results = dict(sent.so_far) if sent else {}
    left = round_.found.items - sum(results.values())
    rest = _left(round_, sent)
    others = {rest: left + results.get(rest, 0), "refused": round_.found.refused}
    return OneView(
        **msgspec.structs.asdict(short(round_)),
        choice=round_.choice,
        does=action.does,
        follows=action.follows,
        needs_check=action.needs_check,
        why=round_.found.why,
        takes=action.takes,
        acts=round_.acts,
        results=results | {word: count for word, count in others.items() if count},
        checks=checked.so_far if checked else {},
    )


def seen(
    round_: Round, items: Iterable[tuple[int, Item]], sent: Sequence[Step], checked: Sequence[Step]
) -> list[ItemView]:
    """Return items with what these steps say of them, each with its number."""
    done, after = _by_number(sent), _by_number(checked)
    rest = _left(round_, sent[-1] if sent else None)
    return [
        _item(round_, number, item, done.get(number, (rest, 0))[0], after.get(number))
        for number, item in items
    ]


def those(
    round_: Round, outcome: Outcome, sent: Sequence[Step], checked: Sequence[Step]
) -> list[int]:
    """Return the numbers of the items of which all steps together say this."""
    items, refused = round_.found.items, round_.found.refused
    if outcome == "refused":
        return list(range(items + 1, items + refused + 1))
    done, after = _by_number(sent), _by_number(checked)
    rest = _left(round_, sent[-1] if sent else None), 0
    return [
        number
        for number in range(1, items + 1)
        if outcome in (done.get(number, rest)[0], after.get(number, ("", 0))[0])
    ]


def _item(
    round_: Round, number: int, item: Item, word: str, check: tuple[str, int] | None
) -> ItemView:
    why = WHY[item.why] if item.why else Words("", "")
    found, since_ms = check or ("", 0)
    return ItemView(
        number=number,
        application=item.application,
        dossier=item.dossier,
        unit=item.unit,
        partner=item.partner,
        since_ms=item.since_ms,
        vnd=item.vnd,
        reference=item.reference,
        id="" if item.why else said_id(round_, number, item),
        result="refused" if item.why else word,
        why_vi=why.vi,
        why_en=why.en,
        check=found or None,
        there_since_ms=since_ms if found in _THERE else None,
    )


def said_id(round_: Round, number: int, item: Item) -> str:
    """Return the id of what is said about an item: its command, or that its record was sent."""
    record = record_of(item.key)
    return f"{record}{ANSWERED}" if record else command_id(round_.id, number)


def _by_number(steps: Sequence[Step]) -> dict[int, tuple[str, int]]:
    """Return the word for each item, and since when it waits where that is known."""
    return {
        number: (word, since)
        for step in steps
        for number, (word, since) in enumerate(
            zip(step.found, step.since_ms or (0,) * len(step.found), strict=True), step.first
        )
    }


def _left(round_: Round, last: Step | None) -> Result:
    """Say what becomes of items to which nothing was done."""
    is_over = round_.status in STOPPED and (not round_.has_begun or (last and last.is_last))
    return "not_sent" if is_over else "not_yet"


# ---- as the description of the edge shows them

_AT = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
ID = "20261120-3f9ac1d2e4"
CHOICE = Choice(
    stage="routing", cause="held", action="release", reason="The rule was mended", unit="26737"
)
_ROUND = Round(
    id=ID,
    choice=CHOICE,
    found=Found(set="1", items=1, refused=0, applications=1, vnd=50_000),
    acts=(Act(what="preview", by="operator-1", at=_AT, reason=CHOICE.reason),),
)
ONE = whole(_ROUND, ACTIONS[CHOICE.action], None, None)
LIST = ListView(rounds=[short(_ROUND)], next="")
ITEMS = ItemsView(
    items=[
        ItemView(
            number=1,
            application=APPLICATION,
            dossier="H29.1-20261120-0000001",
            unit="26737",
            partner="",
            since_ms=1_763_600_000_000,
            vnd=0,
            reference="",
            id=command_id(ID, 1),
            result="sent",
            check="gone",
        )
    ],
    next=None,
)
