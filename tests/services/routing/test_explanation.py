from dataclasses import replace
from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.domain.dossier import CHOSEN, TRANSFERRED, Dossier
from services.routing.domain.explanation import (
    CONDITIONS,
    OUTCOMES,
    OVER,
    RULES,
    explanation,
    failed,
)
from services.routing.domain.rule_table import CONFLICT, NO_RULE, OUTRANKED, Case
from services.routing.domain.rules import Outcome
from services.routing.domain.states import NATIONAL_CODE, TERMINAL, Stage
from shared.events import handover
from shared.events import routing as contracts

CUA_NAM, BA_DINH, THU_DUC = "00082", "00004", "26824"
BIRTH, LAND_USE, SPLIT = "1.001193", "1.013992", "00007"
DAY, BEFORE = date(2026, 11, 16), date(2025, 6, 30)  # of filing; the last of the old units


@pytest.fixture
def filed(decide, registered):
    """The dossier of a birth registration."""

    def make(residence=CUA_NAM, receiving=CUA_NAM, **changes):
        units = {"residence_unit": residence, "receiving_unit": receiving}
        data = registered(**{"procedure": BIRTH} | units | changes)
        return decide(None, data)

    return make


def test_every_outcome_condition_and_kind_of_rule_has_words_in_both_languages():
    assert set(OUTCOMES) == {*Outcome.__args__, CHOSEN, TRANSFERRED}
    assert set(CONDITIONS) == {*Case._fields, OUTRANKED}
    assert set(RULES) == {"decided", "forgotten", NO_RULE, CONFLICT, CHOSEN, TRANSFERRED}
    for words in (*OUTCOMES.values(), *CONDITIONS.values(), *RULES.values()):
        assert set(words) == {"vi", "en"}


def test_a_code_of_a_day_is_told_as_given_and_as_what_it_has_become(filed, rules, catalogue):
    told = explanation(filed("00006", BA_DINH, residence_unit_on=BEFORE).state, rules, catalogue)
    assert told.en[0].endswith(
        "residence 00006 (a code of 2025-06-30), now Phường Ngọc Hà (00008)."
    )
    assert told.vi[0].endswith(
        "nơi cư trú 00006 (mã của ngày 30/06/2025), nay là Phường Ngọc Hà (00008)."
    )
    assert told.facts["residence_on"] == "2025-06-30"


def test_an_old_unit_that_was_split_is_not_called_what_has_its_code_now(filed, rules, catalogue):
    told = explanation(filed("00025", BA_DINH, residence_unit_on=BEFORE).state, rules, catalogue)
    assert told.en[0].endswith("residence 00025 (a code of 2025-06-30).")
    assert "a person must choose among" in told.en[1]
    since = filed("00025", BA_DINH, residence_unit_on=date(2025, 7, 1)).state
    name = catalogue.unit("00025", DAY).name
    assert (
        explanation(since, rules, catalogue)
        .en[0]
        .endswith(f"residence {name} (00025) (a code of 2025-07-01), now {name} (00025).")
    )


def test_the_object_of_a_day_is_told_so_as_well(filed, rules, catalogue):
    state = filed(procedure=LAND_USE, object_unit="00006", object_unit_on=BEFORE).state
    (told,) = (s for s in explanation(state, rules, catalogue).en if s.startswith("It goes by"))
    assert told.endswith(": 00006 (a code of 2025-06-30), now Phường Ngọc Hà (00008).")


def test_it_tells_who_received_it_who_decides_and_which_rule_said_so(filed, rules, catalogue):
    told = explanation(filed(receiving=BA_DINH).state, rules, catalogue)
    assert told.en[0].endswith("filed at Phường Ba Đình (00004), residence Phường Cửa Nam (00082).")
    assert told.en[1] == (
        "Phường Ba Đình (00004) received it and Phường Cửa Nam (00082) decides it;"
        " Phường Ba Đình (00004) hands the result out."
    )
    assert told.vi[1].startswith("Phường Ba Đình (00004) tiếp nhận và chuyển cho Phường Cửa Nam")
    assert f"forwarded-within-province (version {rules.version})" in told.en[2]
    assert "Rule vertical-agency did not: it is for another level of authority." in told.en
    assert len(told.vi) == len(told.en) == 3 + len(told.tried)
    assert len(told.tried) == len(rules.rules) - 1
    assert "tried" not in told.facts


def test_a_split_unit_is_told_with_the_units_to_choose_from(filed, rules, catalogue):
    told = explanation(filed(residence=SPLIT).state, rules, catalogue)
    assert told.outcome == "human_choice"
    assert "(00008)" in told.vi[1]
    assert "(00025)" in told.en[1]


def test_an_officers_choice_is_told_with_the_officer(filed, decide, rules, catalogue):
    chosen = contracts.UnitChosen(officer="officer-1", competent_unit="00008")
    told = explanation(decide(filed(residence=SPLIT).state, chosen).state, rules, catalogue)
    assert told.en[1].startswith(
        "Officer officer-1 chose Phường Ngọc Hà (00008) among Phường Ngọc Hà (00008), Phường Giảng"
    )
    assert told.vi[1].startswith("Cán bộ officer-1 đã chọn Phường Ngọc Hà (00008) trong số ")
    assert told.tried
    assert len(told.vi) == len(told.en) == 4 + len(told.tried)


