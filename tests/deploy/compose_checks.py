"""What docker-compose.yml names is in the code; each check tells what is not."""

import json
import re
from collections.abc import Iterator

from jsonschema import Draft202012Validator
from pydantic import ValidationError

from deploy.local import kafka, mongo, secrets
from deploy.local.cli import app
from deploy.local.settings import Settings as Local
from shared import topics
from shared.settings import Settings
from tests.deploy.deployed import (
    ROOT,
    SERVICES,
    TABLE,
    Deployed,
    environment,
    known,
    module,
    routes,
    said,
    settings_in,
)

ENDED = "service_completed_successfully"
STEPS = {"secrets", "bootstrap"}


def it_is_as_the_specification_says(d: Deployed) -> Iterator[str]:
    schema = json.loads((ROOT / "tests/deploy/compose_spec/compose-spec.json").read_text())
    for error in Draft202012Validator(schema).iter_errors(d.compose):
        yield f"{'.'.join(map(str, error.absolute_path))}: {error.message}"


def every_process_has_a_container(d: Deployed) -> Iterator[str]:
    for name in {*TABLE, *topics.SERVICES} - set(d.ours):
        yield f"{name} has no container"
    for name in set(d.ours) - set(TABLE) - STEPS:
        yield f"{name} is a container of nothing in the code"
    for name, row in d.running.items():
        if module(row) != TABLE[name].module:
            yield f"{name} runs {module(row)!r}, not {TABLE[name].module}"
    for name, row in d.ours.items():
        path = ROOT.joinpath(*module(row).split("."))
        if module(row) and not (path / "__main__.py").exists():
            yield f"{name} runs {module(row)}, which is not there"


def a_container_is_told_what_its_process_reads(d: Deployed) -> Iterator[str]:
    for name, row in d.running.items():
        read, told = known(name), environment(row)
        for variable in told.keys() - read.keys():
            yield f"{name} is told {variable}, which nothing reads"
        for variable, value in told.items():
            if variable in read:
                setting = read[variable]
                try:
                    is_json = value.startswith(("[", "{"))  # as pydantic reads an environment
                    setting.reader(**{setting.given_as: json.loads(value) if is_json else value})
                except ValidationError as error:
                    yield f"{name}: {variable} cannot be {value!r}: {error.errors()[0]['msg']}"
        for setting in read.values():
            local = "127.0.0.1" in setting.default or ".local" in setting.default
            if local and setting.variable not in {*told, "MOTCUA_HOST"}:
                yield f"{name} is left with {setting.variable}={setting.default}"


def ports_are_those_of_the_launcher(d: Deployed) -> Iterator[str]:
    for name, row in d.running.items():
        port = Local().port(name)
        if environment(row).get("MOTCUA_PORT") != str(port):
            yield f"{name} listens on {environment(row).get('MOTCUA_PORT')}, not on {port}"
        if row.get("ports") != [f"127.0.0.1:{port}:{port}"]:
            yield f"{name} publishes {row.get('ports')}, not {port}"


def nothing_is_published_beyond_the_machine(d: Deployed) -> Iterator[str]:
    ports = [(n, p) for n, row in d.containers.items() for p in row.get("ports", [])]
    for name, port in ports:
        if not str(port).startswith("127.0.0.1:"):
            yield f"{name} publishes {port} to everybody"
    numbers = [str(port).split(":")[-2] for _, port in ports]
    for twice in {n for n in numbers if numbers.count(n) > 1}:
        yield f"port {twice} is published twice"


def an_address_names_a_container_and_its_port(d: Deployed) -> Iterator[str]:
    published = {p for row in d.ours.values() for p in row.get("ports", [])}
    collector = d.read("deploy/compose/collector.yaml")["receivers"]["otlp"]["protocols"]["http"]
    for name, row in d.ours.items():
        for variable, value in environment(row).items():
            for host, port in re.findall(r"http://([\w.-]+):(\d+)", value):
                if host == "127.0.0.1":  # followed by a browser, outside
                    stands = f"127.0.0.1:{port}:{port}" in published
                elif host in d.running:
                    stands = environment(d.running[host]).get("MOTCUA_PORT") == port
                else:
                    stands = host in d.containers and collector["endpoint"].endswith(f":{port}")
                if not stands:
                    yield f"{name}: {variable} says {value}, where nobody listens"


def topics_that_are_named_are_in_the_registry(d: Deployed) -> Iterator[str]:
    kinds = "|".join({name.partition(".")[2] for name in topics.TOPICS})
    for file, text in d.texts.items():
        for name in re.findall(rf"(?<![\w.])[a-z]+\.(?:{kinds})\b", text):
            if name not in topics.all_names():
                yield f"{file} names {name}, which is no topic"


