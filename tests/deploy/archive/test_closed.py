"""Who is at the end, and who is not, and why."""

from datetime import timedelta

import msgspec
import pytest

from deploy.archive.closed import why_not
from services.notify.domain.moves import Notice
from services.notify.domain.petitions.states import Petition
from services.routing.domain.dossier import Dossier
from services.routing.domain.states import Stage
from shared.archived import first_version, last_version
from shared.journal import Cause

TOPICS = ("portal.submissions", "intake.events", "routing.events")
COMMITTED = {
    service: {(topic, 0): 6 for topic in TOPICS}
    for service in ("intake", "routing", "payment", "notify")
}


@pytest.fixture
def look(make):
    """Return why an application of such lives is not archived."""

    def why(lives=make.LIVES, committed=COMMITTED, quiet_days=30, rows=None, **last):
        name = make.application(1)
        found = {
            service: make.through_bson(
                make.versions(service, name, states, **last.get(service, {}))
            )
            for service, states in lives.items()
        }
        before = make.NOW - timedelta(days=quiet_days)
        return why_not(found | (rows or {}), committed, before, make.NOW)

    return why


def test_an_application_that_is_returned_paid_and_told_is_at_its_end(look):
    assert look() is None


def test_one_that_a_service_never_heard_of_may_be_at_its_end_too(look, make):
    refused = msgspec.structs.replace(make.INTAKE, status="refused")
    assert look({"intake": (refused,), "routing": (), "payment": (), "notify": ()}) is None
    assert look({**make.LIVES, "payment": ()}) is None


def test_nobody_says_that_it_is_over(look, make):
    assert look({"payment": (make.PAID,), "notify": (make.TOLD,)}) == "not over"


def test_what_intake_has_not_heard_the_end_of_is_not_archived(look, make):
    again = msgspec.structs.replace
    for state in (again(make.INTAKE, code=0), again(make.INTAKE, withdrawing="a message")):
        assert look({**make.LIVES, "intake": (state,)}) == "moving"
    taken_back = again(make.INTAKE, code=7, status="withdrawn")
    assert look({**make.LIVES, "intake": (taken_back,)}) is None


def test_work_under_way_is_not_archived(look, make):
    for stage in (Stage.EXPECTED, Stage.SUBMITTED, Stage.SUSPENDED, Stage.SETTLED):
        assert look({**make.LIVES, "routing": (Dossier(stage=stage),)}) == "moving"


def test_money_under_way_is_not_archived(look, make):
    [attempt], [money] = make.PAID.attempts, make.PAID.money
    again = msgspec.structs.replace
    for payment in (
        again(make.PAID, attempts=(again(attempt, status="open"),)),
        again(make.PAID, money=(again(money, kept_as="early"),)),
        again(make.PAID, obligations=(again(make.PAID.obligations[0], status="open"),)),
    ):
        assert look({**make.LIVES, "payment": (payment,)}) == "moving"


def test_a_notice_under_way_is_not_archived(look, make):
    notice = Notice(status="waiting", since=make.LONG_AGO, params={})
    told = msgspec.structs.replace(make.TOLD, notices={"returned/sms": notice})
    assert look({**make.LIVES, "notify": (told,)}) == "moving"


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ("accepted", None),
        ("closed", None),
        ("dismissed", None),
        ("assigned", "moving"),
        ("answered", "moving"),
    ],
)
def test_a_petition_is_at_its_end_when_notify_alone_says_so(status, why, look, make):
    petition = Petition(
        code="PA-20261120-3RE8JK2K962",
        kind="delay",
        text="v1.c3ludGhldGlj",
        content="synthetic",
        status=status,
        **dict.fromkeys(("filed_at", "since", "promised", "due"), make.LONG_AGO),
    )
    told = msgspec.structs.replace(make.TOLD, petition=petition)
    assert look({"notify": (told,)}) == why


def test_what_is_held_stays_for_the_operator(look, make):
    assert look(routing={"held": (make.HELD,), "change": None}) == "held"


def test_who_had_something_decided_lately_is_not_quiet(look, make):
    assert look(quiet_days=91) == "not quiet"
    assert look(notify={"at": make.NOW}) == "not quiet"


def test_a_timer_that_has_yet_to_fire_is_waited_for(look, make):
    assert look(routing={"timers": (make.SOON,)}) == "timer"
    fired = make.SOON._replace(due=make.LONG_AGO)
    assert look(routing={"timers": (fired,)}) is None


def test_what_may_be_unpublished_is_not_archived(look):
    behind = {**COMMITTED, "payment": {("routing.events", 0): 5}}
    assert look(committed=behind) == "unpublished"
    assert look(routing={"cause": Cause("nobody.reads", 0, 0, "m")}) == "unpublished"


def test_messages_for_an_application_that_never_came_are_not_archived(look):
    nothing = {"state": None, "state_json": b"null", "change": None}
    assert look(intake=nothing) == "unknown"


def test_an_archived_one_is_told_and_one_that_went_on_is_archived_again(look, make):
    name = make.application(1)
    rows = {
        service: make.through_bson(make.versions(service, name, states))
        for service, states in make.LIVES.items()
    }
    done = {
        service: make.through_bson(
            [first_version(each[0], "r1"), last_version(each, "r1", make.LONG_AGO)]
        )
        for service, each in rows.items()
    }
    assert look(rows=done) == "archived"
    late = {**make.versions("payment", name, (make.PAID,))[0]}
    late |= {"_id": f"{name}/000004", "version": 4}
    assert look(rows={**done, "payment": [*done["payment"], late]}) is None


def test_a_state_of_an_older_schema_is_archived_and_one_of_a_later_build_is_not(look):
    assert look(payment={"schema": 1}) is None
    assert look(payment={"schema": 3}) == "other schema"
