"""All that is shown fits 100 columns, also when there is much of it."""

import io
from typing import Any

import pytest
from rich.console import Console, RenderableType

from deploy.audit.invariants import INVARIANTS, Finding
from deploy.local.demo import screen, tables
from deploy.local.demo.board import Board, Stuck
from deploy.local.demo.devices import Arrived, Device
from deploy.local.demo.figures import Latency, Money, Notices
from deploy.local.demo.paths import PATHS, Path
from deploy.local.demo.show import own
from deploy.local.demo.status import Status
from deploy.local.demo.verdict import Verdict
from deploy.local.demo.wrongs import Answer
from deploy.local.fitted import print_whole
from deploy.local.settings import Settings
from services.operations.domain.status import STATES
from shared.errors import Misconfigured

WIDTH = 100
SENT = {"http": 150, "kafka": 150}
DROPPED = {"supplement_requested/app@representative": "application.supplement_requested"}
MONEY = Money(
    orders=999_999, settlements=999_999, settled_vnd=99_999_999_999,
    receipts={"fee": 33_333_333_333, "charge": 33_333_333_333, "tax": 33_333_333_333},
    failed=99_999, expired=99_999, overpaid=99_999, overpaid_vnd=9_999_999_999, mismatched=9_999,
    mismatched_vnd=999_999_999, early=9_999, queries={"paid": 9_999}, found_by_query=9_999,
    moved=999_999, moved_vnd=99_999_999_999, matched=999_999, partners=99,
)  # fmt: skip


def text(shown: RenderableType, width: int = WIDTH) -> str:
    console = Console(width=width, file=io.StringIO(), record=True)
    console.print(shown)
    return console.export_text()


def full_board() -> Board:
    board = Board()
    board.reached.update(registered=297, routed=305, accepted=290, settled=280, returned=270)
    board.reached.update(interlinked=3, children=8)
    board.types.update(
        {"payment.failed": 16, "payment.overpaid": 18, "payment.mismatched": 1,
         "application.supplement_requested": 190, "application.posted": 19,
         "routing.choice_needed": 14}
    )  # fmt: skip
    return board


WHOLE = {
    "screen": screen.draw(full_board(), SENT, 300, 3_599),
    "states": tables.states(
        {"states": [{"code": s.code, "name_vi": s.name_vi, "name_en": s.name_en, "count": 99_999}
                    for s in STATES.values()]}, 99_999, 99_999, 9_999, 29_997
    ),
    "paths": tables.paths([Path(name, 9_999, "H29.26737-20261120-0000001") for name, _ in PATHS]),
    "money": tables.money(MONEY, dict.fromkeys(("00", "01", "02", "04"), 99999)),
    "notices": tables.notices(
        [Notices("supplement_requested", dict.fromkeys(("delivered", "dropped", "failed"), 9_999))],
        dict.fromkeys(("sms", "email", "app", "zalo"), 99_999),
    ),
    "arrived": tables.arrived(Arrived(999, 999, DROPPED, ()), 99),
    "latencies": tables.latencies(
        [Latency("payment requested → callback", "citizen", 99_999, 0.999, 999.9)]
    ),
    "door": tables.door([Answer("the same id, other content", "registered 999 times", False)]),
    "invariants": tables.invariants(
        [Finding(n, sentence, 999_999, ()) for n, (sentence, _) in enumerate(INVARIANTS, 1)]
    ),
    "stuck": tables.stuck([Stuck("0" * 36, "payment", "order DVC1795327944115 is open")] * 20),
    "verdict": tables.verdict(Verdict(("invariant 2 does not hold",)), 179.0, 4 << 30, "logs"),
}  # fmt: skip


@pytest.mark.parametrize("name", WHOLE)
def test_it_fits_and_loses_nothing(name: str) -> None:
    shown = text(WHOLE[name])
    assert max(len(line.rstrip()) for line in shown.splitlines()) <= WIDTH
    assert "…" not in shown.replace("… and", "")


@pytest.mark.parametrize("width", [60, 80, 100, 120])
def test_on_a_narrow_terminal_the_bars_shrink_and_every_number_is_whole(width: int) -> None:
    board = full_board()
    shown = text(WHOLE["screen"], width)
    lines = shown.splitlines()
    assert max(len(line.rstrip()) for line in lines) <= width
    assert "…" not in shown
    for bar in screen.bars(board, SENT, 300):
        row = next(line for line in lines if line.strip().startswith(bar.name))
        assert f"{bar.done}/{bar.total}" in row.split()
        assert set(bar.beside.split()) <= set(shown.split())
        assert width < 80 or bar.beside in row


