"""Intake's edge by itself, over its own table: whose applications are whose, of made-up ones.

Intake as a whole would take all that was made up for new submissions.
"""

import asyncio
import hashlib
import json
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import structlog
import uvicorn

from deploy.local import processes, secrets
from deploy.local.settings import HOST
from services.intake.subjects import Subjects
from services.intake.subjects_api import subjects_router
from shared.access import Access
from shared.edge_app import edge_app
from shared.mongo import MongoTable, connect
from tests.load.made_up import Made
from tests.load.system import MeasuredSystem
from tests.waiting import until

DATABASE, TABLE = "bench_intake", "subjects"
AT_ONCE = 10_000
LIMIT_S = 10.0


@asynccontextmanager
async def answering(system: MeasuredSystem, made: Sequence[Made]) -> AsyncIterator[None]:
    """Answer, where intake would, whose these applications are, as long as the block lasts."""
    # who asked for whom is written down; here it would stand between the figures
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    database = connect(system.servers.mongo_url, DATABASE)
    table = MongoTable(database[TABLE])
    for at in range(0, len(made), AT_ONCE):
        some = made[at : at + AT_ONCE]
        await table.insert_missing([{"_id": f"{one.person}/{one.application}"} for one in some])
    pages: Any = None  # nothing is listed anew
    app = edge_app("intake", _access(system), (subjects_router(Subjects(table), pages),))
    port = system.settings.port("intake")
    server = uvicorn.Server(uvicorn.Config(app, HOST, port, access_log=False, log_level="warning"))
    serving = asyncio.create_task(server.serve())
    try:
        await until(lambda: server.started or serving.done(), LIMIT_S, "intake's edge")
        yield
    finally:
        server.should_exit = True
        await serving
        database.client.close()


def _access(system: MeasuredSystem) -> Access:
    """Return who may ask: operations."""
    path = processes.secret(system.settings, secrets.SERVICES_FILE)
    key: str = json.loads(path.read_text())["intake_key"]
    row = {"name": "operations", "role": "operator"}
    return Access({hashlib.sha256(key.encode()).hexdigest(): row})
