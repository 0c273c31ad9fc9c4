"""What binds say of themselves: counted where it happens, read when metrics are asked for."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

Family = CounterMetricFamily | GaugeMetricFamily


@dataclass
class Figures:
    """Of one provider, since the process started.

    `answers`: to messages, or to parts, by their names in `statuses`; `no_answer`, `bind_lost`: it
    did not come.  `receipts`: by their names in `hearing`.
    """

    window: int = 0
    binds: int = 0
    submitted: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    receipts: Counter[str] = field(default_factory=Counter)


class Bound(Protocol):
    """What is asked of a channel."""

    @property
    def figures(self) -> Figures:
        """Return what it counts."""

    def is_bound(self) -> bool:
        """Tell whether messages can go out."""

    def under_way(self) -> int:
        """Return how many requests wait for their answers."""


class Metrics(Collector):
    """The metrics of the channels of some providers."""

    def __init__(self, channels: Mapping[str, Bound]) -> None:
        self._channels = channels

    def collect(self) -> Iterator[Family]:
        """See `Collector`."""
        one, told = ["provider"], [(name, c, c.figures) for name, c in self._channels.items()]
        bound = GaugeMetricFamily("motcua_smpp_bound", "Whether it is bound", labels=one)
        binds = CounterMetricFamily("motcua_smpp_binds", "Binds made", labels=one)
        window = GaugeMetricFamily("motcua_smpp_window", "Messages that may wait", labels=one)
        waiting = "Requests that wait for answers"
        under_way = GaugeMetricFamily("motcua_smpp_under_way", waiting, labels=one)
        submitted = CounterMetricFamily("motcua_smpp_submitted", "Messages written", labels=one)
        by_name = ["provider", "answer"]
        answers = CounterMetricFamily("motcua_smpp_answers", "Their answers", labels=by_name)
        by_outcome = ["provider", "outcome"]
        receipts = CounterMetricFamily("motcua_smpp_receipts", "Deliveries", labels=by_outcome)
        for name, channel, figures in told:
            bound.add_metric([name], float(channel.is_bound()))
            binds.add_metric([name], figures.binds)
            window.add_metric([name], figures.window)
            under_way.add_metric([name], channel.under_way())
            submitted.add_metric([name], figures.submitted)
            for answer, count in figures.answers.items():
                answers.add_metric([name, answer], count)
            for outcome, count in figures.receipts.items():
                receipts.add_metric([name, outcome], count)
        yield from (bound, binds, window, under_way, submitted, answers, receipts)
