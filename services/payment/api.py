"""The edge of banks and portals: callbacks, the page citizens come back to, how payments stand."""

from html import escape
from ipaddress import ip_address
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from services.payment import orders_api, refunds_api
from services.payment.callbacks import Callbacks, Near
from services.payment.domain.state import Payment
from services.payment.gateways import Call, Gateway, Payer, Refused
from services.payment.lookups import application_id, may_read, unknown
from services.payment.partners import Registry
from services.payment.paying import Till, total_open_vnd
from services.payment.reassessments_api import reassessments_router
from services.payment.receipts_api import Papers, receipts_router
from services.payment.references import References
from services.payment.set_aside import Seal, SetAside
from services.payment.views import PAYMENT, PaymentView, payment_view
from shared import edge
from shared.access import Caller, require
from shared.bare import Answered, Bare, Headers
from shared.clock import Clock
from shared.gather import Gather
from shared.journal import Journal
from shared.kinship import children
from shared.lanes.known import Known
from shared.problems import Refusal
from shared.publisher import Publisher

CALLBACK_WINDOW_S = 0.02  # a query costs as much as twenty callbacks; a bank can wait that long

Reader = Annotated[Caller, Depends(require("portal", "operator"))]
Language = Annotated[str, Query(pattern="^(vi|en)$")]
Address = Annotated[str, Query(max_length=45)]

RETURN_PAGE = """<!doctype html><html lang="vi"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Thanh toán</title>
<style>body{{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:3rem auto;padding:0 1rem}}
</style><h1>{title}</h1><p>{text}</p><p>Kết quả chính thức hiện trong hồ sơ của bạn; trang này
không quyết định gì. <span lang="en">The official result is shown with your application; this page
decides nothing.</span></p></html>"""
SAYS = {
    "paid": "Ngân hàng báo đã nhận tiền. / The bank says it has your payment.",
    "failed": "Ngân hàng báo chưa thanh toán. / The bank says that nothing was paid.",
    "pending": "Ngân hàng đang xử lý. / The bank is still working on it.",
    "unknown": "Bạn đã quay lại từ trang của ngân hàng. / You are back from the bank's page.",
    "not_genuine": "Không kiểm tra được thông tin này. / This could not be verified.",
}


def router(
    registry: Registry,
    references: References,
    journal: Journal[Payment],
    known: Known[Payment],
    publisher: Publisher,
    seal: Seal,
    clock: Clock,
    till: Till,
    papers: Papers,
) -> APIRouter:
    """Return payment's routes; callbacks and returns have one for each partner."""
    routes = APIRouter(tags=["payment"])
    applications = Gather(references.find, CALLBACK_WINDOW_S)
    decisions = Gather(journal.latest_of, CALLBACK_WINDOW_S)
    near = Near(references.known, known.get)
    for gateway in registry:
        aside = SetAside(gateway.partner.name, publisher, seal)
        callbacks = Callbacks(
            gateway, applications.get, decisions.get, near, publisher, aside, clock
        )
        _add_callback(routes, gateway, callbacks)
        _add_return(routes, gateway, clock)
    routes.include_router(reassessments_router(journal, publisher, clock))
    routes.include_router(receipts_router(papers, journal))

    @routes.get(
        "/v1/payments/{application}",
        summary="What is to be paid, and where",
        responses=edge.shown(200, PAYMENT, 404, 422),
    )
    async def payments(
        application: str,
        request: Request,
        caller: Reader,
        payer_ip: Address = "",
        language: Language = "vi",
    ) -> PaymentView:
        known = application_id(application)
        decision = await journal.latest(known)
        if decision is None and (parent := await _parent(known, journal, caller)):
            return parent
        if decision is None or decision.state is None or not may_read(caller, decision.state):
            raise unknown()
        payer, at, state = Payer(_address(payer_ip, request), language), clock(), decision.state
        orders = {
            place: till.orders(known, state, place, payer, at)
            for place in range(len(state.obligations))
        }
        settled = {place: by for place in orders if (by := till.settlement(known, state, place))}
        waiting_vnd = total_open_vnd(state)
        partners = till.partners(waiting_vnd, at) if waiting_vnd else ()
        return payment_view(known, state, orders, papers.codes, partners, settled)

    routes.include_router(refunds_api.router(journal, publisher, clock))
    routes.include_router(orders_api.router(till, journal, publisher, clock))
    return routes


async def _parent(
    application: str, journal: Journal[Payment], caller: Caller
) -> PaymentView | None:
    """Return what a parent is shown: nothing is asked of it, but of its children that are here."""
    found = await journal.latest_of(children(application))
    ours = [a for a, d in found.items() if d.state and may_read(caller, d.state)]
    return PaymentView(application, "none", (), 0, sorted(ours)) if ours else None


def _add_callback(routes: APIRouter, gateway: Gateway, callbacks: Callbacks) -> None:
    partner, described = gateway.partner.name, gateway.callback_described()

    async def take(query: bytes, headers: Headers, body: bytes) -> Answered:
        return await callbacks.take(Call(query, headers, body))

    routes.add_api_route(
        f"/v1/callbacks/{partner}",
        # nothing is parsed before the signature is checked
        Bare(take, gateway.method, gateway.body_limit_bytes),
        methods=[gateway.method],
        name=f"callback_{partner}",
        summary=f"A callback of {partner}, signed, answered in its own words",
        description="Safe to repeat: the answer says how the order stands, each time.",
        openapi_extra=described,
        response_class=Response,
        status_code=min(int(status) for status in described["responses"]),  # of success
    )


def _add_return(routes: APIRouter, gateway: Gateway, clock: Clock) -> None:
    @routes.get(
        f"/v1/return/{gateway.partner.name}",
        name=f"return_{gateway.partner.name}",
        summary="Where the payer's browser comes back to",
        response_class=HTMLResponse,
    )
    async def returned(request: Request) -> HTMLResponse:
        try:
            finding = gateway.read_return(request.scope["query_string"], clock())
        except Refused:
            return _page(SAYS["not_genuine"])
        return _page(SAYS.get(finding, SAYS["unknown"]))


def _page(text: str) -> HTMLResponse:
    return HTMLResponse(RETURN_PAGE.format(title="Thanh toán", text=escape(text)))


def _address(payer_ip: str, request: Request) -> str:
    given = payer_ip or (request.client.host if request.client else "")
    try:
        return ip_address(given.partition("%")[0]).exploded  # theirs has 7 to 45 characters
    except ValueError:
        raise Refusal(
            422, "not-an-address", "Send the payer's address as `payer_ip`, IPv4 or IPv6."
        ) from None
