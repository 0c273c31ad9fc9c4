"""Kafka and MongoDB together: what the launcher and the tests start."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local import kafka, mongo, ports
from deploy.local.children import Children
from deploy.local.settings import HOST, Settings

KAFKA_START_LIMIT_S = 90
MONGO_START_LIMIT_S = 60
STOP_LIMIT_S = 20
PARTS = ("kafka", "mongo")


@dataclass(frozen=True, slots=True)
class Stack:
    """Where the two answer."""

    kafka_url: str
    mongo_url: str


def missing(children: Children, settings: Settings) -> dict[str, int]:
    """Return the ports of what is not running yet and is not given by URL, by name."""
    found: dict[str, int] = {}
    if not settings.mongo_url and not children.find("mongo"):
        found["mongo"] = settings.mongo_port
    if not settings.kafka_url and not children.find("kafka"):
        found |= {"kafka": settings.kafka_port, "controller": settings.controller_port}
    return found


def start(children: Children, settings: Settings) -> Stack:
    """Start what is not running yet and is not given by URL; return when both are ready."""
    own_kafka, own_mongo = not settings.kafka_url, not settings.mongo_url
    wanted = missing(children, settings)
    ports.require_free(wanted)
    if "mongo" in wanted:
        children.start(
            "mongo", mongo.command(children.folder, settings.mongo_port), settings.mongo_port
        )
    if "kafka" in wanted:
        _start_kafka(children, settings)
    if own_mongo:
        children.wait_for("mongo", lambda: mongo.ready(settings.mongo_port), MONGO_START_LIMIT_S)
    kafka_url = settings.kafka_url or f"{HOST}:{settings.kafka_port}"
    if own_kafka:
        children.wait_for("kafka", lambda: kafka.ready(kafka_url), KAFKA_START_LIMIT_S)
    return Stack(kafka_url, settings.mongo_url or mongo.url(settings.mongo_port))


def _start_kafka(children: Children, settings: Settings) -> None:
    properties = kafka.prepare(children.folder, settings.kafka_port, settings.controller_port)
    children.start("kafka", kafka.command("kafka.Kafka", str(properties)), settings.kafka_port)


@contextmanager
def running(folder: Path) -> Iterator[Stack]:
    """A stack of its own on free ports, for as long as the block runs: for tests.

    It ignores the environment, so that no test ever writes to servers that are somebody's.
    """
    kafka_port, controller_port, mongo_port = ports.free(3)
    settings = Settings(
        home=folder,
        kafka_url="",
        mongo_url="",
        kafka_port=kafka_port,
        controller_port=controller_port,
        mongo_port=mongo_port,
    )
    with Children(folder) as children:
        yield start(children, settings)
