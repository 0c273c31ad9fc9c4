import json
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from shutil import copytree
from typing import get_args
from weakref import WeakSet

import bson
import msgspec
import pytest
from typer.testing import CliRunner

from deploy.local import open_applications, preview
from deploy.local.catalogue import BYTES_LIMIT, MIB, app, measured
from deploy.local.finding import UNITS
from services.routing.domain.dossier import Dossier
from services.routing.domain.rules import load_rules
from services.routing.domain.states import Stage
from shared.catalogue import load
from shared.catalogue.difference import Open
from shared.catalogue.reading import DATA
from shared.catalogue.rows import TimeUnit
from shared.errors import Misconfigured

FACTS = Open(
    application="019b1e6c-0000-7000-8000-000000000001",
    procedure="2.000635",
    received=date(2026, 11, 20),
    receiving_unit="26737",
    residence_unit="26737",
)


def run(*words: object) -> str:
    result = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """An edition in which a ward has another name from 2027 on."""
    folder = Path(copytree(DATA, tmp_path / "other"))
    content = json.loads((folder / "units.json").read_text())
    [ward] = [row for row in content["rows"] if row[0] == "26737"]
    content["rows"].append([ward[0], "Phường Tên Mới", *ward[2:5], "2027-01-01", None])
    ward[6] = "2027-01-01"
    (folder / "units.json").write_text(json.dumps(content))
    return folder


def test_what_is_shipped_passes_the_check() -> None:
    said = run("check", DATA)
    assert "legacy map 10,040" in said
    assert "units 3,380" in said
    assert "workflows 25" in said


def test_two_editions_are_compared_and_the_open_applications_looked_through(
    other: Path, tmp_path: Path
) -> None:
    facts = tmp_path / "open.jsonl"
    elsewhere = msgspec.structs.replace(FACTS, receiving_unit="00004", residence_unit="")
    facts.write_bytes(b"\n".join(map(msgspec.json.encode, (FACTS, elsewhere))))
    said = run("diff", DATA, other, "--open", facts)
    assert "2 rows differ" in said
    assert "units 1 0 1" in said
    assert "changed units 26737 from 2027-01-01 valid_to open → 2027-01-01" in said
    assert "Units touched, 1: 26737" in said
    assert "Open applications touched: 1 of 2" in said
    assert f"{FACTS.application} units 26737" in said


def test_an_edition_that_a_service_would_refuse_is_told_so(other: Path) -> None:
    assert "refuse" not in run("diff", DATA, other, "--on", "2026-12-31")
    assert (
        "A running service would refuse it: units.json: 26737 from 2025-07-01 ends on 2027-01-01"
        " and was applied until today: end it on 2027-01-02 or later"
    ) in run("diff", DATA, other, "--on", "2027-01-01")
    assert "26737 from 2027-01-01 is gone" in run("diff", other, DATA, "--on", "2027-01-01")


def test_a_long_list_is_cut_and_says_so(other: Path) -> None:
    assert "… and 1 more" in run("diff", DATA, other, "--rows", 1)


def test_facts_that_cannot_be_read_are_named_by_their_line(tmp_path: Path) -> None:
    path = tmp_path / "open.jsonl"
    path.write_bytes(msgspec.json.encode(FACTS) + b'\n{"application": 1}\n')
    with pytest.raises(Misconfigured, match=r"open.jsonl, line 2: .*application"):
        list(open_applications.read(path))
    with pytest.raises(Misconfigured, match=r"none\.jsonl cannot be read"):
        list(open_applications.read(tmp_path / "none.jsonl"))


def test_a_unit_is_found_by_name_and_an_old_code_by_what_it_became() -> None:
    assert "26506 Phường Vũng Tàu Thành phố Hồ Chí Minh" in run("find", "vung tau")
    assert "As an old code, it was split among, the default first: 00008" in run(
        "find", "00007", "--on", "2026-11-20"
    )
    with pytest.raises(Misconfigured, match="No name begins with 'Không Đâu Cả'"):
        run("find", "Không Đâu Cả")


