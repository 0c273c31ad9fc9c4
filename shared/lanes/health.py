"""What a lane is doing, told apart: waiting for somebody else, or stuck of its own."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

Doing = Literal["starting", "idle", "working", "waiting", "failing"]

STUCK_AFTER_S = 60.0


@dataclass(slots=True)
class Health:
    """`waiting` (with `because`): an outage is waited out; `working` without progress for long:
    stuck; `failing` (with `because`): what is tried again does not go through.
    """

    monotonic: Callable[[], float]
    doing: Doing = "starting"
    because: str = "no lanes assigned yet"
    lanes: frozenset[int] = frozenset()
    since_s: float = field(default=0.0)

    def __post_init__(self) -> None:
        self.since_s = self.monotonic()

    def assigned(self, lanes: frozenset[int]) -> None:
        """Lanes have come."""
        self.lanes = lanes
        self._turn("idle", "")

    def unassigned(self) -> None:
        """Lanes have gone."""
        self.lanes = frozenset()
        self._turn("starting", "no lanes assigned")

    def idle(self) -> None:
        """Nothing to do."""
        self._turn("idle", "")

    def working(self) -> None:
        """A batch is begun, or a part of it went through."""
        self._turn("working", "")

    def under_way(self) -> None:
        """Something is begun or not yet through: neither progress nor the end of an outage."""
        if self.doing not in ("working", "waiting"):
            self._turn("working", "")

    def waiting(self, doubt: Exception) -> None:
        """An outcome is unknown: the batch is repeated."""
        if self.doing != "waiting":
            self._turn("waiting", str(doubt) or type(doubt).__name__)

    def failing(self, because: str) -> None:
        """It went wrong, and is tried again."""
        self._turn("failing", because)

    def is_stuck(self) -> bool:
        """Tell whether nothing has moved for long although nobody is waited for."""
        return self.doing == "working" and self.monotonic() - self.since_s > STUCK_AFTER_S

    def is_ready(self) -> bool:
        """Tell whether this process works on its lanes."""
        return bool(self.lanes) and self.doing in ("idle", "working")

    def _turn(self, doing: Doing, because: str) -> None:
        self.doing, self.because, self.since_s = doing, because, self.monotonic()
