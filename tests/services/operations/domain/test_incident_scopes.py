"""Whom alarms concern: a table that is complete over their rules."""

import pytest

from services.operations.domain.alarm_life import Alarm, fired
from services.operations.domain.alarms import RULES, Sight
from services.operations.domain.causes import CAUSES, KINDS
from services.operations.domain.incident_scopes import SCOPES, opens, scope_of, title_of
from services.operations.domain.incidents import GROUPS, Scope
from services.operations.domain.proof import words
from services.operations.domain.rounds import Choice
from shared.topics import groups
from tests.services.operations.story import BEGAN

ABOUT = {
    "sequence_gap": "gap",
    "parity_difference": "unbooked",
    "read_lag": "routing",
    "late_intake": "unrouted",
    "stuck_old": "payment/unpaid",
    "stuck_growth": "payment/unpaid",
}


def alarm(rule: str) -> Alarm:
    about = ABOUT.get(rule, "x")
    sight = Sight(rule=rule, about=about, value=1, unit="26737", partner="sen-vang")
    return fired("1-a", sight, BEGAN)


def test_every_rule_has_a_scope_or_says_why_not() -> None:
    assert set(SCOPES) == set(RULES)
    assert [rule for rule, drawn in SCOPES.items() if not (drawn.scope or drawn.why_not)] == []


CRITICAL = {name for name, rule in RULES.items() if rule.severity == "critical"}
OURS = {"loop_failing"}  # nobody can say who waits for such a loop


@pytest.mark.parametrize("rule", sorted(CRITICAL))
def test_a_critical_alarm_opens_an_incident(rule: str) -> None:
    assert opens(alarm(rule))
    assert SCOPES[rule].scope


@pytest.mark.parametrize("rule", sorted(OURS))
def test_one_of_what_operations_does_by_itself_concerns_nobody(rule: str) -> None:
    scope = scope_of(alarm(rule))
    assert scope
    assert (scope.kinds, scope.is_known) == ([], False)
    assert not scope.is_same(Scope(loop="another"))


@pytest.mark.parametrize("rule", RULES)
def test_whom_an_alarm_concerns_can_be_asked(rule: str) -> None:
    scope = scope_of(alarm(rule))
    assert scope is None or scope.is_known or rule in OURS
    assert RULES[rule].title.en in title_of(alarm(rule))


def test_a_scope_may_be_of_every_group_of_the_board() -> None:
    assert Scope().kinds == KINDS
    assert {(CAUSES[c].stage, c) for _, c in KINDS} == {(c.stage, n) for n, c in CAUSES.items()}


def test_every_reader_of_the_log_says_what_waits_for_it() -> None:
    assert set(GROUPS) == set(groups())
    assert {cause for causes in GROUPS.values() for cause in causes} <= set(CAUSES)


@pytest.mark.parametrize("kind", words.KINDS)
def test_what_can_be_wrong_in_a_log_is_a_scope(kind: str) -> None:
    assert Scope(finding=kind).is_known
    assert Scope(finding=kind).kinds == []


@pytest.mark.parametrize(
    ("scope", "touches"),
    [
        (Scope(), True),
        (Scope(stage="payment"), True),
        (Scope(partner="sen-vang"), True),
        (Scope(partner="vnpay"), False),
        (Scope(unit="26737"), True),
        (Scope(stage="routing"), False),
        (Scope(cause="unpaid"), False),
        (Scope(group="payment-effects"), False),
        (Scope(finding="gap"), False),
    ],
)
def test_a_round_touches_an_incident_of_the_same_causes_units_and_partners(
    scope: Scope, touches: bool
) -> None:
    choice = Choice(
        stage="payment",
        cause="partner_silent",
        action="ask_partner",
        reason="why",
        partner="sen-vang",
    )
    assert scope.touches(choice) is touches