def test_a_code_that_no_unit_has_is_no_name() -> None:
    said = "No unit has the code 99999 on 2026-11-20, and as an old code it leads to none: try a"
    with pytest.raises(Misconfigured, match=said):
        run("find", "99999", "--on", "2026-11-20")


def test_before_the_map_begins_a_code_is_told_what_it_has_for_it() -> None:
    assert run("find", "26737", "--on", "2025-01-01") == (
        "No unit has the code 26737 on 2025-01-01. As an old code, from 2025-07-01 on, it was split"
        " among, the default first: 26740 Phường Sài Gòn, 26737 Phường Tân Định"
    )


def test_a_province_is_told_once() -> None:
    assert run("find", "79", "--on", "2026-11-20") == "79 Thành phố Hồ Chí Minh"


@pytest.mark.parametrize("name", ["none", "file"])
def test_what_is_no_folder_of_reference_data_is_said(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Misconfigured, match=f"{name} is no folder of reference data: name one"):
        run("check", tmp_path / name)


def test_where_no_unit_has_the_name_those_are_told_that_begin_so() -> None:
    said = run("find", "vung t", "--province", "79", "--on", "2026-11-20")
    assert "26506 Phường Vũng Tàu" in said
    assert "more: --rows" in run("find", "ta", "--rows", 1, "--on", "2026-11-20")
    marked = run("find", "Vũng T", "--on", "2026-11-20")
    assert "Vũng Tàu" in marked
    with pytest.raises(Misconfigured, match="No name in province 01 begins with 'Vũng T'"):
        run("find", "Vũng T", "--province", "01", "--on", "2026-11-20")


@pytest.mark.parametrize("province", ["99", "26737", "x"])
def test_what_is_no_province_is_refused(province: str) -> None:
    with pytest.raises(Misconfigured, match=f"--province {province} is no province's code"):
        run("find", "tân", "--province", province)


def test_every_time_limit_is_told_in_words() -> None:
    shown = [run("find", code, "--on", "2026-11-23") for code in ("1.001193", "1.004873")]
    assert not any("_" in said.partition("Steps")[0] for said in shown)
    assert "on the same day" in shown[0]
    assert set(UNITS) == set(get_args(TimeUnit))


def test_a_procedure_is_found_with_the_steps_of_a_province() -> None:
    said = run("find", "1.004873", "--province", "79", "--on", "2026-11-23")
    assert (
        "Cấp Giấy xác nhận tình trạng hôn nhân 3 working days Steps: 1.004873@79/2025-07-01" in said
    )
    assert "2 look_up Tra cứu sổ, cơ sở dữ liệu hộ tịch specialist 6 hours" in said
    assert "Steps: made from the policy" in run("find", "1.013225", "--on", "2026-11-23")


AT_SAI_GON = {
    "receiving_unit": "26740",
    "competent_unit": "26740",
    "returning_unit": "26740",
    "facts": {"residence_unit": "26740"},
}


def a_dossier(**changes) -> Dossier:
    whole = Dossier(
        stage=Stage.PROCESSING,
        procedure="2.000635",
        receiving_unit="26737",
        competent_unit="26737",
        returning_unit="26737",
        facts={"residence_unit": "26737"},
        received_at=datetime(2026, 11, 19, 18, tzinfo=UTC),
        accepted_at=datetime(2026, 11, 20, 2, tzinfo=UTC),
        due_current=datetime(2026, 11, 23, 10, tzinfo=UTC),
    )
    return msgspec.structs.replace(whole, **changes)


class Told(preview.Change, frozen=True, kw_only=True, weakref=True):
    """A change of which a test sees whether it is still held."""


class Journal:
    """One version of each application, as the archive's book gives them."""

    def __init__(self, *states: Dossier | None) -> None:
        self.versions = {f"{n:08d}": state for n, state in enumerate(states)}

    def candidates(self, until: str) -> Iterator[tuple[str, list[int]]]:
        yield from ((application, [1]) for application in self.versions if application < until)

    def rows(self, applications: Sequence[str]) -> dict[str, list[bytes]]:
        return {a: [bson.encode(self.row(a))] for a in applications}

    def row(self, application: str) -> dict:
        state = msgspec.json.encode(self.versions[application]).decode()
        identity = {"_id": f"{application}/000001", "application": application, "version": 1}
        return identity | {"state": state}


