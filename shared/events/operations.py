"""What operations counts for its live tables."""

from typing import ClassVar

import msgspec

from shared.events.data import Data, Instant


class PartnerCounted(msgspec.Struct, kw_only=True):
    """What orders of a partner and calls to it came to, and how long those that were paid took: how
    many in each part of a histogram.
    """

    counts: dict[str, int] = {}
    took: dict[str, int] = {}


class FlowCounted(Data, frozen=True, kw_only=True):
    """How many events of each type one stage gave in one second, and for which receiving units.

    One message for a stage and second, not one for each type and unit: a reader pays by message.
    Payment's has what was counted of each partner.
    """

    TYPE: ClassVar[str] = "flow.counted"
    stage: str
    second: Instant
    types: dict[str, int]
    units: dict[str, int]
    partners: dict[str, PartnerCounted] = msgspec.field(default_factory=dict)
