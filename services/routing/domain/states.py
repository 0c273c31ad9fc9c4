"""The stages of a dossier's life, what moves it, and what a stage means: code, column, clock,
whose turn it is.

A stage is finer than a national code: code 1 is a dossier whose unit a person must choose, or one
that waits to be accepted; code 5 asks for a supplement before or after acceptance.
"""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Literal, NamedTuple

from shared.events.data import Document


class Stage(StrEnum):
    """Where a dossier stands."""

    EXPECTED = "expected"  # payment has spoken of it, intake has not yet
    UNROUTED = "unrouted"  # the rules cannot tell the competent unit
    SUBMITTED = "submitted"
    INCOMPLETE = "incomplete"  # asked for a supplement before it was accepted
    RESUBMITTED = "resubmitted"  # the supplement came, an officer looks at it again
    NOT_ACCEPTED = "not_accepted"
    ACCEPTED = "accepted"
    TRANSFERRED = "transferred"  # sent to another unit, which has not taken it up yet
    PROCESSING = "processing"
    AWAITING_SIGNATURE = "awaiting_signature"
    AWAITING_SUPPLEMENT = "awaiting_supplement"
    AWAITING_PAYMENT = "awaiting_payment"
    SUSPENDED = "suspended"
    SETTLED = "settled"
    IN_POST = "in_post"  # the result is on its way to the citizen
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


class Move(StrEnum):
    """What moves a dossier: an officer, the applicant, money, or an operator."""

    CHOOSE_UNIT = "choose_unit"
    ACCEPT = "accept"
    REFUSE = "refuse"
    START = "start"
    TRANSFER = "transfer"
    READDRESS = "readdress"
    ASK_SUPPLEMENT = "ask_supplement"
    DEMAND_PAYMENT = "demand_payment"
    SUSPEND = "suspend"
    RESUME = "resume"
    ASK_SIGNATURE = "ask_signature"
    SETTLE = "settle"
    REOPEN = "reopen"
    APOLOGISE = "apologise"
    STEP_DONE = "step_done"
    POST = "post"
    CARRY = "carry"
    TAKE_BACK = "take_back"
    RETURN = "return"
    SUPPLEMENT = "supplement"
    WITHDRAW = "withdraw"
    CORRECT = "correct"
    PAY = "pay"
    RECOUNT_DUE = "recount_due"
    CANCEL = "cancel"


APPLICANT_MOVES = frozenset({Move.SUPPLEMENT, Move.WITHDRAW, Move.CORRECT})
OPERATOR_MOVES = frozenset({Move.RECOUNT_DUE, Move.CANCEL})
OFFICER_MOVES = frozenset(Move) - APPLICANT_MOVES - OPERATOR_MOVES - {Move.PAY}

NATIONAL_CODE: Mapping[Stage, int] = {
    Stage.EXPECTED: 0,  # no dossier yet; said only when an action on it is rejected
    Stage.UNROUTED: 1,
    Stage.SUBMITTED: 1,
    Stage.ACCEPTED: 2,
    Stage.NOT_ACCEPTED: 3,
    Stage.TRANSFERRED: 4,
    Stage.PROCESSING: 4,
    Stage.AWAITING_SIGNATURE: 4,
    Stage.INCOMPLETE: 5,
    Stage.RESUBMITTED: 5,
    Stage.AWAITING_SUPPLEMENT: 5,
    Stage.AWAITING_PAYMENT: 6,
    Stage.WITHDRAWN: 7,
    Stage.SUSPENDED: 8,
    Stage.SETTLED: 9,
    Stage.IN_POST: 9,
    Stage.RETURNED: 10,
}

Column = Literal["settled", "in_process", "suspended", "not_accepted"]

# The national statistics form: received = the sum of these.
STATISTICS: Mapping[int, Column] = {
    1: "in_process",
    2: "in_process",
    3: "not_accepted",
    4: "in_process",
    5: "suspended",
    6: "suspended",
    7: "settled",
    8: "suspended",
    9: "settled",
    10: "settled",
}

Clock = Literal["none", "intake", "statutory", "paused", "return"]

# Which clock runs.  A pause keeps the working time that remained: the intake clock's before
# acceptance, the statutory clock's after it.  `return`: from the result to the citizen.
CLOCK: Mapping[Stage, Clock] = {
    Stage.EXPECTED: "none",
    Stage.UNROUTED: "intake",
    Stage.SUBMITTED: "intake",
    Stage.INCOMPLETE: "paused",
    Stage.RESUBMITTED: "intake",
    Stage.NOT_ACCEPTED: "none",
    Stage.ACCEPTED: "statutory",
    Stage.TRANSFERRED: "statutory",
    Stage.PROCESSING: "statutory",
    Stage.AWAITING_SIGNATURE: "statutory",
    Stage.AWAITING_SUPPLEMENT: "paused",
    Stage.AWAITING_PAYMENT: "paused",
    Stage.SUSPENDED: "paused",
    Stage.SETTLED: "return",
    Stage.IN_POST: "return",
    Stage.RETURNED: "none",
    Stage.WITHDRAWN: "none",
}

WaitsFor = Literal["intake", "officer", "applicant", "payment", "nobody"]

WAITS_FOR: Mapping[Stage, WaitsFor] = {
    Stage.EXPECTED: "intake",
    Stage.UNROUTED: "officer",
    Stage.SUBMITTED: "officer",
    Stage.INCOMPLETE: "applicant",
    Stage.RESUBMITTED: "officer",
    Stage.NOT_ACCEPTED: "nobody",
    Stage.ACCEPTED: "officer",
    Stage.TRANSFERRED: "officer",
    Stage.PROCESSING: "officer",
    Stage.AWAITING_SIGNATURE: "officer",
    Stage.AWAITING_SUPPLEMENT: "applicant",
    Stage.AWAITING_PAYMENT: "payment",
    Stage.SUSPENDED: "officer",
    Stage.SETTLED: "officer",
    Stage.IN_POST: "officer",
    Stage.RETURNED: "nobody",
    Stage.WITHDRAWN: "nobody",
}

TERMINAL = frozenset({Stage.NOT_ACCEPTED, Stage.RETURNED, Stage.WITHDRAWN})


class Asked(NamedTuple):
    """A move somebody asks for; `officer` is empty when no officer does.

    `moves_seen`: how often the dossier had moved when the officer looked at it (None: unsaid);
    `for_units`: whom the sender speaks for, units or whole provinces (none: for all).  The rest
    have the names, and the meaning, that they have in the contracts.
    """

    move: Move
    officer: str = ""
    note: str = ""
    amount_vnd: int = 0
    competent_unit: str = ""
    new_due: date | None = None
    moves_seen: int | None = None
    for_units: tuple[str, ...] = ()
    receiving_unit: str = ""
    returning_unit: str = ""
    rule: str = ""
    rule_version: str = ""
    signer: str = ""
    certificate_expires: date | None = None
    tracking: str = ""
    place: str = ""
    scanned_at: datetime | None = None
    form: str = ""
    step: str = ""
    due_before: datetime | None = None
    due: datetime | None = None
    catalogue_version: str = ""
    documents: tuple[Document, ...] = ()
    checked_by: str = ""
    agreed_vnd: int = 0
    principal: str = ""
    checked_principal: str = ""
