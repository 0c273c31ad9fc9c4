"""Every state says whether anything may still come of it."""

from typing import get_args

import pytest

from deploy.archive.closed import TABLE
from services.notify.domain import standing as notify
from services.notify.domain.moves import OVER
from services.notify.domain.moves import Status as NoticeStatus
from services.payment.domain import standing as payment
from services.payment.domain.state import AttemptStatus, KeptAs, Leaving
from services.payment.domain.state import Status as ObligationStatus
from services.routing.domain.dossier import Dossier
from services.routing.domain.edges import MOVES
from services.routing.domain.standing import standing as routing
from services.routing.domain.states import Stage
from shared.archived import Standing


@pytest.mark.parametrize(
    ("table", "statuses"),
    [
        (payment.OBLIGATIONS, ObligationStatus),
        (payment.ATTEMPTS, AttemptStatus),
        (payment.MONEY, KeptAs),
        (payment.LEAVING, Leaving),
        (notify.STANDING, NoticeStatus),
    ],
)
def test_a_table_has_every_status(table, statuses):
    assert set(table) == set(get_args(statuses))
    assert set(table.values()) <= set(get_args(Standing))


@pytest.mark.parametrize("stage", Stage)
def test_a_dossier_is_over_where_nothing_moves_it(stage):
    is_over = not MOVES[stage] and stage is not Stage.EXPECTED
    assert routing(Dossier(stage=stage)) == ("over" if is_over else "moving")


def test_a_notice_that_is_over_rests():
    assert {s for s, standing in notify.STANDING.items() if standing == "resting"} == {
        *OVER,
        "awaiting",
    }


def test_the_archive_knows_the_states_of_every_service_that_has_a_lane(every_table):
    assert {t.service for t in every_table} == set(TABLE)
    for table in every_table:
        assert TABLE[table.service].state is table.state
        assert TABLE[table.service].schema == table.schema


@pytest.fixture
def every_table():
    from services.intake.lane import table as intake_table
    from services.notify.domain import Policy
    from services.notify.lane import table as notify_table
    from services.payment.domain.draft import Pace
    from services.payment.lane import table as payment_table
    from services.routing.domain.rules import load_rules
    from services.routing.lane import table as routing_table
    from shared.catalogue import load

    catalogue = load()
    return [
        intake_table(None),
        routing_table(catalogue, load_rules()),
        payment_table(catalogue, None, (), Pace(), None),
        notify_table(Policy()),
    ]
