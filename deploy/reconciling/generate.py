"""Made-up days, to try reconciling with: a statement in VNPAY's columns, and payment's events."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from uuid import UUID

import msgspec

from services.payment.domain.lines import Line
from services.payment.references import reference
from shared import events
from shared.clock import VIETNAM
from shared.events import Data, Event
from shared.events.payment import ReceiptIssued, Settled

HEAD = "vnp_TxnRef,vnp_TransactionNo,vnp_Amount,vnp_PayDate,vnp_TransactionType\n"
AMOUNTS_VND = (8_000, 10_000, 16_000, 20_000, 75_000, 150_000)
VERSION_7 = 0x7 << 76 | 0x2 << 62


def write(path: Path, lines: Iterable[Line], opening_vnd: int = 0) -> None:
    """Write a statement; what it says of itself is true."""
    rows, count, closing_vnd = list[str](), 0, opening_vnd
    for line in lines:
        count += 1
        closing_vnd += line.signed_vnd
        at = line.booked_at.astimezone(VIETNAM)
        type_ = "01" if line.kind == "paid" else "02"
        rows.append(
            f"{line.reference},{line.transaction},{line.amount_vnd * 100},{at:%Y%m%d%H%M%S},{type_}"
        )
    control = f"#opening_vnd={opening_vnd};closing_vnd={closing_vnd};count={count}\n"
    path.write_text(control + HEAD + "".join(f"{row}\n" for row in rows))


def lines(count: int, begin: datetime, chance: Random) -> Iterator[tuple[str, Line]]:
    """Yield paid lines of a day, each with the application that it is of."""
    for n in range(count):
        at = begin + timedelta(seconds=(n * 86_399) // max(count, 1))
        application = _application(at, n, chance)
        yield (
            application,
            Line(
                reference(application, 1),
                f"{14_000_000 + n}",
                chance.choice(AMOUNTS_VND),
                at,
                "paid",
                n + 1,
            ),
        )


def decided(application: str, line: Line, partner: str) -> Iterator[bytes]:
    """Yield what payment publishes when such a line's money settles an obligation."""
    settled = Settled(
        partner=partner,
        reference=line.reference,
        transaction=line.transaction,
        amount_vnd=line.amount_vnd,
        moment="at_submission",
    )
    receipt = ReceiptIssued(
        number=f"{line.reference}-L", kind="charge", amount_vnd=line.amount_vnd, lines=()
    )
    for sequence, data in ((3, settled), (4, receipt)):
        yield _event(application, sequence, data, line.booked_at + timedelta(seconds=2))


def _event(application: str, sequence: int, data: Data, at: datetime) -> bytes:
    event = Event(
        id=events.numbered_id(application, "payment", sequence),
        source="/services/payment",
        type=data.TYPE,
        subject=application,
        time=at,
        sequence=f"{sequence:06d}",
        data=msgspec.Raw(events.encode(data)),
    )
    return events.encode(event)


def _application(at: datetime, n: int, chance: Random) -> str:
    drawn = chance.getrandbits(80) & 0x0FFF_3FFF_FFFF_FFFF_FFFF
    return str(UUID(int=int(at.timestamp() * 1000 + n % 7) << 80 | VERSION_7 | drawn))
