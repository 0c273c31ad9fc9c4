"""ThongTinBienLai: what an order is for, as the Payment Platform's and KeyPay's receipts say it.

    LoaiPhiLePhi    1 phí (fee) · 2 lệ phí (charge) · 3 thuế (tax); assumed, no document is public
    MaDichVu        2 fees and charges; 1, administrative fines, is never sent
    MaDVC           the procedure's code and `.01`

No checksum covers it, so that it is only ever sent: what comes back in it is never looked at.
It names no person.
"""

from collections.abc import Mapping
from typing import Any

from services.payment.gateways import Account, Order, Partner, Unsendable
from services.payment.gateways.bills import Bill

SERVICE = "2"
KINDS: Mapping[str, str] = {"fee": "1", "charge": "2", "tax": "3"}
WHOLE_ORDER = "Phí, lệ phí"


def receipt_data(partner: Partner, order: Order) -> dict[str, Any]:
    """Return the receipt's data of an order.  Raises `Unsendable`."""
    account = order.account or partner.account
    if account is None:
        raise Unsendable(f"no account of {order.reference} is known: give {partner.name} a default")
    lines = order.bill.lines if order.bill else ()
    if lines and sum(line.amount_vnd for line in lines) != order.amount_vnd:
        raise Unsendable(f"the lines of {order.reference} do not add up to its amount")
    items = [(KINDS.get(n.kind, ""), n.name_vi, n.amount_vnd) for n in lines]
    items = items or [(KINDS["fee"], WHOLE_ORDER, order.amount_vnd)]
    return {
        "MaDichVu": SERVICE,
        **_concerned(order.bill),
        **_beneficiary(account),
        "PhiLePhi": [
            {
                "LoaiPhiLePhi": kind,
                "MaPhiLePhi": f"{place:02d}",
                "TenPhiLePhi": name,
                "SoTien": str(amount_vnd),
            }
            for place, (kind, name, amount_vnd) in enumerate(items, 1)
        ],
        "DSKhoanNop": [{"NoiDung": name, "SoTien": str(vnd)} for _, name, vnd in items],
        "NoiDungThanhToan": f"Thanh toan ho so {order.reference}",
    }


def _concerned(bill: Bill | None) -> dict[str, str]:
    if bill is None:
        return {}
    return {
        "MaDVC": f"{bill.procedure}.01",
        "TenDVC": bill.procedure_name,
        "MaTTHC": bill.procedure,
        "TenTTHC": bill.procedure_name,
        "MaDonVi": bill.unit,
        "TenDonVi": bill.unit_name,
        "MaHoSo": bill.dossier,
    }


def _beneficiary(account: Account) -> dict[str, str]:
    return {
        "TKThuHuong": account.number,
        "MaNHThuHuong": account.bank,
        "TenTKThuHuong": account.name,
    }
