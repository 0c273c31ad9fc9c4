"""What operations counts for its live tables."""

from typing import ClassVar

from shared.events.data import Data, Instant


class FlowCounted(Data, frozen=True, kw_only=True):
    """How many events of each type one stage gave in one second, and for which receiving units.

    One message for a stage and second, not one for each type and unit: a reader pays by message.
    """

    TYPE: ClassVar[str] = "flow.counted"
    stage: str
    second: Instant
    types: dict[str, int]
    units: dict[str, int]
