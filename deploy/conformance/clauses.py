"""What each case rests on, by family: a clause of its public text, or of ours; or why it is none's.

`OURS` stands where a family's text is silent and our own page for banks decides.
"""

from collections.abc import Mapping

from deploy.conformance.cases import Name, Side

Clauses = Mapping[Name, str]

_HERE = "docs/banks.md, Does your side conform?"
_WORDS = "docs/banks.md, Words"
_TRANSFERS = "docs/banks.md, Bank transfers"
_CALLED = "docs/banks.md, You call, we answer"
_HELD = "docs/iso20022.md, What we hold you to"
_WHO = "docs/iso20022.md, Who you are"
_ANSWERED = "docs/iso20022.md, How you are answered"
_MESSAGE = "docs/banks.md, Every message, in both directions"

# docs/banks.md is the page that every bank of ours has agreed to
OURS: Mapping[Side, Clauses] = {
    "bank": {
        "valid": "docs/banks.md, You call back: recorded",
        "duplicate": "docs/banks.md, You call back: the same callback counts once",
        "reordered": "docs/banks.md, You call back: an order that is final stays so",
        "late": "docs/banks.md, You call back: money that comes late is never dropped",
        "wrong_amount": "docs/banks.md, You call back: the amount is not the order's",
        "wrong_signature": "docs/banks.md, You call back: the signature is not yours",
        "wrong_merchant": "docs/banks.md, You call back: not for us",
        "replay": "docs/banks.md, You call back: one transaction settles one order",
        "unknown_order": "docs/banks.md, You call back: no such order",
        "slow": f"{_HERE}: an answer within ten seconds",
        "reset": "docs/banks.md, You call back: the same callback may come as often as you like",
    },
    "ours": {
        "valid": "docs/banks.md, The citizen pays; We ask you; Money goes back",
        "duplicate": "docs/banks.md, The citizen pays: two requests, one order",
        "reordered": "docs/banks.md, Money goes back: at most what was paid",
        "late": "docs/banks.md, The citizen pays: an order has an expiry",
        "wrong_amount": "docs/banks.md, Money goes back: at most what was paid",
        "wrong_signature": "docs/banks.md, The citizen pays: requests are signed",
        "wrong_merchant": "docs/banks.md, The citizen pays: in our name, for our account",
        "replay": "docs/banks.md, Money goes back: sent again, it gives no more",
        "unknown_order": "docs/banks.md, We ask you: by our reference",
        "slow": f"{_HERE}: an answer within ten seconds",
        "reset": "docs/banks.md, The citizen pays: after a lost answer",
    },
}

_PLATFORM = "Payment Platform 1.0.6, as OpenCPS v2 (PayGateUtil) speaks it"
_KEYPAY = "KeyPay 3.0 through the national portal, as OpenCPS v2 speaks it"

