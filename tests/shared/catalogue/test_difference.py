from datetime import date

import pytest

from shared.catalogue import Catalogue
from shared.catalogue.difference import Open, diff, procedures, touched, units

DEFAULTS = {
    "application": "019b1e6c-0000-7000-8000-000000000001",
    "procedure": "2.000635",
    "received": date(2026, 11, 20),
    "receiving_unit": "26737",
    "competent_unit": "26737",
    "residence_unit": "26737",
    "channel": "online",
    "due": date(2026, 12, 1),
}


def an_application(**changes) -> Open:
    return Open(**DEFAULTS | changes)


@pytest.fixture
def change(catalogue: Catalogue, edition):
    """Edit, compare with what is shipped, and say whether an application is touched, by what."""

    def changed(file, edit, rows="rows"):
        new = edition.change(file, edit, rows).load()
        changes = diff(catalogue, new)

        def by(**facts) -> list[tuple[str, str]]:
            found = touched(changes, [an_application(**facts)], new)
            return [(c.kind, c.subject) for one in found for c in one.by]

        return changes, by

    return changed


def procedure(rows: list, code: str) -> dict:
    return next(row for row in rows if row["code"] == code)


def test_nothing_differs_from_itself(catalogue: Catalogue) -> None:
    assert diff(catalogue, catalogue) == ()


def test_a_new_fee_is_an_end_and_a_beginning_and_touches_who_comes_after(change) -> None:
    def dearer(rows: list) -> None:
        old = procedure(rows, "2.000635")
        rows.append(old | {"valid_from": "2026-12-01", "result": "another"})
        old["valid_to"] = "2026-12-01"

    changes, by = change("procedures", dearer)
    first = date(2026, 12, 1)
    assert [(c.what, c.since, c.until, c.fields) for c in changes] == [
        ("changed", first, None, ("valid_to",)),
        ("added", first, None, ()),
    ]
    assert procedures(changes) == ["2.000635"]
    assert units(changes) == []
    assert by(received=date(2026, 11, 30)) == []
    assert by(received=first) == [("procedures", "2.000635")] * 2
    assert by(received=first, procedure="1.001193") == []


def test_a_correction_touches_every_day_that_it_speaks_of(change) -> None:
    def correct(rows: list) -> None:
        procedure(rows, "2.000635")["payment_moment"] = "with_result"

    changes, by = change("procedures", correct)
    assert [(c.what, c.fields) for c in changes] == [("changed", ("payment_moment",))]
    assert by() == [("procedures", "2.000635")]


def test_a_unit_touches_whoever_is_still_open_when_it_changes(change) -> None:
    def rename(rows: list) -> None:
        [old] = [r for r in rows if r[0] == "26737"]
        old[6] = "2027-01-01"
        rows.append([*old[:1], "Phường Tên Mới", *old[2:5], "2027-01-01", None])

    changes, by = change("units", rename)
    assert units(changes) == ["26737"]
    assert by() == [("units", "26737")] * 2
    assert by(receiving_unit="01", residence_unit="") == [("units", "26737")] * 2
    assert by(receiving_unit="01", residence_unit="", competent_unit="00004") == []


def test_an_old_unit_touches_who_lives_there_and_names_what_it_leads_to(change) -> None:
    def correct(rows: list) -> None:
        [old] = [r for r in rows if r[0] == "00001"]
        old[1] = ["00097", "00004"]

    changes, by = change("legacy_map", correct)
    assert units(changes) == ["00001", "00004", "00097"]
    assert by(residence_unit="00001") == [("legacy_map", "00001")]
    assert by() == []


def test_a_day_off_touches_who_is_due_after_it(change) -> None:
    new = ["2026-11-27", "off", "announced", "high", "2026-11-22", None]
    _, by = change("calendar", lambda rows: rows.append(new))
    touched_by = [("calendar", "2026-11-27")]
    assert by(due=date(2026, 11, 27)) == by(due=None) == touched_by
    assert by(due=date(2026, 11, 26)) == by(received=date(2026, 11, 28)) == []


def test_a_waiver_touches_its_province_and_channel_from_its_day(change) -> None:
    new = {"province": "79", "channel": "online", "source": "", "valid_to": None}
    _, by = change(
        "policies", lambda rows: rows.append(new | {"valid_from": "2026-11-01"}), "fee_waivers"
    )
    assert by() == [("fee_waivers", "79 online")]
    assert by(channel="direct") == by(receiving_unit="00004") == []
    assert by(received=date(2026, 10, 31)) == []


def test_a_policy_touches_all_and_an_identifier_nobody(change) -> None:
    changes, by = change("org_codes", lambda rows: rows[0].__setitem__(1, "H99"))
    assert [c.kind for c in changes] == ["org_codes"]
    assert by() == []
    _, by = change("policies", lambda rows: rows[0].update(intake_sla_hours=4), "policies")
    assert by() == [("policies", "policy")]
