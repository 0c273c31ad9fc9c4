"""docker-compose.yml and what it mounts are not run here; what they name is in the code."""

import shutil
import subprocess
from collections.abc import Callable, Iterator

import pytest

from tests.deploy.compose_checks import CHECKS
from tests.deploy.deployed import ROOT, Deployed, as_they_stand

Check = Callable[[Deployed], Iterator[str]]

COMPOSE = "docker-compose.yml"
DOCKERFILE = "deploy/Dockerfile"
COLLECTOR = "deploy/compose/collector.yaml"
PROMETHEUS = "deploy/compose/prometheus.yaml"
GRAFANA = "deploy/compose/grafana-sources.yaml"

# each is a slip of the pen, and what is said of it
PLANTED = [
    (COMPOSE, "cap_drop: [ALL]", "cap_drp: [ALL]", "'cap_drp' was unexpected"),
    (COMPOSE, "condition: service_healthy", "condition: healthy", "depends_on"),
    (COMPOSE, "\n  notify:\n", "\n  notices:\n", "notify has no container"),
    (COMPOSE, "\n  notify:\n", "\n  notices:\n", "notices is a container of nothing"),
    (COMPOSE, "services.routing]", "services.router]", "routing runs 'services.router'"),
    (COMPOSE, "deploy.sandbox.sms]", "deploy.sandbox.smss]", "deploy.sandbox.smss, which is not"),
    (COMPOSE, "MOTCUA_SMS_URL:", "MOTCUA_SMSC_URL:", "notify is told MOTCUA_SMSC_URL"),
    (COMPOSE, "MOTCUA_SMS_URL:", "MOTCUA_SMSC_URL:", "notify is left with MOTCUA_SMS_URL"),
    (COMPOSE, "MONGO_URL: m", "MOTCUA_MONGO_URL: m", "intake is left with MONGO_URL"),
    (COMPOSE, "MOTCUA_CLIENTS:", "MOTCUA_CLIENT:", "bank is told MOTCUA_CLIENT"),
    (COMPOSE, '&lanes "4"', '&lanes "four"', "MOTCUA_LANES cannot be 'four'"),
    (COMPOSE, '&lanes "4"', '&lanes "8"', "told of 8 lanes, not 4"),
    (COMPOSE, 'MOTCUA_PORT: "8103"', 'MOTCUA_PORT: "8113"', "payment listens on 8113"),
    (COMPOSE, "127.0.0.1:8104:8104", "127.0.0.1:8104:8014", "notify publishes"),
    (COMPOSE, "127.0.0.1:8105:8105", "8105:8105", "publishes 8105:8105 to everybody"),
    (COMPOSE, "127.0.0.1:16686:16686", "127.0.0.1:8105:16686", "8105 is published twice"),
    (COMPOSE, "http://bank:8201", "http://bank:8021", "MOTCUA_BANK_URL says http://bank:8021"),
    (COMPOSE, "http://notify:8104", "http://notice:8104", "MOTCUA_NOTIFY_URL says"),
    (COMPOSE, "http://127.0.0.1:8201", "http://127.0.0.1:8021", "MOTCUA_BANK_PAGE_URL says"),
    (COMPOSE, "http://collector:4318", "http://collector:4317", "OTEL_EXPORTER_OTLP_ENDPOINT"),
    (COLLECTOR, "0.0.0.0:4318", "0.0.0.0:4319", "OTEL_EXPORTER_OTLP_ENDPOINT"),
    (COMPOSE, "# topics and first", "# payments.events and first", "payments.events, which is no"),
    (COMPOSE, "profiles: [sandbox]", "profiles: [grafana]", "bank is in the profiles"),
    (COMPOSE, "deploy.local, bootstrap]", "deploy.local, topics]", "deploy.local topics`, which"),
    (COMPOSE, "deploy.local secrets", "deploy.local secret", "deploy.local secret`, which is no"),
    (COMPOSE, "MOTCUA_HOME:", "MOTCUA_FOLDER:", "secrets is told MOTCUA_FOLDER"),
    (COMPOSE, "/secrets/services/secrets.json", "/secrets/services/keys.json", "MOTCUA_SECRETS="),
    (COMPOSE, "clients.json /secrets/p", "clients.json /secrets/s", "puts clients.json where bank"),
    (COMPOSE, '["services-secrets:/s', '["secrets:/s', "intake sees all secrets"),
    (COMPOSE, "depends_on: *needs", "depends_on: [kafka]", "intake waits for ['kafka']"),
    (COMPOSE, "healthcheck: { disable: true }", "tty: false", "only a step that ends"),
    (DOCKERFILE, "'/healthz'", "'/health'", "asks /health, which no service serves"),
    (DOCKERFILE, "'/healthz'", "'/readyz'", "asks /readyz, which bank does not serve"),
    (COMPOSE, "apache/kafka:4.1.1", "apache/kafka:4.1.0", "not that of deploy/local/pom.xml"),
    (COMPOSE, "KAFKA_DEFAULT_REPLICATION", "KAFKA_REPLICATION", "kafka is told replication.factor"),
    (COMPOSE, 'TOPICS_ENABLE: "false"', 'TOPICS_ENABLE: "true"', "auto.create.topics.enable=true"),
    (COMPOSE, "  KAFKA_URL: kafka:9092", "  KAFKA_URL: kafka:19092", "for Kafka at kafka:19092"),
    (COMPOSE, "OUTSIDE://127.0.0.1:19092", "OUTSIDE://127.0.0.1:9092", "outside that it is at"),
    (COMPOSE, "replicaSet=rs0", "replicaSet=rs1", "MongoDB at mongodb://mongo:27017/?replicaSet="),
    (COMPOSE, "--replSet, rs0", "--replSet, rs1", "mongo is not of the replica set rs0"),
    (COMPOSE, '_id: "rs0"', '_id: "rs1"', "mongo-init does not begin the replica set rs0"),
    (COMPOSE, "compose/collector.yaml:", "compose/otel.yaml:", "otel.yaml, which is not there"),
    (COMPOSE, '["mongo:/data', '["mongod:/data', "mongo mounts mongod, which is no volume"),
    (COMPOSE, "secrets:/secrets/made", "secrets:/secrets/all", "mounts /secrets/all, a folder"),
    (PROMETHEUS, "payment:8103", "payment:8013", "differ about payment:8013"),
    (PROMETHEUS, "          - notify:8104\n", "", "differ about notify:8104"),
    (PROMETHEUS, "/metrics", "/metric", "asks /metric, which no service serves"),
    (COLLECTOR, "jaeger:4317", "jaeger:4318", "the collector sends to jaeger:4318"),
    (GRAFANA, "http://jaeger:16686", "http://jaeger:16868", "differ about jaeger:16868"),
    (COMPOSE, "grafana/grafana:12.1.0", "grafana/grafana:latest", "pin it to a version"),
]


def faults(deployed: Deployed) -> list[str]:
    return [fault for check in CHECKS for fault in check(deployed)]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_what_the_files_name_is_there(check: Check) -> None:
    assert list(check(as_they_stand())) == []


@pytest.mark.parametrize(("file", "old", "new", "said"), PLANTED)
def test_a_planted_fault_is_named(file: str, old: str, new: str, said: str) -> None:
    found = faults(as_they_stand().changed(file, old, new))
    assert [fault for fault in found if said in fault], found


def test_every_check_has_a_planted_fault_that_it_finds() -> None:
    changed = [as_they_stand().changed(*row[:3]) for row in PLANTED]
    idle = [c.__name__ for c in CHECKS if not any(list(c(d)) for d in changed)]
    assert idle == []


def test_docker_compose_itself_can_read_it() -> None:
    docker = shutil.which("docker")
    if not docker or subprocess.run([docker, "compose", "version"], capture_output=True).returncode:
        pytest.skip("docker has no compose plugin here: the published schema has to do")
    command = [docker, "compose", "--profile", "sandbox", "--profile", "grafana", "config", "-q"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
