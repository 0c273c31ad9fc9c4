"""A dossier waits for the choice of a unit: what it may be by then, and why one was needed."""

from dataclasses import replace
from datetime import UTC, date, datetime

import msgspec
import pytest

from services.routing.domain.dossier import CHOSEN
from services.routing.domain.explanation import explanation
from services.routing.domain.moves import apply
from services.routing.domain.preview import Proposal, preview, with_units
from services.routing.domain.remedies import Sender, remedy
from services.routing.domain.states import Move, Stage
from services.routing.lane import asked_by_officer
from services.routing.views import dossier_view
from shared.catalogue.rows import Succession
from shared.events import routing as events
from shared.journal import Decision

BIRTH, SPLIT = "1.001193", "00007"  # 00007 became 00008 and 00025
NGOC_HA, GIANG_VO, BA_DINH, CUA_NAM = "00008", "00025", "00004", "00082"
END, JANUARY = date(2027, 1, 1), datetime(2027, 1, 4, 2, tzinfo=UTC)
MONDAY = datetime(2026, 11, 16, 2, tzinfo=UTC)
CANDIDATES = (NGOC_HA, GIANG_VO)


@pytest.fixture(scope="session")
def waiting(decide, registered):
    """A birth registration of somebody who lived where two units are now."""

    def make(receiving=BA_DINH):
        data = registered(procedure=BIRTH, residence_unit=SPLIT, receiving_unit=receiving)
        state = decide(None, data).state
        assert (state.stage, state.candidates) == (Stage.UNROUTED, CANDIDATES)
        return state

    return make


@pytest.fixture(scope="session")
def later(catalogue):
    """The catalogue of an edition in which these units end with the year, and what follows each."""

    def make(**heirs):
        ending = [
            msgspec.structs.replace(catalogue.units[code][-1], valid_to=END)
            for code in (name.strip("_") for name in heirs)
        ]
        successors = dict(catalogue.successors)
        for name, units in heirs.items():
            code = name.strip("_")
            older = [
                Succession(s.old, s.units, s.valid_from, END) for s in successors.get(code, ())
            ]
            rows = (*older, Succession(code, tuple(units.split()), END, None)) if units else older
            successors[code] = tuple(rows)
        return replace(with_units(catalogue, ending), successors=successors)

    return make


@pytest.fixture
def choose(asked):
    def make(state, unit, catalogue, **changes):
        asking = asked(Move.CHOOSE_UNIT, competent_unit=unit, returning_unit="", **changes)
        return apply(state, asking, catalogue, JANUARY)

    return make


def test_what_both_candidates_became_is_chosen_and_neither_of_them(waiting, later, choose):
    merged = later(_00008=BA_DINH, _00025=BA_DINH)
    state = waiting()
    for unit in (*CANDIDATES, CUA_NAM):
        (rejected,) = choose(state, unit, merged).events
        assert rejected.reason == f"choose one of the units it can be: {BA_DINH}"
    outcome = choose(state, BA_DINH, merged)
    assert [type(e) for e in outcome.events] == [events.Routed]
    assert outcome.state.competent_unit == BA_DINH


def test_one_candidate_that_ended_leaves_the_other_and_what_follows_it(waiting, later, choose):
    state, one_ended = waiting(), later(_00008=f"{BA_DINH} {CUA_NAM}")
    for unit in (BA_DINH, CUA_NAM, GIANG_VO):
        assert choose(state, unit, one_ended).state.competent_unit == unit
    (rejected,) = choose(state, NGOC_HA, one_ended).events
    assert f"{BA_DINH}, {CUA_NAM}, {GIANG_VO}" in rejected.reason


def test_where_nothing_follows_the_candidates_any_unit_of_the_level_is_chosen(
    waiting, later, choose
):
    gone = later(_00008="", _00025="")
    assert choose(waiting(), CUA_NAM, gone).state.competent_unit == CUA_NAM
    assert "choose a commune" in choose(waiting(), "01", gone).events[0].reason


def test_an_officer_is_shown_the_units_it_can_be_now(waiting, later, catalogue):
    merged = later(_00008=BA_DINH, _00025=BA_DINH)
    shown = dossier_view(decided(waiting()), merged, JANUARY)
    assert shown.candidates == [BA_DINH]
    assert dossier_view(decided(waiting()), catalogue, MONDAY).candidates == [*CANDIDATES]


def decided(state):
    return Decision(
        application="a",
        version=1,
        at=JANUARY,
        cause=("routing.inbox", 0, 0),
        state=state,
        state_json=b"",
        traceparent="",
    )


def test_who_received_it_and_ended_is_followed_as_well(waiting, later, choose):
    merged = later(_00004=CUA_NAM, _00008="00025")
    chosen = choose(waiting(), GIANG_VO, merged).state
    assert (chosen.receiving_unit, chosen.returning_unit) == (CUA_NAM, CUA_NAM)


def test_rehoming_chooses_what_the_candidates_became_and_nothing_is_left(waiting, later, rules):
    proposal = Proposal(later(_00008=BA_DINH, _00025=BA_DINH), rules, JANUARY.date())
    state = waiting(NGOC_HA)
    change = preview("a", 1, state, proposal)
    assert (change.after.competent, change.command) == (BA_DINH, "choose_unit")
    outcome = carried_out(state, change, proposal)
    assert [type(e) for e in outcome.events] == [events.Routed]
    units = outcome.state
    assert (units.receiving_unit, units.competent_unit, units.returning_unit) == (BA_DINH,) * 3
    assert preview("a", 2, outcome.state, proposal) is None


def carried_out(state, change, proposal):
    sender = Sender("operator-1", "synthetic", state.moves, proposal.rules.version)
    asking = asked_by_officer(*remedy(change, sender))
    return apply(state, asking, proposal.catalogue, JANUARY)


def test_what_a_rule_decides_is_told_so_and_stays_open_to_later_rules(
    waiting, later, rules, catalogue
):
    proposal = Proposal(later(_00008=BA_DINH, _00025=BA_DINH), rules, JANUARY.date())
    state = waiting(NGOC_HA)
    ruled = carried_out(state, preview("a", 1, state, proposal), proposal).state
    assert (ruled.rule, ruled.rule_version) == ("commune-of-residence", rules.version)
    told = explanation(ruled, rules, proposal.catalogue)
    assert told.outcome == "settle_here"
    assert "chose" not in told.en[1]
    assert told.en[2].startswith("A person was to choose its unit among Phường Ngọc Hà (00008)")
    assert told.en[3].startswith("Rule commune-of-residence")
    assert told.en[4].startswith("At first: Rule place-unclear")
    next_year = later(_00008=BA_DINH, _00025=BA_DINH, _00004=CUA_NAM)
    moved_on = preview("a", 2, ruled, proposal._replace(catalogue=next_year))
    assert (moved_on.after.competent, moved_on.rule_after) == (CUA_NAM, "commune-of-residence")


def test_what_an_officer_chose_is_pinned_under_the_officers_name(waiting, choose, catalogue):
    state = waiting()
    pinned = choose(state, GIANG_VO, catalogue).state
    assert (pinned.rule, pinned.rule_version) == (CHOSEN, state.rule_version)
    assert pinned.facts["officer"] == "officer-1"
    assert (pinned.facts["first_rule"], pinned.facts["candidates"]) == (
        "place-unclear",
        "00008 00025",
    )
