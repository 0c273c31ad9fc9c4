"""Money that leaves, given back or paid out: the one table of its legal moves.

What a move does is named here; `giving_back` and `paying_out` do it, each with what is its own.
What failed may be tried again: paid out to another account, given back as another try.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple, Protocol, get_args

from msgspec import UnsetType

from services.payment.domain.draft import Pace
from services.payment.domain.state import Leaving
from shared.principals import is_another, may_answer

Trigger = Literal[
    "submitted",  # it is known what is to leave, and to whom
    "approved",  # a second person agrees
    "rejected",  # or not
    "done",  # the partner did it
    "failed",  # the partner surely did not
    "unsure",  # the partner is working on it, or nobody knows
    "deferred",  # it was not called
    "incapable",  # it cannot do this, or cannot be asked
    "silent",  # some time has passed
    "recorded",  # a person did it, or found that it was done
    "not_done",  # a person found that it was not, or that the money came back
    "corrected",  # a person wants it tried again, to another account
    "retried",  # two persons want it tried again
    "done_before",  # the partner says that it was done after all, and said before that it was not
]
Deed = Literal[
    "nothing",
    "submit",  # send it, or have it looked at first
    "request",  # it is agreed to: send it
    "reject",
    "send",
    "ask",  # what became of it
    "ask_first",  # and send it anew if it surely was not done
    "wait",  # and ask later
    "put_off",  # and send later: it was not sent
    "leave",  # to a person
    "fail",
    "finish",
]

_OVER: Mapping[Trigger, Deed] = dict.fromkeys(get_args(Trigger), "nothing")
_WITH_A_PERSON: Mapping[Trigger, Deed] = {
    **_OVER,
    "done": "finish",  # the partner's answer came late
    "recorded": "finish",
}

MOVES: Mapping[Leaving, Mapping[Trigger, Deed]] = {
    "proposed": {**_OVER, "submitted": "submit"},
    "waiting_for_check": {
        **_OVER,
        "approved": "request",
        "rejected": "reject",
        "done_before": "leave",
    },
    "requested": {
        **_OVER,
        "done": "finish",
        "failed": "fail",
        "unsure": "wait",
        "deferred": "put_off",
        "incapable": "leave",
        "silent": "send",
        "done_before": "leave",
    },
    "unknown": {
        **_OVER,
        "done": "finish",
        "failed": "fail",
        "unsure": "wait",
        "deferred": "wait",
        "incapable": "leave",
        "silent": "ask",
        "recorded": "finish",
        "not_done": "fail",
        "done_before": "leave",
    },
    "by_hand": {**_WITH_A_PERSON, "not_done": "fail", "retried": "ask"},
    "failed": {
        **_WITH_A_PERSON,
        "corrected": "submit",
        "retried": "ask_first",
        "done_before": "leave",
    },
    "done": {**_OVER, "not_done": "fail"},
    "rejected": _OVER,
}

# what a partner's answer is to us
ANSWERS: Mapping[str, Trigger] = {
    "done": "done",
    "failed": "failed",
    "pending": "unsure",
    "unknown": "unsure",
    "deferred": "deferred",
    "by_hand": "incapable",
}


class Heard(NamedTuple):
    """What is known of what happened: the partner's number and word, who did it, and why."""

    transaction: str = ""
    code: str = ""
    by: str = ""
    reason: str = ""


class Asked(Protocol):
    """What somebody wants, `by` whose name."""

    @property
    def by(self) -> str:
        """Return who asked, empty: a rule."""

    @property
    def principal(self) -> str:
        """Return which human that is; empty: nobody knows."""


class Wanted(Asked, Protocol):
    """What is to leave."""

    @property
    def is_dear(self) -> bool:
        """Tell whether it takes a second person."""


class ByTwo(Protocol):
    """What two want together, `checked_by` the name of who agreed."""

    @property
    def checked_by(self) -> str:
        """Return who agreed, empty: nobody."""

    @property
    def principal(self) -> str | UnsetType:
        """Return which human asked."""

    @property
    def checked_principal(self) -> str | UnsetType:
        """Return which human agreed."""


def agreed_before(said: ByTwo) -> str:
    """Return who agreed before it came; empty: nobody, or not for sure another."""
    is_other = is_another(said.principal or "", said.checked_principal or "")
    return said.checked_by if is_other else ""


def may_check(asked: Asked, principal: str, *, agrees: bool) -> bool:
    """Tell whether this human may agree, or turn it down; of what a rule wants they are the first,
    and have to be somebody.
    """
    if not asked.by:
        return bool(principal)
    return may_answer(asked.principal, principal, agrees=agrees)


def may_check_it(asked: Asked, said: ByTwo, *, agrees: bool) -> bool:
    """Tell the same of what one says alone, or two together: for sure two, and one of them fit."""
    people = [said.principal or "", said.checked_principal or ""]
    if said.checked_by and not is_another(*people):
        return False
    some = people if said.checked_by else people[:1]
    return any(may_check(asked, principal, agrees=agrees) for principal in some)


def may_record(wanted: Wanted, by: str, principal: str) -> bool:
    """Tell whether a person may say that it is done: not who asked, where that takes two."""
    if not wanted.is_dear or not wanted.by:
        return True
    if wanted.principal:
        return is_another(wanted.principal, principal)
    return bool(principal) and wanted.by != by  # asked and agreed to before humans were kept


def pause_s(pace: Pace, calls: int) -> int | None:
    """Return after how long a partner is called again; None: often enough, a person finds out."""
    if calls >= pace.ask_limit:
        return None
    return pace.ask_after_s[min(calls - 1, len(pace.ask_after_s) - 1)]
