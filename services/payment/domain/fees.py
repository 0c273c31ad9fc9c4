"""What is to be paid: a rule of the catalogue turned into obligation lines."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from shared.catalogue.fees import (
    ByCase,
    Fee,
    Flat,
    Free,
    FreeIfOnTime,
    Itemised,
    PerCopy,
    PerPage,
    Provincial,
)
from shared.events.data import FeeLine

PAGES_OF_A_COPY = 1  # nobody says how many before the desk counts them


class Asked(NamedTuple):
    """What a fee depends on, besides its rule."""

    channel: str
    copies: int


def assess(fee: Fee, asked: Asked) -> tuple[FeeLine, ...]:
    """Return the lines that are due, those of nothing left out."""
    return tuple(line for line in RULES[type(fee)](fee, asked) if line.amount_vnd > 0)


def total_vnd(lines: tuple[FeeLine, ...]) -> int:
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


def _nothing(_: Free | FreeIfOnTime, __: Asked) -> Lines:
    # whether an application is late shows in processing: what is due then comes as payment_due
    return []


def _flat(fee: Flat, asked: Asked) -> Lines:
    amount_vnd = _on_channel(fee.amount_vnd, fee.online_amount_vnd, asked)
    return [
        line(fee.kind, fee.name_vi, amount_vnd),
        line(fee.kind, "Bản thêm", fee.extra_copy_vnd, asked.copies - 1),
        *(line(i.kind, i.name_vi, i.amount_vnd) for i in fee.items),
    ]


def _per_copy(fee: PerCopy, asked: Asked) -> Lines:
    return [line(fee.kind, fee.name_vi, fee.amount_vnd, asked.copies)]


def _per_page(fee: PerPage, asked: Asked) -> Lines:
    one_copy_vnd = sum(
        tier.amount_vnd * _pages_in(tier.pages_from, tier.pages_to) for tier in fee.tiers
    )
    return [line(fee.kind, fee.name_vi, min(one_copy_vnd, fee.cap_vnd), asked.copies)]


def _by_case(fee: ByCase, asked: Asked) -> Lines:
    usual = fee.cases[0]
    amount_vnd = _on_channel(usual.amount_vnd, usual.online_amount_vnd, asked)
    return [line(fee.kind, fee.name_vi, amount_vnd)]


def _provincial(fee: Provincial, _: Asked) -> Lines:
    return [line(fee.kind, fee.name_vi, fee.range.illustrative_vnd)]


def _itemised(fee: Itemised, _: Asked) -> Lines:
    return [line(i.kind, i.name_vi, i.amount_vnd) for i in fee.items]


def _on_channel(amount_vnd: int, online_amount_vnd: int | None, asked: Asked) -> int:
    if asked.channel == "online" and online_amount_vnd is not None:
        return online_amount_vnd
    return amount_vnd


def _pages_in(first: int, last: int | None) -> int:
    return max(0, min(PAGES_OF_A_COPY, last or PAGES_OF_A_COPY) - first + 1)


RULES: Mapping[type[Any], Callable[[Any, Asked], Lines]] = {
    Free: _nothing,
    FreeIfOnTime: _nothing,
    Flat: _flat,
    PerCopy: _per_copy,
    PerPage: _per_page,
    ByCase: _by_case,
    Provincial: _provincial,
    Itemised: _itemised,
}