BANK: Mapping[str, Clauses] = {
    "vnpay": {
        "valid": "VNPAY 2.1.0, IPN: RspCode 00; both codes 00 are paid",
        "duplicate": "VNPAY 2.1.0, IPN: RspCode 02, order already confirmed",
        "wrong_amount": "VNPAY 2.1.0, IPN: RspCode 04, amount differs",
        "wrong_signature": "VNPAY 2.1.0, IPN: RspCode 97, bad vnp_SecureHash (HMAC-SHA512)",
        "wrong_merchant": "VNPAY 2.1.0, IPN: vnp_TmnCode is the merchant's",
        "replay": "VNPAY 2.1.0, IPN: RspCode 02; vnp_TransactionNo counts once",
        "unknown_order": "VNPAY 2.1.0, IPN: RspCode 01, order not found",
        "reset": "VNPAY 2.1.0, IPN: called again, at most ten times, five minutes apart",
    },
    "momo": {
        "valid": "MoMo v2, payment notification: 204 without a body; resultCode 0 is paid",
        "duplicate": "MoMo v2, payment notification: 204",
        "wrong_amount": "MoMo v2, payment notification: 204; check orderId and amount",
        "wrong_signature": "MoMo v2, payment notification: signature, HMAC-SHA256",
        "wrong_merchant": "MoMo v2, payment notification: check partnerCode",
        "unknown_order": "MoMo v2, payment notification: 204 says that it is kept",
        "slow": "MoMo v2, payment notification: an answer within 15 s",
    },
    "zalopay": {
        "valid": "ZaloPay v2, callback: return_code 1",
        "duplicate": "ZaloPay v2, callback: return_code 2, already processed",
        "reordered": "ZaloPay v2, callback: each app_trans_id by itself, told on success only",
        "wrong_amount": "docs/banks.md, MoMo and ZaloPay: the amount is not the order's, -1",
        "wrong_merchant": "ZaloPay v2, callback: app_id in data",
        "wrong_signature": "ZaloPay v2, callback: mac with key2 over data; another code refuses",
        "replay": "ZaloPay v2, callback: return_code 2; zp_trans_id counts once",
        "unknown_order": "ZaloPay v2, callback: return_code 0, call again",
        "reset": "ZaloPay v2, callback: called again up to three times",
    },
    "payos": {
        "valid": "PayOS, webhook: any 2xx; code 00 of data is paid",
        "duplicate": "PayOS, webhook: any 2xx",
        "wrong_signature": "PayOS, checking data with signature: HMAC-SHA256 over data, sorted",
        "wrong_amount": f"{_TRANSFERS}: 200 says that it is kept",
        "wrong_merchant": "PayOS, confirm-webhook: a sample of any account is answered 2xx",
        "unknown_order": "PayOS, confirm-webhook: an unknown orderCode is answered 2xx",
    },
    "casso": {
        "valid": "Casso, webhook v2: 200; amount above 0 came in",
        "duplicate": "Casso, webhook v2: the same by reference, or data.id",
        "wrong_signature": "Casso, webhook v2: X-Casso-Signature, HMAC-SHA512",
        "wrong_merchant": "Casso, webhook v2: accountNumber, as it has no merchant id",
        "replay": "Casso, webhook v2: no limit is named for t; the same by reference",
        "unknown_order": f"{_TRANSFERS}: money without an order is kept",
        "wrong_amount": f"{_TRANSFERS}: 200 says that it is kept",
    },
    "sepay": {
        "valid": "SePay, webhooks: 200 to 299 with success true; transferType in",
        "duplicate": "SePay, webhooks: the same by id",
        "wrong_signature": "SePay, webhooks: X-SePay-Signature, HMAC-SHA256",
        "wrong_merchant": "SePay, webhooks: accountNumber, as it has no merchant id",
        "replay": "SePay, webhooks: more than five minutes of drift are refused",
        "slow": "SePay, webhooks: an answer within 30 s",
        "reset": "SePay, webhooks: eight attempts in all",
        "unknown_order": f"{_TRANSFERS}: money without an order is kept",
        "wrong_amount": f"{_TRANSFERS}: 200 says that it is kept",
    },
    "platform": {
        "valid": f"{_PLATFORM}: confirmation, MaLoi 00",
        "duplicate": f"{_PLATFORM}: confirmation, MaLoi 00 again",
        "wrong_amount": f"{_PLATFORM}: confirmation, SoTien; MaLoi 99",
        "wrong_signature": f"{_PLATFORM}: confirmation, MaXacThuc (SHA-256, the secret last)",
        "wrong_merchant": f"{_PLATFORM}: confirmation, MaDoiTac",
        "unknown_order": f"{_PLATFORM}: confirmation, MaThamChieu; MaLoi 99",
    },
    "keypay": {
        "valid": f"{_KEYPAY}: callback, return_code 0; the detail decides",
        "duplicate": f"{_KEYPAY}: callback, return_code 0 is received",
        "reordered": f"{_KEYPAY}: callback, the detail decides",
        "wrong_amount": f"{_KEYPAY}: callback, trans_amount; return_code -1",
        "wrong_signature": f"{_KEYPAY}: callback, check_sum with key 2",
        "wrong_merchant": f"{_KEYPAY}: callback, client_id",
        "replay": f"{_KEYPAY}: status is not in check_sum, so it never says paid",
        "unknown_order": f"{_KEYPAY}: callback, transaction_id; return_code -1",
    },
    "neutral": {
        "valid": f"{_CALLED}: 200 recorded",
        "duplicate": f"{_CALLED}: 200 already_final",
        "wrong_amount": f"{_CALLED}: 409 amount_differs",
        "wrong_signature": f"{_MESSAGE}: x-request-signature; 401 not_genuine",
        "wrong_merchant": f"{_MESSAGE}: merchant; 401 not_genuine",
        "replay": f"{_MESSAGE}: five minutes from the receiver's clock",
        "unknown_order": f"{_CALLED}: 404 unknown_reference",
        "reset": f"{_CALLED}: call again with the same x-request-id",
    },
    "iso20022": {
        "valid": f"ISO 20022 camt.054.001.08, Ntry/Sts BOOK; {_ANSWERED}: 202 recorded",
        "duplicate": f"ISO 20022 camt.054, AcctSvcrRef names the entry; {_ANSWERED}: 202",
        "reordered": "ISO 20022 pain.014, RJCT of a request that a booked credit has paid",
        "late": f"ISO 20022 camt.054, BookgDt; {_ANSWERED}: 202",
        "wrong_amount": f"ISO 20022 camt.054, Ntry/Amt; {_ANSWERED}: 202 amount_differs",
        "wrong_signature": f"{_WHO}: x-request-signature; 401",
        "wrong_merchant": f"ISO 20022 camt.054, Ntfctn/Acct; {_HELD}: one of our accounts",
        "replay": f"{_WHO}: more than five minutes from now is not taken",
        "unknown_order": f"{_ANSWERED}: 404 unknown_order",
    },
}

