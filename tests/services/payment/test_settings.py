from services.payment.domain.draft import Pace
from services.payment.gateways import Registry
from services.payment.gateways.vnpay import Vnpay
from services.payment.settings import PaymentSettings

VNPAY = {"merchant": "DVCQG001", "secret": "THUNGHIEMVNPAYSECRETKEY0000001AB"}


def test_what_is_not_said_is_as_documented():
    assert PaymentSettings().pace == Pace(ask_after_s=(900, 900, 1_800, 3_600), attempt_limit=5)


def test_the_environment_sets_the_pace(monkeypatch):
    monkeypatch.setenv("MOTCUA_PAYMENT_ASK_AFTER_S", "[8, 8, 15]")
    monkeypatch.setenv("MOTCUA_PAYMENT_ATTEMPT_LIMIT", "2")

    assert PaymentSettings().pace == Pace(ask_after_s=(8, 8, 15), attempt_limit=2)


def test_the_partner_is_where_the_launcher_says(monkeypatch, a):
    monkeypatch.setenv("MOTCUA_BANK_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("MOTCUA_PAYMENT_URL", "http://127.0.0.1:2")

    (partner,) = PaymentSettings().partners(VNPAY)

    assert partner.pay_url == "http://127.0.0.1:1/paymentv2/vpcpay.html"
    assert partner.return_url == "http://127.0.0.1:2/v1/return/vnpay"
    registry = Registry([partner], {"vnpay": Vnpay})
    assert registry.terms[0].takes(9_999_999_999, a.now)
    assert VNPAY["secret"] not in repr(partner)
