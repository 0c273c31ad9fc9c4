"""What is to be paid: a rule of the catalogue turned into obligation lines.

Whole đồng only.  No line is negative, an exemption takes off no more than there is, and what comes
to nothing is left out.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from shared.catalogue.fees import (
    LATE,
    ByCase,
    Case,
    Fee,
    FeeExemption,
    FeeResolution,
    Flat,
    Free,
    FreeIfOnTime,
    Item,
    Itemised,
    PerCopy,
    PerPage,
    Provincial,
    Range,
)
from shared.events.data import FeeLine

SPARED = ("fee", "charge")  # an exemption never touches a tax


class UnknownCase(Exception):
    """A case that the rule does not tell apart: name one of its own, or none for the usual one."""


class Asked(NamedTuple):
    """What a fee depends on, besides its rule; `own` is what the province itself has set.

    An empty `case` is the usual one; a copy whose pages nobody has counted has one.
    """

    channel: str
    copies: int
    case: str = ""
    pages: int = 1
    own: FeeResolution | None = None


def assess(fee: Fee, asked: Asked) -> tuple[FeeLine, ...]:
    """Return the lines that are due, those of nothing left out.  Raises `UnknownCase`."""
    return tuple(line for line in RULES[type(fee)](fee, asked) if line.amount_vnd > 0)


def spared(fee: Fee, lines: Sequence[FeeLine], row: FeeExemption) -> tuple[FeeLine, ...]:
    """Return what is left to pay by a person of this category; of each line, what is taken off."""
    reduced_vnd = fee.reduced_vnd if row.is_reduced and isinstance(fee, Flat) else None
    left = []
    for each in lines:
        off_vnd = 0
        if each.kind in SPARED and not row.is_reduced:
            off_vnd = each.amount_vnd * row.percent // 100
        elif reduced_vnd is not None and each.name_vi == fee.name_vi:
            off_vnd = max(0, each.unit_amount_vnd - reduced_vnd) * each.quantity
        amount_vnd = each.amount_vnd - off_vnd
        if amount_vnd > 0:
            left.append(msgspec.structs.replace(each, amount_vnd=amount_vnd, exempted_vnd=off_vnd))
    return tuple(left)


def is_illustrative(fee: Fee, asked: Asked) -> bool:
    """Tell whether an amount stands in for what a province has set and we do not know."""
    return asked.own is None and (fee.illustrative or isinstance(fee, FreeIfOnTime))


def total_vnd(lines: Sequence[FeeLine]) -> int:
    """Return the sum of the lines."""
    return sum(line.amount_vnd for line in lines)


def line(kind: str, name_vi: str, unit_amount_vnd: int, quantity: int = 1) -> FeeLine:
    """Return an obligation line."""
    return FeeLine(
        kind=kind,
        name_vi=name_vi,
        quantity=quantity,
        unit_amount_vnd=unit_amount_vnd,
        amount_vnd=unit_amount_vnd * quantity,
    )


Lines = list[FeeLine]


def _nothing(_: Free, __: Asked) -> Lines:
    return []


def _free_if_on_time(fee: FreeIfOnTime, asked: Asked) -> Lines:
    # lateness may also show in processing: what is due then comes as payment_due
    if not asked.case:
        return []
    if asked.case != LATE:
        raise UnknownCase(asked.case)
    return [line(fee.kind, fee.name_vi, _set_by_province(fee.late, asked))]


def _flat(fee: Flat, asked: Asked) -> Lines:
    usual = Case(case="", amount_vnd=fee.amount_vnd, online_amount_vnd=fee.online_amount_vnd)
    chosen = usual if not asked.case else _case(fee.variants, asked.case)
    if asked.own and not asked.case:
        chosen = _own_case(asked.own)
    return [
        line(fee.kind, fee.name_vi, _on_channel(chosen, asked)),
        line(fee.kind, "Bản thêm", fee.extra_copy_vnd, asked.copies - 1),
        *_items(fee.items),
    ]


def _per_copy(fee: PerCopy, asked: Asked) -> Lines:
    return [line(fee.kind, fee.name_vi, fee.amount_vnd, asked.copies)]


def _per_page(fee: PerPage, asked: Asked) -> Lines:
    one_copy_vnd = sum(
        tier.amount_vnd * _pages_in(tier.pages_from, tier.pages_to, asked.pages)
        for tier in fee.tiers
    )
    return [line(fee.kind, fee.name_vi, min(one_copy_vnd, fee.cap_vnd), asked.copies)]


def _by_case(fee: ByCase, asked: Asked) -> Lines:
    chosen = _case(fee.cases, asked.case) if asked.case else fee.cases[0]
    return [line(fee.kind, fee.name_vi, _on_channel(chosen, asked))]


def _provincial(fee: Provincial, asked: Asked) -> Lines:
    return [line(fee.kind, fee.name_vi, _set_by_province(fee.range, asked))]


def _itemised(fee: Itemised, asked: Asked) -> Lines:
    return _items(asked.own.items if asked.own else fee.items)


def _items(items: Sequence[Item]) -> Lines:
    return [line(i.kind, i.name_vi, i.amount_vnd) for i in items]


def _set_by_province(known: Range, asked: Asked) -> int:
    return _on_channel(_own_case(asked.own), asked) if asked.own else known.illustrative_vnd


def _own_case(own: FeeResolution) -> Case:
    return Case(case="", amount_vnd=own.amount_vnd, online_amount_vnd=own.online_amount_vnd)


def _case(cases: Sequence[Case], wanted: str) -> Case:
    for case in cases:
        if case.case == wanted:
            return case
    raise UnknownCase(wanted)


def _on_channel(case: Case, asked: Asked) -> int:
    if asked.channel == "online" and case.online_amount_vnd is not None:
        return case.online_amount_vnd
    return case.amount_vnd


def _pages_in(first: int, last: int | None, pages: int) -> int:
    return max(0, min(pages, last or pages) - first + 1)


RULES: Mapping[type[Any], Callable[[Any, Asked], Lines]] = {
    Free: _nothing,
    FreeIfOnTime: _free_if_on_time,
    Flat: _flat,
    PerCopy: _per_copy,
    PerPage: _per_page,
    ByCase: _by_case,
    Provincial: _provincial,
    Itemised: _itemised,
}
