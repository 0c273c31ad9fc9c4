"""What a citizen is told, from the log alone."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from services.operations.domain.citizen import happenings, notices, sentences
from services.operations.domain.citizen.decided import decided
from services.operations.domain.citizen.notices import OTHER, TO_MANY, rating
from services.operations.domain.citizen.sentences import CANCELLED, STATES
from services.operations.domain.citizen.view import CitizenStatus, view
from services.operations.domain.citizen.words import Quote, Words
from shared.catalogue import Catalogue
from shared.events import Event, handover, intake, notify, payment, portal, routing
from shared.masking import HIDDEN
from tests.services.operations import scenes, variants
from tests.services.operations.scenes import DUE, NEW_DUE, SCENES, act, begun
from tests.services.operations.story import BEGAN, Story

Seen = Callable[..., CitizenStatus]


ANSWERED: dict[str, Any] = {"portal": "sandbox", "problems": ()}


def turned_away(story: Story, message_id: str) -> Event:
    """Something else that the citizen sent does not count."""
    no = intake.FollowUpRejected(**ANSWERED, message_id=message_id)
    return story.decide("intake", story.submitted(), no)[0]


def kinds(found: CitizenStatus) -> list[str]:
    return [task.kind for task in found.tasks]


@pytest.mark.parametrize("state", SCENES)
def test_every_point_of_a_life_is_told_as_what_it_is(state: str, seen: Seen) -> None:
    found = seen(begun(SCENES[state]))
    assert found.state.state == state
    assert found.state.sentence == STATES[found.state.state].sentence
    assert found.tasks
    assert found.happened


def test_what_was_cancelled_is_told_as_that_with_its_reason(seen: Seen) -> None:
    found = seen(begun(scenes.cancelled))

    assert (found.state.state, found.state.national_code) == ("not_accepted", 3)
    assert (found.state.name, found.state.sentence) == CANCELLED
    assert found.state.said
    assert found.money.to_give_back_vnd == 50_000


def test_every_state_has_a_scene() -> None:
    assert set(SCENES) == set(STATES)


@pytest.mark.parametrize("state", SCENES)
def test_nothing_that_tells_who_it_is_is_told(state: str, seen: Seen) -> None:
    text = msgspec.json.encode(seen(begun(SCENES[state]))).decode()
    for hidden in ("sealed", "hash", '"o1"', "0912000001", "sandbox", '"T1"', '1234"'):
        assert hidden not in text


def test_of_what_nobody_decided_nothing_is_told(catalogue: Catalogue, story: Story) -> None:
    story.submitted()
    assert view(story.log.entries(story.application), catalogue, BEGAN) is None


def test_a_pause_stops_the_clock_and_says_until_when(seen: Seen) -> None:
    for scene in (scenes.supplement_requested, scenes.payment_due, scenes.stopped):
        found = seen(begun(scene))
        assert found.due is not None
        assert (found.due.is_paused, found.due.at, found.due.is_late) == (True, None, False)
        assert "dừng tính" in found.due.depends_on[0].vi


def test_what_is_missing_is_told_in_the_officers_words_without_numbers(seen: Seen) -> None:
    (task,) = seen(begun(scenes.supplement_requested)).tasks
    assert task.kind == "bring"
    assert task.said == Quote(f"Thiếu trang hai của tờ khai; liên hệ {HIDDEN}", "vi")


def test_what_was_brought_is_asked_for_no_more(seen: Seen) -> None:
    found = seen(begun(scenes.resubmitted))
    assert found.state.said is None
    assert kinds(found) == ["nothing_checked"]


def test_an_apology_moves_the_date_and_says_from_where(seen: Seen) -> None:
    due = seen(begun(scenes.apologised)).due
    assert due is not None
    assert due.at == NEW_DUE
    assert f"{DUE:%d/%m/%Y}" in due.depends_on[0].vi
    assert not due.is_late


def test_a_date_that_has_passed_says_so(seen: Seen) -> None:
    due = seen(begun(scenes.processing), timedelta(days=30)).due
    assert due is not None
    assert due.is_late
    assert "xin lỗi" in due.depends_on[0].vi


def test_a_date_that_the_calendar_moved_says_so_until_another_takes_its_place(seen: Seen) -> None:
    story = begun(scenes.processing)
    moved = handover.DueMoved(
        national_code=4,
        officer="",
        clock="statutory",
        due_before=DUE,
        due=NEW_DUE,
        cause="calendar",
        catalogue_version="2026-07",
    )
    act(story, moved)
    due = seen(story).due
    assert due is not None
    assert (due.at, "Lịch làm việc" in due.depends_on[0].vi) == (NEW_DUE, True)
    act(story, routing.Processing(national_code=4, officer="o1", due=NEW_DUE + timedelta(days=1)))
    due = seen(story).due
    assert due is not None
    assert len(due.depends_on) == 1


def test_a_result_is_fetched_at_a_unit_that_is_named(seen: Seen) -> None:
    (task,) = seen(begun(scenes.settled)).tasks
    assert "Phường Ba Đình, Thành phố Hà Nội" in task.sentence.vi


def test_a_wish_to_withdraw_waits_for_its_answer_whatever_else_is_turned_away(seen: Seen) -> None:
    story = begun(scenes.processing)
    wish = story.external("intake.inbox", "/portals/sandbox", portal.WithdrawalRequested())
    story.decide("intake", wish, intake.Withdrawn(reason="x"))
    correction = turned_away(story, "correction")
    assert kinds(seen(story)) == ["await_withdrawal"]
    story.decide("intake", correction, intake.FollowUpRejected(**ANSWERED, message_id=wish.id))
    assert kinds(seen(story)) == ["nothing"]


def test_a_correction_waits_for_its_answer(seen: Seen) -> None:
    story = begun(scenes.submitted)
    wish = story.external("intake.inbox", "/portals/sandbox", portal.WithdrawalRequested())
    editions = {"catalogue_version": "2026-06", "forms_version": "2026-06"}
    asked = intake.CorrectionAsked(fields=("/personal/phone",), **editions)
    story.decide("intake", wish, asked)
    turned_away(story, "another")
    assert kinds(seen(story)) == ["await_correction"]
    made = intake.Corrected(
        message_id=wish.id,
        fields=("/personal/phone",),
        sealed="sealed",
        contact="sealed",
        **editions,
    )
    story.decide("intake", wish, made)
    assert kinds(seen(story)) == ["nothing_checked"]


def test_the_stages_go_on_and_a_pause_stays_where_it_began(seen: Seen) -> None:
    def standings(scene: Callable[[Story], None]) -> list[str]:
        return [stage.standing for stage in seen(begun(scene)).stages]

    assert standings(scenes.submitted) == ["current", *["ahead"] * 4]
    assert standings(scenes.processing) == ["done", "done", "current", "ahead", "ahead"]
    assert standings(scenes.stopped)[2] == "waiting"
    assert standings(scenes.not_accepted) == ["ended", *["ahead"] * 4]
    assert standings(scenes.withdrawn)[2] == "ended"
    assert standings(scenes.returned) == ["done"] * 5


def test_units_are_named_once_with_all_that_they_do(seen: Seen) -> None:
    (unit,) = seen(begun(scenes.submitted)).units
    assert (unit.name, unit.province) == ("Phường Ba Đình", "Thành phố Hà Nội")
    assert [does.vi for does in unit.does] == ["Tiếp nhận", "Giải quyết", "Trả kết quả"]


def test_what_was_sent_is_told_with_what_came_of_it_and_nothing_of_units(seen: Seen) -> None:
    found = seen(begun(scenes.unreachable)).sent
    assert {(n.milestone, n.channel, n.to.en, n.standing) for n in found} == {
        ("registered", "sms", "to you", "sent"),
        ("accepted", "email", "to you", "failed"),
        ("accepted", "portal", "to you", "arrived"),
        ("accepted", "sms", "to your representative", "arrived"),
    }


def test_a_notice_to_many_is_called_one(seen: Seen) -> None:
    story = begun(scenes.submitted)
    story.told(story.submitted(), "broadcast-0198c0de")
    story.told(story.submitted(), "something_newer")
    newer, many = seen(story).sent[:2]
    assert (many.about, newer.about) == (TO_MANY, OTHER)


def test_what_was_told_to_many_is_shown_with_its_words_and_what_came_of_it(seen: Seen) -> None:
    story = begun(variants.told_to_many)
    told = next(n for n in seen(story).sent if n.about == TO_MANY)
    assert told.words == Words(
        f"Hồ sơ {story.code}: ngân hàng xác nhận thanh toán chậm.",
        f"Application {story.code}: the bank confirms payments late.",
    )
    assert told.standing == "sent"


def test_a_portal_does_not_say_what_many_are_told(seen: Seen) -> None:
    story = begun(variants.told_to_many)
    before = seen(story).sent
    forged = notify.BroadcastTold(broadcast="20260610-3f9ac1d2e4", vi="Trả ngay.", en="Pay now.")
    story.external("portal.submissions", "/portals/x", forged)
    assert seen(story).sent == before


def test_a_result_that_takes_the_place_of_another_is_called_a_new_one(seen: Seen) -> None:
    story = begun(variants.settled_again)
    found = seen(story)
    assert found.state.sentence == sentences.NEW_RESULT
    assert [h.sentence for h in found.happened[:2]] == [
        happenings.NEW_RESULT,
        happenings.TOLD[routing.Processing].told(due=DUE.date()),
    ]
    about = [n.about for n in found.sent if n.milestone == "result_ready"]
    assert about == [notices.ABOUT_AGAIN["result_ready"], notices.ABOUT["result_ready"]]


def test_the_same_result_at_another_unit_is_not_called_a_new_one(seen: Seen) -> None:
    found = seen(begun(variants.moved_when_ready))
    assert {n.about for n in found.sent if n.milestone == "result_ready"} == {
        notices.ABOUT["result_ready"]
    }
    assert found.state.sentence == STATES["settled"].sentence


def test_a_result_that_the_post_delivered_is_told_as_that(seen: Seen) -> None:
    story = begun(scenes.in_post)
    tracking = "VN123456789"
    act(story, routing.Returned(national_code=10, officer="", form="post", tracking=tracking))
    assert seen(story).happened[0].sentence == happenings.BY_POST


def test_a_family_tells_of_each_part(seen: Seen) -> None:
    found = seen(begun(scenes.family))
    assert [(p.dossier_code, p.standing) for p in found.parts] == [
        ("H29.1-20260609-0000002", "done"),
        ("", "waiting"),
    ]
    assert found.parts[0].procedure.vi == "Đăng ký khai sinh"


def test_how_it_went_is_asked_of_the_latest_thing_told_for_thirty_days(seen: Seen) -> None:
    story = begun(scenes.settled)
    asked = seen(story).rating
    assert asked is not None
    assert (asked.milestone, asked.score) == ("result_ready", 0)
    given = seen(begun(scenes.returned)).rating
    assert given is not None
    assert (given.milestone, given.score) == ("returned", 4)
    entries = story.log.entries(story.application)
    assert rating(decided(entries), datetime(2027, 1, 1, tzinfo=UTC)) is None


def test_the_same_in_a_row_is_told_once_and_the_latest_first(seen: Seen) -> None:
    story = begun(scenes.in_post)
    for place in ("Kho một", "Kho hai"):
        carried = handover.PostCarried(
            national_code=9, officer="", tracking="VN123456789", place=place
        )
        act(story, carried)
    told = [h.sentence.vi for h in seen(story).happened]
    assert told[0] == "Bưu gửi đã đến Kho hai."
    assert "Bưu gửi đã đến Kho một." not in told


def test_events_out_of_their_order_in_the_log_are_told_by_their_number(catalogue) -> None:
    story = begun(scenes.processing)
    entries = story.log.entries(story.application)
    late = next(e for e in entries if e.type == routing.Accepted.TYPE)
    moved = msgspec.structs.replace(late, logged_ms=entries[-1].logged_ms + 1)
    found = view([*(e for e in entries if e is not late), moved], catalogue, story.log.now)
    assert found is not None
    assert found.state.state == "processing"


def test_what_was_kept_shortened_is_told_nothing_of(catalogue) -> None:
    story = begun(scenes.processing)
    entries = [
        msgspec.structs.replace(e, data=b'{"omitted_bytes":9}')
        if e.type == payment.Settled.TYPE
        else e
        for e in story.log.entries(story.application)
    ]
    found = view(entries, catalogue, story.log.now)
    assert found is not None
    assert found.money.paid_vnd == 0
