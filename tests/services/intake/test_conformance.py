"""The programs of docs/conformance.md, run as they stand there against intake's edge."""

import asyncio
import contextlib
import os
import re
import shutil
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import uvicorn

from services.intake.domain.dossier import content
from services.intake.forms import FORM
from shared.events.portal import Personal, Submitted
from shared.vault import keyed_hash

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "conformance.md").read_text()
LIMIT_S = 60
PERSONAL = Personal(name="Nguyễn Thử Nghiệm", personal_number="001099000001", phone="0912000001")
SUBMITTED = Submitted(
    procedure="2.000635",
    receiving_unit="26737",
    personal="",
    copies=2,
    documents=FORM.documents,
)
RUN = {
    "python": ("portal.py", sys.executable),
    "java": ("Portal.java", "java"),
    "javascript": ("portal.mjs", "node"),
}


def program(language: str) -> str:
    [text] = re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.M | re.S)
    return str(text)


@contextlib.asynccontextmanager
async def served(edge) -> AsyncIterator[str]:
    """Serve the edge on a port of its own."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(edge.app, log_level="error", lifespan="off"))
    serving = asyncio.create_task(server.serve([listening]))
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


@pytest.mark.parametrize("language", RUN)
async def test_a_program_to_copy_hands_in_an_application(make, tmp_path, language) -> None:
    file, command = RUN[language]
    if not shutil.which(command):
        pytest.skip(f"{command} is not on this machine")
    (tmp_path / file).write_text(program(language))
    edge = make.Edge(decides_after=2)
    async with served(edge) as address:
        running = await asyncio.create_subprocess_exec(
            *(command, str(tmp_path / file)),
            env=os.environ | {"INTAKE_URL": address, "PORTAL_KEY": "sandbox"},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        said, wrong = await asyncio.wait_for(running.communicate(), LIMIT_S)
    assert running.returncode == 0, wrong.decode()
    application, status, code = said.decode().split()
    assert (status, code[:4]) == ("registered", "H29.")
    assert set(edge.lane.states) == {application}
    kept = keyed_hash(edge.lane.vault.pepper, content(SUBMITTED, PERSONAL))
    assert edge.lane.states[application].content_hash == kept, "it sent something else"


def test_the_page_names_what_there_is() -> None:
    for name in ("receipt", "status_link", "similar", "withdrawal"):
        assert f"`{name}`" in PAGE
