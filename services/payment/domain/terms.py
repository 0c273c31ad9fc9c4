"""What the rules need to know of a partner."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import msgspec


class NoPartner(Exception):
    """No partner takes this amount now: add one, then release the application."""


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What a partner takes, from when until when; `lifetime_s`: how long an order may be paid.

    `asks_first`: it makes an order before a citizen can pay; `creates_again`: asked for the same
    order twice, it makes one.  Both are the family's.
    `disburses`: it pays allowances out, from our account at this `bank`.
    """

    partner: str
    lifetime_s: int
    min_vnd: int
    max_vnd: int
    active_from: datetime
    active_to: datetime | None = None
    asks_first: bool = False
    creates_again: bool = False
    disburses: bool = False
    bank: str = ""

    def takes(self, amount_vnd: int, at: datetime) -> bool:
        """Tell whether an order of this amount can be opened now."""
        return self.is_active(at) and self.min_vnd <= amount_vnd <= self.max_vnd

    def is_active(self, at: datetime) -> bool:
        """Tell whether the partner takes orders now."""
        return self.active_from <= at and (self.active_to is None or at < self.active_to)

    def expires_at(self, opened_at: datetime) -> datetime:
        """Return until when an order may be paid."""
        return opened_at + timedelta(seconds=self.lifetime_s)


def choose(
    partners: Sequence[Terms], amount_vnd: int, at: datetime, failed: Collection[str] = ()
) -> Terms:
    """Return the first partner that takes this amount, one that failed only if no other is left.

    Raises `NoPartner`.
    """
    second_choice = None
    for terms in partners:
        if terms.takes(amount_vnd, at):
            if terms.partner not in failed:
                return terms
            second_choice = second_choice or terms
    if second_choice is None:
        raise NoPartner(f"no partner takes {amount_vnd} VND now: add one, then release this")
    return second_choice


def payer(partners: Sequence[Terms], bank: str, amount_vnd: int, at: datetime) -> Terms | None:
    """Return who pays this amount out now, the payee's own bank before any other; None: nobody."""
    able = [terms for terms in partners if terms.disburses and terms.takes(amount_vnd, at)]
    return next((t for t in able if t.bank == bank), able[0] if able else None)
