"""A merchant that downloads its bills and reads them."""

import csv
from datetime import date

from tests.support.merchant import Merchant, document

Rows = list[dict[str, str]]


async def download(merchant: Merchant, path: str, **fields: str | None) -> bytes:
    body = document(merchant.signed(**fields))
    async with merchant.session.post(path, data=body) as response:
        assert response.status == 200
        return await response.read()


async def bill(merchant: Merchant, day: date, bill_type: str = "ALL", **fields: str) -> bytes:
    return await download(merchant, "/pay/downloadbill", bill_date=f"{day:%Y%m%d}", bill_type=bill_type, **fields)


async def flow(merchant: Merchant, day: date, account_type: str = "Basic", **fields: str) -> bytes:
    hmac = {"sign_type": "HMAC-SHA256", **fields}
    return await download(
        merchant, "/pay/downloadfundflow", bill_date=f"{day:%Y%m%d}", account_type=account_type, **hmac
    )


def read(body: bytes) -> tuple[Rows, dict[str, str]]:
    """A bill as a merchant reads it: its rows, and the summary."""
    lines = list(csv.reader(body.decode("utf-8-sig").split("\r\n")[:-1]))
    values = [[value.removeprefix("`") for value in line] for line in lines]
    rows = [dict(zip(values[0], line, strict=True)) for line in values[1:-2]]
    return rows, dict(zip(values[-2], values[-1], strict=True))
