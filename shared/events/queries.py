"""A partner is to be asked about an order now: an operator says so, and payment may decline."""

from typing import ClassVar, Literal

from shared.events.data import Data, Strict

Because = Literal["unknown_order", "over", "under_way", "unaskable"]

# --- payment.inbox


class QueryAsked(Strict, frozen=True, kw_only=True, omit_defaults=True):
    """An operator wants the partner of an order asked now, beside the schedule, and why;
    `checked_by` agreed to it, where that takes two.
    """

    TYPE: ClassVar[str] = "payment.query.asked"
    reference: str
    by: str
    reason: str
    checked_by: str = ""


# --- payment.events


class QueryRefused(Data, frozen=True, kw_only=True):
    """The partner is not asked.  `unknown_order`: this application has no such order; `over`: it
    is not watched any more; `under_way`: it is being asked; `unaskable`: this partner answers no
    such question.
    """

    TYPE: ClassVar[str] = "payment.query.refused"
    reference: str
    by: str
    because: Because
