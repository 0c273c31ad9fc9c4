"""What operations counts for its live tables."""

from datetime import datetime
from typing import ClassVar

from shared.events.data import Data


class FlowCounted(Data, frozen=True, kw_only=True):
    """How many events of one type were read for one unit in one second."""

    TYPE: ClassVar[str] = "flow.counted"
    stage: str
    type: str
    unit: str
    second: datetime
    count: int
