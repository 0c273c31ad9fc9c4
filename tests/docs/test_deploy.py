"""What docs/deploy.md says of accounts, topics and metrics is what the code does."""

import re
from pathlib import Path

import pytest

from deploy.local import acls, kafka, topics
from services.notify.channels.smpp.figures import Metrics
from shared.telemetry import Telemetry
from shared.topics import SERVICES, TOPICS, aside, groups

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "deploy.md").read_text()
TABLE = acls.table(["portal"], ["importer"])
ROWS = {
    cells[0]: cells[1:]
    for line in PAGE.splitlines()
    if len(cells := [c.strip() for c in line.strip("|").split("|")]) > 1
}
EVERY = {*TOPICS}


def granted(principal: str, operation: str, kind: str) -> set[str]:
    wanted = (principal, operation, kind)
    found = {g.name for g in TABLE if (g.principal, g.operation, g.kind) == wanted}
    return found - {*aside(), acls.CHANGELOG}


def shown(cell: str) -> set[str]:
    if cell.startswith("every topic"):
        return EVERY
    return set(re.findall(r"`([^`]+)`", cell))


@pytest.mark.parametrize("account", ["each portal", "each importer", *SERVICES, "bootstrap"])
def test_an_account_is_shown_with_what_it_is_granted(account: str) -> None:
    principal = account.removeprefix("each ")
    writes, reads, members = ROWS[account]
    assert shown(writes) == granted(principal, "Write", "topic")
    seen = granted(principal, "Read", "topic")
    assert shown(reads) == seen
    if principal == "importer":
        assert shown(members) == granted(principal, "Describe", "group")
    elif account != "bootstrap":
        assert shown(members) == granted(principal, "Read", "group")
    else:
        assert granted(principal, "Read", "group") == set(groups())


def test_a_setting_of_a_topic_is_shown_as_it_is_made() -> None:
    made = topics.config(3)
    wanted = {name: value.split(" ")[0] for name, value in made.items()}
    assert {f"`{n}`": ROWS[f"`{n}`"][0].split(" ")[0] for n in made} == {
        f"`{n}`": v for n, v in wanted.items()
    }


def test_a_setting_of_the_brokers_is_that_of_a_local_start_but_for_replicas() -> None:
    local = dict(line.split("=", 1) for line in kafka.PROPERTIES.splitlines())
    for name in ("auto.create.topics.enable", "offsets.retention.minutes"):
        assert ROWS[f"`{name}`"][0] == local[name]


def test_a_metric_that_is_named_is_there() -> None:
    telemetry = Telemetry("notify", 0.0)
    telemetry.also(Metrics({}))
    there = telemetry.metrics().decode()
    named = set(re.findall(r"motcua_[a-z_]+", PAGE))
    assert {n for n in named if not re.search(rf"^# TYPE {base(n)} ", there, re.M)} == set()
    counted = set(
        re.findall(r"^# TYPE (motcua_\w+?)(?:_total)? (?:counter|histogram|gauge)", there, re.M)
    )
    counted = {name for name in counted if not name.endswith("_created")}
    assert counted == {base(n).removesuffix("_total") for n in named}, "nobody watches these"


def base(metric: str) -> str:
    return re.sub(r"_bucket$", "", metric)


def test_the_province_needs_what_the_tables_say() -> None:
    def gib(name: str) -> float:
        return next(float(c[0]) for row, c in ROWS.items() if row.startswith(name) and "one" in row)

    def mib(name: str) -> int:
        return int(ROWS[name][0])

    topics_gib, journals_gib = gib("topics, one replica"), gib("journals, one member")
    tables_gib = float(ROWS[next(row for row in ROWS if row.startswith("operations' tables"))][0])
    archive_gib = float(ROWS["archive files"][0])
    broker, member = 2 * topics_gib, 2 * (journals_gib + tables_gib)
    assert ROWS["broker"][1:] == [f"{broker:.1f}", f"{3 * broker:.1f}"]
    shown_member = next(c for row, c in ROWS.items() if row.startswith("member of MongoDB"))
    assert shown_member[1:] == [f"{member:.1f}", f"{3 * member:.1f}"]
    shown_archive = next(c for row, c in ROWS.items() if row.startswith("place of archive"))
    assert shown_archive[1] == f"{archive_gib:.1f}"
    assert f"here {2 * journals_gib:.1f} on each member" in PAGE
    assert f"{broker:.1f} / 0.7 = {broker / 0.7:.0f} GiB a broker" in " ".join(PAGE.split())
    assert f"({member:.1f} + 50) / 0.7 = {(member + 50) / 0.7:.0f} GiB a member" in " ".join(
        PAGE.split()
    )
    servers = mib("Kafka (heap at most 512)") + mib("MongoDB (cache 0.5 GiB)")
    assert f"= {servers:,} MiB on each" in PAGE
    assert f"3,200 + {servers:,} = {3_200 + servers:,} MiB" in PAGE
