"""What our services decided of an application, read by contract."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from services.operations.domain.entries import Entry
from shared.events import CONTRACTS, UNREADABLE, Data


class Decided(NamedTuple):
    """A decision, when it was logged, and the id of the message that asked for it."""

    at: datetime
    data: Data
    cause: str = ""


def decided(entries: Sequence[Entry]) -> list[Decided]:
    """Return the decisions among entries in order; of those of a service, by their number.

    One that is of a newer contract, or was kept shortened, is left out: nobody is told half of it.
    """
    numbers: dict[str, list[int]] = {}
    own = [e for e in entries if e.is_decided and e.type in _decoders]
    for place, entry in enumerate(own):
        numbers.setdefault(entry.service, []).append(place)
    ordered = list(own)
    for service, places in numbers.items():
        of_service = sorted((e for e in own if e.service == service), key=lambda e: e.sequence)
        for place, entry in zip(places, of_service, strict=True):
            ordered[place] = entry
    found = []
    for entry in ordered:
        try:
            data = _decoders[entry.type].decode(entry.data)
        except UNREADABLE:
            continue
        at = datetime.fromtimestamp(entry.logged_ms / 1_000, UTC)
        found.append(Decided(at, data, entry.causationid))
    return found


_decoders: Mapping[str, msgspec.json.Decoder[Data]] = {
    type_: msgspec.json.Decoder(contract) for type_, contract in CONTRACTS.items()
}
