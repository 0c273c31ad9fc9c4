"""Likely duplicates are pointed at; refused only where that is told."""

import pytest

from services.intake.likeness import Likeness
from shared.events.intake import Refused, Registered
from shared.events.portal import WithdrawalRequested
from shared.events.routing import Closed, Returned

RETURNED = Returned(national_code=10, officer="officer")


def another(make, n: int = 2, **changed):
    """An application that is like the first, but for what is changed."""
    return make.arrival(make.form(**changed), subject=make.uuid7(n), id=f"message {n}")


async def test_another_like_an_open_one_is_registered_and_points_at_it(make, lane) -> None:
    (first,) = await lane.take(make.arrival())
    (second,) = await lane.take(another(make, copies=3, channel="direct"))
    assert first.events[0].similar_to == ""
    assert isinstance(second.events[0], Registered)
    assert second.events[0].similar_to == second.state.similar_to == make.uuid7()


async def test_two_in_one_batch_are_seen(make, lane) -> None:
    first, second = await lane.take(make.arrival(), another(make))
    assert (first.state.similar_to, second.state.similar_to) == ("", make.uuid7())


@pytest.mark.parametrize(
    "changed",
    [
        {
            "procedure": "2.000635",
            "documents": [{"name": "Request form", "sha256": "a" * 64}],
        },
        {"personal": {"personal_number": "001199000002"}},
        {"personal": {"answers": {"paper_name": "another paper", "pages": "2"}}},
        {"documents": [{"name": "Original document", "sha256": "d" * 64}]},
    ],
)
async def test_another_person_procedure_or_object_is_no_duplicate(make, lane, changed) -> None:
    if "personal" in changed:
        changed = {"personal": make.personal(**changed["personal"])}
    await lane.take(make.arrival())
    (outcome,) = await lane.take(another(make, **changed))
    assert isinstance(outcome.events[0], Registered)
    assert outcome.state.similar_to == ""


async def test_answers_are_compared_as_people_write_them(make, lane) -> None:
    for n, told in enumerate(("Bằng số 1", "bằng  SỐ 1 "), start=1):
        fields = make.personal(answers={"paper_name": told, "pages": "2"})
        (outcome,) = await lane.take(another(make, n, personal=fields))
    assert outcome.state.similar_to == make.uuid7()


async def test_empty_answers_are_none_and_leave_the_documents_to_compare(make, lane) -> None:
    await lane.take(make.arrival())
    fields = make.personal(answers={"paper_name": "", "pages": ""})
    (outcome,) = await lane.take(another(make, personal=fields))
    assert outcome.state.similar_to == make.uuid7()


async def test_a_duplicate_keeps_its_warnings(make, lane) -> None:
    fields = make.personal(personal_number="999099000001")
    first, second = await lane.take(
        make.arrival(make.form(personal=fields)), another(make, personal=fields)
    )
    assert second.state.similar_to == make.uuid7()
    assert second.events[0].warnings == first.events[0].warnings != ()


async def test_what_is_at_its_end_is_no_longer_pointed_at(make, lane) -> None:
    await lane.take(make.arrival())
    await lane.take(make.moved(RETURNED))
    assert lane.marks.rows == {}
    (outcome,) = await lane.take(another(make))
    assert outcome.state.similar_to == ""


async def test_an_open_one_that_pointed_at_another_is_pointed_at_when_that_has_ended(
    make, lane
) -> None:
    await lane.take(make.arrival())
    await lane.take(another(make), another(make, 3))
    await lane.take(make.moved(RETURNED))
    (fourth,) = await lane.take(another(make, 4))
    assert fourth.state.similar_to == make.uuid7(2)
    await lane.take(make.moved(RETURNED, make.uuid7(2)), make.moved(RETURNED, make.uuid7(3)))
    (fifth,) = await lane.take(another(make, 5))
    assert fifth.state.similar_to == make.uuid7(4)
    await lane.take(make.moved(RETURNED, make.uuid7(4)), make.moved(RETURNED, make.uuid7(5)))
    assert lane.marks.rows == {}


