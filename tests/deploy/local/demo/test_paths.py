"""The ways that applications took are counted from what was decided, each application once."""

from typing import Any

from deploy.local.demo.paths import PATHS, interlinked, paths
from shared.kinship import child_id

ONE = "0198c0de-0000-7000-8000-000000000001"
TWO = "0198c0de-0000-7000-8000-000000000002"


def counted(log: Any) -> dict[str, tuple[int, str]]:
    return {p.name: (p.times, p.example) for p in paths(log.evidence()) if p.times}


def registered(log: Any, application: str, code: str) -> None:
    log.decided("application.registered", application, dossier_code=code)


def ended(log: Any, application: str, outcome: str, **child: Any) -> None:
    children = [{"standing": "returned", "by_rule": {}}, {"by_rule": {}, **child}]
    log.decided("interlinked.registered", application, dossier_code=f"P-{application[-1]}")
    log.decided("interlinked.ended", application, outcome=outcome, children=children)


def test_of_nothing_every_path_is_told_and_nobody_took_it(log: Any) -> None:
    assert [p.times for p in paths(log.evidence())] == [0] * len(PATHS)
    assert interlinked(log.evidence()) == ""


def test_a_path_is_taken_when_all_of_it_was_met_and_counts_once(log: Any) -> None:
    registered(log, ONE, "G1")
    registered(log, TWO, "G2")
    for _ in range(2):
        log.decided("application.supplement_requested", ONE, national_code=5)
        log.decided("application.supplemented", ONE)
    log.decided("application.supplement_requested", TWO, national_code=5)
    assert counted(log) == {"a supplement: the clock pauses": (1, "G1")}


def test_an_officer_chose_only_if_there_was_something_to_choose_from(log: Any) -> None:
    for application, units in ((ONE, []), (TWO, ["00008", "00025"])):
        registered(log, application, f"G{application[-1]}")
        log.decided("routing.choice_needed", application, national_code=1, candidates=units)
        log.decided("application.routed", application, national_code=1)
    assert counted(log) == {"a split unit: an officer chooses": (1, "G2")}


def test_a_birth_that_fails_in_part_is_told_with_what_its_rule_withdrew(log: Any) -> None:
    ended(log, ONE, "done", standing="returned")
    ended(log, TWO, "partly_done", standing="withdrawn", by_rule={"b/not_accepted": "withdraws"})
    assert counted(log) == {
        "a birth for three agencies: all done": (1, "P-1"),
        "a part refused, another withdrawn": (1, "P-2"),
    }
    assert interlinked(log.evidence()) == TWO


def test_a_part_that_the_citizen_took_back_is_not_withdrawn_by_rule(log: Any) -> None:
    ended(log, ONE, "partly_done", standing="withdrawn", by_rule={})
    assert counted(log) == {}


def test_an_application_of_its_own_is_the_example_before_a_child(log: Any) -> None:
    child = child_id("0198c0de-0000-7000-8000-000000000000", 0)
    for application, code in ((child, "G0"), (TWO, "G2")):
        registered(log, application, code)
        log.decided("application.not_accepted", application, national_code=3)
    assert counted(log) == {"refused by an officer": (2, "G2")}