US: Mapping[str, Clauses] = {
    "vnpay": {
        "valid": "VNPAY 2.1.0, pay URL; querydr; refund",
        "duplicate": "VNPAY 2.1.0, refund: ResponseCode 94, asked for already",
        "late": "VNPAY 2.1.0, pay URL: vnp_ExpireDate",
        "wrong_amount": "VNPAY 2.1.0, refund: ResponseCode 02, more than was paid",
        "wrong_signature": "VNPAY 2.1.0, pay URL: vnp_SecureHash",
        "wrong_merchant": "VNPAY 2.1.0, pay URL: vnp_TmnCode",
        "replay": "VNPAY 2.1.0, refund: vnp_RequestId is unique per day",
        "unknown_order": "VNPAY 2.1.0, querydr: ResponseCode 91, not found",
    },
    "momo": {
        "valid": "MoMo v2, create, query, refund: resultCode 0",
        "duplicate": "MoMo v2, requestId is the idempotency key",
        "wrong_amount": "MoMo v2, refund: resultCode 1081 and others refuse",
        "wrong_signature": "MoMo v2, create: resultCode 13 or 11, signature",
        "wrong_merchant": "MoMo v2, create: resultCode 13, partnerCode",
        "replay": "MoMo v2, requestId is the idempotency key",
        "unknown_order": "MoMo v2, query: resultCode 42, not found",
        "slow": "MoMo v2, a client waits 30 s",
        "reset": "MoMo v2, requestId is the idempotency key",
    },
    "zalopay": {
        "valid": "ZaloPay v2, create, query, refund, query_refund: return_code",
        "duplicate": "ZaloPay v2, sub_return_code -68: an app_trans_id or m_refund_id twice",
        "late": "ZaloPay v2, create: app_time is at most 15 minutes old",
        "wrong_signature": "ZaloPay v2, sub_return_code -402: bad mac",
        "wrong_merchant": "ZaloPay v2, create: app_id",
        "replay": "ZaloPay v2, refund: m_refund_id counts once",
        "unknown_order": "ZaloPay v2, query: sub_return_code -101, not found",
    },
    "payos": {
        "valid": "PayOS, payment-requests: code 00, signed data; status PAID",
        "duplicate": "PayOS, payment-requests: an orderCode counts once",
        "late": "PayOS, payment-requests: expiredAt; status EXPIRED",
        "wrong_amount": "PayOS, payment-requests: an orderCode has one amount",
        "wrong_signature": "PayOS, payment-requests: signature of five fields",
        "wrong_merchant": "PayOS, payment-requests: x-client-id and x-api-key",
        "replay": "PayOS, payment-requests: an orderCode counts once",
        "unknown_order": "PayOS, payment-requests: code 101, not found",
    },
    "platform": {
        "valid": f"{_PLATFORM}: INIT, UrlThanhToan; QUERY, TrangThaiGD 1",
        "duplicate": f"{_PLATFORM}: INIT, MaThamChieu names one order",
        "wrong_amount": f"{_PLATFORM}: INIT, MaThamChieu names one order, with one SoTien",
        "wrong_signature": f"{_PLATFORM}: INIT, MaXacThuc",
        "wrong_merchant": f"{_PLATFORM}: INIT, MaDoiTac",
        "replay": f"{_PLATFORM}: INIT, MaThamChieu names one order",
        "unknown_order": f"{_PLATFORM}: QUERY, MaLoi other than 00",
    },
    "keypay": {
        "valid": f"{_KEYPAY}: create, detail, refund, refund detail",
        "duplicate": f"{_KEYPAY}: create, transaction_id names one order",
        "wrong_signature": f"{_KEYPAY}: create, check_sum with key 1",
        "wrong_merchant": f"{_KEYPAY}: create, client_id",
        "replay": f"{_KEYPAY}: create, transaction_id names one order",
        "unknown_order": f"{_KEYPAY}: detail, error other than 0",
    },
    "neutral": {
        "valid": "docs/banks.md, Our own protocol: create, status, refund",
        "duplicate": f"{_MESSAGE}: the same x-request-id is the same request",
        "late": f"{_MESSAGE}: five minutes from the receiver's clock",
        "wrong_amount": f"{_WORDS}: refund_exceeds",
        "wrong_signature": f"{_MESSAGE}: x-request-signature",
        "wrong_merchant": f"{_MESSAGE}: merchant",
        "replay": f"{_WORDS}: the same number is the same refund",
        "unknown_order": f"{_WORDS}: unknown_reference",
    },
    "iso20022": {
        "valid": "ISO 20022 pain.013, pain.014, camt.052, pain.001, pain.002",
        "duplicate": "ISO 20022 pain.001, MsgId: repeated, DUPL",
        "late": f"{_WHO}: more than five minutes from now is not taken",
        "wrong_amount": "ISO 20022 pain.002, RJCT with AM02 or AM09",
        "wrong_signature": f"{_WHO}: x-request-signature",
        "wrong_merchant": "ISO 20022 pain.013, CdtrAcct; pain.014, RJCT with AC03",
        "replay": "ISO 20022 pain.001, MsgId: repeated, DUPL",
        "unknown_order": "ISO 20022 camt.052: nothing is booked with that reference",
    },
}

_NOT_ASKED = "It is asked nothing: we show a VietQR code, and it tells of the money that comes."
_NO_TIME = "No request of this protocol has a time that is signed, or at which an order is over."
NOT_APPLICABLE: Mapping[Side, Mapping[str, Clauses]] = {
    "bank": {
        "vnpay": {"slow": "An IPN is a GET: it has no body that could come in pieces."},
        "keypay": {"late": "A callback of KeyPay's says no time at which money moved."},
    },
    "ours": {
        "casso": dict.fromkeys(OURS["ours"], _NOT_ASKED),
        "sepay": dict.fromkeys(OURS["ours"], _NOT_ASKED),
        "momo": {"late": "An order lives for minutes from now, and no request has a time."},
        "platform": {"late": _NO_TIME},
        "keypay": {"late": _NO_TIME},
    },
}


def clause(side: Side, family: str, case: Name) -> str:
    """Return what a case rests on."""
    table = BANK if side == "bank" else US
    return table.get(family, {}).get(case) or OURS[side][case]


def why_not(side: Side, family: str, case: Name) -> str:
    """Return why a case does not apply; empty if it does."""
    return NOT_APPLICABLE[side].get(family, {}).get(case, "")
