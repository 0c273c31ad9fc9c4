"""What an operator is told about a disk depends on what it said."""

from pathlib import Path

import pytest

from deploy.local.disk import remedy


def refused(path: Path) -> OSError:
    with pytest.raises(OSError) as caught:  # noqa: PT011 - which one it is, is what is asked
        path.write_text("x")
    return caught.value


def test_a_full_disk_needs_space() -> None:
    assert remedy(refused(Path("/dev/full")), "a report") == "free space for a report"


def test_what_cannot_be_written_otherwise_has_to_be_looked_at(tmp_path: Path) -> None:
    assert remedy(refused(tmp_path), tmp_path) == f"see that {tmp_path} can be written"
