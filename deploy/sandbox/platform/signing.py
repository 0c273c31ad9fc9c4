"""Checksums of both, written from the public description, sharing nothing with ours."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

INIT = """LoaiBanTin PhienBan MaDoiTac MaThamChieu SoTien LoaiHinhThanhToan MaKenhThanhToan
MaThietBi NgonNgu MaTienTe MaNganHang ThongTinGiaoDich ThoiGianGD Ip"""
ASKED = "LoaiBanTin PhienBan MaDoiTac MaThamChieu ThoiGianGD"
CONFIRM = """LoaiBanTin MaLoi MaDoiTac MaThamChieu SoTien MaTienTe MaGiaoDich MaNganHang ThoiGianGD
ThongTinGiaoDich"""
CREATE = "addition_fee client_id command trans_amount transaction_id version"
DETAIL = "client_id command transaction_id"
REFUND = "amount client_id command reason transaction_id"
REFUND_DETAIL = "client_id command transaction_refund_code"


class BadChecksum(Exception):
    """It was not signed with the secret that we share, or has been changed since."""


def ma_xac_thuc(secret: str, message: Mapping[str, Any], fields: str) -> str:
    """Return the platform's checksum of a message."""
    values = [str(message.get(field, "")) for field in fields.split()]
    return hashlib.sha256("|".join([*values, secret]).encode()).hexdigest()


def check_sum(secret: str, message: Mapping[str, Any], fields: str) -> str:
    """Return KeyPay's checksum of a message."""
    text = "|".join(str(message.get(field, "")) for field in fields.split())
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def require(wanted: str, given: object) -> None:
    """Check a checksum.  Raises `BadChecksum`."""
    if not isinstance(given, str) or not hmac.compare_digest(wanted.encode(), given.encode()):
        raise BadChecksum("the checksum does not fit")
