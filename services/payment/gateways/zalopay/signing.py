"""What ZaloPay signs: values joined with `|`; of a callback, its `data` exactly as it came.

What we send is signed with key1 (outgoing), what they send with key2 (incoming).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from services.payment.gateways.exact_json import raw

MAC = "mac"
CREATE = ("app_id", "app_trans_id", "app_user", "amount", "app_time", "embed_data", "item")
QUERY = ("app_id", "app_trans_id", "key1")
REFUND = ("app_id", "zp_trans_id", "amount", "description", "timestamp")
QUERY_REFUND = ("app_id", "m_refund_id", "timestamp")
REDIRECT = ("appid", "apptransid", "pmcid", "bankcode", "amount", "discountamount", "status")


def joined(values: Mapping[str, Any], names: Sequence[str]) -> str:
    """Return what is signed of a message; a missing value leaves its place empty."""
    return "|".join(raw(values, name) for name in names)
