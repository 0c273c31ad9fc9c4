"""Whom an edge's keys let in, and how much of it."""

import pytest

from shared.access import CONSOLE_ROLES, LIMITED, ROLES, Access, unfit
from shared.errors import Misconfigured


def test_a_key_of_a_unit_officer_who_is_of_no_unit_ends_the_start() -> None:
    row = {"name": "b-1", "role": "unit_officer"}
    with pytest.raises(Misconfigured, match="b-1: a unit_officer needs `units`"):
        Access({"hash": row})
    assert Access({"hash": row | {"units": "01 79"}})


def test_who_carries_notices_is_a_partner_of_no_bank() -> None:
    assert Access({"hash": {"name": "sms-gateway", "role": "partner"}})


@pytest.mark.parametrize(
    ("role", "units", "is_fit"),
    [
        ("unit_officer", (), False),
        ("unit_officer", ("01", "79"), True),
        ("partner", (), False),
        ("partner", ("sen-vang",), True),
        ("partner", ("sen-vang", "an-phat"), False),
        *((role, (), True) for role in sorted({*ROLES, *CONSOLE_ROLES} - LIMITED)),
    ],
)
def test_who_sees_a_part_alone_has_to_have_it_named(
    role: str, units: tuple[str, ...], *, is_fit: bool
) -> None:
    assert (unfit(role, units) == "") is is_fit
