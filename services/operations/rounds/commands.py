"""What operators have services do, as it is appended to their inboxes."""

from datetime import datetime

import msgspec

from services.operations.domain.actions import Command
from shared import events
from shared.events import Event
from shared.events.data import Data


def command(
    id_: str, source: str, subject: str, at: datetime, data: Data, command: Command
) -> Event:
    """Return the message: the same `id_` and `source` again are the same command."""
    return Event(
        id=id_,
        source=source,
        type=data.TYPE,
        subject=subject,
        time=at,
        data=msgspec.Raw(events.encode(data)),
        traceparent=command.traceparent,
        causationid=command.cause,
    )