def partners_are_a_profile_and_services_are_not(d: Deployed) -> Iterator[str]:
    for name, row in d.running.items():
        if row.get("profiles", []) != (["sandbox"] if TABLE[name].kind == "partner" else []):
            yield f"{name} is in the profiles {row.get('profiles')}"


def steps_run_commands_that_there_are(d: Deployed) -> Iterator[str]:
    commands = {c.name or c.callback.__name__ for c in app.registered_commands if c.callback}
    read = {s.variable for s in settings_in(ROOT / "deploy" / "local")}
    for name in STEPS & set(d.ours):
        line = " ".join(d.ours[name]["command"])
        for run in re.findall(r"python -m ([\w.]+) (\w+)", line) or [("nothing", "")]:
            if run[0] != "deploy.local" or run[1] not in commands:
                yield f"{name} runs `python -m {' '.join(run)}`, which is no command"
        for variable in environment(d.ours[name]).keys() - read:
            yield f"{name} is told {variable}, which nothing reads"


def all_agree_on_the_number_of_lanes(d: Deployed) -> Iterator[str]:
    told = {n: environment(row).get("MOTCUA_LANES") for n, row in d.ours.items()}
    for name in {*SERVICES, "bootstrap"} & set(d.ours):
        if told[name] != str(Local().lanes):
            yield f"{name} is told of {told[name]} lanes, not {Local().lanes}"


def each_side_is_shown_its_own_secrets(d: Deployed) -> Iterator[str]:
    made = d.ours["secrets"]["command"][-1]
    sides = {
        "service": ("services", secrets.SERVICES_FILE, "MOTCUA_SECRETS"),
        "partner": ("partners", secrets.CLIENTS_FILE, "MOTCUA_CLIENTS"),
    }
    for name, row in d.running.items():
        side, file, variable = sides[TABLE[name].kind]
        if row.get("volumes") != [f"{side}-secrets:/secrets/{side}:ro"]:
            yield f"{name} is shown {row.get('volumes')}"
        if environment(row).get(variable) != f"/secrets/{side}/{file}":
            yield f"{name} is told {variable}={environment(row).get(variable)}"
        if f"/{file} /secrets/{side}/" not in made:
            yield f"nobody puts {file} where {name} looks"
    for name, row in d.containers.items():
        if name != "secrets" and any(v.startswith("secrets:") for v in row.get("volumes", [])):
            yield f"{name} sees all secrets"


def services_wait_for_topics_database_and_secrets(d: Deployed) -> Iterator[str]:
    wanted = {n: {"condition": ENDED} for n in ("bootstrap", "mongo-init", "secrets")}
    for name in SERVICES:
        if name in d.ours and d.ours[name].get("depends_on") != wanted:
            yield f"{name} waits for {d.ours[name].get('depends_on')}"


def health_is_asked_where_it_is_answered(d: Deployed) -> Iterator[str]:
    (asked,) = said(d.image, "HEALTHCHECK")
    for path in re.findall(r"'(/\w+)'", asked) or ["nothing"]:
        if path not in routes(ROOT / "shared"):
            yield f"the image's health check asks {path}, which no service serves"
        for row in (r for r in TABLE.values() if r.kind == "partner"):
            if path not in routes(ROOT.joinpath(*row.module.split("."))):
                yield f"the image's health check asks {path}, which {row.name} does not serve"
    for name, row in d.ours.items():
        is_off = row.get("healthcheck", {}).get("disable", False)
        if is_off != (name in STEPS) or (is_off and row["restart"] != "no"):
            yield f"{name}: only a step that ends goes without a health check"


def the_broker_is_that_of_a_local_start(d: Deployed) -> Iterator[str]:
    pom = (ROOT / "deploy/local/pom.xml").read_text()
    version = re.search(r"<artifactId>kafka_2.13</artifactId>\s*<version>([\d.]+)<", pom)
    if not version or d.containers["kafka"]["image"] != f"apache/kafka:{version[1]}":
        yield f"kafka is {d.containers['kafka']['image']}, not that of deploy/local/pom.xml"
    told = {
        name.removeprefix("KAFKA_").lower().replace("_", "."): value
        for name, value in environment(d.containers["kafka"]).items()
        if name.startswith("KAFKA_") and name != "KAFKA_HEAP_OPTS"
    }
    local = dict(line.split("=", 1) for line in kafka.PROPERTIES.splitlines())
    elsewhere = {
        *("controller.quorum.voters", "listeners", "advertised.listeners", "log.dirs"),
        "listener.security.protocol.map",
    }
    for name, value in told.items():
        if name not in local:
            yield f"kafka is told {name}, which a local start does not set"
        elif name not in elsewhere and value != local[name]:
            yield f"kafka has {name}={value}, a local start {local[name]}"


