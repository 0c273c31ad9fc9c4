"""Of several agencies' applications it is told which failed, and what follows for the others."""

from collections.abc import Callable
from typing import Any, get_args

import pytest

from services.intake.domain.remedies import REMEDIES
from services.intake.domain.saga import Child, Family, views
from services.operations.domain.citizen import sentences
from services.operations.domain.citizen.course import TOO_LATE
from services.operations.domain.citizen.parts import ENDED, FOLLOWS, PERSON
from services.operations.domain.citizen.view import CitizenStatus
from services.operations.domain.citizen.words import Words
from shared.catalogue.interlinked import FAILURES, Does
from shared.events.data import Problem
from shared.events.intake import FollowUpRejected, InterlinkedMoved, Standing
from tests.services.operations import families
from tests.services.operations.families import child, family
from tests.services.operations.scenes import begun

Seen = Callable[..., CitizenStatus]
RESIDENCE = "Đăng ký thường trú"
BIRTH = "Đăng ký khai sinh"


def standings(found: CitizenStatus) -> list[str]:
    return [stage.standing for stage in found.stages]


def told(found: CitizenStatus, place: int) -> list[str]:
    return [words.vi for words in found.parts[place].follows]


def test_a_family_of_which_a_part_failed_is_not_shown_as_all_done(seen: Seen) -> None:
    found = seen(begun(families.family_partly_done))
    assert found.state.state == "family_partly_done"
    assert standings(found) == ["done", *["ended"] * 4]
    assert {stage.sentence for stage in found.stages[1:]} == {sentences.PARTLY}


def test_the_parts_that_came_to_nothing_are_named_and_what_can_be_done(seen: Seen) -> None:
    found = seen(begun(families.family_partly_done))
    assert found.state.why is not None
    assert found.state.why.vi.startswith(f"Không có kết quả: {RESIDENCE}; ")
    assert BIRTH not in found.state.why.vi
    assert [task.kind for task in found.tasks] == ["see_parts", "file_again"]


def test_of_each_part_it_is_told_what_follows_from_the_one_that_failed(seen: Seen) -> None:
    found = seen(begun(families.family_partly_done))
    assert told(found, 0) == []  # its result was handed over: nothing follows for it
    assert told(found, 1) == [PERSON["fee"].vi]
    assert told(found, 2) == [f"Rút vì phần {RESIDENCE} không có kết quả."]


def test_a_family_of_which_nothing_came_says_so(seen: Seen) -> None:
    found = seen(begun(families.family_failed))
    assert (found.state.name, found.state.sentence) == sentences.FAMILY_FAILED
    assert [task.kind for task in found.tasks] == ["file_again"]
    assert standings(found) == ["ended", *["ahead"] * 4]
    assert told(found, 1) == [f"Rút vì phần {BIRTH} không có kết quả."]


@pytest.mark.parametrize(
    ("cause", "does", "person", "follows"),
    [
        ("residence/not_accepted", "stands", (), ["stands"]),
        ("residence/stopped", "stands", (), ["waits"]),
        ("residence/not_accepted", "withdraws", (), ["withdraws"]),
        ("residence/not_accepted", "withdraws", ("too-late",), ["withdraws", "too-late"]),
        ("residence/withdrawn", "asks_a_person", ("rule",), ["rule"]),
        ("citizen", "withdraws", (), ["citizen"]),
    ],
)
def test_what_follows_for_a_part_on_its_way_is_told_at_once(
    cause: str, does: str, person: tuple[str, ...], follows: list[str], seen: Seen
) -> None:
    story = begun(lambda story: None)
    lost = child("residence", "not_accepted", national_code=3)
    other = child("birth", "open", by_rule={cause: does}, needs_person=person)
    registered = family(story)
    story.decide("intake", registered, InterlinkedMoved(children=(lost, other)))
    found = seen(story)
    words = [{**FOLLOWS, **PERSON}[each] for each in follows]
    name = Words(RESIDENCE, RESIDENCE)
    assert told(found, 1) == [each.told(part=name).vi for each in words]
    assert found.state.why is not None


def test_taking_all_of_it_back_waits_until_it_is_answered(seen: Seen) -> None:
    story = begun(lambda story: None)
    registered = family(story)
    asked = child("birth", "open", by_rule={"citizen": "withdraws"})
    story.decide("intake", registered, InterlinkedMoved(children=(asked,)))
    assert [task.kind for task in seen(story).tasks] == ["see_parts", "await_withdrawal"]
    late = Problem(field="/subject", code=TOO_LATE, remedy_vi="Quá muộn.", remedy_en="Too late.")
    no = FollowUpRejected(portal="sandbox", message_id="m", problems=(late,))
    story.decide("intake", registered, no)
    found = seen(story)
    assert [task.kind for task in found.tasks] == ["see_parts"]
    assert found.happened[0].why == Words("Quá muộn.", "Too late.")
    assert TOO_LATE in REMEDIES


def test_every_failure_and_every_reason_of_the_rules_has_words() -> None:
    """Whatever intake makes of a part because of another is among what is told."""
    reasons: set[str] = set()
    for failure in FAILURES:
        for does in get_args(Does):
            for standing in get_args(Standing):
                for too_late in (False, True):
                    for view in views(lives(failure, does, standing, too_late=too_late)):
                        reasons |= set(view.needs_person)
                        assert set(view.by_rule.values()) <= {
                            "stands",
                            "withdraws",
                            "asks_a_person",
                        }
    assert reasons == set(PERSON)
    assert set(ENDED) < set(get_args(Standing))


def lives(failure: Any, does: Any, standing: Any, *, too_late: bool) -> Family:
    whole: dict[str, Any] = {"procedure": "1.001193", "receiving_unit": "26737"}
    lost = Child(name="lost", application="a", standing=failure, **whole)
    other = Child(
        name="other",
        application="b",
        standing=standing,
        too_late=too_late,
        has_fee=True,
        dossier_code="H29.1-20261120-0000003",
        **whole,
    )
    rules = {f"lost/{failure}": {"other": does}} | {
        f"other/{f}": {"lost": "stands"} for f in FAILURES
    }
    return Family(children=(lost, other), rules=rules)
