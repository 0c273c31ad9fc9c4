"""What a procedure costs, as the law states it; payment makes obligation lines of it.

`kind` tells a fee (phí) from a charge (lệ phí): they have separate receipts.  Amounts that a
provincial resolution sets, or that nobody has confirmed, are marked `illustrative` and must be
shown as such.
"""

from datetime import date
from typing import Annotated, Literal

import msgspec

Kind = Literal["fee", "charge", "tax"]
Percent = Annotated[int, msgspec.Meta(ge=1, le=100)]
Vnd = Annotated[int, msgspec.Meta(ge=0)]


class Range(msgspec.Struct, frozen=True, kw_only=True):
    """What provinces ask, and the amount that stands in for a resolution."""

    low_vnd: int
    high_vnd: int
    illustrative_vnd: int


class Tier(msgspec.Struct, frozen=True, kw_only=True):
    """What each page costs from `pages_from` to `pages_to` (None: and all that follow)."""

    pages_from: int
    pages_to: int | None
    amount_vnd: int


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """What the fee is in one case (a first issue, a lost card); the first case is the usual one."""

    case: str
    amount_vnd: int
    online_amount_vnd: int | None = None


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One of several items; one with a `formula` is assessed by the tax office, in a notice."""

    kind: Kind
    name_vi: str
    name_en: str
    amount_vnd: int = 0
    formula: str = ""


class _Rule(msgspec.Struct, frozen=True, kw_only=True, tag_field="rule"):
    kind: Kind
    name_vi: str
    confidence: str
    illustrative: bool = False
    exemptions: tuple[str, ...] = ()


class Free(_Rule, frozen=True, kw_only=True, tag="free"):
    """Nothing is ever due."""


class FreeIfOnTime(_Rule, frozen=True, kw_only=True, tag="free_if_on_time"):
    """Nothing within the legal time; the late charge is a province's."""

    late: Range


class Flat(_Rule, frozen=True, kw_only=True, tag="flat"):
    """One amount per case, maybe less online; `variants` replace it, `items` come on top."""

    amount_vnd: int
    online_amount_vnd: int | None = None
    reduced_vnd: int | None = None
    extra_copy_vnd: int = 0
    per: str = "case"
    variants: tuple[Case, ...] = ()
    items: tuple[Item, ...] = ()


class PerCopy(_Rule, frozen=True, kw_only=True, tag="per_copy"):
    """An amount for each copy."""

    amount_vnd: int


class PerPage(_Rule, frozen=True, kw_only=True, tag="per_page"):
    """An amount for each page of each copy, by tiers, up to a cap for one copy."""

    tiers: tuple[Tier, ...]
    cap_vnd: int


class ByCase(_Rule, frozen=True, kw_only=True, tag="by_case"):
    """An amount for each case."""

    cases: tuple[Case, ...]


class Provincial(_Rule, frozen=True, kw_only=True, tag="provincial"):
    """Set by a resolution of each province; always illustrative here."""

    range: Range


class Itemised(_Rule, frozen=True, kw_only=True, tag="itemised"):
    """Several items, set by a province; taxes may follow in the tax office's notice."""

    items: tuple[Item, ...]
    tax_follows: bool = False


Fee = Free | FreeIfOnTime | Flat | PerCopy | PerPage | ByCase | Provincial | Itemised

LATE = "late"  # the case in which what is free on time is not


class FeeExemption(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom a procedure's fee or charge spares: all of it, a part, or down to the reduced amount.

    It never touches a tax.  `category` is what an application says of its person.
    """

    procedure: str
    category: Annotated[str, msgspec.Meta(pattern="^[a-z][a-z_]{0,39}$")]
    name_vi: str
    name_en: str
    source: str
    confidence: str
    valid_from: date
    valid_to: date | None
    percent: Percent = 100
    is_reduced: bool = False

    @property
    def subject(self) -> str:
        """The procedure and the category."""
        return f"{self.procedure} {self.category}"


class FeeResolution(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a province's council has set, where the law leaves the amount to it.

    `amount_vnd` for one amount (online maybe another), `items` for a procedure that has several.
    """

    province: str
    procedure: str
    source: str
    confidence: str
    valid_from: date
    valid_to: date | None
    amount_vnd: Vnd = 0
    online_amount_vnd: Vnd | None = None
    items: tuple[Item, ...] = ()

    @property
    def subject(self) -> str:
        """The procedure and the province."""
        return f"{self.procedure} {self.province}"


def cases(fee: Fee) -> tuple[str, ...]:
    """Return the cases that a rule tells apart; empty: it knows one only."""
    match fee:
        case ByCase():
            return tuple(each.case for each in fee.cases)
        case Flat():
            return tuple(each.case for each in fee.variants)
        case FreeIfOnTime():
            return (LATE,)
    return ()
