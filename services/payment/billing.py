"""Whose money an order becomes, and what for: by what its fee rests on, and by our rows.

An account is chosen by the unit that receives the application, else by its province, else for any;
of each by the procedure, else for any; else it is the row's.  The day is that on which the order
was opened: asked again, it is the same.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from services.payment.domain.assessing import Basis
from services.payment.domain.state import Attempt, Payment
from services.payment.gateways import Account, Order, Partner
from services.payment.gateways.bills import Beneficiary, Bill
from services.payment.gateways.families import TOLD_THE_ACCOUNT, TOLD_THE_BILL
from shared.catalogue import Catalogue
from shared.effects import NotCalled
from shared.errors import Misconfigured, Unknown
from shared.journal import Journal

_Key = tuple[str, str]  # a unit or a province, a procedure; either may be empty


class Accounts:
    """The accounts of all partners, for what money comes to each.

    Raises `Misconfigured` where a row cannot be meant.
    """

    def __init__(self, partners: Iterable[Partner], catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._of: dict[str, Mapping[_Key, list[Beneficiary]]] = {}
        for partner in partners:
            if partner.accounts:
                _require_use(partner)
                self._of[partner.name] = _by_key(partner)

    def chosen(self, partner: str, basis: Basis | None, at: datetime) -> Account | None:
        """Return whose account an order of this time is paid to, None: that of the row."""
        mine = self._of.get(partner)
        if not mine or basis is None:
            return None
        for key in self._keys(basis):
            for one in mine.get(key, ()):
                if one.is_valid(at):
                    return one.account
        return None

    def _keys(self, basis: Basis) -> Iterator[_Key]:
        province = self._catalogue.province_of(basis.unit, basis.on)
        for place in dict.fromkeys((basis.unit, province.code if province else "", "")):
            yield place, basis.procedure
            yield place, ""


class Told(NamedTuple):
    """What an order or a refund of a partner is for."""

    account: Account | None = None
    bill: Bill | None = None


# finds it, by the partner, the key of the call, which begins with the application, and the order's
# reference; raises `NotCalled`
Tell = Callable[[Partner, str, str], Awaitable[Told]]


async def untold(*_: object) -> Told:
    """Return nothing: each partner has one account, and issues no receipts."""
    return Told()


class Billing:
    """Finds it by what payment remembers, which is read where there is something to tell alone."""

    def __init__(self, accounts: Accounts, journal: Journal[Payment], catalogue: Catalogue) -> None:
        self._accounts, self._journal, self._catalogue = accounts, journal, catalogue

    async def find(self, partner: Partner, key: str, reference: str) -> Told:
        """Return what is told.  Raises `NotCalled`."""
        is_billed = partner.family in TOLD_THE_BILL
        if not partner.accounts and not is_billed:
            return Told()
        try:
            latest = await self._journal.latest(key.partition("/")[0])
        except Unknown as doubt:
            raise NotCalled("what it is for cannot be read now") from doubt
        state = latest.state if latest else None
        attempt = state.attempt(reference) if state else None
        if state is None or attempt is None:
            return Told()
        account = self._accounts.chosen(partner.name, state.basis, attempt.opened_at)
        return Told(account, self.bill(state, attempt) if is_billed else None)

    def bill(self, state: Payment, attempt: Attempt) -> Bill | None:
        """Return the bill of an order; None in a state from before its basis was kept."""
        basis = state.basis
        if basis is None:
            return None
        procedure = self._catalogue.procedure(basis.procedure, basis.on)
        unit = self._catalogue.unit(basis.unit, basis.on)
        return Bill(
            dossier=basis.dossier_code,
            procedure=basis.procedure,
            procedure_name=procedure.name_vi if procedure else "",
            unit=basis.unit,
            unit_name=unit.name if unit else "",
            lines=[n for n in state.obligations[attempt.obligation].lines if n.amount_vnd],
        )


def with_told(order: Order, told: Told) -> Order:
    """Return an order with what it is for."""
    return order._replace(account=told.account, bill=told.bill)


# ---- rows


def _require_use(partner: Partner) -> None:
    if partner.family not in TOLD_THE_ACCOUNT:
        raise Misconfigured(
            f"partner {partner.name}: {partner.family} is told no account: leave `accounts` out,"
            " and agree on a merchant for each, in a row of its own"
        )
    if partner.account is None:
        raise Misconfigured(f"partner {partner.name}: `accounts` need an `account` for the rest")


def _by_key(partner: Partner) -> Mapping[_Key, list[Beneficiary]]:
    found = defaultdict[_Key, list[Beneficiary]](list)
    for one in sorted(partner.accounts, key=lambda b: b.valid_from):
        if one.valid_to is not None and one.valid_to <= one.valid_from:
            raise Misconfigured(f"partner {partner.name}: {_named(one)} ends before it begins")
        found[one.unit, one.procedure].append(one)
    for some in found.values():
        for before, after in pairwise(some):
            if before.valid_to is None or after.valid_from < before.valid_to:
                raise Misconfigured(
                    f"partner {partner.name}: two of `accounts` are valid at once for"
                    f" {_named(after)}: give the earlier one a `valid_to`"
                )
    return found


def _named(one: Beneficiary) -> str:
    return f"procedure {one.procedure or 'any'}, unit {one.unit or 'any'}"
