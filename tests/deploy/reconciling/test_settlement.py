"""What settled and went back in a period: once each, by unit and partner, and nothing lost."""

import json
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from typer.testing import CliRunner

from deploy.local.cli import app
from deploy.reconciling import generate
from deploy.reconciling.settlement import DayOfMoney, Sum
from deploy.reconciling.settlement_command import as_line, show, total
from services.payment.domain.state import Payment
from shared import events

BEGIN = datetime(2026, 11, 19, 17, tzinfo=UTC)
END = BEGIN + timedelta(days=1)
LINES = list(generate.lines(6, BEGIN, Random(3)))
DECIDED = [v for a, line in LINES for v in generate.decided(a, line, "vnpay")]
WHOLE_VND = sum(line.amount_vnd for _, line in LINES)


async def units(applications) -> dict[str, str]:
    return dict.fromkeys(applications, "26737")


async def nothing_known(_) -> dict[str, Payment]:
    return {}


async def sums(values, partner: str = "", since=BEGIN, until=END, payments=nothing_known):
    day, found = DayOfMoney(since, until, partner), {}
    for value in values:
        day.hear(value)
    await day.add_to(found, units, payments)
    return found


def changed(value: bytes, type_: str = "", **fields) -> bytes:
    event = events.decode(value)
    data = msgspec.json.decode(event.data) | fields
    return events.encode(
        msgspec.structs.replace(
            event, type=type_ or event.type, data=msgspec.Raw(events.encode(data))
        )
    )


async def test_what_settled_is_summed_for_its_unit_by_kind() -> None:
    found = await sums(DECIDED)
    assert found == {
        ("26737", "vnpay"): Sum(settled=6, settled_vnd=WHOLE_VND, charge_vnd=WHOLE_VND)
    }
    assert found["26737", "vnpay"].without_receipt_vnd == 0


async def test_what_stands_on_the_log_twice_counts_once() -> None:
    assert await sums([*DECIDED, *DECIDED[::-1], *DECIDED]) == await sums(DECIDED)


async def test_a_receipt_says_itself_whom_it_is_for() -> None:
    [key] = await sums([DECIDED[0], changed(DECIDED[1], unit="00004")])
    assert key == ("00004", "vnpay")


async def test_what_settled_nothing_stands_apart() -> None:
    over = changed(DECIDED[0], "payment.overpaid")
    assert await sums([over]) == {("26737", "vnpay"): Sum(overpaid_vnd=LINES[0][1].amount_vnd)}


async def test_another_partners_money_is_left_out_when_one_is_asked_for() -> None:
    other = changed(DECIDED[0], partner="a-bank")
    found = await sums([other, *DECIDED[2:4]], "vnpay")
    assert list(found) == [("26737", "vnpay")]
    assert set(await sums([other, *DECIDED[2:4]])) == {("26737", "a-bank"), ("26737", "vnpay")}


async def test_what_is_settled_without_a_receipt_is_said(catalogue) -> None:
    found = await sums(DECIDED[:1])
    out = StringIO()
    show(Console(file=out, width=200), found, catalogue)
    assert "settled without a receipt" in out.getvalue()
    out = StringIO()
    show(Console(file=out, width=200), await sums(DECIDED), catalogue)
    assert "without" not in out.getvalue()
    assert f"{WHOLE_VND:,}" in out.getvalue()


@given(st.integers(0, 86_400))
async def test_a_period_cut_anywhere_comes_to_the_whole(cut: int) -> None:
    at = BEGIN + timedelta(seconds=cut)
    first, second = await sums(DECIDED, until=at), await sums(DECIDED, since=at)
    whole = total(
        {(*key, n): each for n, f in enumerate((first, second)) for key, each in f.items()}
    )
    assert whole == total(await sums(DECIDED, until=END + timedelta(minutes=1)))


async def test_it_is_said_as_json() -> None:
    told = json.loads(as_line(await sums(DECIDED), [date(2026, 11, 20)]))
    assert told["total"]["settled_vnd"] == WHOLE_VND
    assert told["sums"][0]["unit"] == "26737"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--from", "2026-11-20"), "--to"),
        (("--from", "2026-11-20", "--to", "2026-11-19"), "comes before"),
        (("--from", "20.11.2026", "--to", "2026-11-19"), "--from"),
    ],
)
def test_a_period_that_cannot_be_is_said(arguments, said) -> None:
    found = CliRunner().invoke(app, ["settlement", *arguments], env={"COLUMNS": "200"})
    assert found.exit_code != 0
    assert said in f"{found.output} {found.exception}"
