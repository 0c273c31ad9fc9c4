"""Whatever was decided, in whatever order it is read: the citizen is told something, never nothing
and never an error.
"""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from services.operations.domain.citizen.view import view
from services.operations.domain.entries import Entry
from services.operations.example import STATUS
from services.operations.pages import Pages
from shared import events
from shared.catalogue import load
from shared.events import Event

RECORDED = Path(__file__).parents[4] / "contracts" / "recorded"
DECIDED = [
    event
    for service in ("intake", "routing", "payment", "notify")
    for file in sorted((RECORDED / service).glob("*.json"))
    if (event := events.decode(file.read_bytes())).sequence
]
CATALOGUE, PAGES = load(), Pages()
AT = datetime(2026, 11, 20, 8, tzinfo=UTC)


def entry(n: int, event: Event) -> Entry:
    service = event.source.rpartition("/")[2]
    at = int(AT.timestamp() * 1_000) + n
    words = (event.id, event.source, "", "")
    place = (f"{service}.events", 0, n, at)
    return Entry(*place, event.subject, event.type, n + 1, *words, 0, bytes(event.data))


@given(st.lists(st.sampled_from(DECIDED), min_size=1, max_size=12))
def test_the_page_says_something_of_any_history(history: list[Event]) -> None:
    told = view([entry(n, e) for n, e in enumerate(history)], CATALOGUE, AT)
    assert told is not None
    assert told.tasks
    assert told.state.sentence.vi
    assert min(told.money.owed_vnd, told.money.paid_vnd, told.money.to_give_back_vnd) >= 0
    assert msgspec.json.decode(msgspec.json.encode(told), type=type(STATUS)) == told
    tokens = {"": "t"} | {part.application: "t" for part in told.parts}
    assert told.state.sentence.vi in PAGES.status("vi", told, tokens)


def test_all_that_is_recorded_is_tried() -> None:
    assert len({event.type for event in DECIDED}) > 60
