"""What a database works for whom, on a real one."""

import os
from urllib.parse import urlsplit

import psutil
from pymongo import MongoClient

from tests.load.connections import OWN, Connections

ROWS = 20_000


def test_what_the_database_works_for_a_caller_is_told_as_that_callers(mongo_url: str) -> None:
    connections = Connections(mongo_url, {OWN: listening(mongo_url), "asking": os.getpid()})
    with MongoClient(mongo_url) as client:
        rows = client["test_connections"]["rows"]
        rows.insert_one({"_id": -1})  # its connection stands before it is first looked at
        before = connections.used()
        rows.insert_many({"_id": n} for n in range(ROWS))
        after = connections.used()
        client.drop_database("test_connections")

    assert after["asking"] > before["asking"]
    assert after[OWN] >= before[OWN] > 0


def test_whoever_asked_nothing_had_nothing_done(mongo_url: str) -> None:
    idle = psutil.Process(os.getpid()).parent()
    assert idle is not None
    connections = Connections(mongo_url, {OWN: listening(mongo_url), "idle": idle.pid})

    assert connections.used()["idle"] == 0.0


def listening(url: str) -> int:
    """The process at a port of this machine."""
    port = urlsplit(url).port
    (pid,) = {
        c.pid
        for c in psutil.net_connections("tcp")
        if c.status == psutil.CONN_LISTEN and c.laddr.port == port and c.pid
    }
    return pid
