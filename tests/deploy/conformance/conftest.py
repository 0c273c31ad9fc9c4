"""A town in memory, and each side played in it."""

from collections.abc import Callable

import pytest

from deploy.conformance import as_bank, as_us
from deploy.conformance.cases import Played, Side
from deploy.conformance.paying import AtSandbox
from deploy.conformance.playing import play_all
from deploy.conformance.wire import Shown, secrets_of
from deploy.local import secrets
from shared.catalogue import load
from tests.deploy.conformance.town import BANKS, EDGE, Town

CALM_S = 0.02


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return secrets.ensure(tmp_path_factory.mktemp("home") / "secrets")


@pytest.fixture(scope="session")
def catalogue():
    return load()


@pytest.fixture
def a_town(folder, catalogue) -> Callable[..., Town]:
    return lambda **others: Town(folder, catalogue, **others)


async def played(town: Town, side: Side, partner: str) -> Played:
    """Play one side of a partner in a town that is at work."""
    row, against = town.partners[partner], EDGE if side == "bank" else f"{BANKS}/{partner}"
    shown = Shown(secrets_of(row))
    if side == "bank":
        bank = as_bank.Around(town.wire(), town.portal(partner), town.clock, CALM_S)
        player = as_bank.AsBank(row, EDGE, bank, shown)
    else:
        payer = AtSandbox(town.client, against)
        us = as_us.Around(town.wire(), payer, town.clock, town.patience_s)
        player = as_us.AsUs(row, us, shown)
    return await play_all(player, row, side, against, town.clock, lambda _: None)
