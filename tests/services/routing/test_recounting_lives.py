"""Random lives, under editions of the calendar that come and go."""

from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace

from hypothesis import given, settings
from hypothesis import strategies as st

from services.routing.domain.recounting import recount
from services.routing.lane import table
from shared.events import handover
from tests.services.routing.editions import announced
from tests.services.routing.test_walks import lives

DUES = ("due", "acceptance_due")


@settings(max_examples=150)
@given(life=lives(), turns=st.lists(st.booleans(), min_size=30, max_size=30))
def test_no_edition_moves_a_date_by_itself_and_each_may_when_asked(
    life, turns, registered, monday, catalogue, rules
):
    days_off = date(2026, 11, 20), date(2026, 12, 1)
    editions = (replace(catalogue, version="this"), announced(catalogue, *days_off))
    tables = [table(edition, rules).decisions for edition in editions]
    for turn, (before, data, at) in zip(turns, messages(life, registered, monday), strict=False):
        decide = tables[turn]
        arrival = SimpleNamespace(data=data, event=SimpleNamespace(time=at, source="", id=""))
        outcome = decide[data.TYPE](before.state, arrival, None, at)
        check(before.state, outcome)
        before.state = outcome.state
        found = recount(before.state, editions[turn], at) if before.state else None
        if found:
            asked = handover.DueRecounted(
                officer="operator-1",
                due_before=found.due_before,
                due=found.due,
                catalogue_version=editions[turn].version,
            )
            moved = decide[asked.TYPE](before.state, SimpleNamespace(data=asked), None, at)
            assert [type(event) for event in moved.events] == [handover.DueMoved]
            check(before.state, moved)
            assert recount(moved.state, editions[turn], at) is None
            before.state = moved.state


def messages(life, registered, monday):
    """Each message of a life, with what holds the dossier meanwhile."""
    birth, steps, at_index = life
    held, at = SimpleNamespace(state=None), monday
    came = registered(**birth)
    for n, (data, wait_minutes) in enumerate([*steps[:at_index], (came, 1), *steps[at_index:]]):
        at += timedelta(minutes=wait_minutes)
        assert n < 30
        yield held, data, at


def check(before, outcome):
    """What is due at another time than before is so by an event."""
    after = outcome.state
    said = [getattr(e, name) for e in outcome.events for name in DUES if hasattr(e, name)]
    for name in ("due_current", "acceptance_due"):
        was, now = (getattr(state, name) if state else None for state in (before, after))
        is_first = name == "acceptance_due" and was is None  # it may go to a person, or nowhere
        assert now == was or now in said or is_first
