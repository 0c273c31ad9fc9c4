"""Local accounts: how a password is kept, and which rows would let in too many."""

import pytest

from services.operations.console.accounts import Accounts, hashed, is_right
from shared.errors import Misconfigured
from tests.services.operations.console.visits import KEPT, PASSWORD


def test_a_password_is_kept_as_a_hash_with_a_salt_of_its_own() -> None:
    assert hashed("x") != hashed("x")
    assert is_right(PASSWORD, KEPT)
    assert not is_right(f"{PASSWORD} ", KEPT)


@pytest.mark.parametrize(
    ("role", "units"),
    [("root", ""), ("unit_officer", ""), ("partner", ""), ("partner", "sen-vang an-phat")],
)
def test_an_account_that_would_let_in_too_many_is_refused(role: str, units: str) -> None:
    with pytest.raises(Misconfigured):
        Accounts({"a": {"password": KEPT, "role": role, "units": units}})


@pytest.mark.parametrize(
    ("role", "units"), [("viewer", ""), ("unit_officer", "01 79"), ("partner", "sen-vang")]
)
def test_an_account_lets_in_who_has_its_password(role: str, units: str) -> None:
    found = Accounts({"a": {"password": KEPT, "role": role, "units": units}}).caller("a", PASSWORD)
    assert found
    assert (found.role, found.units) == (role, tuple(units.split()))
