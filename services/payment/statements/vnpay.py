"""A day of VNPAY's as CSV, as the sandbox bank writes it; columns are named as in its answers.

| Column | Says |
|---|---|
| vnp_TxnRef | our reference |
| vnp_TransactionNo | its own number |
| vnp_Amount | đồng times 100 |
| vnp_PayDate | yyyymmddHHMMSS, Viet Nam's time |
| vnp_TransactionType | 01 paid, 02 refunded whole, 03 refunded in part |
"""

from collections.abc import Mapping

from services.payment.statements.csv_file import Dialect, Entry, Row, local, vnd

_SIGNS: Mapping[str, int] = {"01": 1, "02": -1, "03": -1}


def _entry(row: Row) -> Entry:
    sign = _SIGNS.get(row["vnp_TransactionType"].strip())
    if sign is None:
        raise ValueError(f"vnp_TransactionType is {row['vnp_TransactionType']!r}: 01, 02 or 03")
    amount_vnd, rest = divmod(vnd(row, "vnp_Amount"), 100)
    if rest or amount_vnd <= 0:
        raise ValueError(f"vnp_Amount is {row['vnp_Amount']!r}: whole đồng, times 100")
    return Entry(
        reference=row["vnp_TxnRef"].strip(),
        transaction=row["vnp_TransactionNo"].strip(),
        signed_vnd=sign * amount_vnd,
        booked_at=local(row, "vnp_PayDate", "%Y%m%d%H%M%S"),
    )


VNPAY = Dialect(
    "VNPAY",
    frozenset({"vnp_TxnRef", "vnp_TransactionNo", "vnp_Amount", "vnp_PayDate"})
    | {"vnp_TransactionType"},
    _entry,
)
