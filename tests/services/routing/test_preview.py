"""Previews, and what is carried out of them: old units, a merger and a split of today's."""

from dataclasses import replace
from datetime import UTC, date, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.domain.dossier import BY_A_PERSON, CHOSEN, TRANSFERRED
from services.routing.domain.edges import MOVES
from services.routing.domain.moves import apply
from services.routing.domain.preview import Proposal, filing, missing_heirs, preview, with_units
from services.routing.domain.remedies import Sender, remedy
from services.routing.domain.rules import Filing
from services.routing.domain.states import TERMINAL, Move, Stage
from services.routing.lane import asked_by_officer
from shared.catalogue import Unit
from shared.catalogue.rows import Succession
from shared.events import handover
from shared.events import routing as contracts

DAY = date(2026, 11, 16)
BEFORE = date(2025, 6, 30)  # the last day of the old units
LATER = date(2027, 1, 1)
IN_NOVEMBER = datetime(2026, 11, 16, 2, tzinfo=UTC)
IN_JANUARY = datetime(2027, 1, 4, 2, tzinfo=UTC)
CUA_NAM, BA_DINH, NGOC_HA, THU_DUC = "00082", "00004", "00008", "26824"
BIRTH, SPLIT = "1.001193", "00007"


@pytest.fixture(scope="session")
def filed(decide, registered):
    def make(residence=CUA_NAM, receiving=BA_DINH):
        data = registered(procedure=BIRTH, residence_unit=residence, receiving_unit=receiving)
        return decide(None, data).state

    return make


@pytest.fixture(scope="session")
def merged(catalogue, rules):
    """Cửa Nam ends with the year and is part of Ba Đình from then on."""
    (row,) = catalogue.units[CUA_NAM]
    ended = with_units(catalogue, [ending(row)])
    return Proposal(ended, rules, LATER, {CUA_NAM: BA_DINH})


@pytest.fixture(scope="session")
def edition(catalogue):
    """The same, said by the catalogue itself; what an older 00082 led to ends there."""

    def told(*heirs):
        (row,) = catalogue.units[CUA_NAM]
        (older,) = catalogue.successors[CUA_NAM]
        until = Succession(older.old, older.units, older.valid_from, LATER)
        units = {**catalogue.units, CUA_NAM: (ending(row),)}
        rows = (until, Succession(CUA_NAM, heirs, LATER, None)) if heirs else (older,)
        return replace(catalogue, units=units, successors={**catalogue.successors, CUA_NAM: rows})

    return told


def ending(row):
    fields = {**msgspec.structs.asdict(row), "valid_to": LATER}
    return Unit(**fields)


def test_an_edition_says_itself_what_follows_a_unit_that_ends(filed, rules, edition):
    found = preview("a", 1, filed(), Proposal(edition(BA_DINH), rules, LATER))
    assert (found.before.competent, found.after.competent) == (CUA_NAM, BA_DINH)
    assert found.command == "transfer"
    split = preview("a", 1, filed(), Proposal(edition(BA_DINH, NGOC_HA), rules, LATER))
    assert (split.outcome, split.candidates) == ("human_choice", (BA_DINH, NGOC_HA))


def test_what_an_older_unit_of_the_same_code_led_to_is_not_followed(filed, rules, edition):
    found = preview("a", 1, filed(), Proposal(edition(), rules, LATER))
    assert (found.outcome, found.candidates) == ("human_choice", ())
    assert "00082" in found.why_en


def test_the_rules_in_force_would_move_nothing(filed, catalogue, rules):
    for dossier in (filed(), filed(SPLIT), filed("", CUA_NAM)):
        assert preview("a", 1, dossier, Proposal(catalogue, rules, DAY)) is None


def test_a_merger_moves_what_was_with_the_unit_that_ends_and_says_why(filed, merged):
    change = preview("a", 3, filed(), merged)
    assert (change.application, change.version, change.stage) == ("a", 3, "submitted")
    assert (change.before.competent, change.after.competent) == (CUA_NAM, BA_DINH)
    assert (change.rule_before, change.rule_after) == (
        "forwarded-within-province",
        "commune-of-residence",
    )
    assert change.why_vi
    assert change.why_en
    assert preview("a", 3, filed(BA_DINH, BA_DINH), merged) is None


def test_a_split_hands_to_a_person_with_the_new_units(filed, merged):
    split = merged._replace(heirs={CUA_NAM: f"{BA_DINH} {NGOC_HA}"})
    change = preview("a", 1, filed(), split)
    assert (change.outcome, change.candidates) == ("human_choice", (BA_DINH, NGOC_HA))
    assert change.after.competent == ""


