"""A bill as the file that is downloaded: its text in UTF-8 with a BOM, plain or gzipped, and the file's name.

Sources: V2 notes, 3.5, 3.6; docs/fidelity.md says what was seen live and what is assumed.
"""

import gzip
import io
from datetime import date

from sandbox.core.ledger import Account
from sandbox.core.sharing_bills import SharingBill
from sandbox.core.statements import Bill, BillType


def plain(bill: Bill) -> bytes:
    """With the BOM that was seen before 交易时间."""
    return bill.text().encode("utf-8-sig")


def gzipped(text: bytes, name: str) -> bytes:
    """A gzip member that carries the file's name; the same bytes each time."""
    packed = io.BytesIO()
    with gzip.GzipFile(name, "wb", fileobj=packed, mtime=0) as file:
        file.write(text)
    return packed.getvalue()


def file_name(mch_id: str, kind: BillType | SharingBill | Account, day: date) -> str:
    """The name of a bill's file: 1900000109All2026-11-24.csv."""
    name = kind.value.title().replace("_", "")
    return f"{mch_id}{name}{day}.csv"
