"""Every reason that a citizen can see has words in both languages, whoever gave it."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from services.intake.domain.remedies import REMEDIES, problem
from services.operations.domain.citizen import reasons
from services.operations.domain.citizen.happenings import KEPT
from services.operations.domain.citizen.reasons import (
    ELSEWHERE,
    WAIVED,
    WITH_THE_FAMILY,
    said,
    why,
)
from services.operations.domain.citizen.view import CitizenStatus
from services.operations.domain.citizen.words import Quote, Words
from services.payment.domain.assessing import Basis, judge
from services.payment.domain.fees import UnknownCase
from services.routing.domain.dossier import Dossier
from services.routing.domain.registration import register
from services.routing.domain.rules import load_rules
from shared import catalogue as catalogues
from shared.catalogue.interlinked import FAILURES
from shared.events import intake, payment, routing
from shared.events.data import FeeFacts
from tests.services.operations import scenes
from tests.services.operations.scenes import act, begun
from tests.services.operations.story import BEGAN

Seen = Callable[..., CitizenStatus]
CATALOGUE = catalogues.load()
ON = BEGAN.date()


def waived(reason: str) -> payment.FeeWaived:
    return payment.FeeWaived(reason=reason, catalogue_version="2026-06")


def all_that_waives() -> set[str]:
    """Why no fee is due, by the rules of payment over all of the catalogue."""
    provinces = {"79": "25747", "01": "00004"}
    rows = (row for some in CATALOGUE.fee_exemptions.values() for row in some)
    exempted = ["", *{row.category for row in rows}]
    found = {"application_ended"}
    for procedure in (code for code in CATALOGUE.procedures if CATALOGUE.procedure(code, ON)):
        for unit in provinces.values():
            for channel in ("online", "direct", "post"):
                for exemption in exempted:
                    basis = Basis(
                        procedure=procedure,
                        unit=unit,
                        channel=channel,
                        copies=1,
                        on=ON,
                        facts=FeeFacts(exemption=exemption),
                    )
                    try:
                        assessment = judge(CATALOGUE, basis)
                    except UnknownCase:
                        continue
                    if not assessment.lines:
                        found.add(assessment.reason)
    return found


@pytest.mark.parametrize("reason", sorted(all_that_waives()))
def test_whatever_waives_a_fee_has_words(reason: str) -> None:
    words = why(waived(reason))
    assert words in WAIVED.values()


def test_no_words_stand_for_a_reason_that_payment_never_gives() -> None:
    assert {reason.partition(":")[0] for reason in all_that_waives()} == set(WAIVED)


def test_why_there_is_no_fee_is_told_in_the_readers_language(seen: Seen) -> None:
    story = begun(scenes.submitted)
    story.decide("payment", story.submitted(), waived("exempt: Law 60/2014, art. 11"))
    assert seen(story).happened[0].why == WAIVED["exempt"]


# births in another province are for that province to decide: a rule refuses them
FAR = intake.Registered(
    dossier_code="H29.1-20261120-0000001",
    portal="sandbox",
    procedure="1.001193",
    receiving_unit="26737",
    residence_unit="00004",
    channel="online",
    applicant_kind="citizen",
    language="vi",
    copies=1,
    documents=(),
    sealed="sealed",
    contact="sealed",
    subject_hash="",
    submitted_at=BEGAN,
    catalogue_version="2026-06",
)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_rules_refusal_is_told_in_both_languages_whichever_was_asked_in(
    language: str, seen: Seen
) -> None:
    data = replace(FAR, language=language)
    outcome = register(Dossier(), data, CATALOGUE, load_rules(), BEGAN)
    (refused,) = outcome.events
    assert isinstance(refused, routing.NotAccepted)
    story = begun(scenes.submitted)
    act(story, refused)
    told = seen(story).state
    assert told.said is None
    assert told.why is not None
    assert told.why.vi.startswith("Nơi cư trú hoặc nơi có tài sản thuộc tỉnh khác")
    assert told.why.en.startswith("The residence or the property is in another province")


@pytest.mark.parametrize(
    ("reason", "language"), [("Hãy nộp tại tỉnh đó", "vi"), ("Hand it in elsewhere", "en")]
)
def test_a_rules_reason_from_before_it_had_both_is_marked_as_what_it_is(reason, language) -> None:
    no = routing.NotAccepted(national_code=3, officer="", reason=reason)
    assert said(no) == Quote(reason, language)
    by_an_officer = routing.NotAccepted(national_code=3, officer="o1", reason="Khong du")
    assert said(by_an_officer) == Quote("Khong du", "vi")


def test_a_supplement_that_is_kept_takes_no_officers_words_away(seen: Seen) -> None:
    story = begun(scenes.stopped)
    act(story, routing.Suspended(national_code=8, officer="", reason="Đã nhận / It came"))
    found = seen(story)
    assert found.state.said == Quote("Chờ kết luận kiểm tra", "vi")
    kept, stopped = found.happened[:2]
    assert (kept.sentence, kept.said) == (KEPT, None)
    assert stopped.said == found.state.said


def test_what_a_family_took_back_is_not_told_as_the_citizens_wish(seen: Seen) -> None:
    story = begun(scenes.processing)
    asked = intake.Withdrawn(reason="birth/not_accepted")
    wish = story.submitted()
    story.decide("intake", wish, asked)
    assert [task.kind for task in seen(story).tasks] == ["await_taking_back"]
    act(story, routing.Closed(national_code=7, reason="birth/not_accepted"))
    found = seen(story)
    assert (found.state.state, found.state.why) == ("withdrawn", WITH_THE_FAMILY)
    assert "ông/bà" not in "".join(one.sentence.vi.lower() for one in found.happened[:2])
    assert seen(begun(scenes.withdrawn)).state.why is None


@pytest.mark.parametrize("failure", FAILURES)
def test_every_failure_of_a_part_may_be_why_another_is_taken_back(failure: str) -> None:
    assert why(intake.Withdrawn(reason=f"health_card/{failure}")) == WITH_THE_FAMILY
    assert why(intake.Withdrawn(reason="citizen")) is None


def test_only_the_answer_to_a_withdrawal_is_told_of_what_is_turned_away(seen: Seen) -> None:
    assert {*reasons.NOT_WITHDRAWN} < {*REMEDIES}
    story = begun(scenes.processing)
    before = seen(story).happened
    again = problem("key-reused", "/headers/idempotency-key")
    no = intake.FollowUpRejected(portal="sandbox", message_id="m", problems=(again,))
    story.decide("intake", story.submitted(), no)
    assert seen(story).happened == before


def test_a_text_that_is_not_here_says_where_it_is() -> None:
    asked = routing.SupplementRequested(national_code=5, officer="o1", content="… 1800 characters")
    assert (said(asked), why(asked)) == (None, ELSEWHERE)


def test_every_reason_is_said_in_both_languages_and_as_a_sentence() -> None:
    tables: list[Any] = [*WAIVED.values(), ELSEWHERE, KEPT, WITH_THE_FAMILY]
    for words in tables:
        assert isinstance(words, Words)
        for text in (words.vi, words.en):
            assert text.endswith(".")
            assert "{" not in text
        assert words.vi != words.en
    for contract, field in reasons.SAID.items():
        assert field in contract.__struct_fields__
