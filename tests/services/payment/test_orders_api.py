"""The edge of portals: what a citizen may pay with, chooses, and scans."""

import xml.etree.ElementTree as Xml
from urllib.parse import urlsplit

import msgspec
import pytest

from services.payment.billing import Accounts
from services.payment.gateways import Offer, Sending, Unsendable
from services.payment.gateways.vnpay.gateway import Vnpay
from services.payment.orders_api import NOBODY, svg
from services.payment.partners import Registry
from services.payment.paying import Till
from services.payment.references import reference
from shared.events.payment import Created, CreateRequested, Requested
from tests.services.payment.counter import Counter
from tests.services.payment.office import KEYS


class Scanned(Vnpay):
    """A partner that makes orders itself, to be scanned."""

    creates_again = True


class Shown(Vnpay):
    """A partner whose orders are scanned, and that need not be asked."""

    def create(self, key, order, payer, at):
        return Offer(qr=f"QR{order.reference}")


class Town(Counter):
    """Three partners: one with links, one that makes orders, one whose codes are ours."""

    def registry_of(self, a):
        rows = []
        for name, family in (("vnpay", "vnpay"), ("scanned", "scanned"), ("shown", "shown")):
            row = a.partner(name=name, family=family, title=f"Ngân hàng {name}")
            rows.append(msgspec.structs.replace(row, terms=terms(row, name)))
        return Registry(rows, {"vnpay": Vnpay, "scanned": Scanned, "shown": Shown})


def terms(row, name):
    changes = {"max_vnd": 20_000} if name == "shown" else {}
    return msgspec.structs.replace(row.terms, partner=name, **changes)


@pytest.fixture
async def town(lane_table, a):
    rows = a.rows()
    registry = Town.registry_of(None, a)
    made = Town(lane_table(rows=rows, partners=registry.terms), rows, a)
    async with made.http:
        await made.bring(a.routed())
        yield made


async def seen(town, a):
    return (await town.http.get(f"/v1/payments/{a.application}")).json()


async def choose(town, a, partner, obligation=0, **changes):
    body = {"obligation": obligation, "partner": partner}
    return await town.http.post(f"/v1/payments/{a.application}/orders", json=body | changes)


async def made(town, a, **offered):
    """Let the last order be made by its partner."""
    latest = await town.journal.latest(a.application)
    attempt = latest.state.attempts[-1]
    said = Created(
        key=attempt.create_key,
        partner=attempt.partner,
        reference=attempt.reference,
        finding="created",
        **offered,
    )
    await town.say(said)
    return attempt.reference


async def test_partners_are_shown_with_whom_they_may_be_paid(town, a):
    partners = (await seen(town, a))["partners"]

    assert [(p["name"], p["available"]) for p in partners] == [
        ("vnpay", True),
        ("scanned", True),
        ("shown", True),
    ]
    assert partners[0]["title"] == "Ngân hàng vnpay"
    assert (partners[2]["min_vnd"], partners[2]["max_vnd"]) == (1_000, 20_000)


async def test_a_partner_that_fails_is_taken_out_with_the_reason_and_comes_back(town, a):
    town.refused.add("scanned")
    out = (await seen(town, a))["partners"][1]
    assert not out["available"]
    assert "chọn nơi khác" in out["reason_vi"]
    assert "comes back by itself" in out["reason_en"]
    assert (await choose(town, a, "scanned")).status_code == 409

    town.refused.clear()
    assert (await seen(town, a))["partners"][1]["available"]


async def test_a_partner_that_does_not_take_the_amount_says_so(lane_table, a):
    rows = a.rows()
    registry = Town.registry_of(None, a)
    town = Town(lane_table(rows=rows, partners=registry.terms), rows, a)
    async with town.http:
        await town.bring(a.routed(copies=3))
        small = (await seen(town, a))["partners"][2]

    assert not small["available"]
    assert small["reason_vi"] == "Chỉ nhận từ 1.000 đến 20.000 đồng một lần."
    assert small["reason_en"] == "Takes from 1,000 to 20,000 đồng at a time only."


async def test_what_was_chosen_is_shown_when_its_partner_has_made_it(town, a):
    answer = await choose(town, a, "scanned")
    assert answer.status_code == 202
    assert answer.headers["location"] == f"/v1/payments/{a.application}"
    decided = await town.decide()
    assert [e.type for e in decided] == [Requested.TYPE, CreateRequested.TYPE]
    (obligation,) = (await seen(town, a))["obligations"]
    assert [o["partner"] for o in obligation["orders"]] == ["vnpay"], "it is not made yet"

    reference = await made(town, a, pay_url="https://b.example/1", deep_link="app://1", qr="0002")

    (obligation,) = (await seen(town, a))["obligations"]
    assert [o["partner"] for o in obligation["orders"]] == ["scanned", "vnpay"]
    order = obligation["order"]
    assert order == obligation["orders"][0]
    assert (order["pay_url"], order["deep_link"]) == ("https://b.example/1", "app://1")
    assert order["qr"] == "0002"
    assert order["qr_svg"] == f"/v1/payments/{a.application}/orders/{reference}/qr.svg"


async def test_the_same_choice_again_opens_one_order(town, a):
    for _ in range(2):
        assert (await choose(town, a, "shown")).status_code == 202
    await town.decide()
    assert (await choose(town, a, "shown")).status_code == 202
    await town.decide()

    (obligation,) = (await seen(town, a))["obligations"]
    assert [o["partner"] for o in obligation["orders"]] == ["shown", "vnpay"]