def test_a_unit_that_ends_and_is_followed_by_none_goes_to_a_person(filed, merged):
    change = preview("a", 1, filed(), merged._replace(heirs={}))
    assert (change.outcome, change.candidates) == ("human_choice", ())


def test_a_unit_that_follows_may_have_ended_as_well(filed, merged, catalogue):
    rows = [ending(catalogue.units[code][0]) for code in (CUA_NAM, BA_DINH)]
    twice = Proposal(
        with_units(catalogue, rows), merged.rules, LATER, {CUA_NAM: BA_DINH, BA_DINH: NGOC_HA}
    )
    assert preview("a", 1, filed(), twice).after.competent == NGOC_HA
    circle = twice._replace(heirs={CUA_NAM: BA_DINH, BA_DINH: CUA_NAM})
    assert preview("a", 1, filed(), circle).outcome == "human_choice"


def test_other_rules_move_and_the_change_names_them(filed, catalogue, rules):
    there = msgspec.structs.replace(
        next(r for r in rules.rules if r.id == "commune-where-received"),
        id="where-received-in-hanoi",
        province=frozenset({"01"}),
        non_boundary=frozenset({"intra_province"}),
    )
    more = msgspec.structs.replace(rules, version="next", rules=(*rules.rules, there))
    change = preview("a", 1, filed(), Proposal(catalogue, more, DAY))
    assert (change.after.competent, change.rule_after) == (BA_DINH, "where-received-in-hanoi")
    assert (change.remedy, change.command) == ("none", "transfer")


def test_what_a_person_was_to_choose_and_rules_now_can_place_may_be_chosen(filed, merged):
    waiting = filed("", "01")
    assert waiting.stage is Stage.UNROUTED
    commune = next(r for r in merged.rules.rules if r.id == "no-place-at-a-centre")
    rules = msgspec.structs.replace(
        merged.rules,
        rules=tuple(
            msgspec.structs.replace(r, decides="centre_of_province") if r is commune else r
            for r in merged.rules.rules
        ),
    )
    change = preview("a", 1, waiting, merged._replace(rules=rules))
    assert (change.after.competent, change.remedy) == ("01", "choose_unit")
    assert change.command == "choose_unit"


@pytest.mark.parametrize(
    ("code", "candidates"), [("00025", ("00025", "00008", "00199")), ("00006", ())]
)
def test_a_dossier_is_asked_about_again_with_the_day_that_its_code_was_given_with(
    code, candidates, decide, registered, catalogue, rules
):
    data = registered(
        procedure=BIRTH, residence_unit=code, receiving_unit=BA_DINH, residence_unit_on=BEFORE
    )
    dossier = decide(None, data).state
    assert dossier.candidates == candidates
    assert filing(dossier) == Filing(BIRTH, code, BA_DINH, DAY, "", BEFORE, None)
    assert preview("a", 1, dossier, Proposal(catalogue, rules, DAY)) is None
    if candidates:
        chosen = contracts.UnitChosen(officer="officer-1", competent_unit=NGOC_HA)
        dossier = decide(dossier, chosen).state
        assert filing(dossier).residence_on == BEFORE
        assert preview("a", 2, dossier, Proposal(catalogue, rules, DAY)) is None


def test_what_an_officer_chose_stays_until_the_unit_ends(filed, decide, merged, catalogue):
    chosen = contracts.UnitChosen(officer="officer-1", competent_unit="00025")
    dossier = decide(filed(SPLIT), chosen).state
    assert preview("a", 1, dossier, merged) is None
    rows = [ending(catalogue.units["00025"][0])]
    gone = merged._replace(catalogue=with_units(catalogue, rows), heirs={"00025": BA_DINH})
    change = preview("a", 1, dossier, gone)
    assert (change.before.competent, change.after.competent) == ("00025", BA_DINH)


def test_a_procedure_that_is_not_in_force_then_cannot_be_told(filed, catalogue, rules):
    change = preview("a", 1, filed(), Proposal(catalogue, rules, BEFORE))
    assert change.outcome == "cannot_tell"
    assert BIRTH in change.why_en


@pytest.mark.parametrize("stage", sorted(s for s in Stage if Move.TRANSFER in MOVES[s]))
@pytest.mark.parametrize("rule", ["forwarded-within-province", CHOSEN, TRANSFERRED])
def test_what_is_carried_out_leaves_nothing_to_be_moved(stage, rule, dossier, merged):
    facts = {"receiving_unit": CUA_NAM, "residence_unit": CUA_NAM, "on": "2026-11-16"}
    of_the_unit = dict.fromkeys(("receiving_unit", "competent_unit", "returning_unit"), CUA_NAM)
    before = dossier(stage, rule=rule, facts=facts, **of_the_unit)
    change = preview("a", 1, before, merged)
    assert change.command == "transfer"
    sender = Sender("operator-1", "synthetic", before.moves, merged.rules.version)
    asked = asked_by_officer(*remedy(change, sender))
    outcome = apply(before, asked, merged.catalogue, IN_JANUARY)
    assert [type(e) for e in outcome.events] == [handover.Transferred]
    assert outcome.state.rule == (TRANSFERRED if rule in BY_A_PERSON else change.rule_after)
    assert preview("a", 2, outcome.state, merged) is None


