"""What goes wrong with requests, as the seed has it: no answer, a deed in part, late, or twice."""

from dataclasses import dataclass
from random import Random
from typing import Literal, NamedTuple

Place = Literal["log", "database"]


class Fate(NamedTuple):
    """What becomes of a request.

    `share` of its items are carried out, in order, after `delay_s`; then the sender hears of it, or
    (`answered` false) that nobody knows.  `late_s`: carried out, once more if it was before, that
    much later.
    """

    delay_s: float
    share: float = 1.0
    answered: bool = True
    late_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Rates:
    """How often, per request; how long, in seconds."""

    unknown: float = 0.0
    delay_limit_s: float = 0.005
    slow: float = 0.0  # requests that take up to `slow_limit_s`
    slow_limit_s: float = 3.0
    late_limit_s: float = 20.0
    answer_limit_s: float = 5.0  # after which the sender gives up


class Faults:
    """Decides the fate of every request.  Without rates, and out of outages, all goes well."""

    def __init__(self, rng: Random, rates: Rates = Rates()) -> None:
        self._rng, self.rates = rng, rates
        self._down_until_s: dict[Place, float] = {"log": 0.0, "database": 0.0}

    def stop(self) -> None:
        """From now on all goes well."""
        self.rates = Rates(delay_limit_s=self.rates.delay_limit_s)
        self._down_until_s = dict.fromkeys(self._down_until_s, 0.0)

    def take_down(self, place: Place, until_s: float) -> None:
        """Begin an outage."""
        self._down_until_s[place] = until_s

    def is_down(self, place: Place, now_s: float) -> bool:
        """Tell whether there is an outage."""
        return now_s < self._down_until_s[place]

    def delay_s(self) -> float:
        """Return how long a request is under way."""
        rng, rates = self._rng, self.rates
        limit = rates.slow_limit_s if rng.random() < rates.slow else rates.delay_limit_s
        return rng.random() * limit

    def write(self, place: Place, now_s: float) -> Fate:
        """Return the fate of a write."""
        rng, rates = self._rng, self.rates
        if self.is_down(place, now_s):
            late = self._down_until_s[place] - now_s if rng.random() < 0.3 else 0.0
            return Fate(rng.random() * rates.answer_limit_s, 0.0, False, late)
        delay = self.delay_s()
        if rng.random() >= rates.unknown:
            return Fate(delay)
        late = rng.random() * rates.late_limit_s if rng.random() < 0.5 else 0.0
        return Fate(delay, rng.choice((0.0, 1.0, 1.0, rng.random())), False, late)

    def read(self, place: Place, now_s: float) -> Fate:
        """Return the fate of a read."""
        if self.is_down(place, now_s):
            return Fate(self._rng.random() * self.rates.answer_limit_s, answered=False)
        return Fate(self.delay_s(), answered=self._rng.random() >= self.rates.unknown)
