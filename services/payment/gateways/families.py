"""Every protocol family by the name that a partner's row gives it."""

from collections.abc import Callable, Mapping

from services.payment.gateways import Gateway, Partner
from services.payment.gateways.iso20022.gateway import Iso20022
from services.payment.gateways.momo.gateway import Momo
from services.payment.gateways.neutral.gateway import Neutral
from services.payment.gateways.platform.gateway import Platform
from services.payment.gateways.platform.keypay import Keypay
from services.payment.gateways.transfers.casso import Casso
from services.payment.gateways.transfers.payos import Payos
from services.payment.gateways.transfers.sepay import Sepay
from services.payment.gateways.vnpay.gateway import Vnpay
from services.payment.gateways.zalopay.gateway import Zalopay

FAMILIES: Mapping[str, Callable[[Partner], Gateway]] = {
    "vnpay": Vnpay,
    "momo": Momo,
    "zalopay": Zalopay,
    "payos": Payos,
    "casso": Casso,
    "sepay": Sepay,
    "platform": Platform,
    "keypay": Keypay,
    "neutral": Neutral,
    "iso20022": Iso20022,
}

# which are told what an order is for; and which of all are told, or show, where its money goes
TOLD_THE_BILL = frozenset({"platform", "keypay"})
TOLD_THE_ACCOUNT = TOLD_THE_BILL | {"casso", "sepay", "neutral", "iso20022"}

# how long a call to a partner may take, where its protocol asks for more than a deployment grants
CALL_LIMITS_S: Mapping[str, float] = {
    "momo": 30.0,  # "at least", they say
}
