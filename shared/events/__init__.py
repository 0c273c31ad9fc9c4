"""Contracts: CloudEvents 1.0, JSON, structured mode; modules by producer.

`Event` is the envelope, `data` stays undecoded until somebody wants it.  Each data struct carries
the type it is the data of as `TYPE`; `CONTRACTS` finds the struct by type.  The class names say
what happened, in the past tense.
"""

from types import ModuleType
from typing import Any

import msgspec

from shared.events import (
    cancelling,
    disbursements,
    feedback,
    handover,
    intake,
    kernel,
    notify,
    operations,
    payment,
    petitions,
    portal,
    queries,
    reassessments,
    reconciliation,
    refunds,
    routing,
)
from shared.events.data import Data, Instant

__all__ = [
    "CONTRACTS",
    "PRODUCERS",
    "UNREADABLE",
    "Data",
    "Event",
    "decode",
    "encode",
    "numbered_id",
]

PRODUCERS: dict[str, tuple[ModuleType, ...]] = {
    "portal": (portal,),
    "kernel": (kernel,),
    "intake": (intake,),
    "routing": (routing, handover, cancelling),
    "payment": (payment, queries, reassessments, refunds, disbursements),
    "reconciliation": (reconciliation,),
    "notify": (notify, feedback, petitions),
    "operations": (operations,),
}


def _contracts() -> dict[str, type[Data]]:
    found: dict[str, type[Data]] = {}
    for module in (module for modules in PRODUCERS.values() for module in modules):
        for value in vars(module).values():
            if (
                isinstance(value, type)
                and issubclass(value, Data)
                and value.__module__ == module.__name__
            ):
                if not value.TYPE:
                    continue
                if value.TYPE in found:
                    raise TypeError(f"two contracts for {value.TYPE}")
                found[value.TYPE] = value
    return found


CONTRACTS: dict[str, type[Data]] = _contracts()


class Event(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The CloudEvents envelope.

    `subject` is the application id, lower case and hyphenated; `sequence` counts a service's
    events of one application, six digits (empty for messages from outside); `causationid` is the
    id of the message that led here; `traceparent` names the span that made this event.
    """

    id: str
    source: str
    type: str
    subject: str
    time: Instant
    data: msgspec.Raw
    specversion: str = "1.0"
    datacontenttype: str = "application/json"
    sequence: str = ""
    traceparent: str = ""
    causationid: str = ""


# all that decoding raises: not JSON, not the contract, not UTF-8, nested without end
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

_encoder = msgspec.json.Encoder(uuid_format="canonical")
_decoder = msgspec.json.Decoder(Event)


def encode(value: Any) -> bytes:
    """Return the JSON of an envelope or a data struct."""
    return _encoder.encode(value)


def decode(value: bytes) -> Event:
    """Return the envelope in these bytes.  Raises one of `UNREADABLE`."""
    event = _decoder.decode(value)
    if event.specversion != "1.0":
        raise msgspec.ValidationError("Unsupported CloudEvents version - at `$.specversion`")
    if not 1970 <= event.time.year < 9999:  # on its edge no other time zone can be told
        raise msgspec.ValidationError("Not a time of ours - at `$.time`")
    return event


def numbered_id(application: str, service: str, sequence: int) -> str:
    """Return the id of a service's n-th event of an application; ids of one service sort by
    number.
    """
    return f"{application}/{service}/{sequence:06d}"
