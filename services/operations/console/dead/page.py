"""What is set aside, as pages.  Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlencode

from services.operations.console.labels import LABELS
from services.operations.console.spoken import moment, stretch
from services.operations.console.stuck.page import stage_of
from services.operations.dead.acting import typed
from services.operations.dead.standing import UNGROUPED
from services.operations.dead.views import Changed, DeadItem, OneDead, Outcome
from services.operations.domain import actions
from services.operations.domain.causes import POISON
from services.operations.domain.citizen.words import Words
from services.operations.domain.dead.contrast import Line
from services.operations.domain.dead.letters import DeadGroup
from services.operations.domain.dead.mending import Edit
from services.operations.domain.dead.wording import found, told
from shared.access import Caller
from shared.events.data import Problem
from shared.masking import masked
from shared.second_person import refusal_of

ROWS = 6  # of the form in which a copy is mended: whoever has more to mend sends it as JSON
BLANKS = 1  # of these at least for what nobody named


class GroupRow(NamedTuple):
    """A group, as a row; `round`: where all of it is sent again, empty: a page at a time alone."""

    id: str
    kind: str
    reason: str
    field: str
    stage: Words
    topic: str
    round: str
    how_many: Words
    last_hour: Words
    hour_before: Words
    oldest: Words
    newest: Words


class ItemRow(NamedTuple):
    """One of a group, as a row; `why`: it cannot be sent again as it was; `asked_by`: that it is
    dismissed.
    """

    address: str
    name: str
    application: str
    dossier: str
    since: Words
    waited: Words
    why: Words
    asked_by: str


class AskedRow(NamedTuple):
    """Of how many on a page somebody asked that nothing is sent, and why who looks cannot agree."""

    by: str
    reason: str
    how_many: Words
    barred: Words | None


class FormRow(NamedTuple):
    """A row of the form in which a copy is mended, and what is wrong with what stands in it."""

    number: int
    path: str
    value: str
    is_removed: bool
    expected: Words | None
    wrong: Words | None


class OnePage(NamedTuple):
    """One that was set aside; `expected` has the contract's words for each difference's path.  The
    last two of a copy: why who looks cannot accept it, and whether it is none, but a dismissal.
    """

    one: OneDead
    address: str
    stage: Words
    since: Words
    why: Words
    differences: Sequence[tuple[str, Words, Words]]
    lines: Sequence[Line]
    answered_at: Words
    copies: Sequence[tuple[int, str, Words, str, Sequence[Changed], str, str, Words | None, bool]]
    is_waiting: bool


def group_row(group: DeadGroup, now: datetime) -> GroupRow:
    """Return a group as a row."""
    now_ms = int(now.timestamp() * 1_000)
    return GroupRow(
        id=group.id,
        kind=group.kind,
        reason=masked(group.reason),
        field=masked(group.field),
        stage=stage_of(group.service),
        topic=group.topic,
        round=_round(group),
        how_many=number(group.count),
        last_hour=number(group.last_hour),
        hour_before=number(group.hour_before),
        oldest=stretch(max(0, now_ms - group.oldest_ms)),
        newest=stretch(max(0, now_ms - group.newest_ms)),
    )


def _round(group: DeadGroup) -> str:
    """Return where a round of all of a group is asked for; records alone have such."""
    if group.kind != "dead" or group.id == UNGROUPED:
        return ""
    query = {"stage": group.service, "cause": POISON, "group": group.id}
    return f"rounds/new/redrive?{urlencode(query)}"


def item_rows(items: Iterable[DeadItem], now: datetime) -> list[ItemRow]:
    """Return what is in a group as rows."""
    return [
        ItemRow(
            address=f"dead/{one.topic}/{one.partition}/{one.offset}",
            name=f"{one.topic}/{one.partition}/{one.offset}",
            application=one.application,
            dossier=one.dossier,
            since=moment(one.at),
            waited=stretch(max(0, int((now - one.at).total_seconds() * 1_000))),
            why=Words(one.why_vi, one.why_en),
            asked_by=one.asked.by if one.asked else "",
        )
        for one in items
    ]


def asked_rows(items: Iterable[DeadItem], caller: Caller) -> list[AskedRow]:
    """Return what was asked of these, each wish once."""
    wishes = Counter((a.by, a.reason, a.principal) for one in items if (a := one.asked))
    return [
        AskedRow(by, reason, number(count), _barred(principal, caller))
        for (by, reason, principal), count in wishes.items()
    ]


def one_page(one: OneDead, caller: Caller) -> OnePage:
    """Return one, for whoever looks."""
    return OnePage(
        one=one,
        address=f"{one.topic}/{one.partition}/{one.offset}",
        stage=stage_of(one.service),
        since=moment(one.at),
        why=Words(one.why_vi, one.why_en),
        differences=[
            (d.path, said(told(d.expected)), said(found(d.found))) for d in one.differences
        ],
        lines=one.lines,
        answered_at=moment(one.answered.at) if one.answered else Words("", ""),
        copies=[
            (
                copy.number,
                copy.by,
                moment(copy.at),
                copy.reason,
                copy.changes,
                copy.verdict or "waits",
                copy.checked_by,
                _barred(copy.principal, caller),
                copy.is_dismissal,
            )
            for copy in one.edits
        ],
        is_waiting=any(copy.verdict is None for copy in one.edits),
    )


def _barred(asked: str, caller: Caller) -> Words | None:
    """Say why who looks is no second person to who asked."""
    why = refusal_of(asked, caller)
    if why is None:
        return None
    return LABELS["dead_own" if why.code == "same-person" else f"refused_{why.code}"]


def blank_form(one: OneDead) -> list[FormRow]:
    """Return the form: a row for each field that is wrong, and some that are free."""
    paths = [*[d.path for d in one.differences][: ROWS - BLANKS], *[""] * BLANKS]
    says = {d.path: said(told(d.expected)) for d in one.differences}
    return [
        FormRow(n, path, "", False, says.get(path), None) for n, path in enumerate(paths, start=1)
    ]


def sent_form(
    one: OneDead, fields: Mapping[str, str], problems: Sequence[Problem]
) -> tuple[list[FormRow], list[tuple[str, Words]]]:
    """Return the form as it was sent, with what is wrong by the field, and what is of no row."""
    wrong = {p.field: Words(p.remedy_vi, p.remedy_en) for p in problems}
    says = {d.path: said(told(d.expected)) for d in one.differences}
    rows: list[FormRow] = []
    for n in range(1, ROWS + 1):
        path, value = fields.get(f"path{n}", "").strip(), fields.get(f"value{n}", "")
        if not path and not value and n > 1 and rows and not rows[-1].path:
            break  # one free row is enough
        is_removed, why = f"remove{n}" in fields, wrong.pop(path, None)
        rows.append(FormRow(n, path, value, is_removed, says.get(path), why))
    return rows, list(wrong.items())


def edit_of(one: OneDead, fields: Mapping[str, str]) -> Edit:
    """Return what the form says; a row without a path says nothing, nor does one without a value
    whose field is not to go.
    """
    expected = {d.path: d.expected for d in one.differences}
    put, remove = {}, []
    for n in range(1, ROWS + 1):
        path, value = fields.get(f"path{n}", "").strip(), fields.get(f"value{n}", "")
        if path and f"remove{n}" in fields:
            remove.append(path)
        elif path and value:
            put[path] = typed(value, expected.get(path, {}))
    return Edit(set=put, remove=tuple(remove))


def result_words(items: Iterable[Outcome]) -> str:
    """Return how often each came, for the address of the page that says so."""
    counted: dict[str, int] = {}
    for one in items:
        counted[one.result] = counted.get(one.result, 0) + 1
    return "~".join(f"{word}.{count}" for word, count in sorted(counted.items()))


def results_of(text: str, known: Iterable[str]) -> list[tuple[str, Words]]:
    """Return the same from the address; what is none is left out."""
    parts = [part.partition(".") for part in text.split("~")]
    counts = {word: int(count) for word, _, count in parts if count.isascii() and count.isdecimal()}
    return [(word, number(counts[word])) for word in known if word in counts]


def said(words: actions.Words) -> Words:
    """Return words as templates take them."""
    return Words(words.vi, words.en)


def number(count: int) -> Words:
    """Return a count as it is written."""
    return Words(f"{count:,}".replace(",", "."), f"{count:,}")
