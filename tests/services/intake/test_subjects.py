"""Whose applications are whose: operators who say why find them by the hash of a number."""

import pytest
from msgspec.structs import replace
from structlog.testing import capture_logs

from shared.changes import Change
from tests.services.intake.edge import Journal, assert_problem

OTHER = "001199000002"


def asked(edge, number="001199000001", **changed):
    subject = edge.lane.vault.subject_hash(number)
    return {"subject_hash": subject, "reason": "The citizen called"} | changed


async def search(edge, number="001199000001", key="watch", **changed):
    return await edge.call("POST", "/v1/subjects/searches", asked(edge, number, **changed), key)


async def filed(make, edge, n, number="001199000001", **changed):
    """Submit an application of this person, about something of its own."""
    documents = [{"name": "Original document", "sha256": f"{n:064x}"}]
    person = make.personal(personal_number=number)
    await edge.submit(make.form(personal=person, documents=documents, **changed), n)
    await edge.settle()


async def test_all_applications_of_a_person_are_told_the_newest_first(make, edge) -> None:
    for n, number in ((1, "001199000001"), (2, OTHER), (3, "001199000001")):
        await filed(make, edge, n, number)

    answer = await search(edge)

    assert answer.status_code == 200
    assert answer.json() == {
        "subject_hash": edge.lane.vault.subject_hash("001199000001"),
        "applications": [make.uuid7(3), make.uuid7(1)],
        "is_cut": False,
    }


async def test_a_person_of_whom_nothing_is_known_has_none(edge) -> None:
    answer = await search(edge)
    assert (answer.status_code, answer.json()["applications"]) == (200, [])


async def test_more_than_are_told_at_once_are_said_to_be_more(make, edge) -> None:
    for n in (1, 2, 3):
        await filed(make, edge, n)
    found = await edge.subjects.of(asked(edge)["subject_hash"], 2)
    assert found == ((make.uuid7(3), make.uuid7(2)), True)


@pytest.mark.parametrize("key", ["sandbox", "clerk"])
async def test_only_operators_may_ask(edge, key) -> None:
    assert_problem(await search(edge, key=key), 403, "wrong-role")


@pytest.mark.parametrize(
    "changed",
    [
        {"reason": ""},
        {"reason": "no"},
        {"subject_hash": "001199000001"},
        {"subject_hash": "5F" * 32},
        {"personal_number": "001199000001"},
    ],
)
async def test_who_gives_no_reason_or_no_hash_is_told_nothing(edge, changed) -> None:
    assert_problem(await search(edge, **changed), 422, "invalid-body")


async def test_who_asked_for_whom_and_why_is_written_down_and_no_number_with_it(make, edge) -> None:
    await filed(make, edge, 1)
    with capture_logs() as logs:
        await search(edge, reason="Called as 001 199 000001", asked_by="/operators/lan")
    assert logs == [
        {
            "event": "subject sought",
            "log_level": "info",
            "who": "/operators/watch",
            "asked_by": "/operators/lan",
            "purpose": "Called as •••",
            "subject": edge.lane.vault.subject_hash("001199000001"),
            "applications": (make.uuid7(1),),
        }
    ]


async def test_what_was_refused_is_nobodys(make, edge) -> None:
    wrong = make.arrival(make.form(receiving_unit="x"))
    await edge.lane.take(wrong)
    refused = Journal(edge.lane).known(wrong.application)
    assert refused.state.status == "refused"
    assert edge.subjects.new([refused]) == ([], [])


async def test_what_stood_before_is_listed_page_by_page(make, edge) -> None:
    for n in (1, 2, 3):
        await filed(make, edge, n)
    edge.subjects._table.rows.clear()

    first = await edge.call("POST", "/v1/subjects/listings", key="watch")
    assert first.json() == {"read": 2, "listed": 2, "next": make.uuid7(2)}
    second = await edge.call("POST", f"/v1/subjects/listings?after={make.uuid7(2)}", key="watch")
    assert second.json() == {"read": 1, "listed": 1, "next": ""}
    assert len((await search(edge)).json()["applications"]) == 3
    assert_problem(await edge.call("POST", "/v1/subjects/listings", key="clerk"), 403, "wrong-role")


async def test_only_the_first_version_of_an_application_costs_a_row(make, edge) -> None:
    await filed(make, edge, 1)
    decision = Journal(edge.lane).known(make.uuid7(1))
    [row], over = edge.subjects.new([decision])
    assert (row["_id"].partition("/")[2], over) == (make.uuid7(1), [])
    later = replace(decision, change=Change(1, 100, {"code": 2}))
    assert edge.subjects.new([later]) == ([], [])


async def test_no_topic_says_whose_an_application_is(make, edge) -> None:
    await edge.submit()
    [outcome] = await edge.settle()
    hashed = edge.lane.vault.subject_hash("001199000001")
    assert edge.lane.states[make.uuid7()].subject_hash == hashed
    assert not any(hashed in repr(event) for event in outcome.events)
