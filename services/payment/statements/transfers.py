"""What the transfer services export: PayOS, Casso v2, SePay; columns are named as in webhooks.

Casso's number is the bank's `reference` on its `accountNumber`, or its own `id` without one.

| | number | amount | time | our reference | running balance |
|---|---|---|---|---|---|
| PayOS | reference | amount | transactionDateTime | orderCode, description | none |
| Casso | reference | amount, out below zero | transactionDateTime | description | runningBalance |
| SePay | id | transferAmount, transferType | transactionDate | code, content | accumulated |
"""

from services.payment.gateways.transfers import casso
from services.payment.gateways.transfers.text import DIGITS, reference
from services.payment.statements.csv_file import Dialect, Entry, Row, local_iso, vnd


def _payos(row: Row) -> Entry:
    code = row["orderCode"].strip().lstrip("0")
    by_code = reference(f"DVC{code:0>{DIGITS}}") if code else ""
    return Entry(
        reference=by_code or reference(row["description"]),
        transaction=row["reference"].strip(),
        signed_vnd=vnd(row, "amount"),
        booked_at=local_iso(row, "transactionDateTime"),
    )


def _casso(row: Row) -> Entry:
    return Entry(
        reference=reference(row["description"]),
        transaction=casso.transaction(
            row["accountNumber"].strip(), row["reference"], row["id"].strip()
        ),
        signed_vnd=vnd(row, "amount"),
        booked_at=local_iso(row, "transactionDateTime"),
        balance_vnd=vnd(row, "runningBalance"),
    )


def _sepay(row: Row) -> Entry:
    sign = {"in": 1, "out": -1}.get(row["transferType"].strip())
    if sign is None:
        raise ValueError(f"transferType is {row['transferType']!r}: it is in or out")
    return Entry(
        reference=reference(row["code"]) or reference(row["content"]),
        transaction=row["id"].strip(),
        signed_vnd=sign * vnd(row, "transferAmount"),
        booked_at=local_iso(row, "transactionDate"),
        balance_vnd=vnd(row, "accumulated"),
    )


PAYOS = Dialect(
    "PayOS",
    frozenset({"orderCode", "amount", "description", "reference", "transactionDateTime"}),
    _payos,
)
CASSO = Dialect(
    "Casso",
    frozenset({"id", "reference", "accountNumber", "description", "amount"})
    | {"runningBalance", "transactionDateTime"},
    _casso,
)
SEPAY = Dialect(
    "SePay",
    frozenset({"id", "transactionDate", "code", "content", "transferType"})
    | {"transferAmount", "accumulated"},
    _sepay,
)
