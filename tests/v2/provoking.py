"""How a merchant comes to each of WeChat's answers: functions that do it over HTTP, and give the last answer."""

from collections.abc import Awaitable, Callable
from typing import Any

from tests.support.control import Control
from tests.support.merchant import Merchant, elements
from tests.v2.conftest import Open

Answer = dict[str, str]
Provoke = Callable[[Merchant, Control, Open], Awaitable[Answer]]
Json = dict[str, Any]
SUBS = [
    {"sub_mch_id": "1900000201", "sub_appids": ["wxsub"]},
    {"sub_mch_id": "1900000202", "products": {"NATIVE": "not_opened"}},
]


def sent(body: bytes) -> Provoke:
    async def provoke(merchant: Merchant, control: Control, open_merchant: Open) -> dict[str, str]:
        return elements(await merchant.post("/pay/unifiedorder", body))

    return provoke


def ordered(**fields: str) -> Provoke:
    async def provoke(merchant: Merchant, control: Control, open_merchant: Open) -> dict[str, str]:
        return await merchant.order("ORDER001", **fields)

    return provoke


def by_provider(**fields: str) -> Provoke:
    async def provoke(merchant: Merchant, control: Control, open_merchant: Open) -> dict[str, str]:
        provider = await open_merchant(service_provider=True, sub_merchants=SUBS)
        return await provider.order("ORDER001", **fields)

    return provoke


def with_product(state: str) -> Provoke:
    async def provoke(merchant: Merchant, control: Control, open_merchant: Open) -> dict[str, str]:
        await control.call("PATCH", f"/merchants/{merchant.mch_id}", {"products": {"NATIVE": state}})
        return await merchant.order("ORDER001")

    return provoke


async def again_with_another_amount(merchant: Merchant, control: Control, open_merchant: Open) -> dict[str, str]:
    await merchant.order("ORDER001")
    return await merchant.order("ORDER001", total_fee="7")


async def again_when_paid(merchant: Merchant, control: Control, open_merchant: Open) -> dict[str, str]:
    await merchant.order("ORDER001")
    await control.pay("ORDER001")
    return await merchant.order("ORDER001")


async def again_when_closed(merchant: Merchant, control: Control, open_merchant: Open) -> dict[str, str]:
    await merchant.order("ORDER001")
    await merchant.close("ORDER001")
    return await merchant.order("ORDER001")


async def again_when_expired(merchant: Merchant, control: Control, open_merchant: Open) -> dict[str, str]:
    await merchant.order("ORDER001")
    await control.advance(7 * 86400)
    return await merchant.order("ORDER001")


async def again_when_failed_for_good(merchant: Merchant, control: Control, open_merchant: Open) -> dict[str, str]:
    ending = {"payer": {"outcome": "error", "final": True}}
    await control.call("PUT", "/scenarios/fails-for-good", ending)
    await merchant.order("ORDER001", attach="scenario:fails-for-good")
    await control.post("/orders/1900000109/ORDER001/pay")
    return await merchant.order("ORDER001", attach="scenario:fails-for-good")


async def queried(merchant: Merchant, control: Control, open_merchant: Open) -> dict[str, str]:
    return await merchant.query("ORDER001")


async def queried_by_a_malformed_transaction_id(
    merchant: Merchant, control: Control, open_merchant: Open
) -> dict[str, str]:
    return await merchant.call("/pay/orderquery", transaction_id="4200ORDER001")


def refunding(*fens: int, paid: bool = True, **fields: str) -> Provoke:
    """Refunds of one order, one after the other; gives the last answer."""

    async def provoke(merchant: Merchant, control: Control, open_merchant: Open) -> dict[str, str]:
        await merchant.order("ORDER001")
        if paid:
            await control.pay("ORDER001")
        for number, fen in enumerate(fens):
            answer = await merchant.refund("ORDER001", f"REFUND{number}", fen, **fields)
        return answer

    return provoke


async def refunded_after_a_year(merchant: Merchant, control: Control, open_merchant: Open) -> dict[str, str]:
    await merchant.order("ORDER001")
    await control.pay("ORDER001")
    await control.advance(365 * 86400 + 1)
    return await merchant.refund("ORDER001", "REFUND0")


