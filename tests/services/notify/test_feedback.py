"""How citizens say they were served: the last answer counts, for a while; comments are sealed."""

import hashlib
from datetime import timedelta

import httpx
import msgspec
import pytest
from fastapi import FastAPI

from services.notify import feedback_api
from services.notify.domain import MILESTONES
from shared import events, problems
from shared.access import ROLES, Access
from shared.events.feedback import RATED_DAYS, FeedbackGiven, FeedbackRecorded, FeedbackRejected
from shared.journal import Cause, Decision, Journal
from shared.publisher import Publisher
from shared.vault import Sealed

COMMENT = "Chờ lâu quá (thử nghiệm)"


def give(case, milestone="registered", score=4, **more):
    return case.take(FeedbackGiven(milestone=milestone, score=score, **more), "/citizens/page")


def test_what_is_asked_about_is_a_milestone():
    assert RATED_DAYS.keys() <= MILESTONES.keys()


def test_an_answer_is_recorded_with_the_unit_and_its_comment_as_it_came(case):
    case.learn("application.registered", receiving_unit="26737")
    [recorded] = give(case, comment="v1.c2VhbGVk")
    assert recorded == FeedbackRecorded(
        milestone="registered", score=4, unit="26737", comment="v1.c2VhbGVk"
    )
    assert "c2VhbGVk" not in events.encode(case.dossier).decode()


def test_a_second_answer_takes_the_place_of_the_first(case):
    case.learn("application.registered")
    give(case, score=2)
    [recorded] = give(case, score=5)
    assert (recorded.score, recorded.score_before) == (5, 2)
    assert case.dossier.ratings == {"registered": 5}


def test_after_a_transfer_it_is_told_of_the_unit_that_works_on_it(case):
    case.learn("application.registered")
    case.learn("application.transferred", competent_unit="00008")
    [recorded] = give(case)
    assert recorded.unit == "00008"


@pytest.mark.parametrize(
    ("milestone", "reason"),
    [("apologised", "not_asked"), ("x", "not_asked"), ("accepted", "not_told")],
)
def test_what_was_not_asked_is_rejected_with_the_reason(milestone, reason, case):
    case.learn("application.registered")
    assert give(case, milestone) == [FeedbackRejected(milestone=milestone, reason=reason)]
    assert case.dossier.ratings == {}


@pytest.mark.parametrize(("more_s", "kind"), [(-60, FeedbackRecorded), (60, FeedbackRejected)])
def test_after_its_days_an_answer_comes_too_late(more_s, kind, case):
    case.learn("application.registered")
    case.at += timedelta(days=RATED_DAYS["registered"], seconds=more_s)
    [event] = give(case)
    assert type(event) is kind


def test_of_an_unknown_application_nothing_is_kept(case):
    assert give(case) == [FeedbackRejected(milestone="registered", reason="not_told")]
    assert case.dossier is None


class Edge:
    """The real route behind the real doors, with a log."""

    def __init__(self, rows, case, vault) -> None:
        self.case, self.journal, self.rows, self.appended = (
            case,
            Journal(rows, case.table),
            rows,
            [],
        )
        publisher = Publisher(
            self, lane_count=4, sample_ratio=0.0, clock=lambda: case.at, appended=lambda *_: None
        )
        app = FastAPI()
        app.state.access = Access(
            {
                hashlib.sha256(role.encode()).hexdigest(): {"name": f"sandbox-{role}", "role": role}
                for role in ROLES
            }
            | {hashlib.sha256(b"other").hexdigest(): {"name": "other", "role": "portal"}}
        )
        problems.install(app)
        app.include_router(feedback_api.router(publisher, self.journal, lambda: case.at, vault))
        self.app = app

    async def append(self, batches) -> None:
        for messages in batches.values():
            self.appended += [events.decode(m.value) for m in messages]

    async def post(self, application, body, key="portal", **headers):
        decision = Decision(
            application=self.case.application,
            version=1,
            at=self.case.at,
            cause=Cause("intake.events", 0, 0, "1"),
            state=self.case.dossier,
            state_json=events.encode(self.case.dossier),
            traceparent="",
            handled=tuple(f"{source} {id_}" for source, id_ in self.case.handled),
        )
        row = self.journal.row(decision)
        self.rows.rows[row["_id"]] = row
        async with httpx.AsyncClient(
            base_url="http://notify.test",
            transport=httpx.ASGITransport(self.app),
            headers={"authorization": f"Bearer {key}", **headers},
        ) as client:
            return await client.post(f"/v1/applications/{application}/feedback", json=body)