async def test_a_row_is_left_to_the_next_also_when_that_was_in_doubt(make) -> None:
    rows = make.Rows()
    likeness = Likeness(rows)
    await likeness.claim({"a": "x"})
    await likeness.wait({"b": "x"})
    await rows.delete(["x"])  # and then the process died
    await likeness.release({"a": "x"})
    assert await likeness.claim({"c": "x"}) == {"c": "b"}


async def test_a_duplicate_that_is_refused_is_never_pointed_at(make) -> None:
    lane = make.Lane(frozenset({"2.000815"}))
    await lane.take(make.arrival())
    await lane.take(another(make))
    await lane.take(make.moved(RETURNED))
    assert lane.marks.rows == {}


async def test_the_end_of_one_that_only_points_leaves_the_other_where_it_is(make, lane) -> None:
    await lane.take(make.arrival())
    await lane.take(another(make))
    await lane.take(make.moved(RETURNED, make.uuid7(2)))
    (third,) = await lane.take(another(make, 3))
    assert third.state.similar_to == make.uuid7()


async def test_a_refused_application_is_never_pointed_at(make, lane) -> None:
    (first,) = await lane.take(make.arrival(make.form(copies=0)))
    assert isinstance(first.events[0], Refused)
    (second,) = await lane.take(another(make))
    assert second.state.similar_to == ""


async def test_a_batch_that_is_repeated_is_not_like_itself(make, lane) -> None:
    await lane.take(make.arrival(), another(make))
    lane.forget()
    first, second = await lane.take(make.arrival(), another(make))
    assert (first.state.similar_to, second.state.similar_to) == ("", make.uuid7())


async def test_where_that_is_told_a_duplicate_is_refused_with_the_other(make) -> None:
    lane = make.Lane(frozenset({"2.000815"}))
    await lane.take(make.arrival())
    (outcome,) = await lane.take(another(make))
    (refused,) = outcome.events
    assert isinstance(refused, Refused)
    assert [(p.code, p.field) for p in refused.problems] == [("likely-duplicate", "/procedure")]
    assert refused.similar_to == outcome.state.similar_to == make.uuid7()
    await lane.take(make.follow_up(WithdrawalRequested()))
    await lane.take(make.moved(Closed(national_code=7, reason="")))
    (third,) = await lane.take(another(make, 3))
    assert isinstance(third.events[0], Registered)


async def test_the_portal_is_given_the_link(make) -> None:
    edge = make.Edge()
    for n in (1, 2):
        await edge.submit(n=n)
        await edge.settle()
    stands = (await edge.call("GET", f"/v1/applications/{make.uuid7(2)}")).json()
    assert stands["status"] == "registered"
    assert stands["similar"] == f"/v1/applications/{make.uuid7()}"


async def test_a_batch_costs_one_insert_and_a_hit_one_query(make) -> None:
    rows = make.Rows()
    likeness = Likeness(rows)
    assert await likeness.claim({"a": "x", "b": "y", "c": "x"}) == {"c": "a"}
    assert rows.calls == ["insert_missing"]
    assert await likeness.claim({"d": "y"}) == {"d": "b"}
    assert rows.calls == ["insert_missing", "insert_missing", "get"]
    await likeness.release({"c": "x"})
    assert set(rows.rows) == {"x", "y"}
    await likeness.release({"a": "x"})
    assert set(rows.rows) == {"y"}


async def test_two_processes_agree_who_was_first(make) -> None:
    rows = make.Rows()
    here, there = Likeness(rows), Likeness(rows)
    assert await here.claim({"a": "x"}) == {}
    assert await there.claim({"b": "x"}) == {"b": "a"}
    assert await here.claim({"a": "x"}) == {}
