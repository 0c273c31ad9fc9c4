"""What a decision says, as it is written: numbered events, and letters to other applications."""

from datetime import datetime

import msgspec

from shared import events
from shared.events import Data, numbered_id
from shared.lanes.table import Letter

EVENT_LIMIT_BYTES = 256 << 10  # what a topic takes is 1 MiB
EMITTED_LIMIT_BYTES = 2 << 20  # by one decision


class TooLarge(Exception):
    """A decision that no topic or document takes."""


class Emitted(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The envelope as written; `Event` is the same as read."""

    id: str
    source: str
    type: str
    subject: str
    time: datetime
    data: Data
    specversion: str = "1.0"
    datacontenttype: str = "application/json"
    sequence: str
    traceparent: str
    causationid: str


class Writing(msgspec.Struct, frozen=True, gc=False):
    """Who says it, when, why: the same for all that one decision says."""

    service: str
    application: str
    version: int
    at: datetime
    traceparent: str
    cause: str

    def event(self, sequence: int, data: Data) -> bytes:
        """Return a numbered event.  Raises `TooLarge`."""
        id_ = numbered_id(self.application, self.service, sequence)
        return self._text(id_, self.application, f"{sequence:06d}", data)

    def letter(self, number: int, letter: Letter) -> bytes:
        """Return the n-th letter of this version: a message like any other to whom it is for.

        Its id is the same whenever the decision is published again.  Raises `TooLarge`.
        """
        id_ = f"{self.application}/{self.service}/letter/{self.version:06d}-{number}"
        return self._text(id_, letter.to, "", letter.data)

    def _text(self, id_: str, subject: str, sequence: str, data: Data) -> bytes:
        text = events.encode(
            Emitted(
                id=id_,
                source=f"/services/{self.service}",
                type=data.TYPE,
                subject=subject,
                time=self.at,
                data=data,
                sequence=sequence,
                traceparent=self.traceparent,
                causationid=self.cause,
            )
        )
        if len(text) > EVENT_LIMIT_BYTES:
            raise TooLarge(f"{data.TYPE} has {len(text)} bytes, {EVENT_LIMIT_BYTES} are the limit")
        return text


def limited(texts: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """Return what one decision says.  Raises `TooLarge`."""
    if sum(map(len, texts)) > EMITTED_LIMIT_BYTES:
        raise TooLarge(f"what it says has more than {EMITTED_LIMIT_BYTES} bytes")
    return texts
