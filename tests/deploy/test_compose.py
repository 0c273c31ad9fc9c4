"""docker-compose.yml and the Dockerfile are not run here; what they name is in the code."""

import ast
import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from deploy.local import kafka, mongo, processes, secrets
from deploy.local.cli import app
from deploy.local.settings import Settings as Local
from shared.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text()
OURS = {name: row for name, row in SERVICES.items() if row["image"] == "motcua"}
TABLE = {row.name: row for row in processes.TABLE}
KEPT = {"secrets": "secrets", "services-secrets": "services", "partners-secrets": "partners"}


class Setting(NamedTuple):
    variable: str
    default: str


def settings_in(folder: Path) -> set[Setting]:
    """What the settings classes under a folder read from the environment, without running it."""
    return {
        setting
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef)
        and any(isinstance(b, ast.Name) and b.id == "BaseSettings" for b in node.bases)
        for setting in read_class(node)
    }


def read_class(node: ast.ClassDef) -> list[Setting]:
    prefix = next(
        k.value.value
        for call in ast.walk(node)
        if isinstance(call, ast.Call)
        for k in call.keywords
        if k.arg == "env_prefix" and isinstance(k.value, ast.Constant)
    )
    return [
        Setting(alias(field) or f"{prefix}{field.target.id}".upper(), ast.unparse(field))
        for field in node.body
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
    ]


def alias(field: ast.AnnAssign) -> str:
    found = re.search(r"validation_alias='(\w+)'", ast.unparse(field))
    return found[1] if found else ""


def module(row: dict[str, Any]) -> str:
    assert row["command"][:2] == ["python", "-m"]
    return str(row["command"][2])


def known(name: str) -> set[Setting]:
    """What a process of the table may be told."""
    own = settings_in(ROOT.joinpath(*TABLE[name].module.split(".")))
    return own | settings_in(ROOT / "shared") if TABLE[name].kind == "service" else own


def environment(row: dict[str, Any]) -> dict[str, str]:
    found: dict[str, str] = row.get("environment", {})
    return found


def test_every_process_of_the_launcher_has_a_container_with_its_module() -> None:
    assert {n: module(SERVICES[n]) for n in TABLE} == {n: r.module for n, r in TABLE.items()}


@pytest.mark.parametrize("name", TABLE)
def test_the_module_that_a_container_runs_exists(name: str) -> None:
    path = ROOT.joinpath(*module(SERVICES[name]).split("."))
    assert (path / "__main__.py").exists()


@pytest.mark.parametrize("name", TABLE)
def test_a_container_is_told_only_what_its_process_reads(name: str) -> None:
    assert set(environment(SERVICES[name])) <= {s.variable for s in known(name)}


@pytest.mark.parametrize("name", TABLE)
def test_no_container_is_left_with_an_address_or_a_path_of_a_local_start(name: str) -> None:
    local = {s.variable for s in known(name) if "127.0.0.1" in s.default or ".local" in s.default}
    assert local - {"MOTCUA_HOST"} <= set(environment(SERVICES[name]))


@pytest.mark.parametrize("name", TABLE)
def test_a_container_listens_where_the_launcher_lets_it_listen(name: str) -> None:
    port = Local().port(name)
    assert environment(SERVICES[name])["MOTCUA_PORT"] == str(port)
    assert SERVICES[name]["ports"] == [f"127.0.0.1:{port}:{port}"]


@pytest.mark.parametrize("name", OURS)
def test_an_address_names_a_container_and_its_port(name: str) -> None:
    for variable, value in environment(OURS[name]).items():
        for host, port in re.findall(r"http://([\w.-]+):(\d+)", value):
            if host == "127.0.0.1":  # followed by a browser, outside
                published = [p for row in OURS.values() for p in row.get("ports", [])]
                assert f"127.0.0.1:{port}:{port}" in published, variable
            elif host in TABLE:
                assert port == environment(SERVICES[host])["MOTCUA_PORT"], variable
            else:
                assert host == "collector"
                assert f":{port}" in (ROOT / "deploy/compose/collector.yaml").read_text()


