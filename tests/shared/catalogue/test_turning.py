"""Another edition leaves as it is what open applications stand on."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, get_args

import msgspec
import pytest

from shared.catalogue import Catalogue, load
from shared.catalogue.difference import Kind, diff
from shared.catalogue.turning import obstacles

TODAY = date(2026, 11, 22)
TOMORROW = TODAY + timedelta(1)
FIELDS = {"legacy_map": "successors", "calendar": "calendar_days"}
FILES = {"fee_waivers": "policies", "fee_exemptions": "fees", "fee_resolutions": "fees"}
KINDS = [kind for kind in get_args(Kind) if kind != "calendar"]


def first(catalogue: Catalogue, kind: str) -> Any:
    """Return a row that is in force and has no end."""
    rows = getattr(catalogue, FIELDS.get(kind, kind))
    return next(iter(rows.values()))[0] if isinstance(rows, dict) else rows[0]


def instead(catalogue: Catalogue, kind: str, *rows: Any) -> Catalogue:
    """Put rows in the place of the first one."""
    field = FIELDS.get(kind, kind)
    table = getattr(catalogue, field)
    if not isinstance(table, dict):
        return replace(catalogue, **{field: (*rows, *table[1:])})
    code = next(iter(table))
    return replace(catalogue, **{field: table | {code: (*rows, *table[code][1:])}})


def against(catalogue: Catalogue, kind: str, *rows: Any, today: date = TODAY) -> str:
    """Return all that is said against putting rows in the place of the first one."""
    return "; ".join(obstacles(catalogue, instead(catalogue, kind, *rows), today))


def step(row: Any, **changes: Any) -> dict[str, Any]:
    return {"steps": (msgspec.structs.replace(row.steps[0], **changes), *row.steps[1:])}


def test_nothing_is_said_against_the_edition_in_use(catalogue: Catalogue) -> None:
    assert obstacles(catalogue, load(), TODAY) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_that_has_begun_is_not_taken_away(catalogue: Catalogue, kind: str) -> None:
    row, file = first(catalogue, kind), FILES.get(kind, kind)
    said = against(catalogue, kind)
    assert said.startswith(f"{file}.json: ")
    assert said.endswith(
        f" from {row.valid_from} is gone: put its row back, and end it by its valid_to"
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("days", [-1, 1, 1_000])
def test_a_row_that_has_begun_does_not_begin_another_day(
    catalogue: Catalogue, kind: str, days: int
) -> None:
    row = first(catalogue, kind)
    moved = msgspec.structs.replace(row, valid_from=row.valid_from + timedelta(days))
    assert f"from {row.valid_from} is gone" in against(catalogue, kind, moved)


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("units", {"number": 9_001}),
        ("units", {"province": "04"}),
        ("org_codes", {"identifier": "H99"}),
        ("legacy_map", {"units": ("00004",)}),
        ("procedures", {"payment_moment": "with_result"}),
        ("procedures", {"required_documents": ()}),
        ("policies", {"intake_sla_hours": 4}),
        ("policies", {"same_day_cutoff": None}),
        ("interlinked", {"rules": ()}),
    ],
)
def test_what_a_row_decides_is_not_rewritten(
    catalogue: Catalogue, kind: str, change: dict[str, Any]
) -> None:
    row = first(catalogue, kind)
    said = against(catalogue, kind, msgspec.structs.replace(row, **change))
    assert f" from {row.valid_from} has another {next(iter(change))}: put the row back" in said
    assert "end it by its valid_to, and begin a new row that day" in said


def test_a_statutory_time_and_a_fee_are_not_rewritten(catalogue: Catalogue) -> None:
    row = first(catalogue, "procedures")
    time = msgspec.structs.replace(row.processing_time, value=9)
    late = msgspec.structs.replace(row.fee.late, illustrative_vnd=1)
    fee = msgspec.structs.replace(row.fee, late=late)
    other = msgspec.structs.replace(row, processing_time=time, fee=fee)
    assert against(catalogue, "procedures", other).startswith(
        "procedures.json: 1.001193 from 2025-07-01 has another processing_time, fee: "
    )


@pytest.mark.parametrize(
    "change", [{"code": "look"}, {"role": "clerk"}, {"minutes": 1}, {"hours": 100}]
)
def test_steps_that_dossiers_are_in_the_middle_of_are_not_rewritten(
    catalogue: Catalogue, change: dict[str, Any]
) -> None:
    row = first(catalogue, "workflows")
    other = msgspec.structs.replace(row, **step(row, **change))
    assert f"from {row.valid_from} has another steps" in against(catalogue, "workflows", other)


def test_what_things_are_called_and_how_sure_we_are_may_be_corrected(catalogue: Catalogue) -> None:
    procedure, workflow = first(catalogue, "procedures"), first(catalogue, "workflows")
    time = msgspec.structs.replace(procedure.processing_time, confidence="low", illustrative=True)
    fee = msgspec.structs.replace(procedure.fee, confidence="high", name_vi="Lệ phí")
    corrected: dict[str, dict[str, Any]] = {
        "units": {"name": "Thủ đô Hà Nội"},
        "org_codes": {"confidence": "high"},
        "procedures": {"name_en": "Birth", "result": "x", "processing_time": time, "fee": fee},
        "fee_waivers": {"source": "another"},
        "workflows": step(workflow, name_vi="Tiếp nhận hồ sơ", name_en="Take it in"),
        "interlinked": {"confidence": "high"},
    }
    edition = catalogue
    for kind, change in corrected.items():
        row = msgspec.structs.replace(first(catalogue, kind), **change)
        edition = instead(edition, kind, row)
    assert len(diff(catalogue, edition)) == len(corrected)
    assert obstacles(catalogue, edition, TODAY) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_may_end_from_tomorrow_on_and_another_begin(catalogue: Catalogue, kind: str) -> None:
    row = first(catalogue, kind)
    ended = msgspec.structs.replace(row, valid_to=TOMORROW)
    following = msgspec.structs.replace(row, valid_from=TOMORROW)
    assert against(catalogue, kind, ended, following) == ""


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("days", [0, 100])
def test_a_row_does_not_end_on_a_day_for_which_it_has_decided(
    catalogue: Catalogue, kind: str, days: int
) -> None:
    end = TODAY - timedelta(days)
    said = against(catalogue, kind, msgspec.structs.replace(first(catalogue, kind), valid_to=end))
    assert f"ends on {end} and was applied until today: end it on {TOMORROW} or later" in said


def test_an_end_that_is_past_stays(catalogue: Catalogue) -> None:
    row = first(catalogue, "policies")
    in_use = instead(catalogue, "policies", msgspec.structs.replace(row, valid_to=TODAY))
    for end in (None, TODAY - timedelta(1), TODAY + timedelta(9)):
        other = msgspec.structs.replace(row, valid_to=end)
        assert against(in_use, "policies", other) == (
            f"policies.json: policy from 2025-07-01 ended on {TODAY}: put that end back, and"
            " begin a new row"
        )
    in_use = instead(catalogue, "policies", msgspec.structs.replace(row, valid_to=TOMORROW))
    assert against(in_use, "policies", row) == ""


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_that_has_not_begun_may_be_another_or_withdrawn(
    catalogue: Catalogue, kind: str
) -> None:
    row = first(catalogue, kind)
    eve = row.valid_from - timedelta(1)
    later = msgspec.structs.replace(row, valid_from=row.valid_from + timedelta(9))
    assert against(catalogue, kind, today=eve) == against(catalogue, kind, later, today=eve) == ""


def test_days_off_are_announced_late_and_withdrawn(catalogue: Catalogue) -> None:
    days = catalogue.calendar_days
    moved = msgspec.structs.replace(days[-1], day=date(2027, 11, 25), valid_from=TODAY)
    assert obstacles(catalogue, replace(catalogue, calendar_days=days[:-1]), TODAY) == []
    edition = replace(catalogue, calendar_days=(*days[:-1], moved))
    assert obstacles(catalogue, edition, TODAY) == []


def test_a_calendar_only_widens(catalogue: Catalogue) -> None:
    day = timedelta(1)
    begins, ends = catalogue.first_day, catalogue.last_day
    wider = replace(catalogue, first_day=begins - day, last_day=ends + day)
    assert obstacles(catalogue, wider, TODAY) == []
    assert obstacles(wider, catalogue, TODAY) == [
        f"calendar.json: first_day {begins} is later than it was: put {begins - day} back",
        f"calendar.json: last_day {ends} is earlier than it was: put {ends + day} back",
    ]


def test_an_older_edition_lacks_what_the_newer_one_has_decided_by(catalogue, edition) -> None:
    """The way there may be taken, the way back not."""
    new = ["99001", "Xã Mới", "commune", "01", 900, "2026-11-01", None]
    newer = edition.change("units", lambda rows: rows.append(new)).load()
    assert obstacles(catalogue, newer, TODAY) == []
    assert obstacles(newer, catalogue, TODAY) == [
        "units.json: 99001 from 2026-11-01 is gone: put its row back, and end it by its valid_to"
    ]
