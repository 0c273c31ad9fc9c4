"""A partner's row gone wrong: with keys that nobody gave out, or in somebody else's name."""

import msgspec

from services.payment.gateways import Key, Partner

STRANGE_KEY = "a-key-that-nobody-gave-out"
STRANGE_MERCHANT, STRANGE_ACCOUNT = "MCSTRANGER", "9990000001"


def another_key(row: Partner) -> Partner:
    """Return a row that signs with another key, both ways."""

    def strange(keys: tuple[Key, ...]) -> tuple[Key, ...]:
        return tuple(msgspec.structs.replace(key, secret=STRANGE_KEY) for key in keys)

    return msgspec.structs.replace(
        row, outgoing=strange(row.outgoing), incoming=strange(row.incoming)
    )


def another_merchant(row: Partner) -> Partner:
    """Return a row of another merchant with another account, under the same keys."""
    ids = dict(row.ids)
    if "app_id" in ids:
        ids["app_id"] = str(int(ids["app_id"]) + 1)
    account = row.account and msgspec.structs.replace(row.account, number=STRANGE_ACCOUNT)
    return msgspec.structs.replace(
        row, merchant=STRANGE_MERCHANT, ids=ids, account=account, accounts=()
    )
