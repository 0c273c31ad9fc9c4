"""What was measured is shown also where nothing can be written, and what to do is one sentence."""

from pathlib import Path

import pytest
from rich.table import Table

from shared.errors import Misconfigured
from tests.load import screen

FULL = Path("/dev/full")


def figures() -> Table:
    table = Table("figure")
    table.add_row("a figure")
    return table


def test_a_report_is_written_with_its_pictures(tmp_path: Path) -> None:
    screen.finish(figures(), [], "x.json", {"a": 1}, {"x.svg": "<svg/>"}, tmp_path / "build")
    assert (tmp_path / "build" / "x.json").read_text() == '{\n  "a": 1\n}\n'
    assert (tmp_path / "build" / "x.svg").read_text() == "<svg/>"


@pytest.mark.parametrize("name", ["x.json", "x.svg"])
def test_with_a_full_disk_the_figures_are_shown_and_what_to_do_is_said(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).symlink_to(FULL)
    with pytest.raises(
        Misconfigured, match=r"No space left on device\): free space for .*next run"
    ):
        screen.finish(figures(), [], "x.json", {"a": 1}, {"x.svg": "<svg/>"}, tmp_path)
    assert "a figure" in capsys.readouterr().out


def test_a_disk_that_fills_while_it_is_measured_ends_in_a_sentence(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def measure() -> None:
        FULL.write_text("spilled")

    with pytest.raises(SystemExit) as ended:
        screen.command(measure, [])
    assert ended.value.code == 1
    said = " ".join(capsys.readouterr().out.split())
    assert "ended early (No space left on device): free space for" in said
    assert "TMPDIR" in said
