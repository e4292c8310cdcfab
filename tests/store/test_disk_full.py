"""A disk that is full: WeChat's SYSTEMERROR, signed, and the same call succeeds once there is room again."""

import pytest

from sandbox.server import Server
from tests.support.merchant import Merchant
from tests.support.storing import in_a_file


def limit_pages(server: Server, pages: int | None) -> None:
    """Let SQLite find its disk full at so many pages; None: at those it has."""
    cursor = in_a_file(server.parts.storage)._writer._connection.connection.cursor()
    if pages is None:
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]
    cursor.execute(f"PRAGMA max_page_count={pages}")


@pytest.mark.sqlite_only("PostgreSQL's disk is its own")
async def test_an_order_that_cannot_be_stored_is_a_system_error_and_can_be_tried_again(
    server: Server, merchant: Merchant
) -> None:
    await merchant.order("BEFORE01")
    limit_pages(server, None)
    answers = [await merchant.order(f"ORDER{number:03}", detail="x" * 6000) for number in range(20)]
    refused = answers[-1]
    assert (refused["return_code"], refused["result_code"]) == ("SUCCESS", "FAIL")
    assert (refused["err_code"], refused["err_code_des"]) == ("SYSTEMERROR", "System Error")
    assert merchant.verifies(refused)
    limit_pages(server, 1_000_000)
    again = await merchant.order("ORDER019", detail="x" * 6000)
    assert again["result_code"] == "SUCCESS"
    assert (await merchant.query("BEFORE01"))["trade_state"] == "NOTPAY"
