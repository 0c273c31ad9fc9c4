"""Banks by their NAPAS number (BIN), as transfers and VietQR name them.

Facts read from the npm package vietnam-qr-pay 1.5.1 (MIT; its code is not here) in November 2026.
Names change with mergers, numbers as a rule do not: `formerly` is what older apps still show.
"""

from collections.abc import Mapping
from typing import NamedTuple

AS_OF = "2026-11"


class Bank(NamedTuple):
    """A bank, or what is reached like one."""

    name: str
    formerly: str = ""


BANKS: Mapping[str, Bank] = {
    "546034": Bank("CAKE"),
    "546035": Bank("Ubank"),
    "963388": Bank("Timo"),
    "970400": Bank("Saigonbank"),
    "970403": Bank("Sacombank"),
    "970405": Bank("Agribank"),
    "970406": Bank("Vikki", formerly="DongA"),
    "970407": Bank("Techcombank"),
    "970408": Bank("GPBank"),
    "970409": Bank("Bac A"),
    "970412": Bank("PVcomBank"),
    "970414": Bank("MBV", formerly="OceanBank"),
    "970415": Bank("VietinBank"),
    "970416": Bank("ACB"),
    "970418": Bank("BIDV"),
    "970419": Bank("NCB"),
    "970422": Bank("MB"),
    "970423": Bank("TPBank"),
    "970424": Bank("Shinhan"),
    "970425": Bank("ABBank"),
    "970426": Bank("MSB"),
    "970427": Bank("VietABank"),
    "970428": Bank("Nam A"),
    "970429": Bank("SCB"),
    "970430": Bank("PGBank"),
    "970431": Bank("Eximbank"),
    "970432": Bank("VPBank"),
    "970433": Bank("VietBank"),
    "970436": Bank("Vietcombank"),
    "970437": Bank("HDBank"),
    "970438": Bank("BaoViet"),
    "970440": Bank("SeABank"),
    "970441": Bank("VIB"),
    "970443": Bank("SHB"),
    "970444": Bank("CB"),
    "970446": Bank("Co-opBank"),
    "970448": Bank("OCB"),
    "970449": Bank("LPBank"),
    "970452": Bank("KienlongBank"),
    "970454": Bank("BVBank"),
    "971025": Bank("MoMo"),
}
