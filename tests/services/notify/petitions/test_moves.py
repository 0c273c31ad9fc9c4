"""The table of legal moves is the whole truth about what may become of a petition."""

from typing import get_args

import pytest
from msgspec.structs import replace

from services.notify.domain.petitions.deciding import ASKED
from services.notify.domain.petitions.states import (
    MOVES,
    OF_AN_ANSWER,
    OVER,
    WAITS_FOR_OFFICE,
    Move,
    Status,
    possible,
)
from services.notify.domain.petitions.steps import DO
from services.notify.domain.petitions.terms import DISMISSALS, KINDS, TERMS
from services.notify.domain.standing import standing
from shared.events import petitions

MOVE = get_args(Move)
STATUS = get_args(Status)


def test_every_status_has_its_row_and_every_move_is_somewhere():
    assert set(MOVES) == set(STATUS)
    assert {move for moves in MOVES.values() for move in moves} == set(MOVE)


def test_every_status_is_reached_and_an_end_is_reached_from_each():
    reached = {"received", "assigned"}
    while more := {to for s in reached for to in MOVES[s].values()} - reached:
        reached |= more
    assert reached == set(STATUS)
    ends = set(OVER)
    while more := {s for s, moves in MOVES.items() if set(moves.values()) & ends} - ends:
        ends |= more
    assert ends == set(STATUS)


def test_an_answer_is_disputed_once_at_most():
    assert [s for s, moves in MOVES.items() if "dispute" in moves] == ["answered"]
    assert "answered" not in {
        to for s in ("disputed", "answered_again") for to in MOVES[s].values()
    }


def test_it_is_taken_back_only_before_there_is_an_answer():
    assert {s for s, moves in MOVES.items() if "withdraw" in moves} == {"received", "assigned"}


def test_the_office_waits_for_the_citizen_or_the_other_way_round():
    theirs = {s for s, moves in MOVES.items() if "accept" in moves}
    assert theirs | WAITS_FOR_OFFICE | OVER == set(STATUS)
    assert theirs.isdisjoint(WAITS_FOR_OFFICE)
    assert all("close" in MOVES[status] for status in theirs)


def test_each_move_but_that_of_time_can_be_asked_for_and_is_done():
    assert sorted(ASKED.values()) == sorted(set(MOVE) - {"close"}) == sorted(DO)


def test_each_kind_and_each_reason_of_the_contract_has_its_words_and_days():
    assert set(KINDS) == set(get_args(petitions.Kind))
    assert set(DISMISSALS) == set(get_args(petitions.Dismissal))
    assert all(all(words) for words in DISMISSALS.values())
    for kind in KINDS.values():
        assert all((kind.vi, kind.en))
        assert 0 < kind.dispute_days <= kind.answer_days


def test_what_no_source_says_is_marked_as_such():
    assert {kind.confidence for kind in KINDS.values()} == {"low"} == {TERMS.confidence}


@pytest.mark.parametrize("move", sorted(set(MOVE) - {"close"}))
@pytest.mark.parametrize("status", STATUS)
def test_a_move_is_done_where_it_is_legal_and_else_rejected_with_what_is_possible(
    status, move, citizen
):
    before = citizen.come_to(status).petition
    told_before = len(citizen.case.emitted)
    changes = {"unit": "00008"} if move in ("assign", "forward") else {}
    citizen.do(move, **changes)
    after, said = citizen.petition, citizen.case.emitted[told_before:]
    if move in MOVES[status]:
        assert after.status == MOVES[status][move]
        assert after.moves == before.moves + 1
        assert isinstance(said[0], petitions.PetitionMoved)
        return
    [rejected] = said
    assert isinstance(rejected, petitions.PetitionRejected)
    reason = "too_late" if status == "closed" and move in OF_AN_ANSWER else "not_possible"
    assert (rejected.action, rejected.reason) == (move, reason)
    assert rejected.possible == possible(before)
    assert after.rejected[rejected.message_id] == reason
    assert (after.status, after.moves) == (before.status, before.moves)


@pytest.mark.parametrize("status", STATUS)
def test_more_may_come_of_it_until_its_end(status, citizen):
    citizen.come_to(status)
    rested = {slot: replace(n, status="sent") for slot, n in citizen.case.dossier.notices.items()}
    dossier = replace(citizen.case.dossier, notices=rested)
    assert standing(dossier) == ("over" if status in OVER else "moving")


@pytest.mark.parametrize("status", sorted(OVER))
def test_a_petition_whose_notices_are_under_way_is_not_over(status, citizen):
    citizen.come_to(status)
    [*_, slot] = citizen.case.dossier.notices
    moving = replace(citizen.case.dossier.notices[slot], status="waiting")
    dossier = replace(citizen.case.dossier, notices={slot: moving})
    assert standing(dossier) == "moving"
