"""What the bench of callbacks reports: nothing good of answers or money that are missing."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.payment.gateways import Call
from tests.load import callers
from tests.load.callbacks import Called, report
from tests.load.meter import Used
from tests.load.test_payers import AT, SECRET, gateway

CALLS = {
    "asked": 10,
    "answers": {"200": 10},
    "answered_per_s": 10.0,
    "latency_ms": {"p50": 1.0, "p99": 2.0},
}


def called(settled: int = 10, **changes: Any) -> Called:
    used = Used({"payment": 0.4, "kafka": 0.1}, 1.0, 1.0)
    return Called(10, CALLS | changes, used, settled, 2.0)


def test_a_run_without_a_fault_has_nothing_wrong() -> None:
    content = report(10, 1, called())

    assert content["wrong"] == []
    assert content["cores_by_process"] == {"kafka": 0.1, "payment": 0.4}


@pytest.mark.parametrize(
    ("run", "wrong"),
    [
        (called(answers={"200": 9}), "1 callbacks had no good answer"),
        (called(settled=7), "3 paid orders were not settled"),
    ],
)
def test_a_missing_answer_and_missing_money_are_said(run: Called, wrong: str) -> None:
    assert report(10, 1, run)["wrong"] == [wrong]


def test_each_order_is_called_for_once_and_genuinely(tmp_path: Path) -> None:
    partner = {"merchant": "MC01", "incoming": [{"secret": SECRET}]}
    (tmp_path / "clients.json").write_text(json.dumps({"partners": {"sen-vang": partner}}))
    (tmp_path / "orders").write_text("DVC1 16000\nDVC2 8000")
    job = callers.Job("http://edge/", str(tmp_path / "clients.json"), str(tmp_path / "orders"))

    said = [gateway().read_callback(Call(q[1:].encode()), AT)[0] for q in callers.queries(job)]

    assert [(n.reference, n.amount_vnd) for n in said] == [("DVC1", 16_000), ("DVC2", 8_000)]
    assert len({n.transaction for n in said}) == 2