def test_after_a_choice_it_still_tells_which_rule_could_not_tell_and_why(
    filed, decide, rules, catalogue
):
    chosen = contracts.UnitChosen(officer="officer-1", competent_unit="00008")
    state = decide(filed(residence=SPLIT).state, chosen).state
    first = f"At first: Rule place-unclear (version {rules.version}): the unit of the residence"
    assert explanation(state, rules, catalogue).en[3].startswith(first)
    sent_on = handover.OfficerTransferred(
        officer="officer-2", note="synthetic", competent_unit=BA_DINH
    )
    told = explanation(decide(state, sent_on).state, rules, catalogue)
    assert any(line.startswith(first) for line in told.en)
    assert told.facts["candidates"] == "00008 00025"


def test_a_transfer_is_told_with_where_it_was(filed, decide, rules, catalogue):
    transferred = handover.OfficerTransferred(
        officer="officer-1", note="synthetic", competent_unit="00008"
    )
    state = decide(filed().state, transferred).state
    told = explanation(state, rules, catalogue)
    assert told.outcome == TRANSFERRED
    assert told.en[1].startswith(
        "Officer officer-1 transferred it from Phường Cửa Nam (00082) to Phường Ngọc Hà (00008)"
    )
    assert "had chosen another unit before" in told.en[2]
    assert told.en[3].startswith(f"At first: Rule commune-of-residence (version {rules.version})")
    assert len(told.tried) == len(rules.rules) - 1
    assert len(told.vi) == len(told.en) == 4 + len(told.tried)


def test_a_unit_is_called_what_it_is_called_when_it_gets_the_dossier(
    filed, decide, rules, catalogue
):
    """Codes are given again: one may be a ward's on one day and another ward's later."""
    given = filed().state
    (row,) = catalogue.units[BA_DINH]
    before = msgspec.structs.replace(row, name="Phường Cũ", valid_to=date(2026, 12, 1))
    after = msgspec.structs.replace(row, name="Phường Mới", valid_from=date(2026, 12, 1))
    units = {**catalogue.units, BA_DINH: (before, after)}
    facts = given.facts | {"units_on": "2027-01-04", "transferred_from": BA_DINH}
    moved = msgspec.structs.replace(
        given, competent_unit=BA_DINH, rule=TRANSFERRED, facts=facts | {"officer": "officer-1"}
    )
    told = explanation(moved, rules, replace(catalogue, units=units))
    assert "from Phường Cũ (00004) to Phường Mới (00004)" in told.en[1]


def test_what_rules_moved_is_told_with_the_rule_and_where_it_was(filed, decide, rules, catalogue):
    moved = handover.OfficerTransferred(
        officer="operator-1",
        note="synthetic",
        competent_unit=BA_DINH,
        rule="commune-of-residence",
        rule_version=rules.version,
    )
    told = explanation(decide(filed().state, moved).state, rules, catalogue)
    assert told.outcome == "forward"
    assert "It was with Phường Cửa Nam (00082) before" in told.en[2]
    assert "Rule commune-of-residence" in told.en[3]


@pytest.mark.parametrize(("language", "word"), [("vi", "tỉnh khác"), ("en", "another province")])
def test_what_belongs_to_another_province_is_refused_at_once_in_the_citizens_language(
    language, word, filed, rules, catalogue
):
    outcome = filed(residence=THU_DUC, language=language)
    (refused,) = outcome.events
    assert (refused.TYPE, refused.national_code) == (contracts.NotAccepted.TYPE, 3)
    assert refused.officer == ""
    assert word in refused.reason
    assert outcome.timers == ()
    assert NATIONAL_CODE[outcome.state.stage] == 3
    assert explanation(outcome.state, rules, catalogue).outcome == "refuse"


def test_what_an_officer_refused_is_told_as_refused(filed, decide, rules, catalogue):
    no = contracts.OfficerRefused(officer="officer-1", note="synthetic")
    told = explanation(decide(filed().state, no).state, rules, catalogue)
    assert "It has been refused, or cancelled." in told.en
    assert len(told.vi) == len(told.en)


def test_every_end_of_a_dossier_has_words():
    assert set(OVER) == TERMINAL


def test_a_day_is_written_as_the_language_writes_it(filed, rules, catalogue):
    told = explanation(filed().state, rules, catalogue)
    assert told.facts["on"] in told.en[0]
    assert date.fromisoformat(told.facts["on"]).strftime("Ngày %d/%m/%Y:") in told.vi[0]


def test_the_event_leaves_the_failed_rules_to_the_journal(filed):
    outcome = filed()
    assert "tried" in outcome.state.facts
    assert "tried" not in outcome.events[0].facts


def test_what_was_routed_before_explanations_were_kept_is_explained_by_what_shows(
    dossier, rules, catalogue
):
    before = dossier(Stage.SUBMITTED, rule="of-long-ago", facts={"residence_unit": CUA_NAM})
    told = explanation(before, rules, catalogue)
    assert (told.outcome, told.tried) == ("settle_here", ())
    assert "no longer among the rules" in told.en[2]


@given(
    st.builds(
        Dossier,
        rule=st.sampled_from(["", CHOSEN, NO_RULE, f"{CONFLICT}:a+b", "x"]),
        facts=st.fixed_dictionaries(
            {}, optional={"tried": st.just("level:a,b odd:c"), "on": st.just("2026-11-16")}
        ),
        competent_unit=st.sampled_from(["", CUA_NAM, "x"]),
        candidates=st.sampled_from([(), (CUA_NAM, "x")]),
    )
)
def test_any_dossier_is_explained(rules, catalogue, dossier):
    told = explanation(dossier, rules, catalogue)
    assert len(told.vi) == len(told.en) == 3 + len(told.tried)
    assert msgspec.json.encode(told)


def test_what_was_written_of_the_rules_is_read():
    assert [tuple(f) for f in failed("level:a,b place:c")] == [
        ("a", "level"),
        ("b", "level"),
        ("c", "place"),
    ]
    assert list(failed("")) == []