def test_rehoming_dossiers_filed_before_the_change_at_all_10_040_old_units_lands_or_leaves_them(
    dossier, catalogue, rules
):
    today = Proposal(catalogue, rules, DAY)
    sender = Sender("operator-1", "synthetic", 0, rules.version)
    whole = dossier(Stage.PROCESSING, procedure=BIRTH, rule="commune-of-residence")
    landed, stayed, chosen = [], [], []
    for old in catalogue.successors:
        units = dict.fromkeys(("receiving_unit", "competent_unit", "returning_unit"), old)
        facts = {"receiving_unit": old, "residence_unit": old, "on": str(BEFORE)}
        under_way = msgspec.structs.replace(whole, facts=facts, **units)
        change = preview("a", 1, under_way, today)
        found = remedy(change, sender) if change else None
        if found:
            outcome = apply(under_way, asked_by_officer(*found), catalogue, IN_NOVEMBER)
            assert isinstance(outcome.events[0], handover.Transferred), outcome.events
            assert (outcome.state.competent_unit,) == catalogue.current_units(old).units
            assert preview("a", 2, outcome.state, today) is None
            landed.append(old)
        elif change:
            assert change.candidates == catalogue.current_units(old).units
            chosen.append(old)
        else:
            assert (old,) == catalogue.current_units(old).units  # it kept its code
            stayed.append(old)
    assert (len(landed) + len(stayed), len(chosen)) == (9_597, 443)
    assert stayed


def test_what_only_was_received_there_goes_on_where_it_is(dossier, merged):
    facts = {"receiving_unit": CUA_NAM, "residence_unit": NGOC_HA, "on": "2026-11-16"}
    of_the_unit = dict.fromkeys(("receiving_unit", "returning_unit"), CUA_NAM)
    before = dossier(Stage.PROCESSING, facts=facts, competent_unit=NGOC_HA, **of_the_unit)
    change = preview("a", 1, before, merged)
    assert change.command == "readdress"
    sender = Sender("operator-1", "synthetic", before.moves, merged.rules.version)
    asked = asked_by_officer(*remedy(change, sender))
    outcome = apply(before, asked, merged.catalogue, IN_JANUARY)
    assert [type(e) for e in outcome.events] == [handover.Readdressed]
    assert (outcome.state.stage, outcome.state.receiving_unit) == (Stage.PROCESSING, BA_DINH)
    assert preview("a", 2, outcome.state, merged) is None


def test_what_is_in_the_post_is_left_until_it_comes_back(dossier, merged):
    facts = {"receiving_unit": CUA_NAM, "residence_unit": CUA_NAM, "on": "2026-11-16"}
    posted = dossier(Stage.IN_POST, facts=facts, competent_unit=CUA_NAM)
    assert preview("a", 1, posted, merged).command == ""


@pytest.mark.parametrize("stage", sorted({*TERMINAL, Stage.EXPECTED}))
def test_what_is_over_or_not_there_yet_is_left_alone(stage, dossier, merged):
    assert preview("a", 1, dossier(stage), merged) is None


def test_heirs_that_are_no_units_are_told(merged):
    assert missing_heirs(merged) == []
    assert missing_heirs(merged._replace(heirs={CUA_NAM: "00004 99999"})) == ["99999"]
    assert missing_heirs(merged._replace(heirs={BA_DINH: CUA_NAM})) == [CUA_NAM]


@given(data=st.data())
def test_a_preview_changes_nothing_and_comes_to_the_same_again(data, dossier, merged):
    units = st.sampled_from([CUA_NAM, BA_DINH, THU_DUC, SPLIT, "01", "", "x"])
    facts = {"receiving_unit": data.draw(units), "residence_unit": data.draw(units)}
    before = dossier(data.draw(st.sampled_from(Stage)), facts=facts)
    kept = msgspec.json.encode(before)
    first = preview("a", 1, before, merged)
    assert preview("a", 1, before, merged) == first
    assert msgspec.json.encode(before) == kept
    if first and first.after.competent:
        assert merged.catalogue.unit(first.after.competent, merged.on)