def test_open_dossiers_are_told_by_the_journal_and_others_not() -> None:
    journal = Journal(
        a_dossier(), a_dossier(stage=Stage.RETURNED), a_dossier(received_at=None), None
    )
    [found] = open_applications.of_journal(journal)
    assert found == msgspec.structs.replace(
        FACTS,
        application="00000000",
        competent_unit="26737",
        due=date(2026, 11, 23),
        accepted=date(2026, 11, 20),
    )


@pytest.fixture
def merged(tmp_path: Path) -> Path:
    """An edition in which one ward is part of another from 2027 on."""
    folder = Path(copytree(DATA, tmp_path / "merged"))
    units = json.loads((folder / "units.json").read_text())
    heirs = json.loads((folder / "legacy_map.json").read_text())
    [ward] = [row for row in units["rows"] if row[0] == "26737"]
    [older] = [row for row in heirs["rows"] if row[0] == "26737"]
    ward[6] = older[3] = "2027-01-01"
    heirs["rows"].append(["26737", ["26740"], "2027-01-01", None])
    (folder / "units.json").write_text(json.dumps(units))
    (folder / "legacy_map.json").write_text(json.dumps(heirs))
    return folder


def test_what_an_edition_would_move_is_told_from_where_to_where_and_why(merged: Path) -> None:
    journal = Journal(a_dossier(), a_dossier(stage=Stage.RETURNED), a_dossier(**AT_SAI_GON))
    then = preview.Proposal(load(merged), load_rules(), date(2027, 1, 1))
    [change] = preview.changes(journal, then)
    assert change.application == "00000000"
    assert (change.before.competent, change.after.competent) == ("26737", "26740")
    assert change.command == "transfer"
    assert list(preview.changes(journal, then._replace(on=date(2026, 12, 31)))) == []


def test_a_preview_shows_its_changes_and_writes_all_of_them(
    merged: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    then = preview.Proposal(load(merged), load_rules(), date(2027, 1, 4))
    found = list(preview.changes(Journal(a_dossier(), a_dossier()), then))
    file = tmp_path / "deep" / "changes.jsonl"
    preview.tell(found, then, 1, file)
    said = " ".join(capsys.readouterr().out.split())
    assert "Open dossiers that would be decided otherwise: 2." in said
    assert "transfer 2" in said
    assert "00000000 26737 → 26740" in said
    assert "and 1 more: --rows, --to" in said
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    assert [row["application"] for row in rows] == ["00000000", "00000001"]
    preview.tell([], then, 1, None)
    assert "No open dossier would move." in capsys.readouterr().out


def test_a_preview_keeps_no_more_than_it_shows(merged: Path, tmp_path: Path) -> None:
    """However many dossiers are open: each change is written as it comes, and let go of."""
    then = preview.Proposal(load(merged), load_rules(), date(2027, 1, 4))
    [change] = preview.changes(Journal(a_dossier()), then)
    file, alive, most = tmp_path / "changes.jsonl", WeakSet[Told](), 0

    def coming() -> Iterator[Told]:
        nonlocal most
        for n in range(50):
            told = Told(**msgspec.structs.asdict(change) | {"application": f"{n:08d}"})
            alive.add(told)
            yield told
            del told
            most = max(most, len(alive))

    preview.tell(coming(), then, 3, file)
    assert most <= 3 + 1
    assert len(file.read_text().splitlines()) == 50


def test_a_journal_is_read_to_its_end() -> None:
    count = 2 * open_applications.AT_ONCE + 1
    found = list(open_applications.of_journal(Journal(*[a_dossier()] * count)))
    assert len({one.application for one in found}) == count


def test_a_start_takes_less_than_half_the_memory_that_it_may() -> None:
    """The time it takes is for `motcua catalogue bench` to tell: here it would be the machine's."""
    cost = measured()
    assert cost.version == load().version
    assert MIB < cost.bytes < BYTES_LIMIT / 2
