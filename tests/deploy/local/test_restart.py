"""The stack on data that is already there."""

import asyncio
import os
import signal
from collections.abc import Mapping
from pathlib import Path

import psutil
import pytest
from pymongo import MongoClient, WriteConcern

from deploy.local import topics
from deploy.local.children import Children
from deploy.local.stack import PARTS, Stack, running

pytestmark = pytest.mark.stack


def rows(stack: Stack) -> list[str]:
    client: MongoClient[Mapping[str, str]] = MongoClient(stack.mongo_url)
    with client:
        return [row["_id"] for row in client["restart"]["rows"].find()]


def write(stack: Stack, row: str) -> None:
    client: MongoClient[Mapping[str, str]] = MongoClient(stack.mongo_url)
    with client:
        table = client["restart"].get_collection("rows", write_concern=WriteConcern("majority"))
        table.insert_one({"_id": row})


def ours(folder: Path) -> list[int]:
    """Every process that has this folder on its command line, zombies aside."""
    return [
        process.pid
        for process in psutil.process_iter(["cmdline", "status"])
        if process.info["status"] != psutil.STATUS_ZOMBIE
        and any(str(folder) in word for word in process.info["cmdline"] or ())
    ]


def test_data_outlives_a_stop_a_kill_and_other_ports(tmp_path: Path) -> None:
    with running(tmp_path) as first:
        assert asyncio.run(topics.bootstrap(first.kafka_url, 2)) > 0
        write(first, "before the stop")
        assert len(ours(tmp_path)) == len(PARTS)
    assert ours(tmp_path) == []

    with running(tmp_path) as second:
        assert second != first, "free ports, so others than before"
        assert asyncio.run(topics.bootstrap(second.kafka_url, 2)) == 0
        write(second, "before the kill")
        for part in PARTS:
            child = Children(tmp_path).find(part)
            assert child
            os.kill(child.pid, signal.SIGKILL)
    assert ours(tmp_path) == []

    with running(tmp_path) as third:
        assert asyncio.run(topics.bootstrap(third.kafka_url, 2)) == 0
        assert rows(third) == ["before the stop", "before the kill"]
    assert ours(tmp_path) == []
