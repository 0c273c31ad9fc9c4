"""What becomes of a notice: the legal moves as a table, and the state they lead through."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, NamedTuple

import msgspec

from services.notify.domain.milestones import ENDS_DUE, TELLS_DUE, milestone_of
from services.notify.domain.papers import Papers
from services.notify.domain.petitions.states import Petition
from services.notify.domain.providers import Provider, Providers
from services.notify.domain.slots import slot_of
from services.notify.domain.timing import Quiet

Status = Literal[
    "awaiting",  # the citizen's contact is not known yet
    # until quiet hours are over, others may have come along, or there is room; a timer lets it go
    "held",
    "joined",  # it goes out in the message of another one, its lead, whose fate is its own
    "requested",  # handed to the effect, under the key of this attempt
    "waiting",  # the attempt definitely failed; a timer starts the next one
    "in_doubt",  # nobody knows what came of the attempt; a timer asks
    "asking",  # the provider is being asked
    "sent",
    "delivered",
    "failed",
    "dropped",
]
Happening = Literal[
    "handed",
    "rejected",
    "absent",
    "deferred",
    "put_off",
    "unknown",
    "delivered",
    "undelivered",
    "due",
    "hold",
    "join",
    "alone",
    "stale",
]
OVER: frozenset[Status] = frozenset({"sent", "delivered", "failed", "dropped"})
LOST: frozenset[Status] = frozenset({"failed", "dropped"})
UNDER_WAY: frozenset[Status] = frozenset({"requested", "in_doubt", "asking"})

# What a notice in the first status becomes when something happens; not listed: nothing changes.
# `due`: its live timer fired, or the contact came; `stale`: what it would tell is no longer so;
# `alone`: its lead was dropped; `put_off`: there were too many at once, so it was not tried.
MOVES: Mapping[Status, Mapping[Happening, Status]] = {
    "awaiting": {"due": "requested", "hold": "held", "stale": "dropped"},
    "held": {
        "handed": "sent",
        "delivered": "delivered",
        "undelivered": "failed",
        "due": "requested",
        "hold": "held",
        "join": "joined",
        "stale": "dropped",
    },
    "joined": {
        "handed": "sent",
        "delivered": "delivered",
        "undelivered": "failed",
        "alone": "held",
        "stale": "dropped",
    },
    "requested": {
        "handed": "sent",
        "rejected": "failed",
        "absent": "waiting",
        "deferred": "waiting",
        "put_off": "held",
        "unknown": "in_doubt",
        "delivered": "delivered",
        "undelivered": "failed",
    },
    "waiting": {
        "handed": "sent",
        "delivered": "delivered",
        "undelivered": "failed",
        "due": "requested",
        "hold": "held",
        "stale": "dropped",
    },
    "in_doubt": {
        "handed": "sent",
        "rejected": "failed",
        "absent": "waiting",
        "deferred": "waiting",
        "put_off": "held",
        "delivered": "delivered",
        "undelivered": "failed",
        "due": "asking",
    },
    "asking": {
        "handed": "sent",
        "rejected": "failed",
        "absent": "waiting",
        "deferred": "waiting",
        "put_off": "held",
        "unknown": "in_doubt",
        "delivered": "delivered",
        "undelivered": "failed",
    },
    # `due`: the receipt has not come in its time; it may still
    "sent": {"delivered": "delivered", "undelivered": "failed", "due": "sent"},
    # its provider says so after all: it stays as it is, and is said
    "delivered": {"undelivered": "delivered"},
    "failed": {"delivered": "delivered"},  # given up too early: the receipt knows better
    "dropped": {},
}

# what becomes of those that went out in a message, by what became of their lead
FATE: Mapping[Status, Happening] = {
    "sent": "handed",
    "delivered": "delivered",
    "failed": "undelivered",
}
CONTRADICTED = "contradicted"  # why a notice that was delivered is to be looked at

# What proves that the provider had the notice.
HAD: frozenset[Happening] = frozenset({"handed", "delivered", "undelivered"})

# What leaves no doubt that it never had any attempt, if it is the end.
NEVER_HAD: frozenset[Happening] = frozenset({"rejected", "absent", "deferred", "put_off", "hold"})

PUT_OFF_LIMIT = 200  # times; then there is no room for it at all


class Policy(NamedTuple):
    """How long to wait before the next attempt, and before the next question; then we give up.

    A question must come later than any call can last, or the provider may answer too early.  Of the
    milestones in `silent` nobody is told.  `join_s`: for so long a channel gathers what is not
    urgent into one message.  Waits are longer by up to a share of `jitter`, so that what failed
    together does not come again together; where another provider stands by, it is asked soon.
    `units` are those with an address to be told at.
    """

    retry_after_s: tuple[float, ...] = (30, 120, 600, 3_600, 14_400)
    ask_after_s: tuple[float, ...] = (30, 120, 600, 3_600, 14_400)
    silent: frozenset[str] = frozenset()
    quiet: Quiet | None = None
    join_s: Mapping[str, float] = {"email": 60.0}
    jitter: float = 0.2
    failover_after_s: float = 1.0
    providers: Providers = Providers([Provider("sms", "sms")])
    units: frozenset[str] = frozenset()


class Notice(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """How far one notice has come; `stale` names the event that made a live one pointless.

    `params`: what it tells; empty, where another notice of its milestone tells the same.  `words`:
    the version of the template that it was decided with, empty for the first.  `lead`: the slot in
    whose message it goes out, `joined`: those that go out in its own.  `provider`: who has the
    attempt; `tried`: who definitely failed.  Of the attempts `failovers` were made in the place of
    another one, and `put_off` were none, as there were too many at once.  `lasts`: no event
    makes it pointless.  `never_had`: it failed, and no provider ever had it; operators had it
    `opened` again so often, the last time after `before` attempts.
    """

    status: Status
    since: datetime
    params: dict[str, str] = {}
    attempt: int = 0
    asks: int = 0
    stale: str = ""
    reason: str = ""
    words: str = ""
    lead: str = ""
    joined: tuple[str, ...] = ()
    provider: str = ""
    tried: tuple[str, ...] = ()
    failovers: int = 0
    put_off: int = 0
    lasts: bool = False
    never_had: bool = False
    opened: int = 0
    before: int = 0

    @property
    def is_contradicted(self) -> bool:
        """Tell whether it was delivered, and then not, by what its provider said."""
        return self.status == "delivered" and self.reason == CONTRADICTED

    @property
    def tries(self) -> int:
        """How often all providers were tried since it was opened, the time under way included."""
        return self.attempt - self.before - self.put_off - self.failovers


class Dossier(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What notify knows of an application; `notices` by slot.

    `latest` is the last event type that matters here, by the service that said it.  `channels`:
    what the citizen agreed to, and `representative` what one agreed to, if there is one.  `unit`:
    who works on it; `result_at`: the one that hands out its result, while it has not, also if
    that `is_in_post`.  `papers`: what official forms are drawn from.  `ratings`: what the citizen
    answered last, by milestone.  `petition`: if this is one, and no application.  By `procedure`
    and `order_at`, the partner with whom an order is open, broadcasts find whom they concern.
    """

    portal: str = ""
    dossier_code: str = ""
    language: str = "vi"
    contact: str | None = None  # sealed; empty: the citizen left none
    latest: dict[str, str] = {}
    notices: dict[str, Notice] = {}
    channels: tuple[str, ...] = ("sms",)
    representative: tuple[str, ...] = ()
    unit: str = ""
    papers: Papers | None = None
    ratings: dict[str, int] = {}
    petition: Petition | None = None
    procedure: str = ""
    order_at: str = ""
    result_at: str = ""
    is_in_post: bool = False

    @property
    def result_lies_at(self) -> str:
        """Return the unit where the result can be had; nothing, where it lies at none."""
        return "" if self.is_in_post else self.result_at


