"""The three clocks of a dossier, and why its units are its units, as routing decided."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.operations.domain.citizen.decided import decided
from services.operations.domain.clocks import Clock, clocks
from services.operations.domain.explaining import explanations
from shared.events import handover, routing
from tests.services.operations import scenes
from tests.services.operations.scenes import DUE, NEW_DUE, act, begun


def of(scene: Any, now: datetime | None = None) -> dict[str, Clock]:
    story = begun(scene)
    entries = story.log.entries(story.application)
    return {c.of: c for c in clocks(decided(entries), now or story.log.now)}


def standings(scene: Any) -> dict[str, str]:
    return {name: clock.standing for name, clock in of(scene).items()}


@pytest.mark.parametrize(
    ("scene", "expected"),
    [
        (scenes.submitted, {"acceptance": "running"}),
        (scenes.not_accepted, {"acceptance": "ended"}),
        (scenes.resubmitted, {"acceptance": "running"}),
        (scenes.accepted, {"acceptance": "ended", "result": "running"}),
        (scenes.supplement_requested, {"acceptance": "ended", "result": "paused"}),
        (scenes.payment_due, {"acceptance": "ended", "result": "paused"}),
        (scenes.stopped, {"acceptance": "ended", "result": "paused"}),
        (scenes.settled, {"acceptance": "ended", "result": "ended", "return": "running"}),
        (scenes.returned, {"acceptance": "ended", "result": "ended", "return": "ended"}),
        (scenes.withdrawn, {"acceptance": "ended", "result": "ended"}),
        (scenes.family, {}),
    ],
)
def test_each_state_has_the_clocks_that_have_begun(scene: Any, expected: dict[str, str]) -> None:
    assert standings(scene) == expected


def test_a_supplement_before_acceptance_stops_the_first_clock() -> None:
    def asked(story: Any) -> None:
        scenes.submitted(story)
        act(story, routing.SupplementRequested(national_code=5, officer="o1", content="x"))

    assert standings(asked) == {"acceptance": "paused"}


def test_a_clock_that_runs_past_its_date_is_late_and_one_that_stands_still_is_not() -> None:
    later = DUE + timedelta(hours=1)
    assert of(scenes.processing, later)["result"].is_late
    assert not of(scenes.processing, DUE)["result"].is_late
    assert not of(scenes.supplement_requested, later)["result"].is_late
    assert not of(scenes.returned, later)["result"].is_late


def test_an_apology_moves_the_date_and_the_one_before_is_kept() -> None:
    result = of(scenes.apologised)["result"]
    assert (result.due, result.due_before) == (NEW_DUE, DUE)


def test_what_has_been_settled_and_is_worked_on_again_has_the_result_ahead() -> None:
    def reopened(story: Any) -> None:
        scenes.settled(story)
        act(story, routing.Processing(national_code=4, officer="o1", due=NEW_DUE))

    assert standings(reopened) == {"acceptance": "ended", "result": "running"}


def test_who_is_to_sign_is_named_until_the_result_is_there() -> None:
    def asked(story: Any) -> None:
        scenes.processing(story)
        sign = {"signer": "s1", "certificate_expires": DUE.date(), "due": DUE}
        act(story, handover.SignatureAsked(national_code=4, officer="o1", **sign))

    def signed(story: Any) -> None:
        asked(story)
        act(story, routing.Settled(national_code=9, officer="o1", on_time=True))

    assert of(asked)["result"].signer == "s1"
    assert of(signed)["result"].signer == ""


def test_a_result_that_lies_too_long_is_late() -> None:
    def late(story: Any) -> None:
        scenes.settled(story)
        told = handover.ReturnLate(national_code=9, returning_unit="26737", return_due=DUE)
        act(story, told)

    found = of(late)["return"]
    assert (found.due, found.is_late) == (DUE, True)


def test_each_choice_of_units_is_explained_by_its_rule() -> None:
    def moved(story: Any) -> None:
        scenes.accepted(story)
        story.acted(
            routing.OfficerStarted,
            handover.Transferred(
                national_code=4,
                officer="o1",
                reason="Không thuộc thẩm quyền",
                from_unit="00004",
                receiving_unit="00004",
                competent_unit="26740",
                returning_unit="00004",
                rule="by-officer",
                catalogue_version="2026-06",
            ),
        )

    story = begun(moved)
    told = list(explanations(decided(story.log.entries(story.application))))
    assert [(e.rule, e.rule_version, e.competent_unit) for e in told] == [
        ("commune", "1", "00004"),
        ("by-officer", "", "26740"),
    ]
