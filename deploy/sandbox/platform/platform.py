"""What the Payment Platform does: INIT, its confirmation, QUERY, GET_BILL."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import httpx
import msgspec

from deploy.sandbox.bank.books import Books, Impossible, Movement, Order
from deploy.sandbox.platform.signing import ASKED, CONFIRM, INIT, ma_xac_thuc, require
from deploy.sandbox.posts import Make, Post, Posts
from deploy.sandbox.till import Till

HEARD = frozenset({"00"})
PREFIX = "G22.99.3-"
PDF = b"%PDF-1.4\n% a receipt of the sandbox, worth nothing\n%%EOF\n"
JSON = {"content-type": "application/json"}

Message = Mapping[str, Any]


class Shared(NamedTuple):
    """What we share with the dossier system: its code, and the secret of each direction."""

    merchant: str
    theirs: str  # it signs with this one
    ours: str


class Platform:
    """The platform, before one dossier system."""

    def __init__(self, shared: Shared, books: Books, posts: Posts, page_url: str) -> None:
        self._shared, self._page_url = shared, page_url
        self.till = Till(books, posts, self._told)

    def answer(self, asked: Message) -> Message | bytes:
        """Return the answer to any message; bytes are a PDF.  Raises `BadChecksum`."""
        kind = asked.get("LoaiBanTin")
        fields = INIT if kind == "INIT" else ASKED
        require(ma_xac_thuc(self._shared.theirs, asked, fields), asked.get("MaXacThuc"))
        if asked.get("MaDoiTac") != self._shared.merchant:
            return _failed("02", "MaDoiTac is another's")
        if kind == "INIT":
            return self._begun(asked)
        order = self.till.books.find(str(asked.get("MaThamChieu", "")))
        if order is None:
            return _failed("03", "no such MaThamChieu")
        if kind == "GET_BILL":
            return self._bill(order)
        return self._standing(order) if kind == "QUERY" else _failed("04", "no such LoaiBanTin")

    def _begun(self, asked: Message) -> Message:
        amount = asked.get("SoTien")
        if not isinstance(amount, str) or not amount.isdecimal() or asked.get("MaTienTe") != "VND":
            return _failed("05", "SoTien is no text of a whole number of đồng")
        receipt = asked.get("ThongTinBienLai")
        if not isinstance(receipt, Mapping) or not receipt.get("TKThuHuong"):
            return _failed("06", "ThongTinBienLai names no account")
        order = Order(str(asked["MaThamChieu"]), int(amount), str(asked["ThongTinGiaoDich"]))
        try:
            self.till.books.enter(order)
        except Impossible as error:
            return _failed("07", str(error))
        page = f"{self._page_url}/platform/pay/{order.reference}"
        return {"MaLoi": "00", "MoTaLoi": "", "UrlThanhToan": page}

    def _bill(self, order: Order) -> Message | bytes:
        if order.settlement() is None:
            return _failed("08", "it is not paid")
        if len(order.movements[0].transaction) and int(order.movements[0].transaction) % 2:
            return PDF
        return {"MaLoi": "00", "UrlBienLai": f"{self._page_url}/platform/bill/{order.reference}"}

    def _standing(self, order: Order) -> Message:
        paid = order.settlement()
        state = 1 if paid else {"declined": 4}.get(order.status, 3)
        said = self._said("QUERY", "00", order, paid)
        return {**said, "TrangThaiGD": state}

    def _told(self, order: Order, movement: Movement | None) -> Make:
        message = self._said("CONFIRM", "00" if movement else "01", order, movement)
        return lambda: Post(msgspec.json.encode(message), JSON)

    def _said(self, kind: str, code: str, order: Order, movement: Movement | None) -> Message:
        said: dict[str, Any] = {
            "LoaiBanTin": kind,
            "MaLoi": code,
            "MaDoiTac": self._shared.merchant,
            "MaThamChieu": order.reference,
            "SoTien": movement.amount_vnd if movement else order.amount_vnd,
            "MaTienTe": "VND",
            "MaGiaoDich": f"{PREFIX}{movement.transaction}" if movement else "",
            "MaNganHang": "VCB",
            "ThoiGianGD": movement.at if movement else self.till.books.stamp(),
            "ThongTinGiaoDich": order.info,
        }
        return {**said, "MaXacThuc": ma_xac_thuc(self._shared.ours, said, CONFIRM)}


def word(response: httpx.Response) -> str:
    """Return what a dossier system said to a confirmation.  Raises `msgspec.DecodeError`."""
    if response.status_code != httpx.codes.OK:
        return str(response.status_code)
    return str(msgspec.json.decode(response.content, type=dict[str, Any]).get("MaLoi", ""))


def _failed(code: str, message: str) -> Message:
    return {"MaLoi": code, "MoTaLoi": message}
