"""What is installed for peers is locked, whole, and from nowhere in particular."""

import json

import pytest

from tests.peers.install import HERE, LOCK, names

IN_A_BROWSER = {"axe"}  # it looks at pages where they are shown


def test_there_are_peers_and_each_has_its_program():
    assert {"momo", "vnpay"} | IN_A_BROWSER <= set(names())
    without = {n for n in names() if not (HERE / n / "peer.mjs").is_file()}
    assert without == IN_A_BROWSER


@pytest.mark.parametrize("name", names())
def test_a_lock_names_no_address_and_every_sum(name):
    packages = json.loads((HERE / name / LOCK).read_text())["packages"]
    brought = {path: entry for path, entry in packages.items() if path}

    assert brought
    assert [path for path, entry in brought.items() if "resolved" in entry] == []
    assert [path for path, entry in brought.items() if "integrity" not in entry] == []


@pytest.mark.parametrize("name", names())
def test_what_is_wanted_is_an_exact_version(name):
    wanted = json.loads((HERE / name / "package.json").read_text())["dependencies"]

    assert all(version[0].isdecimal() for version in wanted.values())