async def test_a_partner_that_makes_no_order_is_not_chosen_without_end(town, a):
    answers = []
    for _ in range(20):
        answers.append(await choose(town, a, "scanned"))
        for event in await town.decide():
            if event.type == CreateRequested.TYPE:
                wanted = msgspec.json.decode(event.data, type=CreateRequested)
                said = {f: getattr(wanted, f) for f in ("key", "partner", "reference")}
                await town.say(Created(finding="declined", **said))

    assert [x.status_code for x in answers] == [202] * 19 + [409]
    assert answers[-1].json()["problems"][0]["code"] == "too-many-orders"


@pytest.mark.parametrize(
    ("partner", "changes", "status", "code", "field"),
    [
        ("nobody", {}, 422, "unknown-partner", "/partner"),
        ("shown", {"obligation": 1}, 409, "nothing-to-pay", "/obligation"),
        ("shown", {"obligation": -1}, 422, "invalid", "/obligation"),
        ("shown", {"more": 1}, 422, "invalid", "/more"),
    ],
)
async def test_a_wrong_choice_is_refused_with_field_rule_and_remedy(
    town, a, partner, changes, status, code, field
):
    answer = await choose(town, a, partner, **changes)

    assert answer.status_code == status
    (problem,) = answer.json()["problems"]
    assert (problem["code"], problem["field"]) == (code, field)
    assert problem["remedy_vi"]
    assert problem["remedy_en"]


async def test_what_is_not_due_or_paid_is_not_chosen_for(counter, a):
    await counter.bring(a.routed(procedure="1.004222"))
    answer = await choose(counter, a, "vnpay")
    assert (answer.status_code, answer.json()["problems"][0]["code"]) == (409, "not-due-yet")

    await counter.bring(a.accepted())
    assert (await choose(counter, a, "vnpay")).status_code == 202, "it stands with him already"
    latest = await counter.journal.latest(a.application)
    (attempt,) = latest.state.attempts
    await counter.say(a.paid(reference=attempt.reference, amount_vnd=attempt.amount_vnd))

    answer = await choose(counter, a, "vnpay")
    assert (answer.status_code, answer.json()["problems"][0]["code"]) == (409, "nothing-to-pay")


async def test_anothers_application_is_unknown_and_officers_do_not_choose(counter, a):
    await counter.bring(a.routed(portal="another"))

    assert (await choose(counter, a, "vnpay")).status_code == 404
    path = f"/v1/payments/{a.application}/orders"
    assert (await counter.http.post(path, headers=KEYS["officer"])).status_code == 403


# ---- what cannot be offered


class Keyless(Shown):
    """No key of ours is valid now."""

    def create(self, key, order, payer, at):
        raise Unsendable("no key of shown is valid now")


class Asked(Scanned):
    """It answers by an order that it makes."""

    def create(self, key, order, payer, at):
        return Sending("https://b.example", b"")


async def test_an_order_that_cannot_be_offered_is_left_out_and_all_else_is_shown(town, a):
    await choose(town, a, "shown")
    await town.decide()
    last = (await seen(town, a))["obligations"][0]["order"]["reference"]
    latest = await town.journal.latest(a.application)
    partners = {g.partner.name: g.partner for g in town.registry}
    families = {"vnpay": Vnpay, "scanned": Scanned, "shown": Keyless}
    for left in (["vnpay", "scanned", "shown"], ["scanned"]):
        registry = Registry([partners[name] for name in left], families)
        till = Till(registry, town.refused.__contains__, 5, Accounts([], a.catalogue))
        shown = till.orders(a.application, latest.state, 0, NOBODY, a.now)
        assert [o.partner for o in shown] == [name for name in left if name == "vnpay"]
        assert till.offer(latest.state, latest.state.attempt(last), NOBODY, a.now) is None


async def test_a_gap_between_two_keys_hides_nothing_else(lane_table, a):
    class Shut(Town):
        def registry_of(self, a):
            return Registry([a.partner()], {"vnpay": Keyless})

    rows = a.rows()
    town = Shut(lane_table(rows=rows), rows, a)
    async with town.http:
        await town.bring(a.routed())
        shown = await seen(town, a)
        (obligation,) = shown["obligations"]
        code = f"/v1/payments/{a.application}/orders/{reference(a.application, 1)}/qr.svg"

        assert (obligation["status"], obligation["orders"]) == ("open", [])
        assert (await town.http.get(code)).status_code == 404


async def test_a_partner_that_is_asked_first_since_offers_nothing_by_itself(town, a):
    latest = await town.journal.latest(a.application)
    (gateway,) = [g for g in town.registry if g.partner.name == "vnpay"]
    registry = Registry([gateway.partner], {"vnpay": Asked})

    assert (
        Till(registry, set().__contains__, 5, Accounts([], a.catalogue)).orders(
            a.application, latest.state, 0, NOBODY, a.now
        )
        == []
    )


# ---- codes to scan


async def test_a_code_is_shown_as_a_picture_of_its_text(town, a):
    await choose(town, a, "shown")
    await town.decide()
    order = (await seen(town, a))["obligations"][0]["order"]

    answer = await town.http.get(order["qr_svg"])

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.content == svg(order["qr"])
    assert Xml.fromstring(answer.text).tag.endswith("svg")


@pytest.mark.parametrize("name", ["vnpay", "nothing"])
async def test_an_order_without_a_code_has_no_picture(town, a, name):
    order = (await seen(town, a))["obligations"][0]["order"]
    reference = order["reference"] if name == "vnpay" else "DVC404"

    answer = await town.http.get(f"/v1/payments/{a.application}/orders/{reference}/qr.svg")

    assert answer.status_code == 404
    assert urlsplit(order["pay_url"]).query
