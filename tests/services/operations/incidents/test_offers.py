"""Broadcasts are offered to an incident by what its applications were told, wherever they stand."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.operations.domain.incidents import APPLICATIONS_LIMIT, Scope
from services.operations.incidents.offers import SAMPLE, Offers, spread
from shared.events.notify import BroadcastTold
from tests.services.operations import scenes
from tests.services.operations.incidents.house import HOUR, Office
from tests.services.operations.memory import Group
from tests.services.operations.scenes import begun


async def test_a_broadcast_to_who_waits_last_of_many_is_offered(either: Office) -> None:
    office, story = either, begun(scenes.processing)
    told = BroadcastTold(broadcast="20261120-5b1f0a77c2", vi="Đang chậm", en="Delayed")
    story.external("notify.inbox", f"/services/notify/broadcasts/{told.broadcast}", told)
    await office.store.read(Group(story.log.records))
    await office.waits("partner_silent", 60, partner="sen-vang", since=office.now - 9 * HOUR)
    await office.waits("partner_silent", application=story.application, partner="sen-vang")
    one = await office.desk.open("20261120-a", "a silent one", Scope(partner="sen-vang"), "o-1")

    found = await Offers(office.desk.rows, office.rounds, office.store.journeys).of(one)

    assert [(b.id, b.told) for b in found.broadcasts] == [(told.broadcast, 1)]
    assert found.looked_at == 61


@given(count=st.integers(0, APPLICATIONS_LIMIT), most=st.integers(1, SAMPLE))
def test_those_that_are_looked_at_are_spread_over_all(count: int, most: int) -> None:
    found = spread(count, most)
    assert found == sorted(set(found))
    assert len(found) == min(count, most)
    gaps = [after - before for before, after in pairwise([*found, count + 1])]
    assert max(gaps, default=0) <= -(-count // most)
    assert found[:1] == [1][:count]
