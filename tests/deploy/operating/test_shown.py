"""What an operator reads of the board and of a round, and how a run of `motcua release` ends."""

import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from rich.console import Console

from deploy.local.fitted import GAP
from deploy.operating import command, shown
from deploy.operating.asking import Api, calling
from services.operations import rounds_api
from services.operations.board import Group
from services.operations.domain.rounds import MOVES
from services.operations.rounds import views
from shared import edge
from shared.errors import Misconfigured

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
GROUP = Group(
    stage="payment",
    cause="held",
    is_stuck=True,
    who="us",
    title_vi="Hệ thống không xử lý được, đang giữ lại",
    title_en="A service could not decide a message, and holds it",
    matters=12,
    oldest_ms=0,
    oldest_s=90_061,
    vnd=600_000,
    applications=11,
    p95_s=61,
)


def drawn(draw: Callable[[Console], None]) -> str:
    console = Console(file=io.StringIO(), record=True, width=160)
    draw(console)
    return " ".join(console.export_text().split())


def test_the_board_says_how_many_and_how_long() -> None:
    found = edge.builtins({"stuck": [GROUP], "waiting": []})

    said = drawn(lambda console: shown.board(console, found))

    assert "payment held" in said
    assert "12 11 1 d 1 h 1 min 1 s 600,000" in said


@pytest.mark.parametrize("width", [20, 60, 80, 120])
def test_neither_numbers_nor_what_is_copied_are_cut_and_words_are_folded(width: int) -> None:
    table = shown.columns("=id", "words", ">đồng")
    table.add_row("1" * 36, "it is told " * 10, "1,234,567,890")
    console = Console(file=io.StringIO(), record=True, width=width)

    shown.print_table(console, table)

    said = console.export_text()
    assert {"1" * 36, "1,234,567,890"} <= {*said.split()}
    assert said.count("told") == 10
    assert max(map(len, said.splitlines())) <= max(width, 36 + 12 + 13 + 2 * GAP)


def test_a_board_without_anything_stuck_says_so() -> None:
    said = drawn(lambda console: shown.board(console, {"stuck": [], "waiting": []}))

    assert said == "Nothing is stuck."


def test_a_preview_says_what_would_be_done_and_what_is_refused() -> None:
    refused = views.ITEMS.items[0]
    items = edge.builtins([refused])
    items[0] |= {"result": "refused", "why_en": "The service holds nothing of it any more."}
    round_ = edge.builtins(views.ONE) | {"refused": 1, "is_whole": False}

    said = drawn(lambda console: shown.preview(console, round_, items, NOW))

    assert "decides again what it holds" in said
    assert "refused: The service holds nothing" in said
    assert "1 are refused" in said
    assert "more than a round takes" in said


@pytest.mark.parametrize(
    ("results", "checks", "is_wanting"),
    [
        ({"sent": 2}, {"gone": 2}, False),
        ({"sent": 1, "gone_before": 1}, {"gone": 1}, False),
        ({"sent": 2}, {"gone": 1, "still_there": 1}, True),
        ({"sent": 2}, {"gone": 1, "came_back": 1}, True),
        ({"sent": 1, "refused": 1}, {"gone": 1}, True),
        ({"sent": 1, "not_sent": 1}, {"gone": 1}, True),
        ({"not_yet": 2}, {}, True),  # another has to agree
    ],
)
def test_it_ends_well_when_the_cause_is_gone_of_all(
    results: dict[str, int], checks: dict[str, int], is_wanting: bool
) -> None:
    found = {"results": results, "checks": checks}

    assert command.is_wanting(found, started=True) is is_wanting


def test_what_another_has_to_agree_to_is_said_before_it_is_asked_for_and_after() -> None:
    round_ = edge.builtins(views.ONE) | {"needs_check": True}
    assert "has to agree" in drawn(lambda console: shown.preview(console, round_, [], NOW))

    waits = round_ | {"status": "waiting_for_check"}
    said = drawn(lambda console: shown.outcome(console, waits, [], NOW))

    assert "is waiting for check: 1 not yet" in said
    assert f"motcua round {views.ID} approve" in said


def test_the_terminal_knows_what_the_api_does_to_a_round() -> None:
    assert set(command.VERBS) == set(rounds_api.VERBS)
    assert set(command.OVER) == {status for status, moves in MOVES.items() if not moves}


def answering(answer: Callable[[httpx.Request], httpx.Response]) -> Api:
    transport = httpx.MockTransport(answer)
    return Api(httpx.Client(transport=transport, base_url="http://operations"))


def test_what_the_api_refuses_is_said_with_what_to_do() -> None:
    problems = [{"field": "/reason", "remedy_en": "Correct it."}]
    api = answering(lambda _: httpx.Response(422, json={"detail": "No.", "problems": problems}))

    with pytest.raises(Misconfigured, match=r"No\. /reason: Correct it\."):
        api.post("/v1/rounds", {})


def test_who_does_not_answer_is_named() -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with pytest.raises(Misconfigured, match="does not answer at http://operations"):
        answering(answer).get("/v1/stuck")


def test_the_operators_key_goes_along(tmp_path: Path) -> None:
    keys = tmp_path / "clients.json"
    with pytest.raises(Misconfigured, match="no key of operator"), calling("http://o", keys):
        pass
    keys.write_text('{"api_keys": {"operator": "op-key"}}')
    with calling("http://o", keys) as api:
        assert api.headers["authorization"] == "Bearer op-key"
    keys.write_text('{"api_keys": {"operator": "op-key", "operator:second": "other"}}')
    with calling("http://o", keys, "operator:second") as api:
        assert api.headers["authorization"] == "Bearer other"


def test_a_cause_about_which_nothing_can_be_done_is_said_to_have_no_action() -> None:
    found: Any = command.only_action("held")

    assert found == "release"
    with pytest.raises(Misconfigured, match="No round is about 'in_post'"):
        command.only_action("in_post")
    with pytest.raises(Misconfigured, match="name it with --action"):
        command.only_action("in_processing")
