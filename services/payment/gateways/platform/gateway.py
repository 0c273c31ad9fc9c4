"""The national Payment Platform 1.0.6: INIT, its confirmation, QUERY, GET_BILL.

Their words, ours.  What is not in a table is pending: ask, never charge again on a guess.

    confirmation MaLoi      00 paid · 01 failed · every other: pending
    QUERY MaLoi             00 see the state · every other: unknown, unless a state came with it
    QUERY TrangThaiGD       1 paid, with MaLoi 00 · 3 pending · 4 failed · every other: pending
    INIT MaLoi              00 go to UrlThanhToan · every other: no order was made
    our verdict → MaLoi     00 recorded (again too) · 99 every other

MaXacThuc is SHA-256 over values joined by `|`, the secret last; ThoiGianGD and ThongTinGiaoDich
change places between INIT and the confirmation.  ThongTinBienLai is not covered by it.  An answer
to QUERY is believed only with a MaXacThuc over the confirmation's values; TrangThaiGD is not one of
them, so that "paid" needs MaLoi 00 as well.  The confirmation's LoaiBanTin is assumed to be
CONFIRM; `ids["confirm"]` of the partner's row says otherwise, `ids["init_path"]`, `["query_path"]`
and `["bill_path"]` where each is sent.  Money is given back by a person: they have no message.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec

from services.payment.gateways import (
    Answer,
    Call,
    Declined,
    Notice,
    Offer,
    Order,
    Partner,
    Payer,
    Refused,
    Reply,
    Said,
    Sending,
    Unsendable,
    Verdict,
)
from services.payment.gateways.asked import TheirReceipt
from services.payment.gateways.exact_json import dong, read, text
from services.payment.gateways.not_done import GivesNothingBack, SignsNoReturn
from services.payment.gateways.platform import openapi
from services.payment.gateways.platform.bill import receipt_data
from services.payment.gateways.platform.piped import Ambiguous, checksum, is_one_of, piped
from services.payment.gateways.platform.wire import STAMPED, moment, opened, stamp
from shared.events.payment import Finding

INIT = (
    *("LoaiBanTin", "PhienBan", "MaDoiTac", "MaThamChieu", "SoTien", "LoaiHinhThanhToan"),
    *("MaKenhThanhToan", "MaThietBi", "NgonNgu", "MaTienTe", "MaNganHang", "ThongTinGiaoDich"),
    *("ThoiGianGD", "Ip"),
)
CONFIRMED = (
    *("LoaiBanTin", "MaLoi", "MaDoiTac", "MaThamChieu", "SoTien", "MaTienTe", "MaGiaoDich"),
    *("MaNganHang", "ThoiGianGD", "ThongTinGiaoDich"),
)
ASKED = ("LoaiBanTin", "PhienBan", "MaDoiTac", "MaThamChieu", "ThoiGianGD")  # QUERY and GET_BILL
CHECKSUM = "MaXacThuc"
VERSION = "1.0.6"

CONFIRMATIONS: Mapping[str, Literal["paid", "failed"]] = {"00": "paid", "01": "failed"}
STATES: Mapping[str, Literal["paid", "pending", "failed"]] = {
    "1": "paid",
    "3": "pending",  # the platform does not know yet
    "4": "failed",
}
OK = "00"
ANSWERS: Mapping[Verdict, tuple[str, str]] = {
    "recorded": ("00", "Thành công"),
    "already_final": ("00", "Đã ghi nhận trước đó"),
    "unknown_order": ("99", "Không có mã tham chiếu này"),
    "amount_differs": ("99", "Số tiền khác với khoản phải nộp"),
    "not_genuine": ("99", "Mã xác thực không đúng"),
    "unreadable": ("99", "Bản tin sai định dạng"),
    "call_again": ("99", "Lỗi khác, xin gọi lại"),
}
ECHOED = ("MaDoiTac", "MaThamChieu", "ThoiGianGD", CHECKSUM)
ECHO_LIMIT = 128

CODE = re.compile(r"[0-9A-Za-z_-]{1,16}")
REFERENCE = re.compile(r"[A-Za-z0-9._-]{1,50}")
TRANSACTION = re.compile(r"(?!0$)[A-Za-z0-9._/-]{1,64}")  # 0: none
NO_TRANSACTION = re.compile(r"[A-Za-z0-9._/-]{0,64}")
URL = re.compile(r"https?://[!-~]{1,500}")


class Platform(SignsNoReturn, GivesNothingBack):
    """The Payment Platform as a partner."""

    method: Literal["POST"] = "POST"
    body_limit_bytes = 64 << 10
    creates_again = False  # nothing is published

    def __init__(self, partner: Partner) -> None:
        self.partner = partner
        self._confirm = partner.ids.get("confirm", "CONFIRM")

    # ---- the citizen pays

    def create(self, key: str, order: Order, payer: Payer, at: datetime) -> Sending:
        """Return an INIT.  Raises `Unsendable`."""
        message = {
            "LoaiBanTin": "INIT",
            "PhienBan": VERSION,
            "MaDoiTac": self.partner.merchant,
            "MaThamChieu": order.reference,
            "SoTien": str(order.amount_vnd),
            "LoaiHinhThanhToan": "PAY",
            "MaKenhThanhToan": "1",
            "MaThietBi": "1",
            "NgonNgu": "vi-VN",
            "MaTienTe": "VND",
            "MaNganHang": "PAYMENT",
            "ThongTinGiaoDich": f"Thanh toan ho so {order.reference}",
            "ThoiGianGD": stamp(order.opened_at),
            "Ip": payer.ip or self.partner.server_ip,
        }
        return self._sending("init_path", message, INIT, at, receipt_data(self.partner, order))

    def read_created(self, answer: Answer, order: Order, at: datetime) -> Offer:
        """Return where the citizen pays; it lies under our partner's `page_url`.

        The answer is not signed: one that leads elsewhere is no answer.  Raises `Refused`,
        `Declined`.
        """
        given = opened(answer.body)
        code = text(given, "MaLoi", CODE)
        if code != OK:
            raise Declined(code)
        url = given.get("UrlThanhToan")
        if not isinstance(url, str) or not url.startswith(f"{self.partner.page_url}/"):
            raise Refused("unreadable", "UrlThanhToan is no page of this partner")
        return Offer(pay_url=url)

    # ---- they call

    def read_callback(self, call: Call, at: datetime) -> Sequence[Notice]:
        """Return what a confirmation says.  Raises `Refused`."""
        given = read(call.body)
        self._verify(given, at)
        if given.get("LoaiBanTin") != self._confirm:
            raise Refused("unreadable", "LoaiBanTin is not that of a confirmation")
        found = CONFIRMATIONS.get(text(given, "MaLoi", CODE))
        finding: Literal["paid", "failed", "pending"] = found or "pending"
        return (
            Notice(
                reference=text(given, "MaThamChieu", REFERENCE),
                transaction=_transaction(given, finding),
                amount_vnd=dong(given, "SoTien"),
                finding=finding,
                code=given["MaLoi"],
            ),
        )

    def callback_described(self) -> dict[str, Any]:
        """Return OpenAPI's words for a confirmation."""
        return openapi.callback(self._confirm, ANSWERS)

    def answer(self, verdict: Verdict, call: Call, at: datetime) -> Reply:
        """Return the answer to a confirmation: what named it is echoed."""
        try:
            given = read(call.body)
        except Refused:
            given = {}
        code, message = ANSWERS[verdict]
        echoed = {name: _echo(given.get(name)) for name in ECHOED}
        return Reply(200, msgspec.json.encode({"MaLoi": code, "MoTaLoi": message} | echoed))

    # ---- we ask

    def query(self, key: str, order: Order, at: datetime) -> Sending:
        """Return a QUERY."""
        return self._sending("query_path", self._about("QUERY", order), ASKED, at)

    def read_answer(self, answer: Answer, order: Order, at: datetime) -> Said:
        """Return what QUERY answered about this order.  Raises `Refused`."""
        given = opened(answer.body)
        code = text(given, "MaLoi", CODE)
        state = given.get("TrangThaiGD")
        if code != OK and state is None:
            return Said("unknown", code=code)
        self._verify(given, at)
        if given.get("MaThamChieu") != order.reference:
            raise Refused("unreadable", "an answer about another order")
        finding = STATES.get(state, "pending") if isinstance(state, str) else "pending"
        said = f"{code}/{_echo(state)}"[:24]
        if finding != "paid":
            return Said(finding, code=said)
        if code != OK:
            return Said("pending", code=said)
        return Said("paid", _transaction(given, "paid"), dong(given, "SoTien"), said)

    def ask_receipt(self, order: Order, transaction: str, at: datetime) -> Sending:
        """Return a GET_BILL: a question after their receipt of a paid order."""
        return self._sending("bill_path", self._about("GET_BILL", order), ASKED, at)

    def read_receipt(
        self, answer: Answer, order: Order, transaction: str, at: datetime
    ) -> TheirReceipt:
        """Return their receipt, as a link or as the PDF; neither is signed.

        Raises `Refused`, `Declined`.
        """
        if answer.body.startswith(b"%PDF-"):
            return TheirReceipt(pdf=answer.body)
        given = opened(answer.body)
        code = text(given, "MaLoi", CODE)
        if code != OK:
            raise Declined(code)
        if given.get("MaThamChieu", order.reference) != order.reference:
            raise Refused("unreadable", "a receipt of another order")
        return TheirReceipt(url=text(given, "UrlBienLai", URL))

    # ---- both ways

    def _about(self, kind: str, order: Order) -> dict[str, str]:
        return {
            "LoaiBanTin": kind,
            "PhienBan": VERSION,
            "MaDoiTac": self.partner.merchant,
            "MaThamChieu": order.reference,
            "ThoiGianGD": stamp(order.opened_at),
        }

    def _sending(
        self,
        path: str,
        message: Mapping[str, str],
        signed: Sequence[str],
        at: datetime,
        receipt: Mapping[str, Any] | None = None,
    ) -> Sending:
        try:
            proof = checksum(self.partner.signing_key(at), piped(message, signed))
        except Ambiguous as error:
            raise Unsendable(str(error)) from error
        body = {**message, CHECKSUM: proof} | ({"ThongTinBienLai": receipt} if receipt else {})
        url = f"{self.partner.base_url}{self.partner.ids.get(path, '')}"
        return Sending(url, msgspec.json.encode(body))

    def _verify(self, given: Mapping[str, Any], at: datetime) -> None:
        """Check who signed this, for whom and in which currency.  Raises `Refused`."""
        try:
            signed = piped(given, CONFIRMED)
        except Ambiguous as error:  # before the checksum: another message may have the same
            raise Refused("not_genuine", str(error), "form") from error
        keys = self.partner.verifying_keys(at)
        if not is_one_of(given.get(CHECKSUM), [checksum(key, signed) for key in keys]):
            raise Refused("not_genuine", "MaXacThuc does not verify")
        if given.get("MaDoiTac") != self.partner.merchant:
            raise Refused("not_genuine", "signed for another merchant", "merchant")
        if given.get("MaTienTe") != "VND":
            raise Refused("unreadable", "MaTienTe is not VND", "currency")
        moment(text(given, "ThoiGianGD", STAMPED))


def _transaction(given: Mapping[str, Any], finding: Finding) -> str:
    return text(given, "MaGiaoDich", TRANSACTION if finding == "paid" else NO_TRANSACTION)


def _echo(value: object) -> str:
    is_safe = isinstance(value, str) and len(value) <= ECHO_LIMIT and value.isprintable()
    return str(value) if is_safe else ""