def test_partners_are_a_profile_and_services_are_not() -> None:
    profiles = {name: SERVICES[name].get("profiles", []) for name in TABLE}
    assert profiles == {n: ["sandbox"] if r.kind == "partner" else [] for n, r in TABLE.items()}


def test_steps_run_commands_that_the_command_line_has() -> None:
    commands = {c.name or c.callback.__name__ for c in app.registered_commands if c.callback}
    assert {"bootstrap", "secrets"} <= commands
    assert module(SERVICES["bootstrap"]) == "deploy.local"
    assert SERVICES["bootstrap"]["command"][3:] == ["bootstrap"]
    assert "python -m deploy.local secrets " in SERVICES["secrets"]["command"][2]
    told = {*environment(SERVICES["bootstrap"]), *environment(SERVICES["secrets"])}
    assert told <= {s.variable for s in settings_in(ROOT / "deploy" / "local")}


def test_all_agree_on_the_number_of_lanes() -> None:
    told = {
        n: environment(r)["MOTCUA_LANES"]
        for n, r in SERVICES.items()
        if "MOTCUA_LANES" in environment(r)
    }
    services = {n for n, r in TABLE.items() if r.kind == "service"}
    assert told == dict.fromkeys({"bootstrap", *services}, str(Local().lanes))


def test_each_side_is_shown_its_own_secrets_only() -> None:
    made = SERVICES["secrets"]["command"][2]
    for name, row in TABLE.items():
        service = row.kind == "service"
        side, file = (
            ("services", secrets.SERVICES_FILE) if service else ("partners", secrets.CLIENTS_FILE)
        )
        variable = "MOTCUA_SECRETS" if service else "MOTCUA_CLIENTS"
        assert SERVICES[name]["volumes"] == [f"{side}-secrets:/secrets/{side}:ro"]
        assert environment(SERVICES[name])[variable] == f"/secrets/{side}/{file}"
        assert f"/{file} /secrets/{side}/" in made
    holders = {
        n
        for n, r in SERVICES.items()
        if any(v.startswith("secrets:") for v in r.get("volumes", []))
    }
    assert holders == {"secrets"}


def test_the_image_holds_no_secrets_and_no_local_data() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.M)
    assert " ".join(copied).split() == [
        *(
            "pyproject.toml",
            "requirements.lock",
            "shared",
            "services",
            "deploy",
            "LICENSE",
            "NOTICE",
        )
    ]
    ignored = (ROOT / ".dockerignore").read_text().split("\n")
    assert ignored[0] == "*"
    assert {line[1:] for line in ignored if line.startswith("!")} == set(" ".join(copied).split())


def test_what_the_image_copies_exists() -> None:
    for line in re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.M):
        for name in line.split():
            assert (ROOT / name).exists(), name


def test_the_image_is_built_from_the_lock_with_hashes_and_runs_as_nobody_special() -> None:
    installs = re.findall(r"pip install .*", DOCKERFILE)
    assert len(installs) == 2
    assert all("--require-hashes" in line for line in installs)
    assert "-c requirements.lock" in installs[1]
    assert re.search(r"^uv==.* \\$", (ROOT / "requirements.lock").read_text(), re.M)
    assert f"uninstall {mongo.WHEEL}" in DOCKERFILE
    assert re.findall(r"^USER (.*)$", DOCKERFILE, re.M) == ["10001"]


def test_the_image_sets_only_variables_that_the_code_reads() -> None:
    told = set(re.findall(r"(MOTCUA_\w+)", DOCKERFILE))
    assert told <= {s.variable for s in settings_in(ROOT / "shared")}
    for name, row in TABLE.items():
        if row.kind == "partner":
            assert told <= {s.variable for s in known(name)}, name


def test_the_health_check_asks_a_route_that_every_process_serves() -> None:
    assert "'/healthz'" in DOCKERFILE
    assert '"/healthz"' in (ROOT / "shared" / "service.py").read_text()
    for row in processes.TABLE:
        if row.kind == "partner":
            sources = ROOT.joinpath(*row.module.split(".")).rglob("*.py")
            assert any('"/healthz"' in path.read_text() for path in sources), row.name


