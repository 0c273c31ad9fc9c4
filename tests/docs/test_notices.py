"""The page names every event: citizens are told of it, or there is a reason why not."""

import re
from pathlib import Path

from services.notify.domain.milestones import MILESTONES
from shared.contracts import producer
from shared.events import CONTRACTS
from shared.events.data import Strict

PAGE = (Path(__file__).parents[2] / "docs" / "notices.md").read_text()
TOLD, SILENT = PAGE.split("## Silent events")


def test_each_milestone_stands_there_with_what_reaches_it() -> None:
    rows = re.findall(r"^\| `(\w+)` \| `([a-z_.]+)` \| (yes|no) \|$", TOLD, re.M)
    assert rows == [
        (name, m.reached_by.TYPE, "yes" if m.of_children else "no")
        for name, m in MILESTONES.items()
    ]


def test_each_other_event_of_an_application_is_silent_for_a_reason() -> None:
    silent = re.findall(r"^\| `([a-z_.]+)` \| \S.* \|$", SILENT, re.M)
    events = {
        type_
        for type_, data in CONTRACTS.items()
        if producer(type_) in ("intake", "routing", "payment") and not issubclass(data, Strict)
    }
    assert silent == sorted(events - {m.reached_by.TYPE for m in MILESTONES.values()})
