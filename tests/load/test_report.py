"""A report has every key, tells loss from success, and its table fits a terminal of 80 columns."""

from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from deploy.audit.invariants import Finding
from deploy.log.lag import Sample
from tests.load.generator import Offered
from tests.load.journeys import Outcome
from tests.load.measure import Measured
from tests.load.meter import Used
from tests.load.plot import svg
from tests.load.report import Found, curves, ratio, report, too_much
from tests.load.table import drawn

COUNT = 1_000
KEYS = {
    "rate", "offered_per_s", "completed_per_s", "submitted", "completed", "lost", "latency_ms",
    "latency_with_pay_time_ms", "callback_ms", "cpu_ms_per_application",
    "cpu_ms_per_application_total", "rss_mib", "floor_cpu_ms_per_application", "floor_ratio",
    "floor", "idle_cores", "quiet_cores", "notices_handed", "notices_lost", "lag_at_end",
    "lag_growth_s", "lag_grew", "backlog_at_end", "invariants", "machine", "wrong",
    "mongo_cpu_ms_by_caller", "read_side_ms", "read_side_of_path",
}  # fmt: skip


def measured(**changed: Any) -> Measured:
    lags = [Sample(5.0 * n, {"payment": 100}, {"payment": 500 * n}) for n in range(1, 7)]
    whole: dict[str, Any] = {
        "warm_up": Offered(200, 900.0, 910.0, 0.0),
        "offered": Offered(COUNT, 1_000.0, 1_010.0, 0.001),
        "used": Used({"kafka": 1.0, "payment": 2.0, "mongo": 0.6, "operations": 0.9}, 4.9, 12.0),
        "samples": lags,
        "rest": Sample(40.0, {"payment": 0}, {"payment": 3_000, "operations-aside": 0}),
        "paid": {"answers": {"00": COUNT}, "given_up": 0, "callback_ms": {"p50": 5.0, "p99": 9.0}},
        "memory_mib": {"kafka": 300.2, "payment": 101.0},
    }
    return Measured(**{**whole, **changed})


def outcome(completed: int = COUNT) -> Outcome:
    times = [500 + n for n in range(completed)]
    unfinished = ["an application"] * (COUNT - completed)
    return Outcome(COUNT, completed, 99.0, times, times, [], unfinished, 70)


def found(**changed: Any) -> Found:
    whole: dict[str, Any] = {
        "rate": 100.0,
        "measured": measured(),
        "outcome": outcome(),
        "handed": 4 * (COUNT + 200) - 1,
        "dropped": 1,
        "idle": Used({"kafka": 1.0}, 1.0, 10.0),
        "quiet": Used({"kafka": 1.0}, 1.0, 10.0),
        "findings": [Finding(2, "Money", COUNT, ())],
        "floor": (measured(used=Used({"kafka": 1.0, "effects": 1.0}, 3, 12.0)), outcome()),
        "machine": {"cores": 2},
        "mongo_s": {"mongo": 0.3, "payment": 0.2, "operations": 0.1},
    }
    return Found(**{**whole, **changed})


def test_all_keys_are_there_and_nothing_is_wrong() -> None:
    content = report(found())
    assert content.keys() >= KEYS
    assert content["wrong"] == []


def test_cpu_is_told_per_application_and_compared_with_the_floor() -> None:
    content = report(found())
    assert content["cpu_ms_per_application"] == {
        "kafka": 1.0,
        "mongo": 0.6,
        "operations": 0.9,
        "payment": 2.0,
    }
    assert content["floor_cpu_ms_per_application"] == 2.0
    assert content["floor_ratio"] == 2.25


def test_the_read_side_costs_what_it_has_of_the_database_as_well() -> None:
    """0.1 of the 0.3 s that the database worked for somebody were for operations: a third of it."""
    content = report(found())
    assert content["mongo_cpu_ms_by_caller"] == {"operations": 0.2, "payment": 0.4}
    assert content["read_side_ms"] == 0.9 + 0.2
    assert content["read_side_of_path"] == round(1.1 / (1.0 + 2.0 + 0.4), 2)


def test_whoever_submits_and_pays_is_no_part_of_the_path() -> None:
    used = measured().used
    driven = used._replace(cpu_s={**used.cpu_s, "generator": 5.0, "sms": 5.0})
    shares = [
        report(found(measured=m))["read_side_of_path"] for m in (measured(), measured(used=driven))
    ]
    assert shares[0] == shares[1]


def test_without_a_floor_there_is_no_ratio() -> None:
    content = report(found(floor=None, findings=None))
    assert (content["floor_ratio"], content["floor"], content["invariants"]) == (None, None, None)
    assert ratio(3.0, 0.0) is None


def test_a_growing_lag_is_more_than_the_machine_carries() -> None:
    behind = [Sample(5.0 * n, {"payment": 400 * n}, {"payment": 500 * n}) for n in range(1, 7)]
    content = report(found(measured=measured(samples=behind)))
    assert content["wrong"] == []
    assert [s.partition(":")[0] for s in too_much(content)] == ["the lag grew (payment by 8.0 s)"]
    assert too_much(report(found())) == []


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"outcome": outcome(COUNT - 1)}, "1 of 1000 applications were not accepted"),
        (
            {"dropped": 0},
            "1 notices were neither handed over nor dropped in the time of the measurement",
        ),
        (
            {"findings": [Finding(2, "Money", 9, ("order X settled 2 times",))]},
            "invariant 2 does not hold: order X settled 2 times",
        ),
        (
            {"findings": [Finding(4, "Events", 0, ())]},
            "invariant 4 does not hold: nothing was looked at",
        ),
        (
            {"measured": measured(rest=Sample(1.0, {}, {"operations-aside": 3}))},
            "3 records were set aside",
        ),
    ],
)
def test_whatever_is_wrong_is_said(changed: dict[str, Any], sentence: str) -> None:
    assert report(found(**changed))["wrong"] == [sentence]


def test_what_only_the_log_has_or_only_the_generator_sent_is_a_loss() -> None:
    missing = outcome()._replace(submitted=COUNT - 5, completed=COUNT - 5)
    assert report(found(outcome=missing))["lost"] == 5


@pytest.mark.parametrize("floor", [None, found().floor])
def test_the_table_fits_80_columns(floor: Any) -> None:
    console = Console(width=80, record=True, file=StringIO())
    console.print(drawn(report(found(floor=floor))))
    text = console.export_text()
    assert max(map(len, text.splitlines())) <= 80
    assert "…" not in text.replace("… ", "")


def test_its_curves_can_be_drawn() -> None:
    assert svg(*curves(report(found()))).count("<polyline") == 3
    assert svg(*curves(report(found(floor=None)))).count("<polyline") == 2
