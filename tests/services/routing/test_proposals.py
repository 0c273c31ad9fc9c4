"""The edge of previews: what is proposed, what it would move, and what of it is refused."""

import msgspec
import pytest

from services.routing.domain.rule_file import RULES
from shared.events import routing as contracts
from tests.services.routing.office import PREVIEWS, application

CUA_NAM, BA_DINH, SPLIT = "00082", "00004", "00007"
ON = "2027-01-01"


@pytest.fixture
def ended(catalogue):
    """Cửa Nam ends with the year."""
    (row,) = msgspec.to_builtins(catalogue.units[CUA_NAM])
    return [[*row[:-1], ON]]


async def test_a_preview_of_a_merger_tells_what_would_move_and_moves_nothing(office, ended):
    at = await office((CUA_NAM, BA_DINH), (BA_DINH, BA_DINH), (SPLIT, BA_DINH))
    log, rows = list(at.desk.log.records), dict(at.desk.journal._table.rows)
    asked = {"units": ended, "successors": {CUA_NAM: BA_DINH}, "on": ON}
    told = (await at.ask(PREVIEWS, **asked)).json()
    assert (told["read"], told["open"], told["next"]) == (3, 3, "")
    assert told["outcomes"] == {"settle_here": 1}
    (change,) = told["changes"]
    assert change["application"] == application(1)
    assert (change["before"]["competent"], change["after"]["competent"]) == (CUA_NAM, BA_DINH)
    assert told["catalogue_version"].endswith("+proposed")
    assert told["gaps"] == []
    assert (at.desk.log.records, at.desk.journal._table.rows) == (log, rows)


def written():
    """The rules as their file has them."""
    return msgspec.json.decode(RULES.read_bytes())


async def test_a_preview_of_rules_tells_their_gaps(office):
    at = await office()
    fewer = written()
    fewer["rules"] = fewer["rules"][:-1]
    told = (await at.ask(PREVIEWS, rules=fewer)).json()
    assert told["gaps"]
    assert {gap["case"]["level"] for gap in told["gaps"]} == {"ministry"}
    fewer["rules"][0]["procedure"] = [f"1.{n:06d}" for n in range(100)]
    refused = (await at.ask(PREVIEWS, rules=fewer)).json()
    assert [(p["field"], p["code"]) for p in refused["problems"]] == [("/rules", "too-many-cases")]


async def test_rules_that_are_wrong_are_refused_each_at_its_field(office):
    at, wrong = await office(), written()
    wrong["rules"] += [wrong["rules"][0], wrong["rules"][1] | {"id": "two words"}]
    wrong["rules"][2]["procedure"] = ["9.999999"]
    answer = await at.ask(PREVIEWS, rules=wrong)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:motcua:problem:invalid-rules")
    found = {p["field"]: p["code"] for p in answer.json()["problems"]}
    assert found == {
        "/rules/rules/22/id": "rule-twice",
        "/rules/rules/23/id": "rule-id",
        "/rules/rules/2/procedure": "rule-procedure",
    }
    assert all(p["remedy_vi"] and p["remedy_en"] for p in answer.json()["problems"])


async def test_rules_that_are_proposed_have_the_version_they_would_have_in_use(office, rules):
    at, same = await office(), written()
    assert (await at.ask(PREVIEWS, rules=same)).json()["rules_version"] == rules.version
    same["rules"][0]["why_en"] = "other words"
    other = (await at.ask(PREVIEWS, rules=same)).json()["rules_version"]
    assert other.startswith(f"{same['version']}+")
    assert other != rules.version


@pytest.mark.parametrize("rows_limit", [2, 3, 4, 5, 100])
async def test_pages_of_any_size_have_each_application_once_as_it_is_now(
    rows_limit, office, decide
):
    at = await office(*[(CUA_NAM, BA_DINH)] * 5, rows_limit=rows_limit)
    accepted = contracts.OfficerAccepted(officer="officer-1")
    started = contracts.OfficerStarted(officer="officer-1")
    for n, data in ((1, accepted), (3, accepted), (3, started)):
        at.desk.bring(data, "intake", 2 + (data is started), application(n))
    await at.desk.decide()
    seen, after = [], ""
    for _ in range(10):
        told = (await at.ask(PREVIEWS, after=after, successors={}, on="2025-06-30")).json()
        seen += [(c["application"], c["stage"]) for c in told["changes"]]
        after = told["next"]
        if not after:
            break
    stages = {1: "accepted", 3: "processing"}
    assert seen == [(application(n), stages.get(n, "submitted")) for n in range(1, 6)]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"successors": {CUA_NAM: "99999"}}, "/successors"),
        ({"successors": {CUA_NAM: "Ba Dinh"}}, "/successors"),
        ({"on": "soon"}, "/on"),
        ({"after": "x"}, "/after"),
        ({"rules": {"version": "1"}}, "/rules"),
        ({"units": [["x"]]}, "/units"),
        ({"unit": []}, "/"),
    ],
)
async def test_a_wrong_proposal_is_refused_at_its_field(body, field, office):
    at = await office()
    answer = await at.ask(PREVIEWS, **body)
    assert answer.status_code == 422
    (problem,) = answer.json()["problems"]
    assert problem["field"].startswith(field)
    assert problem["remedy_vi"]