def test_a_health_check_is_switched_off_only_for_steps_that_end() -> None:
    off = {n for n, r in SERVICES.items() if r.get("healthcheck", {}).get("disable")}
    assert off == set(OURS) - set(TABLE)
    assert all(SERVICES[name]["restart"] == "no" for name in off)


def test_services_wait_for_topics_database_and_secrets() -> None:
    for name, row in TABLE.items():
        if row.kind == "service":
            needs = SERVICES[name]["depends_on"]
            assert set(needs) == {"bootstrap", "mongo-init", "secrets"}
            assert all(n == {"condition": "service_completed_successfully"} for n in needs.values())


def test_the_broker_is_the_one_of_a_local_start_and_is_configured_like_it() -> None:
    pom = (ROOT / "deploy/local/pom.xml").read_text()
    version = re.search(r"<artifactId>kafka_2.13</artifactId>\s*<version>([\d.]+)<", pom)
    assert version
    assert SERVICES["kafka"]["image"] == f"apache/kafka:{version[1]}"
    told = {
        name.removeprefix("KAFKA_").lower().replace("_", "."): value
        for name, value in environment(SERVICES["kafka"]).items()
        if name.startswith("KAFKA_") and name != "KAFKA_HEAP_OPTS"
    }
    local = dict(line.split("=", 1) for line in kafka.PROPERTIES.splitlines())
    assert set(told) <= set(local)
    differs = {name for name in told if told[name] != local[name]}
    assert differs == {
        *("controller.quorum.voters", "listeners", "advertised.listeners", "log.dirs"),
        "listener.security.protocol.map",
    }


def test_the_broker_is_found_from_inside_and_from_outside() -> None:
    advertised = environment(SERVICES["kafka"])["KAFKA_ADVERTISED_LISTENERS"]
    inside, outside = [a.split("://")[1] for a in advertised.split(",")]
    assert environment(SERVICES["intake"])["KAFKA_URL"] == inside
    assert outside == Settings.model_fields["kafka_url"].default
    assert SERVICES["kafka"]["ports"] == [f"{outside}:{outside.split(':')[1]}"]


def test_the_replica_set_is_the_one_that_services_ask_for() -> None:
    url = environment(SERVICES["intake"])["MONGO_URL"]
    assert url.endswith(f"?replicaSet={mongo.REPLICA_SET}")
    assert mongo.REPLICA_SET in SERVICES["mongo"]["command"]
    assert f'_id: "{mongo.REPLICA_SET}"' in SERVICES["mongo-init"]["command"][-1]
    assert SERVICES["mongo"]["image"] == SERVICES["mongo-init"]["image"]


def test_every_volume_is_declared_and_every_mounted_file_exists() -> None:
    for name, row in SERVICES.items():
        for volume in row.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith("./"):
                assert (ROOT / source).is_file(), name
            else:
                assert source in COMPOSE["volumes"], name
    made = re.search(r"install -d .*", DOCKERFILE)
    assert made
    for volume in ("/secrets/made", "/secrets/services", "/secrets/partners"):
        assert volume in made[0]  # a volume takes its owner from the image's folder


def test_prometheus_asks_every_service_where_it_listens() -> None:
    text = yaml.safe_load((ROOT / "deploy/compose/prometheus.yaml").read_text())
    [job] = text["scrape_configs"]
    services = [r.name for r in processes.TABLE if r.kind == "service"]
    assert job["static_configs"][0]["targets"] == [f"{n}:{Local().port(n)}" for n in services]
    assert f'"{job["metrics_path"]}"' in (ROOT / "shared" / "service.py").read_text()


def test_nothing_is_published_beyond_this_machine() -> None:
    ports = [p for row in SERVICES.values() for p in row.get("ports", [])]
    assert all(port.startswith("127.0.0.1:") for port in ports)
    assert len(ports) == len(set(ports))


@pytest.mark.parametrize("name", SERVICES)
def test_every_image_is_pinned_to_a_version(name: str) -> None:
    image = SERVICES[name]["image"]
    assert image == "motcua" or re.search(r":v?\d", image)