def params_of(notices: Mapping[str, Notice], slot: str) -> dict[str, str]:
    """Return what a notice tells: its own, or what another of its milestone tells."""
    if own := notices[slot].params:
        return own
    stem = slot[: slot.index("/") + 1]
    return next((n.params for s, n in notices.items() if s.startswith(stem) and n.params), {})


def is_too_late(notices: Mapping[str, Notice], slot: str, at: datetime) -> bool:
    """Tell whether the deadline that a notice is to tell is over."""
    until = params_of(notices, slot).get(milestone_of(slot_of(slot).milestone).until)
    return until is not None and datetime.fromisoformat(until) <= at


def is_last_try(policy: Policy, notice: Notice) -> bool:
    """Tell whether our patience is at its end, once all providers have failed this time."""
    return notice.tries > len(policy.retry_after_s)


def again_after_s(policy: Policy, notice: Notice) -> float:
    """Return how long to wait after an attempt; less where another provider stands by."""
    if notice.tried:
        return policy.failover_after_s
    tries = min(max(notice.tries, 1), len(policy.retry_after_s))
    return policy.retry_after_s[tries - 1]


def told_due(notices: Mapping[str, Notice], slot: str) -> dict[str, str]:
    """Return the due date that stands in the reader's calendar and is to go out of it."""
    milestone, channel, way, _ = slot_of(slot)
    if channel != "email" or milestone not in ENDS_DUE:
        return {}
    telling = [
        params_of(notices, told)["due"]
        for told, notice in notices.items()  # in the order in which they were opened
        if notice.status in ("sent", "delivered")
        and slot_of(told).way == way
        and slot_of(told).milestone in TELLS_DUE
    ]
    return {"told_due": telling[-1]} if telling else {}


def live_timer(slot: str, notice: Notice) -> str | None:
    """Return the name of the one timer that may still move this notice."""
    match notice.status:
        case "held":
            return f"notice.hold/{slot}/{int(notice.since.timestamp() * 1_000)}"
        case "waiting":
            return f"notice.retry/{slot}/{notice.attempt}"
        case "in_doubt":
            return f"notice.ask/{slot}/{notice.attempt}/{notice.asks}"
        case "sent":
            return f"notice.receipt/{slot}/{notice.attempt}"
    return None
