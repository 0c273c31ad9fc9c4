"""A day of the bank's books as merchants get it for reconciling: CSV, in the protocol's words."""

from typing import NamedTuple

from deploy.sandbox.bank.books import Books

COLUMNS = "vnp_TxnRef,vnp_TransactionNo,vnp_Amount,vnp_PayDate,vnp_TransactionType"
PAID, GIVEN_BACK = "01", "02"


class _Entry(NamedTuple):
    at: str
    transaction: str
    reference: str
    amount_vnd: int
    type: str

    @property
    def signed_vnd(self) -> int:
        return self.amount_vnd if self.type == PAID else -self.amount_vnd


def statement(books: Books, day: str) -> str:
    """Return what moved on a day (`20261120`), between the balances before and after it."""
    paid = [_Entry(m.at, m.transaction, m.reference, m.amount_vnd, PAID) for m in books.movements]
    back = [
        _Entry(r.at, r.transaction, r.reference, r.amount_vnd, GIVEN_BACK) for r in books.refunds
    ]
    entries = sorted(paid + back)
    found = [e for e in entries if e.at[:8] == day]
    opening_vnd = sum(e.signed_vnd for e in entries if e.at[:8] < day)
    closing_vnd = opening_vnd + sum(e.signed_vnd for e in found)
    rows = (
        f"#opening_vnd={opening_vnd};closing_vnd={closing_vnd};count={len(found)}",
        COLUMNS,
        *(f"{e.reference},{e.transaction},{e.amount_vnd * 100},{e.at},{e.type}" for e in found),
    )
    return "".join(f"{row}\n" for row in rows)
