"""Submissions and supplements name files: what is wrong with those is said with the rest."""

import pytest

from shared.events.data import Document, filed
from shared.events.intake import FollowUpRejected, Refused, Registered, Supplemented
from shared.events.portal import SupplementSubmitted

HERE, LACKING = "a" * 64, "b" * 64


def paper(sha256: str = HERE, **changed: str) -> dict[str, str]:
    return {"name": "Original document", "sha256": sha256} | changed


def brought(*hashes: str) -> SupplementSubmitted:
    return SupplementSubmitted(
        documents=tuple(Document(name="Original document", sha256=h) for h in hashes)
    )


def told(event) -> set[tuple[str, str]]:
    for problem in event.problems:
        assert problem.remedy_vi
        assert problem.remedy_en
    return {(p.field, p.code) for p in event.problems}


@pytest.fixture
def lane(make):
    """A lane whose portal has uploaded one file, and whose files all lie here."""
    lane = make.Lane(elsewhere=frozenset())
    row = {
        "_id": f"{HERE}/sandbox",
        "sha256": HERE,
        "portal": "sandbox",
        "size": 100,
        "media_type": "application/pdf",
        "scan": "clean",
        "stored_at": make.NOW,
    }
    lane.files.rows[row["_id"]] = row
    lane.infected.rows["c" * 64] = {"_id": "c" * 64}
    return lane


async def test_a_file_that_was_uploaded_may_be_named(make, lane) -> None:
    (outcome,) = await lane.take(make.arrival())
    assert isinstance(outcome.events[0], Registered)
    (outcome,) = await lane.take(make.follow_up(brought(HERE)))
    assert isinstance(outcome.events[0], Supplemented)


async def test_all_that_is_wrong_with_files_is_said_with_the_rest(make, lane) -> None:
    form = make.form(
        copies=0,
        documents=[
            paper(),
            paper(LACKING),
            paper("c" * 64),
            paper(media_type="image/png"),
            paper("no hash"),
        ],
    )
    (outcome,) = await lane.take(make.arrival(form))
    (refused,) = outcome.events
    assert isinstance(refused, Refused)
    assert told(refused) == {
        ("/copies", "invalid-copies"),
        ("/documents/1/sha256", "file-not-there"),
        ("/documents/2/sha256", "file-infected"),
        ("/documents/3/media_type", "file-type-differs"),
        ("/documents/4/sha256", "invalid-document-hash"),
    }


async def test_files_are_looked_at_also_where_personal_fields_cannot_be_opened(make, lane) -> None:
    form = make.form(personal="not.opened.at.all.x", documents=[paper(LACKING)])
    (outcome,) = await lane.take(make.arrival(form))
    assert told(outcome.events[0]) >= {
        ("/personal", "personal-not-opened"),
        ("/documents/0/sha256", "file-not-there"),
    }


async def test_the_file_of_another_portal_is_not_there(make, lane) -> None:
    (outcome,) = await lane.take(make.arrival(source="/portals/other"))
    assert told(outcome.events[0]) == {("/documents/0/sha256", "file-not-there")}


async def test_a_supplement_is_turned_back_and_may_come_again(make, lane) -> None:
    both = make.arrival(), make.follow_up(brought(LACKING))
    _, outcome = await lane.take(*both)  # in one batch: the procedure is not known before
    (rejected,) = outcome.events
    assert isinstance(rejected, FollowUpRejected)
    assert told(rejected) == {("/documents/0/sha256", "file-not-there")}
    row = {"_id": f"{LACKING}/sandbox", "sha256": LACKING}
    lane.files.rows[row["_id"]] = lane.files.rows[f"{HERE}/sandbox"] | row
    (outcome,) = await lane.take(make.follow_up(brought(LACKING), id="message 3"))
    assert outcome.events == (Supplemented(documents=filed(brought(LACKING).documents)),)


async def test_a_batch_costs_one_look_up_and_nothing_without_files(make, lane) -> None:
    answered = make.personal(answers={"request": "made up"})
    empty = make.form(documents=[], personal=answered)
    await lane.take(make.arrival(empty))
    assert lane.files.calls == []
    batch = [make.arrival(subject=make.uuid7(n), id=str(n)) for n in range(2, 9)]
    await lane.take(*batch, make.follow_up(brought(HERE)))
    assert lane.files.calls == ["get"]
    assert lane.infected.calls == []
    lane.files.calls.clear()
    again = [make.arrival(subject=make.uuid7(n), id=f"again {n}") for n in range(2, 9)]
    await lane.take(*again)  # known already: nothing is judged anew
    assert lane.files.calls == []


async def test_over_http_the_answer_is_the_same(make, lane) -> None:
    edge = make.Edge(lane=lane)
    form = make.form(copies=0, documents=[paper(), paper(LACKING)])
    answer = await edge.submit(form)
    assert answer.status_code == 422
    assert {(p["field"], p["code"]) for p in answer.json()["problems"]} == {
        ("/copies", "invalid-copies"),
        ("/documents/1/sha256", "file-not-there"),
    }
    assert edge.topics.sent == []
    assert (await edge.submit()).status_code == 202
    await edge.settle()
    path = f"/v1/applications/{make.uuid7()}/supplements"
    answer = await edge.call("POST", path, {"documents": [paper(LACKING)]})
    assert answer.status_code == 422
    assert [p["code"] for p in answer.json()["problems"]] == ["file-not-there"]
    assert (await edge.call("POST", path, {"documents": [paper()]})).status_code == 202