@pytest.mark.parametrize("width", [60, 80])
def test_neither_notices_nor_money_go_on_in_a_second_line(width: int) -> None:
    board = full_board()
    board.settled_vnd = 99_999_999_999
    lines = text(screen.draw(board, SENT, 300, 0), width).splitlines()
    [notices] = [line for line in lines if line.strip().startswith("notices")]
    [received] = [line for line in lines if line.strip().startswith("received")]
    assert notices.rstrip().endswith("receipted")
    assert received.rstrip().endswith("99,999,999,999 đồng")


def test_the_paths_fit_eighty_columns_and_one_that_nobody_took_is_marked() -> None:
    found = [Path(name, n, "H29.26737-20261120-0000001") for n, (name, _) in enumerate(PATHS)]
    lines = text(tables.paths(found), 80).rstrip().splitlines()
    assert len(lines) == len(PATHS) + 3  # a blank, the title, the head: no line was folded
    assert "–" in lines[3]


def test_a_violation_is_shown_with_its_first_cases_and_the_rest_is_counted() -> None:
    wrong = tuple(f"order R{n} settled 2 times" for n in range(9))
    shown = text(tables.invariants([Finding(2, "Settled at most once", 9, wrong)]))

    assert "✗" in shown
    assert "order R2 settled" in shown
    assert "order R3 settled" not in shown
    assert "and 6 more" in shown


def test_that_nothing_came_twice_is_said_of_how_much_and_else_what_did() -> None:
    good = text(tables.arrived(Arrived(18, 19, {}, ()), 3))
    less = text(tables.arrived(Arrived(18, 19, {"accepted/email": "application.suspended"}, ()), 3))
    bad = text(tables.arrived(Arrived(2, 2, {}, ("notice registered/sms came 2 times",)), 1))
    said = "✓ 18 messages at 3 devices, of 19 notices: none came twice, none is missing"
    assert good.strip() == said
    assert less.split("\n")[2].strip().endswith("no longer so: application.suspended")
    assert bad.strip() == "✗ notice registered/sms came 2 times"


def test_a_status_is_told_where_there_is_one() -> None:
    assert [what for what, _ in tables.pages("folder", [Device("sms", ())], None)] == ["as pages"]


@pytest.mark.parametrize("width", [40, 80, 100])
def test_a_link_is_one_line_however_narrow_the_terminal(width: int) -> None:
    link = f"http://127.0.0.1:65535/status#{'t' * 43}"
    devices = [Device(way, ()) for way in ("sms", "email", "app", "app@representative")]
    rows = tables.pages(".local/demo/notices", devices, Status(link, "7D2K-0MXQ-94ZA", b""))
    console = Console(width=width, file=io.StringIO(), record=True, force_terminal=True)
    print_whole(console, rows, margin=2)
    shown = console.export_text()
    assert f"  status     .local/demo/notices/status.html\n             {link}\n" in shown
    assert len(shown.splitlines()) == len(rows)


def test_the_last_line_is_the_verdict() -> None:
    good = text(tables.verdict(Verdict(()), 61.0, 1 << 30, "logs")).strip().splitlines()
    bad = text(tables.verdict(Verdict(("x is lost",)), 61.0, 0, "/logs")).strip().splitlines()

    assert good[-1].strip().startswith("✓ Everything holds · 61 s")
    assert bad[-1].strip().startswith("✗ Not everything holds")
    assert any("/logs may say why" in line for line in bad)


def test_stages_after_the_door_are_full_without_those_that_went_another_way(log: Any) -> None:
    board = Board()
    board.hear(log.decided("application.registered"))
    board.hear(log.decided("application.closed", national_code=7))
    stages = {bar.name: (bar.done, bar.total) for bar in screen.bars(board, SENT, 300)}
    assert stages["returned"] == (0, 299)
    assert stages["submitted"] == (300, 300)


def test_from_routing_on_children_count_and_what_they_are_parts_of_does_not() -> None:
    board = Board()
    board.reached.update(registered=297, interlinked=3, children=8)
    stages = {bar.name: (bar.done, bar.total) for bar in screen.bars(board, SENT, 300)}
    assert stages["registered"] == (300, 300)
    assert stages["routed"] == (0, 305)
    shown = text(tables.states({"states": []}, 0, 297, 3, 8), 80)
    assert "300 registered − 3 interlinked + 8 children of these = 305 dossiers" in shown


def test_elsewhere_than_on_a_terminal_a_line_says_the_same() -> None:
    line = screen.plain(full_board(), SENT, 300, 65)
    assert line.startswith("1:05  submitted 300/300 · registered 300/300")
    assert "\n" not in line


def test_it_has_a_folder_of_its_own_and_never_uses_somebodys_servers(tmp_path: Any) -> None:
    settings = Settings(home=tmp_path, kafka_url="", mongo_url="")
    assert own(settings).home == tmp_path / "demo"
    with pytest.raises(Misconfigured, match="unset them"):
        own(settings.model_copy(update={"kafka_url": "somewhere:9092"}))
