"""A file of rules is taken whole and right, or not at all; and no two have one version."""

import subprocess
import sys

import msgspec
import pytest

from services.routing.domain.dossier import CHOSEN
from services.routing.domain.rule_file import RULES, TOLD_LIMIT, load_rules
from shared.errors import Misconfigured

BEGINS = {"valid_from": "2027-01-01"}


@pytest.fixture
def load(tmp_path, catalogue):
    """Load the shipped rules, changed."""

    def make(change=lambda _: None):
        content = msgspec.json.decode(RULES.read_bytes())
        change(content)
        path = tmp_path / "rules.json"
        path.write_bytes(msgspec.json.encode(content))
        return load_rules(path, catalogue)

    return make


def added(**changes):
    """Add the second rule once more, under another id, with these fields instead."""

    def change(content):
        content["rules"].append(content["rules"][1] | {"id": "another"} | changes)

    return change


def listed(*rows):
    def change(content):
        content["lists"] = [
            {"province": "01", "procedures": [], "source": "", "valid_from": "2026-01-01"} | row
            for row in rows
        ]

    return change


def test_what_is_shipped_is_right(load, rules):
    assert load().version == rules.version
    assert load(added()).named("another")


@pytest.mark.parametrize(
    ("change", "field", "why"),
    [
        (added(id="receiving-unit-unclear"), "/rules/22/id", "another rule's id already"),
        (added(id="two words"), "/rules/22/id", "take small letters"),
        (added(id="one,two"), "/rules/22/id", "take small letters"),
        (added(id="x:y"), "/rules/22/id", "take small letters"),
        (added(id=""), "/rules/22/id", "take small letters"),
        (added(id="x" * 65), "/rules/22/id", "take small letters"),
        (added(id=CHOSEN), "/rules/22/id", "take another id"),
        (added(id="no-rule"), "/rules/22/id", "take another id"),
        (added(**BEGINS, valid_to="2026-01-01"), "/rules/22/valid_to", "correct the days"),
        (added(**BEGINS, valid_to="2027-01-01"), "/rules/22/valid_to", "correct the days"),
        (added(why_vi=" "), "/rules/22", "word why_vi and why_en"),
        (added(procedure=["9.999999"]), "/rules/22/procedure", "no procedure 9.999999"),
        (added(province=["00082"]), "/rules/22/province", "no province 00082"),
        (lambda c: c["object_bound"].append("9.999999"), "/object_bound", "no procedure 9.999999"),
        (lambda c: c.update(version="one two"), "/version", "correct it"),
        (lambda c: c.update(version="1+2"), "/version", "correct it"),
        (listed({"province": "99"}), "/lists/0/province", "no province 99"),
        (listed({"valid_to": "2025-01-01"}), "/lists/0/valid_to", "correct the days"),
        (listed({}, {"province": "79"}, {**BEGINS}), "/lists/2", "end the earlier one"),
    ],
)
def test_what_is_wrong_is_refused_with_its_place_and_what_to_do(change, field, why, load):
    with pytest.raises(Misconfigured) as refused:
        load(change)
    told = str(refused.value)
    assert f"refused: {field}: " in told
    assert why in told
    assert "; " not in told


def test_one_list_may_follow_another(load):
    load(listed({"valid_to": "2027-01-01"}, {**BEGINS}, {"province": "79"}))


def test_all_problems_are_said_at_once_up_to_a_limit(load):
    def many(content):
        content["rules"] = [rule | {"why_en": ""} for rule in content["rules"]]
        content["version"] = ""

    with pytest.raises(Misconfigured) as refused:
        load(many)
    told = str(refused.value)
    assert told.count("word why_vi") == TOLD_LIMIT - 1
    assert "/version" in told
    assert "; and 3 more" in told


def test_what_is_no_file_of_rules_is_refused_with_its_place(tmp_path):
    broken = tmp_path / "rules.json"
    broken.write_text('{"version": "1", "source": "", "rules": [{"id": 5}]}')
    with pytest.raises(Misconfigured, match=r"rules\[0\]"):
        load_rules(broken)
    with pytest.raises(Misconfigured, match="cannot be read"):
        load_rules(tmp_path / "nowhere.json")


@pytest.mark.parametrize(
    "change",
    [
        added(),
        lambda c: c["rules"].pop(),
        lambda c: c["rules"][0].update(why_en="other words"),
        lambda c: c["object_bound"].pop(),
        lambda c: c["rules"].reverse(),
        listed({}),
    ],
)
def test_whatever_changes_the_recorded_version_does(change, load, rules):
    assert load(change).version.startswith("2025-07-01/3+")
    assert load(change).version != rules.version


def test_what_changes_nothing_leaves_the_version(load, rules):
    def same(content):
        content["object_bound"].reverse()
        content["rules"][0] = dict(reversed(content["rules"][0].items()))

    assert load(same).version == rules.version
    program = "from services.routing.domain.rules import load_rules; print(load_rules().version)"
    for seed in ("1", "2"):
        told = subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        )
        assert told.stdout.strip() == rules.version