@pytest.fixture
def edge(rows, case, vault) -> Edge:
    case.learn("application.registered")
    return Edge(rows, case, vault)


ANSWER = {"milestone": "registered", "score": 4}


async def test_a_portal_hands_in_an_answer_with_its_comment_sealed(edge, application, vault):
    await vault.keys([application], create=True)
    body = ANSWER | {"comment": COMMENT}
    answer = await edge.post(application, body, **{"idempotency-key": "form-1"})
    assert (answer.status_code, answer.json()) == (202, ANSWER | {"application": application})
    [event] = edge.appended
    assert event.id.rpartition("/")[0] == f"{application}/feedback/registered/form-1"
    assert COMMENT not in event.id
    assert "thử nghiệm" not in events.encode(event).decode()
    said = msgspec.json.decode(event.data, type=FeedbackGiven)
    [opened] = await vault.open([Sealed(application, said.comment)], who="test", purpose="test")
    assert opened == COMMENT.encode()
    [recorded] = edge.case.take(said, event.source, event.id)
    assert (recorded.score, recorded.comment) == (4, said.comment)


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"milestone": "apologised"}, 422, "not-asked"),
        ({"milestone": "accepted"}, 409, "not-told"),
        ({"score": 0}, 422, "invalid-body"),
        ({"score": 6}, 422, "invalid-body"),
        ({"comment": "x" * 2_001}, 422, "invalid-body"),
        ({"by": "x"}, 422, "invalid-body"),
        ({"comment": "x"}, 410, "erased"),
    ],
)
async def test_what_cannot_count_is_refused_with_a_remedy(edge, application, changes, status, code):
    answer = await edge.post(application, ANSWER | changes)
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:motcua:problem:{code}")
    assert all(p["remedy_vi"] and p["remedy_en"] for p in answer.json()["problems"])
    assert edge.appended == []


async def test_a_late_answer_is_refused(edge, application):
    edge.case.at += timedelta(days=31)
    answer = await edge.post(application, ANSWER)
    assert (answer.status_code, answer.json()["title"]) == (409, "too late")


@pytest.mark.parametrize(
    ("key", "status"), [("other", 404), ("officer", 403), ("partner", 403), ("nobody", 401)]
)
async def test_only_the_portal_whose_application_it_is_may_answer(edge, application, key, status):
    assert (await edge.post(application, ANSWER, key)).status_code == status


async def test_an_application_that_is_not_known_is_refused(edge):
    unknown = "0198c0de-0000-7000-8000-00000000ffff"
    assert (await edge.post(unknown, ANSWER)).status_code == 404
    assert (await edge.post("x", ANSWER)).status_code == 422


async def answered(edge, application, **said):
    """Answer, and let the lane decide on what was appended."""
    before = len(edge.appended)
    answer = await edge.post(application, ANSWER | said)
    for event in edge.appended[before:]:
        edge.case.take(msgspec.json.decode(event.data, type=FeedbackGiven), event.source, event.id)
    return answer.status_code, len(edge.appended) - before


async def test_the_same_answer_again_counts_once_and_the_last_word_counts(edge, application):
    for score, appended in ((4, 1), (4, 0), (5, 1), (4, 1), (4, 0)):
        assert await answered(edge, application, score=score) == (202, appended)
        assert edge.case.dossier.ratings == {"registered": score}


async def test_two_of_the_same_at_once_are_one_message(edge, application):
    first, second = [await edge.post(application, ANSWER) for _ in range(2)]
    assert (first.status_code, second.status_code) == (202, 202)
    assert len({event.id for event in edge.appended}) == 1


async def test_answers_about_a_milestone_have_a_limit_so_that_its_lane_goes_on(edge, application):
    for n in range(feedback_api.ANSWERS_LIMIT):
        assert await answered(edge, application, score=4 + n % 2) == (202, 1)
    assert await answered(edge, application, score=1) == (409, 0)
    assert await answered(edge, application, score=5) == (202, 0)  # what counts, sent again


async def test_another_answer_under_the_same_key_is_refused_and_not_thrown_away(edge, application):
    for score, status in ((4, 202), (4, 202), (5, 409)):
        answer = await edge.post(application, ANSWER | {"score": score}, **{"idempotency-key": "a"})
        assert answer.status_code == status
        for event in edge.appended:
            edge.case.take(
                msgspec.json.decode(event.data, type=FeedbackGiven), event.source, event.id
            )
    assert len(edge.appended) == 1
