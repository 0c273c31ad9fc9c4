"""What an operator types, and is told."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from typer.testing import CliRunner

from deploy.archive import files
from deploy.archive import run as run_of
from deploy.archive.books import open_books
from deploy.archive.command import mendable, read_up_to, said
from deploy.archive.run import Found, Removed
from deploy.local.cli import app
from shared.errors import Misconfigured

ID = "0198c0de-0000-7000-8000-000000000001"


def run(*arguments, **env):
    found = CliRunner().invoke(app, arguments, env=env, catch_exceptions=True)
    return found.exit_code, f"{found.output} {found.exception}"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("archive", "--quiet-days", "-1"), "--quiet-days"),
        (("archive", "--quiet-days", "0"), "only count with --dry-run"),
        (("archive", "--limit", "0"), "--limit"),
        (("archive", "--limit", "many"), "--limit"),
        (("archived", "nonsense"), "no application's id"),
        (("archived",), "application"),
    ],
)
def test_what_makes_no_sense_is_said(arguments, said):
    code, text = run(*arguments)
    assert code != 0
    assert said in text


def test_without_a_broker_nothing_is_looked_at():
    code, text = run("archive", KAFKA_URL="127.0.0.1:1", MONGO_URL="mongodb://127.0.0.1:1")
    assert code != 0
    assert "Kafka at 127.0.0.1:1 does not tell how far the services have read" in text


class Ids:
    """A journal of which only the ids are asked for."""

    def __init__(self, *applications):
        self.applications = applications

    def candidates(self, until):
        yield from ((a, [1]) for a in self.applications if a < until)


def test_a_dry_run_tells_of_those_that_began_too_lately():
    began = datetime(2025, 9, 1, tzinfo=UTC)
    ids = [str(UUID(int=int((began + timedelta(days=d)).timestamp() * 1000) << 80)) for d in (0, 9)]
    books = {"intake": Ids(*ids), "routing": Ids(ids[1])}
    counted = run_of.young(books, began + timedelta(days=5))
    assert counted == 1
    assert list(said(Found(young=300), timedelta(days=30))) == [
        "300 applications looked at, 0 are at their end.",
        "  [dim]      300 began in the last 30 days[/]",
    ]


def test_a_folder_without_an_archive_is_told(tmp_path):
    code, text = run("archived", ID, "--to", str(tmp_path))
    assert code != 0
    assert f"{tmp_path} holds nothing of {ID}" in text


def test_a_database_without_journals_is_told(mongo_url):
    told = "No journal stands in the database 'nothing_here'"
    with pytest.raises(Misconfigured, match=told), open_books(mongo_url, "nothing_here"):
        pass


async def test_how_far_a_service_has_read_is_what_its_group_committed(kafka_url):
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_url)
    await admin.start()
    await admin.create_topics([NewTopic("archive_test", 2, 1)])
    await admin.close()
    consumer = AIOKafkaConsumer(
        bootstrap_servers=kafka_url, group_id="archive-test", enable_auto_commit=False
    )
    await consumer.start()
    place = TopicPartition("archive_test", 1)
    consumer.assign([place])
    await consumer.commit({place: 7})
    await consumer.stop()
    found = await read_up_to(kafka_url, ["archive-test", "nobody"])
    assert found == {"archive-test": {("archive_test", 1): 7}, "nobody": {}}


def test_a_disk_that_fills_while_a_run_ends_is_told_with_what_to_do(tmp_path):
    (tmp_path / files.REMOVED).with_suffix(".part").symlink_to("/dev/full")
    told = r"failed \(No space left on device\): free space for .* run this again; it goes on where"
    with pytest.raises(Misconfigured, match=told), mendable(tmp_path):
        files.write(tmp_path / files.REMOVED, Removed(removed={}, gone_on={}))


@pytest.mark.parametrize("content", [None, b"", b"\x1f\x8b\x08 cut off"])
def test_an_archive_file_that_is_gone_or_broken_is_told_in_one_sentence(tmp_path, content):
    file = files.File(
        name="intake.jsonl.gz", sha256="0" * 64, bytes=1, applications=1, versions=1, whole_bytes=1
    )
    manifest = files.Manifest(run="a", quiet_since="2026-01-01", services={"intake": file})
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / files.MANIFEST).write_bytes(msgspec.json.encode(manifest))
    if content is not None:
        (tmp_path / "a" / file.name).write_bytes(content)

    code, text = run("archived", ID, "--to", str(tmp_path))

    assert (code, "is not what was written" in text) == (1, True)
