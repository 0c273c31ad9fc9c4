"""The reports of the other measurements: what is wrong is said, every table fits 80 columns."""

from collections.abc import Callable, Mapping
from io import StringIO
from random import Random
from typing import Any

import pytest
from rich.console import Console
from rich.table import Table

from deploy.local.sizes import Collection, Sizes, Topic
from deploy.log.lag import Sample
from deploy.sandbox.portal import uuid7
from shared.topics import SERVICES
from tests.load import backlog, reads, recovery, soak
from tests.load.generator import Offered
from tests.load.journeys import Journeys
from tests.load.measure import Load
from tests.load.meter import Used
from tests.load.test_report import COUNT, measured, outcome

LOAD = Load(325, 600, 5)
OFFERED = Offered(COUNT, 1_000.0, 1_010.0, 0.0)
USED = Used({"kafka": 1.0, "payment": 2.0}, 3.5, 12.0)
FLAT, GROWING = [(10.0 * n, 200.0) for n in range(61)], [(10.0 * n, 10.0 * n) for n in range(61)]
ANSWERS = {"200": 50, "503": 2}
READ = {"asked": 60, "answers": ANSWERS, "latency_ms": {"p50": 9.0, "p99": 99.0, "max": 5e4}}
JOURNAL = Collection(rows=30, bytes=9_000, stored_bytes=3_000, index_bytes=500, compressor="snappy")
SIZES = Sizes(
    applications=10,
    collections={"intake.journal": JOURNAL, "notify.journal": JOURNAL, "notify.claims": JOURNAL},
    topics={"intake.events": Topic(records=20, batches=2, bytes=4_000, packed={"zstd": 0.4})},
)

Content = dict[str, Any]


def soaked(completed: int = COUNT, **series: soak.Series) -> Content:
    memory = {"kafka": GROWING, "intake": FLAT, "payment": FLAT, **series}
    return soak.report(LOAD, soak.Found(measured(), outcome(completed), memory, SIZES))


def drained(completed: int = COUNT) -> Content:
    samples = [Sample(0.0, {"payment": 9_000}, {}), Sample(35.0, {"payment": 0}, {})]
    found = backlog.Found(OFFERED, 2.0, 35.0, samples, USED, outcome(completed))
    return backlog.report(SERVICES, 325, found)


def recovered(count: int = 10) -> Content:
    journeys, offered = Journeys(), Offered(10, 1_000.0, 1_010.0, 0.0)
    for n in range(10):
        key = uuid7(1_000_000 + 1_000 * n, Random(n)).encode()
        journeys.submitted[key] = 0
        if n < count:
            journeys.accepted[key] = 1_000_000 + 1_000 * n + 400 + n
    found = [recovery.Recovery("kafka, restarted", 1_000.0, 9.6, 11.7, 1_020.0)]
    return recovery.report(20, dict.fromkeys(SERVICES, 1.1), found, [offered], journeys)


def read(answers: Mapping[str, int]) -> Content:
    return reads.report(LOAD, 2_000, measured(), outcome(), {**READ, "answers": answers})


def test_a_service_whose_memory_grows_fails_a_soak_and_a_cache_of_the_broker_does_not() -> None:
    assert soaked()["wrong"] == []
    assert soaked(payment=GROWING)["wrong"] == ["the memory of payment grows"]


def test_a_soak_too_short_to_fill_the_caches_says_how_long_it_must_be() -> None:
    found = soak.Found(measured(), outcome(), {"payment": GROWING}, SIZES)
    short = soak.report(Load(100, 60, 5), found)
    assert short["wrong"][0].endswith("give SECONDS=1000 or more")


def test_a_soak_tells_what_an_application_leaves_on_the_disk_indexes_included() -> None:
    assert soaked()["disk_bytes_per_application"] == {
        "topics": 400,
        "journals": 700,
        "tables": 350,
    }


def test_a_backlog_is_worked_off_when_the_last_notice_is_not_when_all_are_accepted() -> None:
    assert drained()["accepted_per_s"] == 99.0
    assert drained()["drain_per_s"] == round(COUNT / 35.0, 1)
    assert drained()["drain_under_load_s"] is None


def test_a_recovery_tells_the_slowest_journey() -> None:
    [only] = recovered()["recoveries"]
    assert (only["slowest_ms"], only["completed"]) == (409, 10)


def test_a_look_up_without_a_good_answer_is_an_error() -> None:
    content = read(ANSWERS)
    assert content["reads"]["errors"] == 10
    assert content["wrong"] == ["10 look-ups had no good answer"]
    assert read({"200": 60})["wrong"] == []


@pytest.mark.parametrize(
    "content",
    [soaked(COUNT - 1), drained(COUNT - 1), recovered(9)],
    ids=["soak", "backlog", "kill"],
)
def test_an_application_lost_is_said_everywhere(content: Content) -> None:
    assert content["lost"] == 1
    assert content["wrong"] == ["1 applications were not accepted"]


@pytest.mark.parametrize(
    ("table", "content"),
    [
        (soak.table, soaked()),
        (backlog.table, drained()),
        (recovery.table, recovered()),
        (reads.table, read(ANSWERS)),
    ],
    ids=["soak", "backlog", "recovery", "reads"],
)
def test_every_table_fits_80_columns(table: Callable[[Content], Table], content: Content) -> None:
    console = Console(width=80, record=True, file=StringIO())
    console.print(table(content))
    lines = console.export_text().splitlines()
    wide = Console(width=200, record=True, file=StringIO())
    wide.print(table(content))
    assert max(map(len, lines)) <= 80
    assert len(lines) == len(wide.export_text().splitlines())  # nothing is wrapped
