"""The proof's pages, by what the edge answers."""

import json
import re
from datetime import timedelta

import httpx
import pytest

from services.operations.console.labels import LABELS
from services.operations.console.proof.page import found_page
from services.operations.console.uploads import uploaded
from services.operations.domain.proof.equations import equations
from services.operations.domain.proof.tally import Proof
from services.operations.proofs.rows import Ended
from tests.services.operations.api.edge import park
from tests.services.operations.console.edge import ConsoleEdge
from tests.services.operations.console.visits import TOKEN, send, sign_in
from tests.services.operations.domain.proof.plant import never_answered, settled_again
from tests.services.operations.story import Log, Story

# the instants in the ids of stories
DAYS = {"from": "2026-05-28", "to": "2026-05-29"}


async def token_of(browser: httpx.AsyncClient, path: str = "/console/proof") -> str:
    found = TOKEN.search((await browser.get(path)).text)
    assert found
    return found[1]


async def begin(browser: httpx.AsyncClient) -> str:
    """Ask for a proof; return its page's address."""
    answer = await send(browser, "/console/proof", token=await token_of(browser), **DAYS)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def test_one_that_failed_says_why(edge: ConsoleEdge, seated: httpx.AsyncClient) -> None:
    where = await begin(seated)
    id_ = where.rpartition("/")[2]
    failed = Ended(what="failed", at=edge.now, because="Misconfigured: <no key>")
    await edge.prover.rows.end(id_, failed)
    for page in (where, "/console/proof"):
        assert "Misconfigured: &lt;no key&gt;" in (await seated.get(page)).text


@pytest.fixture
async def lived(edge: ConsoleEdge) -> Story:
    """An application that settled twice, which must not be."""
    story = Story(Log(), 1)
    settled_again(story)
    return await edge.read(story)


async def proven(edge: ConsoleEdge) -> None:
    while await edge.prover.rows.open_ids():
        await edge.prover.loop().turn()
        edge.now += timedelta(seconds=1)


async def made(edge: ConsoleEdge, browser: httpx.AsyncClient) -> str:
    where = await begin(browser)
    await proven(edge)
    return where


async def test_a_period_is_proven_and_what_is_excepted_leads_to_its_journey(
    edge: ConsoleEdge, seated: httpx.AsyncClient, lived: Story
) -> None:
    where = await begin(seated)
    waiting = (await seated.get(where)).text
    assert LABELS["proof_waiting"].vi in waiting
    assert "hx-trigger" in waiting

    await proven(edge)
    page = (await seated.get(where)).text
    assert "hx-trigger" not in page
    assert "1 ghi nhận thanh toán nhiều lần" in page
    assert f'href="/console/journeys/{lived.application}"' in page
    listed = (await seated.get("/console/proof")).text
    assert f'href="{where}"' in listed
    assert "Không đúng" in listed


