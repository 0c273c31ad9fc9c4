"""Scopes of incidents as they are typed, and in words."""

from datetime import datetime
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.operations.console.incidents.page import named
from services.operations.console.incidents.scopes import (
    choices,
    in_a_line,
    scope_of,
    typed_of,
)
from services.operations.domain.alarm_life import fired
from services.operations.domain.alarms import Sight
from services.operations.domain.causes import CAUSES
from services.operations.domain.citizen.units import Units
from services.operations.domain.incidents import GROUPS, Scope
from services.operations.domain.proof.words import KINDS
from services.operations.incidents import views
from shared.catalogue import Catalogue
from shared.clock import VIETNAM
from shared.working_time import local_day
from tests.services.operations.story import BEGAN

CHOSEN = [option.value for group in choices("") for option in group.options]
TIMES = st.none() | st.datetimes(timezones=st.just(VIETNAM)).map(
    lambda at: at.replace(year=2026, second=0, microsecond=0)
)


@given(
    kind=st.sampled_from(["", *CHOSEN]),
    unit=st.sampled_from(["", "26737"]),
    since=TIMES,
    until=TIMES,
    which=st.sampled_from(["stuck", "all"]),
)
def test_what_is_typed_is_the_scope_and_the_scope_is_what_is_typed(
    kind: str,
    unit: str,
    since: datetime | None,
    until: datetime | None,
    which: Literal["stuck", "all"],
) -> None:
    typed = typed_of(scope_of(typed_of(Scope()) | {"kind": kind, "unit": unit, "which": which}))
    assert (typed["kind"], typed["unit"], typed["which"]) == (kind, unit, which)
    scope = Scope(stage="payment", unit=unit, since=since, until=until, which=which)
    assert scope_of(typed_of(scope)) == scope
    assert scope_of(typed_of(scope_of(typed))).is_known


@pytest.mark.parametrize("cause", CAUSES)
def test_a_cause_alone_is_asked_as_it_is_with_its_stage(cause: str) -> None:
    scope = Scope(cause=cause)
    assert scope_of(typed_of(scope)).is_same(scope)


def test_all_that_may_wait_may_be_chosen() -> None:
    pairs = {f"{stage}/{cause}" for stage, cause in Scope().kinds}
    findings = {f"finding/{kind}" for kind in KINDS}
    groups = {f"group/{name}" for name, causes in GROUPS.items() if causes}
    assert pairs | findings | groups <= set(CHOSEN)


def test_an_incident_of_a_rule_that_is_gone_is_called_as_it_was(catalogue: Catalogue) -> None:
    units = Units(catalogue, local_day(BEGAN))
    gone = fired("1-a", Sight(rule="gone_rule", about="x", value=1), BEGAN)
    one = views.LIST.incidents[0]
    assert named(one, gone, units).en == one.title


def test_a_scope_has_words_in_both_languages(catalogue: Catalogue) -> None:
    units = Units(catalogue, local_day(BEGAN))
    said = in_a_line(Scope(stage="payment", cause="unpaid", unit="26737", since=BEGAN), units)
    assert CAUSES["unpaid"].vi in said.vi
    assert CAUSES["unpaid"].en in said.en
    assert "2026" in said.en
    assert in_a_line(Scope(), units).en == "Anything · what is stuck"
    assert KINDS["gap"].en in in_a_line(Scope(finding="gap"), units).en
    assert "routing" in in_a_line(Scope(group="routing", which="all"), units).en
    said = in_a_line(Scope(loop="rounds"), units)
    assert said.en == "Something in the background fails · rounds"
