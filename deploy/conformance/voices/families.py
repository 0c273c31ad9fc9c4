"""Every family's voice by its name."""

from collections.abc import Callable, Mapping

from deploy.conformance.voices import Voice
from deploy.conformance.voices.iso20022 import Iso20022Voice
from deploy.conformance.voices.neutral import NeutralVoice
from deploy.conformance.voices.platform import KeypayVoice, PlatformVoice
from deploy.conformance.voices.transfers import CassoVoice, PayosVoice, SepayVoice
from deploy.conformance.voices.vnpay import VnpayVoice
from deploy.conformance.voices.wallets import MomoVoice, ZalopayVoice
from services.payment.gateways import Partner

VOICES: Mapping[str, Callable[[Partner], Voice]] = {
    "vnpay": VnpayVoice,
    "momo": MomoVoice,
    "zalopay": ZalopayVoice,
    "payos": PayosVoice,
    "casso": CassoVoice,
    "sepay": SepayVoice,
    "platform": PlatformVoice,
    "keypay": KeypayVoice,
    "neutral": NeutralVoice,
    "iso20022": Iso20022Voice,
}
