"""The applications of a person: asked of intake's own edge, by a hash, with a reason."""

from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from structlog.testing import capture_logs

from services.operations.finding import FOUND_LIMIT
from shared.access import Caller
from shared.problems import Refusal
from tests.services.operations.at_intake import NUMBER, AtIntake, broken, not_known, silent
from tests.services.operations.memory import Group, Store
from tests.services.operations.story import Story

LAN = Caller("lan", "operator")
WHY = "The citizen called"


@pytest.fixture
async def at_intake(world: SimpleNamespace, story: Story, log: Any) -> AtIntake:
    """Intake, where one application of the person stands that operations has read."""
    story.registered()
    store = Store()
    await store.read(Group(log.records))
    found = AtIntake(store)
    await found.registered(story.application)
    return found


@pytest.mark.parametrize("typed", [NUMBER, "001 199 000 001", f"CCCD {NUMBER}"])
async def test_what_is_found_is_how_the_applications_stand(
    at_intake: AtIntake, story: Story, typed: str
) -> None:
    subject = at_intake.persons.meant(typed)
    assert subject == at_intake.hashed(NUMBER) == at_intake.persons.meant(f"subject:{subject}")
    found = await at_intake.persons.find(subject, LAN, WHY)
    [hit] = found.found
    assert (hit.application, hit.kind, hit.dossier_code) == (
        story.application,
        "subject",
        story.code,
    )
    assert NUMBER not in msgspec.json.encode(found).decode()


async def test_intake_hears_the_hash_who_asks_and_why_and_never_the_number(
    at_intake: AtIntake,
) -> None:
    with capture_logs() as logs:
        await at_intake.persons.find(at_intake.hashed(NUMBER), LAN, f" {WHY} ")
    [request] = at_intake.asked
    assert msgspec.json.decode(request.content) == {
        "subject_hash": at_intake.hashed(NUMBER),
        "reason": WHY,
        "asked_by": "/operators/lan",
    }
    assert f"{request.url}" == "http://intake/v1/subjects/searches"
    [line] = logs
    assert (line["who"], line["asked_by"]) == ("/operators/operations", "/operators/lan")


@pytest.mark.parametrize("typed", ["H29.1-20261120-0000001", "DVC020512345678903", "sen-vang"])
def test_what_names_no_person_is_found_otherwise(typed: str) -> None:
    assert AtIntake(Store()).persons.meant(typed) is None


def test_an_id_is_an_id_though_its_end_looks_like_a_number() -> None:
    typed = "0193abcd-0000-7000-8ccc-001199000001"
    assert AtIntake(Store()).persons.meant(typed) is None


async def test_what_intake_knows_and_the_log_does_not_is_left_out(at_intake: AtIntake) -> None:
    later = "0193abcd-0000-7000-8ccc-000000000001"
    await at_intake.registered(later)
    found = await at_intake.persons.find(at_intake.hashed(NUMBER), LAN, WHY)
    assert later not in [hit.application for hit in found.found]


async def test_more_than_are_shown_are_said_to_be_more(at_intake: AtIntake) -> None:
    many = [f"0193abcd-0000-7000-8ccc-{n:012d}" for n in range(FOUND_LIMIT + 1)]
    await at_intake.registered(*many, number="001199000002")
    found = await at_intake.persons.find(at_intake.hashed("001199000002"), LAN, WHY)
    assert found.is_cut


@pytest.mark.parametrize("reason", ["", "  ", "no", "x" * 501])
async def test_without_a_reason_nobody_is_asked(at_intake: AtIntake, reason: str) -> None:
    with pytest.raises(Refusal) as refused:
        await at_intake.persons.find(at_intake.hashed(NUMBER), LAN, reason)
    assert (refused.value.status, refused.value.code, at_intake.asked) == (
        422,
        "reason-needed",
        [],
    )


@pytest.mark.parametrize("fails", [silent, broken])
async def test_an_intake_that_does_not_answer_is_asked_once_more_and_then_it_is_said(
    at_intake: AtIntake, fails: Any
) -> None:
    at_intake.fails = fails
    with pytest.raises(Refusal) as refused:
        await at_intake.persons.find(at_intake.hashed(NUMBER), LAN, WHY)
    assert (refused.value.status, refused.value.code) == (503, "intake-silent")
    assert len(at_intake.asked) == 2


async def test_an_intake_that_answers_the_second_time_is_heard(at_intake: AtIntake) -> None:
    at_intake.fails = lambda request: broken(request) if len(at_intake.asked) == 1 else None
    found = await at_intake.persons.find(at_intake.hashed(NUMBER), LAN, WHY)
    assert len(found.found) == 1


async def test_a_key_that_intake_does_not_take_is_said_and_not_shown_again(
    at_intake: AtIntake,
) -> None:
    at_intake.fails = not_known
    with pytest.raises(Refusal) as refused:
        await at_intake.persons.find(at_intake.hashed(NUMBER), LAN, WHY)
    assert (refused.value.code, len(at_intake.asked)) == ("intake-refuses", 1)
