"""A small log, written message by message."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from deploy.audit.evidence import Evidence, Heard, Payment
from shared import events, topics
from shared.bus import Record
from shared.events import Event, numbered_id

BEGAN = datetime(2026, 11, 20, 2, tzinfo=UTC)
ONE = "0198c0de-0000-7000-8000-000000000001"
TWO = "0198c0de-0000-7000-8000-000000000002"


class Log:
    """Evidence in the making."""

    def __init__(self) -> None:
        self._log: dict[str, list[Heard]] = {name: [] for name in topics.all_names()}
        self._numbers: Counter[tuple[str, str]] = Counter()
        self.paid: list[Payment] = []

    def decided(self, type_: str, application: str = ONE, at_s: float = 0, **data: Any) -> Event:
        """Append what the service that has this type decided."""
        module = events.CONTRACTS[type_].__module__.rpartition(".")[2]
        self._numbers[module, application] += 1
        n = self._numbers[module, application]
        event = self._event(
            numbered_id(application, module, n), type_, application, at_s, data, f"{n:06d}"
        )
        self._append(f"{module}.events", event)
        return event

    def said(
        self, topic: str, type_: str, application: str = ONE, at_s: float = 0, **data: Any
    ) -> Event:
        """Append a message from outside."""
        id_ = f"{application}/{len(self._log[topic])}"
        event = self._event(id_, type_, application, at_s, data)
        self._append(topic, event)
        return event

    def moved(self, reference: str, transaction: str, amount_vnd: int) -> None:
        """Write into the bank's books."""
        self.paid.append(Payment(reference, transaction, amount_vnd))

    def evidence(self) -> Evidence:
        """Return all of it."""
        return Evidence(self._log, {}, paid=tuple(self.paid))

    def again(self, topic: str) -> None:
        """Append the last message of a topic once more, as a zombie does."""
        self._log[topic].append(self._log[topic][-1])

    def _event(
        self, id_: str, type_: str, subject: str, at_s: float, data: Any, sequence: str = ""
    ) -> Event:
        return Event(
            id=id_,
            source="/tests",
            type=type_,
            subject=subject,
            time=BEGAN + timedelta(seconds=at_s),
            data=msgspec.Raw(msgspec.json.encode(data)),
            sequence=sequence,
        )

    def _append(self, topic: str, event: Event) -> None:
        record = Record(
            topic, 0, len(self._log[topic]), 0, event.subject.encode(), events.encode(event)
        )
        self._log[topic].append(Heard(record, event))


@pytest.fixture
def log() -> Log:
    return Log()