def the_broker_is_found_from_inside_and_from_outside(d: Deployed) -> Iterator[str]:
    row = d.containers["kafka"]
    advertised = environment(row)["KAFKA_ADVERTISED_LISTENERS"]
    inside, outside = [a.split("://")[1] for a in advertised.split(",")]
    for name in {*SERVICES, "bootstrap"} & set(d.ours):
        if environment(d.ours[name]).get("KAFKA_URL") != inside:
            yield f"{name} looks for Kafka at {environment(d.ours[name]).get('KAFKA_URL')}"
    if outside != Settings.model_fields["kafka_url"].default:
        yield f"Kafka says outside that it is at {outside}"
    if row["ports"] != [f"{outside}:{outside.split(':')[1]}"]:
        yield f"Kafka says outside that it is at {outside}, and publishes {row['ports']}"


def the_replica_set_is_the_one_that_is_asked_for(d: Deployed) -> Iterator[str]:
    server, step = d.containers["mongo"], d.containers["mongo-init"]
    if server["image"] != step["image"]:
        yield f"mongo is {server['image']}, its first step {step['image']}"
    if mongo.REPLICA_SET not in server["command"]:
        yield f"mongo is not of the replica set {mongo.REPLICA_SET}"
    if f'_id: "{mongo.REPLICA_SET}"' not in step["command"][-1]:
        yield f"mongo-init does not begin the replica set {mongo.REPLICA_SET}"
    for name in set(SERVICES) & set(d.ours):
        if (
            not environment(d.ours[name])
            .get("MONGO_URL", "")
            .endswith(f"mongo:27017/?replicaSet={mongo.REPLICA_SET}")
        ):
            yield f"{name} looks for MongoDB at {environment(d.ours[name]).get('MONGO_URL')}"


def what_is_mounted_is_there(d: Deployed) -> Iterator[str]:
    made = next(line for line in said(d.image, "RUN") if "install -d" in line)
    for name, row in d.containers.items():
        for source, target, *_ in (v.split(":") for v in row.get("volumes", [])):
            if source.startswith("./"):
                if not (ROOT / source).is_file():
                    yield f"{name} mounts {source}, which is not there"
            elif source not in d.compose["volumes"]:
                yield f"{name} mounts {source}, which is no volume"
            elif name in d.ours and target not in made.split():
                yield f"{name} mounts {target}, a folder that is not its account's in the image"


def whoever_watches_knows_whom(d: Deployed) -> Iterator[str]:
    [job] = d.read("deploy/compose/prometheus.yaml")["scrape_configs"]
    targets = {t for c in job["static_configs"] for t in c["targets"]}
    wanted = {f"{name}:{Local().port(name)}" for name in SERVICES}
    for target in targets ^ wanted:
        yield f"prometheus and the services differ about {target}"
    if job["metrics_path"] not in routes(ROOT / "shared"):
        yield f"prometheus asks {job['metrics_path']}, which no service serves"
    jaeger = d.containers["jaeger"]
    spans = d.read("deploy/compose/collector.yaml")["exporters"]["otlp"]["endpoint"]
    if not spans.startswith("jaeger:") or f":{spans.split(':')[1]}" not in jaeger["command"][0]:
        yield f"the collector sends to {spans}, where jaeger does not listen"
    listening = {"prometheus:9090", f"jaeger:{jaeger['ports'][0].split(':')[-1]}"}
    sources = d.read("deploy/compose/grafana-sources.yaml")["datasources"]
    for address in {s["url"].removeprefix("http://") for s in sources} ^ listening:
        yield f"grafana and its sources differ about {address}"


def every_image_is_pinned(d: Deployed) -> Iterator[str]:
    for name, row in d.containers.items():
        image = row.get("image", "nothing")
        if image != "motcua" and not re.search(r":v?\d+\.\d+\.\d+$", image):
            yield f"{name} is {image}: pin it to a version"


CHECKS = (
    it_is_as_the_specification_says,
    every_process_has_a_container,
    a_container_is_told_what_its_process_reads,
    ports_are_those_of_the_launcher,
    nothing_is_published_beyond_the_machine,
    an_address_names_a_container_and_its_port,
    topics_that_are_named_are_in_the_registry,
    partners_are_a_profile_and_services_are_not,
    steps_run_commands_that_there_are,
    all_agree_on_the_number_of_lanes,
    each_side_is_shown_its_own_secrets,
    services_wait_for_topics_database_and_secrets,
    health_is_asked_where_it_is_answered,
    the_broker_is_that_of_a_local_start,
    the_broker_is_found_from_inside_and_from_outside,
    the_replica_set_is_the_one_that_is_asked_for,
    what_is_mounted_is_there,
    whoever_watches_knows_whom,
    every_image_is_pinned,
)
