"""Which bank somebody sees who comes through the identity provider: the one that it names."""

import pytest

from services.operations.console.oidc import Unwelcome
from services.operations.money.partner import partner_of
from tests.services.operations.console.test_oidc import Made

LIKE_ANOTHER = {"preferred_username": "an-phat", "groups": ["banks"]}


@pytest.mark.parametrize("units", ["sen-vang", ["sen-vang"]])
async def test_somebody_of_a_bank_is_of_the_one_that_is_named_whatever_they_are_called(
    units: str | list[str],
) -> None:
    made = Made()
    made.changes = LIKE_ANOTHER | {"units": units}
    caller = await made.come_back()
    assert (caller.name, caller.role, partner_of(caller)) == ("an-phat", "partner", "sen-vang")


@pytest.mark.parametrize("units", [None, "", [], "sen-vang an-phat", ["sen-vang", "an-phat"], 7])
async def test_who_is_of_no_bank_or_of_two_is_not_let_in_and_told_why(units: object) -> None:
    made = Made()
    made.changes = LIKE_ANOTHER | {"units": units}
    with pytest.raises(Unwelcome, match="an-phat: a partner needs `units`") as why:
        await made.come_back()
    assert why.value.label == "oidc_units"


async def test_whose_role_sees_all_is_not_limited_by_units_that_are_named() -> None:
    made = Made()
    made.changes = {"units": "79"}
    assert (await made.come_back()).units == ()
