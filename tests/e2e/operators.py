"""What tests of a real system submit and ask for, as portals and operators do."""

import json
import subprocess
import sys
import time
from typing import Any
from uuid import UUID

import httpx

from deploy.local.settings import ROOT
from tests.e2e.system import System

LIMIT_S = 120.0
PHONE = "0912000001"  # made up


def new_id(n: int) -> str:
    return str(UUID(int=int(time.time() * 1_000) << 80 | 7 << 76 | 2 << 62 | n))


async def submit(intake: httpx.AsyncClient, id_: str) -> None:
    body = {
        "procedure": "2.000635",
        "receiving_unit": "26737",
        "residence_unit": "26737",
        "documents": [{"name": "Request form", "sha256": "9f" * 32}],
        "personal": {
            "name": "Nguyễn Thử Nghiệm",
            "personal_number": "001099000001",
            "phone": PHONE,
        },
    }
    answer = await intake.post("/v1/applications", json=body, headers={"Idempotency-Key": id_})
    assert answer.status_code < 300, answer.text


def motcua(system: System, *words: str) -> tuple[int, Any]:
    keys = system.settings.home / "secrets" / "clients.json"
    own = ["--at", system.url("operations"), "--keys", str(keys), "--json"]
    command = [sys.executable, "-m", "deploy.local.cli", *words, *own]
    run = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=LIMIT_S, check=False
    )
    assert run.stdout[:1] in ("{", "["), run.stdout + run.stderr
    return run.returncode, json.loads(run.stdout)


async def lines(operations: httpx.AsyncClient, application: str, type_: str) -> list[Any]:
    journey = (await operations.get(f"/v1/journeys/{application}")).json()
    return [line for line in journey.get("timeline", ()) if line["type"] == type_]