async def test_how_many_wait_and_since_when_is_said_beside_the_verdict(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    story = Story(Log(), 1)
    never_answered(story)
    park(story, "intake", "portal.submissions")
    await edge.read(story)

    page = (await seated.get(await made(edge, seated))).text

    assert LABELS["proof_holds"].vi in page
    assert "1 mục đang chờ, lâu nhất từ" in page
    assert "1 hồ sơ đang bị giữ, chờ giải phóng" in page


async def test_a_part_of_the_page_is_what_htmx_asks_for_again(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    where = await begin(seated)
    part = await seated.get(where, headers={"hx-request": "true"})
    assert "<html" not in part.text
    assert 'id="standing"' in part.text


async def test_the_report_is_signed_and_verified_however_it_comes(
    edge: ConsoleEdge, seated: httpx.AsyncClient, lived: Story
) -> None:
    where = await made(edge, seated)
    report = await seated.get(f"{where}/report.json")
    assert "attachment" in report.headers["content-disposition"]
    printed = await seated.get(f"{where}/report.html")
    assert json.loads(report.text)["signature"] in printed.text
    token = await token_of(seated, "/console/proof/verify")
    for given in ({"file": report.content}, {"text": report.content}):
        answer = await verify(seated, token, **given)
        assert answer.status_code == 200
        assert "Có chữ ký của hệ thống này" in answer.text
        assert "1 ghi nhận thanh toán nhiều lần" in answer.text
    changed = report.text.replace('"holds":false', '"holds":true').encode()
    answer = await verify(seated, token, file=changed)
    assert LABELS["proof_not_signed"].vi in answer.text


async def verify(
    browser: httpx.AsyncClient, token: str, file: bytes = b"", text: bytes = b""
) -> httpx.Response:
    files = {
        "token": (None, token.encode()),
        "file": ("proof.json", file, "application/json"),
        "text": (None, text),
    }
    return await browser.post("/console/proof/verify", files=files)


@pytest.mark.parametrize("text", [b"", b"{}", b"\xff\x00"])
async def test_what_is_no_report_is_said_to_be_none(seated: httpx.AsyncClient, text: bytes) -> None:
    token = await token_of(seated, "/console/proof/verify")
    answer = await verify(seated, token, file=text)
    assert (answer.status_code, LABELS["proof_no_report"].vi in answer.text) == (422, True)


async def test_a_form_without_its_token_is_refused(seated: httpx.AsyncClient) -> None:
    assert (await send(seated, "/console/proof", **DAYS)).status_code == 403
    assert (await verify(seated, "")).status_code == 403
    assert (await send(seated, "/console/proof/verify", token="x")).status_code == 415


async def test_one_can_be_aborted(edge: ConsoleEdge, seated: httpx.AsyncClient) -> None:
    where = await begin(seated)
    token = await token_of(seated, where)
    answer = await send(seated, f"{where}/abort", token=token)
    assert answer.headers["location"] == where
    assert "Đã dừng bởi operator" in (await seated.get(where)).text
    assert (await seated.get(f"{where}/report.json")).status_code == 404


@pytest.mark.parametrize(
    "asked", [{}, {"from": "2026-06-02", "to": "2026-06-01"}, {"from": "x", "to": "y"}]
)
async def test_what_is_no_period_is_refused(
    seated: httpx.AsyncClient, asked: dict[str, str]
) -> None:
    answer = await send(seated, "/console/proof", token=await token_of(seated), **asked)
    assert (answer.status_code, LABELS["refused_no-period"].vi in answer.text) == (422, True)


async def test_a_viewer_looks_and_does_not_ask(edge: ConsoleEdge, lived: Story) -> None:
    async with edge.browser() as operator:
        await sign_in(operator, "operator")
        where = await made(edge, operator)
    async with edge.browser() as browser:
        await sign_in(browser, "viewer")
        assert 'name="from"' not in (await browser.get("/console/proof")).text
        assert (await browser.get(where)).status_code == 200
        token = await token_of(browser)
        assert (await send(browser, "/console/proof", token=token, **DAYS)).status_code == 403
    async with edge.browser() as browser:
        await sign_in(browser, "officer")
        assert (await browser.get(where)).status_code == 403


async def test_a_proof_that_is_none_is_no_page(seated: httpx.AsyncClient) -> None:
    answer = await seated.get("/console/proof/20260101000000-0000")
    assert (answer.status_code, LABELS["refused_unknown-proof"].vi in answer.text) == (404, True)


def test_a_kind_of_many_lists_some_and_counts_the_others() -> None:
    proof = Proof()
    for n in range(60):
        proof.blame("gap", "", f"{n}", "x")
    [kind] = found_page(proof, equations(proof)).excepted
    assert (len(kind.items), kind.more) == (50, 10)
    assert re.match(r"60 ", kind.title.en)


@pytest.mark.parametrize(
    "media_type", ["multipart/form-data", "multipart/form-data; boundary=x", "text/plain", ""]
)
def test_what_is_no_form_with_files_has_no_fields(media_type: str) -> None:
    assert uploaded(media_type, b"--y\r\nnothing") == {}