async def refunded_from_an_empty_account(merchant: Merchant, control: Control, open_merchant: Open) -> dict[str, str]:
    await merchant.order("ORDER001")
    await control.pay("ORDER001")
    await control.call("PATCH", f"/merchants/{merchant.mch_id}", {"balance_fen": 0})
    return await merchant.refund("ORDER001", "REFUND0")


async def refunded_under_a_number_of_another(
    merchant: Merchant, control: Control, open_merchant: Open
) -> dict[str, str]:
    for number in ("ORDER001", "ORDER002"):
        await merchant.order(number)
        await control.pay(number)
    await merchant.refund("ORDER001", "REFUND0")
    return await merchant.refund("ORDER002", "REFUND0")


async def refund_queried(merchant: Merchant, control: Control, open_merchant: Open) -> dict[str, str]:
    return await merchant.refund_query(out_refund_no="REFUND0")


def charging(*numbers: str, late: float = 0, prepared: Json | None = None, **fields: str) -> Provoke:
    """Payments by one code, one after the other, `late` seconds after it was shown; gives the last answer.

    `prepared` is what a scenario says of them.
    """

    async def provoke(merchant: Merchant, control: Control, open_merchant: Open) -> dict[str, str]:
        if prepared is not None:
            await control.call("PUT", "/scenarios/prepared", prepared)
            await control.post("/scenarios/prepared/apply", {"mch_id": merchant.mch_id})
        auth_code = await control.auth_code()
        await control.advance(late)
        for number in numbers:
            answer = await merchant.micropay(number, auth_code, **fields)
        return answer

    return provoke


async def refunded_while_the_payer_types(merchant: Merchant, control: Control, open_merchant: Open) -> dict[str, str]:
    await merchant.micropay("ORDER001", await control.auth_code(), 100_001)
    return await merchant.refund("ORDER001", "REFUND0", total_fee="100001")


async def refunded_when_reversed(merchant: Merchant, control: Control, open_merchant: Open) -> dict[str, str]:
    await merchant.micropay("ORDER001", await control.auth_code())
    await merchant.reverse("ORDER001")
    return await merchant.refund("ORDER001", "REFUND0")


async def charged_again_when_cancelled(merchant: Merchant, control: Control, open_merchant: Open) -> dict[str, str]:
    auth_code = await control.auth_code()
    await merchant.micropay("ORDER001", auth_code, 100_001)
    await control.password("ORDER001", "cancel")
    return await merchant.micropay("ORDER001", auth_code, 100_001)


async def charged_with_a_made_up_code(merchant: Merchant, control: Control, open_merchant: Open) -> dict[str, str]:
    return await merchant.micropay("ORDER001", "134567890123456789")


async def charged_for_another_order(merchant: Merchant, control: Control, open_merchant: Open) -> dict[str, str]:
    await merchant.order("ORDER001")
    return await merchant.micropay("ORDER001", await control.auth_code())


async def charged_with_an_empty_wallet(merchant: Merchant, control: Control, open_merchant: Open) -> dict[str, str]:
    payer = {"openid": "oSandboxPayer000000000000001", "balance_fen": 99}
    await control.post("/payers", payer, 201)
    return await merchant.micropay("ORDER001", await control.auth_code())


async def reversed_though_native(merchant: Merchant, control: Control, open_merchant: Open) -> dict[str, str]:
    await merchant.order("ORDER001")
    return await merchant.reverse("ORDER001")


async def reversed_after_a_refund(merchant: Merchant, control: Control, open_merchant: Open) -> dict[str, str]:
    await merchant.micropay("ORDER001", await control.auth_code())
    await merchant.refund("ORDER001", "REFUND0")
    return await merchant.reverse("ORDER001")


async def reversed_after_a_week(merchant: Merchant, control: Control, open_merchant: Open) -> dict[str, str]:
    await merchant.micropay("ORDER001", await control.auth_code())
    await control.advance(7 * 86400 + 1)
    return await merchant.reverse("ORDER001")
