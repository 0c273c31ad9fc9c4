"""What the operator can mend is said in one sentence that tells how."""

import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local import kafka, ports
from deploy.local.ports import free
from deploy.local.settings import HOST, ROOT, Settings
from shared.errors import Misconfigured


def motcua(home: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "deploy.local", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "MOTCUA_HOME": str(home), "COLUMNS": "200", **env},
        capture_output=True,
        text=True,
        timeout=120,
    )


def program(folder: Path, name: str, script: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_free_ports_are_free_and_all_different() -> None:
    found = ports.free(20)
    assert len(set(found)) == 20
    ports.require_free({f"p{port}": port for port in found})


def test_a_port_in_use_is_named_with_who_uses_it() -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Misconfigured) as said:
            ports.require_free({"kafka": port})
    text = str(said.value)
    assert text.startswith(f"Port {port} (kafka) is in use by ")
    assert f"process {os.getpid()}" in text
    assert text.endswith("set MOTCUA_KAFKA_PORT to a free port.")


def test_up_says_it_without_a_traceback_and_leaves_nothing(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        mongo, controller = map(str, free(2))
        said = motcua(
            tmp_path,
            "up",
            MOTCUA_KAFKA_PORT=port,
            MOTCUA_MONGO_PORT=mongo,
            MOTCUA_CONTROLLER_PORT=controller,
        )
    assert said.returncode == 1
    assert f"Port {port} (kafka) is in use" in said.stdout
    assert "Traceback" not in said.stdout + said.stderr
    assert list(tmp_path.glob("run/*")) == []


@pytest.mark.parametrize(
    ("variable", "value"),
    [("MOTCUA_LANES", "0"), ("MOTCUA_LANES", "four"), ("MOTCUA_INTAKE_PORT", "80")],
)
def test_a_setting_out_of_range_is_named(tmp_path: Path, variable: str, value: str) -> None:
    said = motcua(tmp_path, "status", **{variable: value})
    assert said.returncode == 1
    assert f"{variable} is set to '{value}'" in said.stdout
    assert "Traceback" not in said.stdout + said.stderr


def test_no_java_is_said_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="needs Java, and there is none on PATH: install"):
        kafka.java({"PATH": str(tmp_path)})


def test_a_java_home_without_java_is_said(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="there is none in JAVA_HOME"):
        kafka.java({"PATH": os.environ["PATH"], "JAVA_HOME": str(tmp_path)})


@pytest.mark.parametrize(
    ("banner", "has"),
    [
        ('openjdk version "11.0.2" 2019-01-15', "is version 11"),
        ('java version "1.8.0_292"', "is version 8"),
        ("something else", "does not tell its version"),
    ],
)
def test_an_old_java_is_said_with_its_version(tmp_path: Path, banner: str, has: str) -> None:
    program(tmp_path, "java", f"echo '{banner}' >&2")
    with pytest.raises(Misconfigured, match=f"needs a newer Java, .* {has}: install Java 17"):
        kafka.java({"PATH": str(tmp_path)})


@pytest.mark.parametrize("banner", ['openjdk version "17.0.15" 2025-04-15', 'java version "21"'])
def test_a_new_enough_java_is_taken(tmp_path: Path, banner: str) -> None:
    found = program(tmp_path, "java", f"echo '{banner}' >&2")
    assert kafka.java({"PATH": str(tmp_path)}) == str(found)


def test_without_java_and_maven_java_is_named_first(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="needs Java, and there is none on PATH: install"):
        kafka.fetch(tmp_path / "jars", {"PATH": str(tmp_path)})


def test_no_maven_is_said_only_when_jars_are_missing(tmp_path: Path) -> None:
    program(tmp_path, "java", "echo 'java version \"21\"' >&2")
    with pytest.raises(Misconfigured, match="Maven, which fetches them, is not on PATH: install"):
        kafka.fetch(tmp_path / "jars", {"PATH": str(tmp_path)})


def test_jars_are_fetched_once(tmp_path: Path) -> None:
    jars, path = tmp_path / "jars", {"PATH": f"{tmp_path}/bin:{os.environ['PATH']}"}
    program(
        tmp_path / "bin",
        "mvn",
        f'for a; do case "$a" in -DoutputDirectory=*) mkdir -p "${{a#*=}}";; esac; done; '
        f"echo run >> {tmp_path}/runs",
    )
    assert kafka.fetch(jars, path) == jars
    assert kafka.fetch(jars, path) == jars
    assert (tmp_path / "runs").read_text() == "run\n"


def test_a_broken_download_is_said_and_leaves_no_jars(tmp_path: Path) -> None:
    program(tmp_path / "bin", "mvn", "echo no such artifact; exit 1")
    with pytest.raises(Misconfigured, match=r"Maven could not fetch Kafka: .*fetch\.log says why"):
        kafka.fetch(tmp_path / "jars", {"PATH": f"{tmp_path}/bin:{os.environ['PATH']}"})
    assert (tmp_path / "fetch.log").read_text() == "no such artifact\n"
    assert not (tmp_path / "jars").exists()


def test_data_without_a_format_is_not_touched(tmp_path: Path) -> None:
    data = tmp_path / "data" / "kafka"
    (data / "intake.events-0").mkdir(parents=True)
    with pytest.raises(Misconfigured, match="is not formatted to the end: remove it"):
        kafka.prepare(tmp_path, 1, 2)
    assert (data / "intake.events-0").exists()


def test_every_process_has_a_port_of_its_own() -> None:
    found = [value for name, value in Settings().model_dump().items() if name.endswith("_port")]
    assert len(found) == len(set(found)) == 13
