"""The pages of forms that are sent, by what the edge answers."""

import httpx
import pytest

from services.operations.console.labels import LABELS
from services.operations.domain.subscriptions import AFTER_S, Attempt
from tests.services.operations.console.edge import ConsoleEdge
from tests.services.operations.console.visits import TOKEN, send, sign_in

WHERE = "/console/statistics/subscriptions"
ASKED = {"unit": "01", "every": "daily", "kind": "csv", "view": "receiving", "target": "office"}


async def subscribe(browser: httpx.AsyncClient, **asked: str) -> httpx.Response:
    token = TOKEN.search((await browser.get(WHERE)).text)
    assert token
    return await send(browser, WHERE, token=token[1], **{**ASKED, **asked})


@pytest.mark.parametrize("lang", ["vi", "en"])
async def test_a_form_is_subscribed_listed_with_what_came_of_it_and_ended(
    edge: ConsoleEdge, seated: httpx.AsyncClient, lang: str
) -> None:
    assert (await subscribe(seated)).headers["location"] == WHERE
    [one] = await edge.subscriptions.rows.every()
    failed = Attempt(period="2026-06-09", number=1, at_ms=0, finding="failed", problem="550 no")
    await edge.subscriptions.rows.begin(one.id, failed)
    page = (await seated.get(WHERE, params={"lang": lang})).text
    assert "Thành phố Hà Nội (01)" in page
    assert "550 no" in page
    assert getattr(LABELS["sending_failed"], lang) in page

    token = TOKEN.search(page)
    assert token
    await send(seated, f"{WHERE}/{one.id}/end", token=token[1])
    page = (await seated.get(WHERE)).text
    assert "operator" in page
    assert f"{WHERE}/{one.id}/end" not in page


@pytest.mark.parametrize("wrong", [{"unit": "99999"}, {"target": "nobody"}, {"every": "hourly"}])
async def test_what_cannot_be_subscribed_is_refused(
    seated: httpx.AsyncClient, wrong: dict[str, str]
) -> None:
    answer = await subscribe(seated, **wrong)
    assert (answer.status_code, LABELS["refused_no-subscription"].vi in answer.text) == (422, True)


async def test_a_last_attempt_that_nobody_lived_to_tell_of_is_given_up(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    await subscribe(seated)
    [one] = await edge.subscriptions.rows.every()
    lost = Attempt(period="2026-06-09", number=len(AFTER_S), at_ms=0, finding="begun")
    await edge.subscriptions.rows.begin(one.id, lost)
    assert LABELS["sending_given_up"].en in (await seated.get(WHERE, params={"lang": "en"})).text


async def test_only_who_may_ask_asks(edge: ConsoleEdge) -> None:
    async with edge.browser() as browser:
        await sign_in(browser, "viewer")
        page = await browser.get(WHERE)
        assert (page.status_code, 'name="every"' in page.text) == (200, False)
        assert (await send(browser, WHERE, **ASKED)).status_code == 403
    async with edge.browser() as browser:
        await sign_in(browser, "officer")
        assert (await browser.get(WHERE)).status_code == 403


async def test_a_form_without_its_token_changes_nothing(
    edge: ConsoleEdge, seated: httpx.AsyncClient
) -> None:
    assert (await send(seated, WHERE, **ASKED)).status_code == 403
    assert await edge.subscriptions.rows.every() == []
