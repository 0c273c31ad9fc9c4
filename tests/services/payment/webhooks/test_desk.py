"""What a partner does with its endpoints."""

import asyncio

import pytest

from services.payment.webhooks.desk import Changed, TooMany
from services.payment.webhooks.endpoints import (
    ENDPOINTS_LIMIT,
    OVERLAP,
    REMEMBERED,
    REMEMBERED_LIMIT,
    SECRETS_LIMIT,
    VERSIONS_KEPT,
)
from services.payment.webhooks.guard import Denied
from shared.jwe import NotOpened
from tests.services.payment.replay.look import settled


async def test_a_secret_stands_sealed_and_opens_for_its_endpoint_alone(bench) -> None:
    endpoint, secret = await bench.desk.add("vnpay", "https://bank.example.vn/", ())
    [row] = bench.tables[0].rows.values()
    assert secret.hex() not in row["endpoint"]
    assert bench.sealing.open(endpoint.id, endpoint.secrets[0]) == secret
    with pytest.raises(NotOpened):
        bench.sealing.open("ep_other", endpoint.secrets[0])


async def test_a_partner_sees_and_has_its_own_endpoints_alone(bench) -> None:
    endpoint = await bench.endpoint("vnpay")
    assert await bench.desk.endpoints("vnpay") == [endpoint]
    assert await bench.desk.endpoints("vnpay2") == []
    assert await bench.desk.endpoint("other", endpoint.id) is None


async def test_a_url_that_is_not_called_is_not_taken(bench) -> None:
    bench.line.refuses = "address"
    with pytest.raises(Denied):
        await bench.endpoint()
    assert bench.tables[0].rows == {}


async def test_after_a_rotation_both_secrets_sign_for_a_day(bench) -> None:
    endpoint = await bench.endpoint()
    rotated, _ = await bench.desk.rotate(endpoint)
    assert len(rotated.signing(bench.now)) == 2
    assert rotated.signing(bench.now)[1].sealed == endpoint.secrets[0].sealed
    assert len(rotated.signing(bench.now + OVERLAP)) == 1


async def test_however_often_a_secret_is_rotated_few_sign(bench) -> None:
    endpoint = await bench.endpoint()
    for _ in range(20):
        endpoint, _ = await bench.desk.rotate(endpoint)
    assert len(endpoint.signing(bench.now)) == SECRETS_LIMIT
    assert len(bench.tables[0].rows) == VERSIONS_KEPT
    assert (await bench.desk.endpoint("vnpay", endpoint.id)) == endpoint


async def test_of_two_changes_at_the_same_moment_one_is_refused(bench) -> None:
    endpoint = await bench.endpoint()
    results = await asyncio.gather(
        bench.desk.rotate(endpoint), bench.desk.rotate(endpoint), return_exceptions=True
    )
    assert sum(isinstance(r, Changed) for r in results) == 1


async def test_an_endpoint_that_is_removed_is_told_nothing_and_leaves_no_secret(bench) -> None:
    endpoint = await bench.endpoint()
    await bench.desk.remove(endpoint)
    bench.write(settled(1))
    await bench.work()
    assert bench.line.calls == []
    assert await bench.desk.endpoints("vnpay") == []
    [last] = await bench.endpoints.of("vnpay")
    assert last.secrets == ()


async def test_a_partner_has_a_bounded_number_of_endpoints(bench) -> None:
    for _ in range(ENDPOINTS_LIMIT):
        await bench.endpoint()
    with pytest.raises(TooMany):
        await bench.endpoint()
    await bench.endpoint("other")


async def test_who_adds_and_removes_without_end_is_stopped_and_may_again_next_day(bench) -> None:
    for _ in range(REMEMBERED_LIMIT):
        await bench.desk.remove(await bench.endpoint())
    with pytest.raises(TooMany):
        await bench.endpoint()
    bench.later(seconds=REMEMBERED.total_seconds() + 1)
    await bench.endpoint()
    assert len(bench.tables[0].rows) == 1


async def test_what_is_enabled_again_hears_from_then_on(bench) -> None:
    endpoint = await bench.endpoint()
    await bench.endpoints.put(endpoint.next(bench.now, standing="disabled", reason="gone"))
    bench.write(settled(1))
    await bench.work()
    bench.later(seconds=1)
    [disabled] = await bench.desk.endpoints("vnpay")
    enabled = await bench.desk.enable(disabled)
    assert (enabled.standing, enabled.reason, enabled.since) == ("active", "", bench.now)
    bench.write(settled(2))  # decided before
    await bench.work()
    assert bench.line.calls == []
    assert await bench.desk.enable(enabled) is enabled
