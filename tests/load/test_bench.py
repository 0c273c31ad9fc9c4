"""One short run on a real system: everything is there, and nothing is wrong."""

import asyncio
import json

import pytest

from tests.load.bench import Plan, run
from tests.load.measure import Load
from tests.load.report import report
from tests.load.screen import steps
from tests.load.system import running
from tests.load.test_report import KEYS

pytestmark = pytest.mark.stack

LOAD = Load(rate=20, seconds=4, warm_up_s=0.5)


def test_a_short_run_tells_everything() -> None:
    with steps() as shown, running(shown, LOAD.applications) as system:
        plan = Plan(LOAD, idle_s=1.0, warm_broker_s=2.0)
        found = asyncio.run(run(system, plan, shown))
    content = report(found)
    assert content.keys() >= KEYS
    assert (content["submitted"], content["completed"], content["wrong"]) == (80, 80, [])
    assert content["floor"]["completed"] == 80
    assert set(content["latency_ms"]) == {"p50", "p95", "p99", "max"}
    assert {"kafka", "mongo", "payment", "generator", "payers"} <= set(content["rss_mib"])
    assert [f["number"] for f in content["invariants"]] == list(range(1, 9))
    assert json.dumps(content)
