"""Faults are planted in an edge and in banks: exactly the cases fail that are about them."""

from urllib.parse import parse_qsl

import pytest

from deploy.sandbox.bank import http as bank_http
from deploy.sandbox.bank.bank import HEARD, Bank, Merchant, word
from deploy.sandbox.bank.books import Books
from deploy.sandbox.bank.signing import ANSWER_FIELDS, REFUND_FIELDS, sign_body, signed_query
from deploy.sandbox.partners.opened import Opened
from deploy.sandbox.posts import Posts
from services.payment.gateways.neutral.gateway import Neutral
from services.payment.gateways.request_signature import SIGNATURE, TIME, sign
from services.payment.gateways.vnpay.gateway import Vnpay
from tests.deploy.conformance.conftest import played
from tests.deploy.conformance.town import EDGE, at_work

PARTNER = "sen-vang"
ORDER_VND = 16_000
SHORT_S = 2.0  # what never comes is waited for so long


def failed(found) -> set[str]:
    return {outcome.case for outcome in found.outcomes if outcome.became == "failed"}


# ---- the edge


class AnyAmount(Vnpay):
    """Takes whatever amount comes for the order's."""

    def read_callback(self, call, at):
        return [n._replace(amount_vnd=ORDER_VND) for n in super().read_callback(call, at)]


class NoRepeats(Vnpay):
    """Says to call again where it has heard of a transaction before."""

    def __init__(self, partner):
        super().__init__(partner)
        self._heard, self._repeated = set(), False

    def read_callback(self, call, at):
        [notice] = notices = super().read_callback(call, at)
        self._repeated = notice.transaction in self._heard
        self._heard.add(notice.transaction)
        return notices

    def answer(self, verdict, call, at):
        taken = verdict in ("recorded", "already_final")
        return super().answer("call_again" if self._repeated and taken else verdict, call, at)


class AnySignature(Neutral):
    """Signs what comes itself before it looks."""

    def read_callback(self, call, at):
        time = call.header(TIME)
        proof = (SIGNATURE.encode(), sign(self.partner.incoming[-1], time, call.body).encode())
        headers = [(n, v) for n, v in call.headers if n != proof[0]]
        return super().read_callback(call._replace(headers=[*headers, proof]), at)


class AnyMerchant(Vnpay):
    """Believes that every call is for us."""

    def read_callback(self, call, at):
        told = dict(parse_qsl(call.query.decode()))
        if told.get("vnp_TmnCode") == self.partner.merchant:
            return super().read_callback(call, at)
        told.pop("vnp_SecureHash")
        told["vnp_TmnCode"] = self.partner.merchant
        query = signed_query(self.partner.incoming[-1].secret, told)
        return super().read_callback(call._replace(query=query.encode()), at)


@pytest.mark.parametrize(
    ("family", "partner", "fault", "cases"),
    [
        ("vnpay", PARTNER, AnyAmount, {"wrong_amount"}),
        ("vnpay", PARTNER, NoRepeats, {"duplicate", "replay", "reset"}),
        ("vnpay", PARTNER, AnyMerchant, {"wrong_merchant"}),
        ("neutral", "song-hong", AnySignature, {"wrong_signature"}),
    ],
)
async def test_a_fault_of_the_edge_makes_its_own_cases_fail(a_town, family, partner, fault, cases):
    async with at_work(a_town(families={family: fault}, patience_s=SHORT_S)) as town:
        found = await played(town, "bank", partner)

    assert failed(found) == cases
    assert not found.is_conform


# ---- banks


class PaysTwice(Bank):
    """Forgets which requests it has done."""

    def answer(self, asked):
        self._requests.clear()
        return super().answer(asked)


class Credulous(Bank):
    """Signs links and questions itself before it looks."""

    def order_of(self, query):
        fields = dict(parse_qsl(query))
        fields.pop("vnp_SecureHash")
        return super().order_of(signed_query(self._merchant.secret, fields))


class AnyoneMayRefund(Bank):
    """Signs refunds itself before it looks."""

    def answer(self, asked):
        if asked.get("vnp_Command") != "refund":
            return super().answer(asked)
        bare = {name: value for name, value in asked.items() if name != "vnp_SecureHash"}
        return super().answer(sign_body(self._merchant.secret, bare, REFUND_FIELDS))


class Generous(Bank):
    """Gives back whatever is asked of it."""

    def _give_back(self, order, asked):
        paid = order.movements[0] if order.movements else self.books.move(order, order.amount_vnd)
        plenty = paid._replace(amount_vnd=10**9)
        order.movements[:] = [plenty]
        known = dict(asked) | {"vnp_TransactionNo": plenty.transaction}
        known["vnp_TransactionType"] = "03"
        said = super()._give_back(order, known)
        order.movements[:] = [paid]
        return said


class NeverExpires(Bank):
    """Lets every order be paid for ever."""

    def order_of(self, query):
        order = super().order_of(query)
        order.expires = ""
        return order


class Confident(Bank):
    """Says of every order that it waits for its money."""

    def answer(self, asked):
        said = super().answer(asked)
        if said["vnp_ResponseCode"] != "91":
            return said
        known = {**said, "vnp_ResponseCode": "00", "vnp_TransactionStatus": "01"}
        known.pop("vnp_SecureHash")
        return sign_body(self._merchant.secret, known, ANSWER_FIELDS)


@pytest.mark.parametrize(
    ("fault", "cases"),
    [
        (Bank, set()),
        (PaysTwice, {"duplicate", "replay"}),
        (Credulous, {"wrong_signature"}),
        (AnyoneMayRefund, {"wrong_signature"}),
        (Generous, {"reordered", "wrong_amount"}),
        (NeverExpires, {"late"}),
        (Confident, {"reordered", "wrong_signature", "unknown_order"}),
    ],
)
async def test_a_fault_of_a_bank_makes_its_own_cases_fail(a_town, fault, cases):
    town = a_town()
    row = town.partners[PARTNER]
    posts = Posts(town.http, f"{EDGE}/v1/callbacks/{PARTNER}", 60.0, word, HEARD)
    merchant = Merchant(row.merchant, row.incoming[-1].secret)
    bank = fault(merchant, Books(town.clock), posts)
    app = bank_http.create_app(bank)
    town.use({PARTNER: Opened(app, lambda: bank_http.statement(bank))})
    async with at_work(town):
        found = await played(town, "ours", PARTNER)

    assert failed(found) == cases
    assert found.is_conform == (not cases)
