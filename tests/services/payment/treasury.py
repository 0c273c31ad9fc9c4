"""The counter of an office that pays allowances, the effects behind it, and banks that pay out."""

import httpx
import msgspec
from fastapi import FastAPI

from deploy.local import secrets
from deploy.sandbox.partners.http import create_app
from deploy.sandbox.partners.opened import World, open_all
from deploy.sandbox.partners.opened import read as read_theirs
from services.payment import disbursements_api
from services.payment.disbursing import AskOut, PayOut
from services.payment.gateways.families import FAMILIES
from services.payment.partners import SANDBOX, Registry
from services.payment.settings import PaymentSettings
from shared.effects import NotCalled, Request
from shared.events import CONTRACTS
from shared.events.disbursements import DisbursementQueryRequested, DisbursementRequested
from shared.events.kernel import TimerFired
from shared.vault import Vault
from tests.services.payment.counter import Counter
from tests.services.payment.domain.paid_out import PENSION
from tests.services.payment.office import KEYS, MASTER

EDGE, SANDBOX_URL = "http://edge", "http://sandbox"
SETTINGS = PaymentSettings(bank_url=SANDBOX_URL, payment_url=EDGE)
MAKER, CHECKER = ({"authorization": f"Bearer {name}-key"} for name in ("maker", "checker"))
NAME = "Trần Thị Thử Nghiệm"


class Treasury(Counter):
    """An application with a social pension; `said`: all that was decided."""

    def __init__(self, lane_table, a, folder, pace=None):
        for_services = msgspec.json.decode((folder / secrets.SERVICES_FILE).read_bytes())
        self._keys, rows = for_services["partners"], a.rows()
        terms = self.registry_of(a).terms
        super().__init__(lane_table(rows=rows, partners=terms, pace=pace), rows, a)
        self.vault = Vault(a.rows(), MASTER)
        desk = self.journal, self.publisher, lambda: a.now, a.catalogue, self.vault
        self.app.include_router(disbursements_api.router(*desk))
        theirs = read_theirs(SANDBOX, folder / secrets.CLIENTS_FILE)
        world = World(self.http, EDGE, SANDBOX_URL, lambda: a.now, call_again_s=0.01)
        self.sandbox_app: FastAPI = create_app(open_all(theirs, world))
        transport = httpx.ASGITransport(self.sandbox_app)
        self.sandbox = httpx.AsyncClient(transport=transport, base_url=SANDBOX_URL)
        self.client, self.said, self.called = self.sandbox, [], set()
        self.path = f"/v1/payments/{a.application}"

    def registry_of(self, a):
        return Registry(SETTINGS.registry_rows(self._keys), FAMILIES)

    async def grant(self, procedure=PENSION):
        await self.vault.keys([self.a.application], create=True)
        self.keep(await self.bring(self.a.routed(procedure=procedure)))
        self.keep(await self.bring(self.a.accepted()))

    def keep(self, decided):
        self.said += [msgspec.json.decode(e.data, type=CONTRACTS[e.type]) for e in decided]

    def of(self, kind):
        return [data for data in self.said if isinstance(data, kind)]

    async def ask(self, bank="970432", ending="7777", headers=MAKER, **changes):
        """Ask for the allowance of November, at the counter; decide."""
        body = {
            "period": "2026-11",
            "amount_vnd": 500_000,
            "decision": "12/QĐ-UBND",
            "payee": {"name": NAME, "bank": bank, "number": f"002010000{ending}"},
        }
        answer = await self.http.post(
            f"{self.path}/disbursements", json=body | changes, headers=headers
        )
        self.keep(await self.decide())
        return answer

    async def act(self, verb, headers=CHECKER, number=1, **body):
        answer = await self.http.post(
            f"{self.path}/disbursements/{number}/{verb}",
            json={"reason": "Looked at"} | body,
            headers=headers,
        )
        self.keep(await self.decide())
        return answer

    async def correct(self, ending="8888", bank="970432", headers=MAKER):
        to = {"name": NAME, "bank": bank, "number": f"002010000{ending}"}
        return await self.act("correct", headers, payee=to)

    async def call(self):
        """Make every call that is wanted and was not made; decide its outcome."""
        world = self.registry, self.client, lambda: self.a.now, 10.0
        effects = {
            DisbursementRequested: PayOut(*world, self.vault),
            DisbursementQueryRequested: AskOut(*world),
        }
        for kind, effect in effects.items():
            for wanted in [w for w in self.of(kind) if w.key not in self.called]:
                self.called.add(wanted.key)
                request = Request(None, wanted)
                try:
                    (outcome,) = await effect.call([request])
                except NotCalled:
                    outcome = effect.deferred(request)
                except Exception:
                    outcome = effect.unknown(request)
                self.keep(await self.say(outcome))

    async def ring(self):
        """Let time pass until the bank is called again; call it."""
        latest = await self.journal.latest(self.a.application)
        timer = latest.state.disbursements[-1].timer
        self.keep(await self.say(TimerFired(name=timer, version=1)))
        await self.call()

    async def shown(self, headers=KEYS["operator"]):
        answer = await self.http.get(self.path, headers=headers)
        return answer.json()["disbursements"]

    async def books(self):
        return (await self.sandbox.get("/sandbox/statement")).json()["disbursements"]
