"""What the rules need to know of a partner."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec


class NoPartner(Exception):
    """No partner takes this amount now: add one, then release the application."""


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What a partner takes, from when until when; `lifetime_s`: how long an order may be paid."""

    partner: str
    lifetime_s: int
    min_vnd: int
    max_vnd: int
    active_from: datetime
    active_to: datetime | None = None

    def takes(self, amount_vnd: int, at: datetime) -> bool:
        """Tell whether an order of this amount can be opened now."""
        begun = self.active_from <= at
        return (
            begun
            and (self.active_to is None or at < self.active_to)
            and self.min_vnd <= amount_vnd <= self.max_vnd
        )

    def expires_at(self, opened_at: datetime) -> datetime:
        """Return until when an order may be paid."""
        return opened_at + timedelta(seconds=self.lifetime_s)


def choose(partners: Sequence[Terms], amount_vnd: int, at: datetime) -> Terms:
    """Return the first partner that takes this amount.  Raises `NoPartner`."""
    for terms in partners:
        if terms.takes(amount_vnd, at):
            return terms
    raise NoPartner(f"no partner takes {amount_vnd} VND now: add one, then release this")
