"""The message by which a citizen's answer reaches notify, whichever page asked for it."""

import msgspec

from shared import events
from shared.clock import Clock
from shared.events import Event
from shared.events.feedback import FeedbackGiven
from shared.vault import Vault, seal

COMMENT_LIMIT = 2_000  # characters


class Erased(Exception):
    """Nothing can be sealed for this application: its key is not there (any more)."""


async def given(
    vault: Vault,
    clock: Clock,
    source: str,
    application: str,
    milestone: str,
    score: int,
    comment: str,
    key: str,
) -> Event:
    """Return the message for `notify.inbox`, its comment sealed for the application.

    `key` names the answer: the same again counts once, and another one takes its place.  Raises
    `Unknown`, `Erased`.
    """
    sealed = ""
    if comment:
        keys = await vault.keys([application], create=False)
        if application not in keys:
            raise Erased(application)
        sealed = seal(keys[application], comment.encode(), application)
    said = FeedbackGiven(milestone=milestone, score=score, comment=sealed)
    return Event(
        id=f"{application}/feedback/{milestone}/{key}",
        source=source,
        type=FeedbackGiven.TYPE,
        subject=application,
        time=clock(),
        data=msgspec.Raw(events.encode(said)),
    )
