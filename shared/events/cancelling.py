"""What an operator ends (`routing.inbox`), and that routing did (`routing.events`)."""

from typing import ClassVar

from shared.events.routing import Moved, OfficerAction

# --- routing.inbox


class OperatorCancelled(OfficerAction, frozen=True, kw_only=True):
    """It cannot be gone on with: it ends, and what was paid goes back.  `note` is the reason that
    the citizen reads, `checked_by` who agreed to it.
    """

    TYPE: ClassVar[str] = "operator.cancelled"
    checked_by: str = ""


# --- routing.events


class Cancelled(Moved, frozen=True, kw_only=True):
    """The authority cannot go on with it, accepted or not; the end."""

    TYPE: ClassVar[str] = "application.cancelled"
    officer: str
    reason: str
    checked_by: str = ""
