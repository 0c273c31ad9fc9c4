"""Which format a file is of, by how it begins."""

import codecs
from collections.abc import Container
from functools import partial
from itertools import islice
from typing import BinaryIO

from services.payment.statements import Read, Unfit, camt053, platform_file, texts
from services.payment.statements.csv_file import is_of, read
from services.payment.statements.transfers import CASSO, PAYOS, SEPAY
from services.payment.statements.vnpay import VNPAY

SNIFFED_BYTES = 64
DIALECTS = (VNPAY, PAYOS, CASSO, SEPAY)


def reader(file: BinaryIO, accounts: Container[str] | None = None) -> Read:
    """Return what reads this file, which is left at its beginning.  Raises `Unfit`.

    `accounts`: ours, of which a file that names any has to be.
    """
    begins = file.read(SNIFFED_BYTES).removeprefix(codecs.BOM_UTF8).lstrip()
    file.seek(0)
    if begins.startswith(b"<"):
        return partial(camt053.read, accounts=accounts)
    head = next((t for t in islice(texts(file), 2) if not t.startswith("#")), "")
    file.seek(0)
    if head.startswith(platform_file.HEAD):
        return platform_file.read
    for dialect in DIALECTS:
        if is_of(dialect, head):
            return partial(read, dialect)
    known = f"our own, camt.053, CSV of {', '.join(dialect.name for dialect in DIALECTS)}"
    raise Unfit(1, f"no format that is known ({known}): see docs/operators.md")
