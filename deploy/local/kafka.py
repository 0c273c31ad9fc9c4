"""Apache Kafka on one node (KRaft, broker and controller in one), from its published jars."""

import asyncio
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from deploy.local import ports
from deploy.local.settings import HOST, ROOT
from shared.errors import Misconfigured

HERE = Path(__file__).parent
JARS = ROOT / ".local" / "kafka" / "jars"
JAVA_AT_LEAST = 17
CLUSTER_ID = "bW90Y3VhLWxvY2FsLTAwMQ"  # 16 bytes in base64url, as Kafka wants it
FETCH_LIMIT_S = 900
FORMAT_LIMIT_S = 60
ANSWER_LIMIT_MS = 5_000
JVM = (
    "-Xms256m",
    "-Xmx512m",
    "-XX:TieredStopAtLevel=1",
    "-XX:+UseSerialGC",  # on two cores shared with everything else: least memory, fewest threads
    "-XX:+ExitOnOutOfMemoryError",
    "-Djava.awt.headless=true",
    f"-Dlog4j2.configurationFile={HERE / 'log4j2.properties'}",
)
PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{host}:{controller_port}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller_port}
advertised.listeners=PLAINTEXT://{host}:{port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={data}
auto.create.topics.enable=false
default.replication.factor=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
offsets.retention.minutes=525600
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
log.segment.bytes=134217728
log.index.size.max.bytes=1048576
log.cleaner.dedupe.buffer.size=8388608
num.network.threads=2
num.io.threads=4
"""


def java(env: Mapping[str, str] = os.environ) -> str:
    """Return the Java to run; `Misconfigured` if there is none or it is too old."""
    home = env.get("JAVA_HOME")
    found = shutil.which("java", path=f"{home}/bin" if home else env.get("PATH"))
    remedy = (
        f"install Java {JAVA_AT_LEAST} or newer (Debian: apt-get install openjdk-17-jre-headless), "
        "or set JAVA_HOME to one"
    )
    if not found:
        where = "in JAVA_HOME" if home else "on PATH"
        raise Misconfigured(f"Kafka needs Java, and there is none {where}: {remedy}.")
    said = _run([found, "-version"], limit_s=30).stderr
    version = re.search(r'version "(?:1\.)?(\d+)', said)
    if not version or int(version[1]) < JAVA_AT_LEAST:
        has = f"is version {version[1]}" if version else "does not tell its version"
        raise Misconfigured(f"Kafka needs a newer Java, {found} {has}: {remedy}.")
    return found


def fetch(jars: Path = JARS, env: Mapping[str, str] = os.environ) -> Path:
    """Fetch Kafka's jars with Maven unless they are here already; return their folder."""
    wanted = hashlib.sha256((HERE / "pom.xml").read_bytes()).hexdigest()
    stamp = jars / "pom.sha256"
    if stamp.exists() and stamp.read_text() == wanted:
        return jars
    java(env)  # Maven needs it too, and would not say so as clearly
    maven = shutil.which("mvn", path=env.get("PATH"))
    if not maven:
        raise Misconfigured(
            "Kafka's jars are not here yet and Maven, which fetches them, is not on PATH: "
            "install it (Debian: apt-get install maven)."
        )
    jars.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=jars.parent) as fresh:  # a broken download leaves no trace
        done = _run(
            [
                *(maven, "-B", "-q", "-f", str(HERE / "pom.xml"), "dependency:copy-dependencies"),
                *(f"-DoutputDirectory={fresh}/jars", "-DincludeScope=runtime"),
            ],
            FETCH_LIMIT_S,
        )
        if done.returncode:
            log = jars.parent / "fetch.log"
            log.write_text(done.stdout + done.stderr)
            raise Misconfigured(f"Maven could not fetch Kafka: {log} says why.")
        (Path(fresh) / "jars" / stamp.name).write_text(wanted)
        shutil.rmtree(jars, ignore_errors=True)
        (Path(fresh) / "jars").rename(jars)
    return jars


def command(*arguments: str) -> list[str]:
    """Return the command that runs one of Kafka's main classes."""
    return [java(), *JVM, "-cp", f"{fetch()}/*", *arguments]


def prepare(folder: Path, port: int, controller_port: int) -> Path:
    """Write the server properties and format its storage if that is new; return the first."""
    data = folder / "data" / "kafka"
    data.mkdir(parents=True, exist_ok=True)
    properties = folder / "kafka" / "server.properties"
    properties.parent.mkdir(parents=True, exist_ok=True)
    properties.write_text(
        PROPERTIES.format(host=HOST, port=port, controller_port=controller_port, data=data)
    )
    if not (data / "meta.properties").exists():
        _format(data, properties, folder / "logs" / "kafka.log")
    return properties


def _format(data: Path, properties: Path, log: Path) -> None:
    """Format an empty folder; replace what a cut-short format left, and nothing more than that."""
    left = {path.name for path in data.iterdir()}
    if left - {"bootstrap.checkpoint", "meta.properties.tmp"}:
        raise Misconfigured(
            f"{data} holds data but is not formatted to the end: "
            f"remove it (rm -r {data}) to begin with an empty Kafka."
        )
    for name in left:
        (data / name).unlink()
    log.parent.mkdir(parents=True, exist_ok=True)
    done = _run(
        command("kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c", str(properties)),
        FORMAT_LIMIT_S,
    )
    if done.returncode:
        with log.open("a") as out:
            out.write(done.stdout + done.stderr)
        raise Misconfigured(f"Kafka could not format {data}: {log} says why.")


def _run(argv: list[str], limit_s: float) -> subprocess.CompletedProcess[str]:
    """Run to the end and return what was said; the exit status is the caller's to judge."""
    return subprocess.run(  # noqa: S603 - the command is ours
        argv, capture_output=True, text=True, timeout=limit_s
    )


def ready(url: str) -> bool:
    """Tell whether a broker answers."""
    if not ports.open_at(int(url.rpartition(":")[2])):
        return False
    return asyncio.run(_answers(url))


async def _answers(url: str) -> bool:
    admin = AIOKafkaAdminClient(bootstrap_servers=url, request_timeout_ms=ANSWER_LIMIT_MS)
    try:
        await admin.start()
        return bool((await admin.describe_cluster())["brokers"])
    except KafkaError:
        return False  # still starting
    finally:
        await admin.close()
