"""What each V2 endpoint can be made to answer: every err_code of its documents, and how a merchant comes to it.

`OUTCOMES` and `REFUSALS` are what tests/v2/test_outcomes.py runs over HTTP and what docs/endpoints.md shows. Source of
the err_codes: V2 notes, 2.5 and 3; docs/fidelity.md tells which of them were seen live.
"""

from collections.abc import Mapping
from datetime import timedelta

from tests.support.calls import RIGHT_CALLS
from tests.support.control import Control
from tests.support.days import forward_to, now, quiet_morning
from tests.support.merchant import Merchant, elements
from tests.support.words import SIGN_WRONG, missing, too_long
from tests.v2 import covering
from tests.v2 import provoking as by
from tests.v2.conftest import Open
from tests.v2.scripting import BILL, COMMENTS, FLOW, ByScenario, called, scripted


class WithoutCertificate(Merchant):
    """A merchant that takes the paths for which nobody asks for a certificate."""

    async def call(self, path: str, /, **fields: str | None) -> by.Answer:
        return await super().call(path.replace("/secapi/pay/", "/pay/"), **fields)


def without_certificate(outcomes: Mapping[str, by.Provoke]) -> dict[str, by.Provoke]:
    """The same by the other paths."""

    def other(provoke: by.Provoke) -> by.Provoke:
        async def provoke_so(merchant: Merchant, control: Control, open_merchant: Open) -> by.Answer:
            return await provoke(WithoutCertificate(**vars(merchant)), control, open_merchant)

        return provoke_so

    return {says: other(provoke) for says, provoke in outcomes.items()}


# -- how to come to what is not told by the errors' own test -----------------------------------------------------------


async def placed(merchant: Merchant, control: Control, open_merchant: Open) -> by.Answer:
    return await merchant.order("ORDER001")


async def queried_when_placed(merchant: Merchant, control: Control, open_merchant: Open) -> by.Answer:
    await merchant.order("ORDER001")
    return await merchant.query("ORDER001")


async def closed(merchant: Merchant, control: Control, open_merchant: Open) -> by.Answer:
    await merchant.order("ORDER001")
    return await merchant.close("ORDER001")


async def closed_when_paid(merchant: Merchant, control: Control, open_merchant: Open) -> by.Answer:
    await merchant.order("ORDER001")
    await control.pay("ORDER001")
    return await merchant.close("ORDER001")


async def closed_while_the_payer_types(merchant: Merchant, control: Control, open_merchant: Open) -> by.Answer:
    await merchant.micropay("ORDER001", await control.auth_code(), 100_001)
    return await merchant.close("ORDER001")


async def refunded_when_closed(merchant: Merchant, control: Control, open_merchant: Open) -> by.Answer:
    await merchant.order("ORDER001")
    await merchant.close("ORDER001")
    return await merchant.refund("ORDER001", "REFUND0")


async def refund_queried_when_refunded(merchant: Merchant, control: Control, open_merchant: Open) -> by.Answer:
    await merchant.order("ORDER001")
    await control.pay("ORDER001")
    await merchant.refund("ORDER001", "REFUND0")
    return await merchant.refund_query(out_refund_no="REFUND0")


async def charged_again_when_reversed(merchant: Merchant, control: Control, open_merchant: Open) -> by.Answer:
    auth_code = await control.auth_code()
    await merchant.micropay("ORDER001", auth_code)
    await merchant.reverse("ORDER001")
    return await merchant.micropay("ORDER001", auth_code)


async def charged_again_with_another_amount(merchant: Merchant, control: Control, open_merchant: Open) -> by.Answer:
    auth_code = await control.auth_code()
    await merchant.micropay("ORDER001", auth_code)
    return await merchant.micropay("ORDER001", auth_code, 99)


async def charged_without_the_product(merchant: Merchant, control: Control, open_merchant: Open) -> by.Answer:
    await control.call("PATCH", f"/merchants/{merchant.mch_id}", {"products": {"MICROPAY": "not_opened"}})
    return await merchant.micropay("ORDER001", await control.auth_code())


async def reversed_when_paid(merchant: Merchant, control: Control, open_merchant: Open) -> by.Answer:
    await merchant.micropay("ORDER001", await control.auth_code())
    return await merchant.reverse("ORDER001")


async def reversed_from_an_empty_account(merchant: Merchant, control: Control, open_merchant: Open) -> by.Answer:
    await merchant.micropay("ORDER001", await control.auth_code())
    await control.call("PATCH", f"/merchants/{merchant.mch_id}", {"balance_fen": 0})
    return await merchant.reverse("ORDER001")


async def reversed_by_an_unknown_transaction_id(merchant: Merchant, control: Control, open_merchant: Open) -> by.Answer:
    return await merchant.call("/secapi/pay/reverse", transaction_id="4200000000201001010000000000")


def looking_up(code: str = "", *, used: bool = False, late: float = 0) -> by.Provoke:
    """Asking whose code it is; one that a phone shows, unless it is given."""

    async def provoke(merchant: Merchant, control: Control, open_merchant: Open) -> by.Answer:
        auth_code = code or await control.auth_code()
        if used:
            await merchant.micropay("ORDER001", auth_code)
        await control.advance(late)
        return await merchant.call("/tools/authcodetoopenid", auth_code=auth_code)

    return provoke


async def shortened(merchant: Merchant, control: Control, open_merchant: Open) -> by.Answer:
    return await merchant.call("/tools/shorturl", **RIGHT_CALLS["/tools/shorturl"])


async def reported(merchant: Merchant, control: Control, open_merchant: Open) -> by.Answer:
    return await merchant.call("/payitil/report", **RIGHT_CALLS["/payitil/report"])


def bill_of(path: str, *, paid: bool = True, ready: bool = True, **fields: str) -> by.Provoke:
    """The bill of a day on which an order was paid, or none; when it is made, or too early."""

    async def provoke(merchant: Merchant, control: Control, open_merchant: Open) -> by.Answer:
        day = await quiet_morning(control)
        if paid:
            await merchant.order("ORDER001")
            await control.pay("ORDER001")
        await forward_to(control, day + timedelta(days=1), 9 if ready else 8)
        return await called(merchant, path, **{**RIGHT_CALLS[path], "bill_date": f"{day:%Y%m%d}", **fields})

    return provoke


def comments_of(hours: float, *, comment: bool = True) -> by.Provoke:
    """The comments of the hours before now."""

    async def provoke(merchant: Merchant, control: Control, open_merchant: Open) -> by.Answer:
        await merchant.order("ORDER001")
        await control.pay("ORDER001")
        if comment:
            await control.post(f"/orders/{merchant.mch_id}/ORDER001/comment", {"stars": 5, "text": "好茶"})
        at = await now(control)
        begin, end = (f"{one:%Y%m%d%H%M%S}" for one in (at - timedelta(hours=hours), at + timedelta(seconds=60)))
        return await called(merchant, COMMENTS, begin_time=begin, end_time=end, offset="0")

    return provoke


# -- the tables --------------------------------------------------------------------------------------------------------


_REFUND: dict[str, by.Provoke] = {
    "SUCCESS": by.refunding(100),
    "ORDERNOTEXIST": by.refunding(100, paid=False),
    "ERROR": refunded_when_closed,
    "REFUND_FEE_INVALID": by.refunding(60, 41),
    "REFUND_FEE_MISMATCH": by.refunding(50, total_fee="99"),
    "INVALID_TRANSACTIONID": by.refunding(100, transaction_id="4200000000201001010000000000"),
    "TRADE_OVERDUE": by.refunded_after_a_year,
    "NOTENOUGH": by.refunded_from_an_empty_account,
    "ORDER_NOT_READY": by.refunded_while_the_payer_types,
    "TRADE_STATE_ERROR": by.refunded_when_reversed,
}
_REFUND_FAILURES = (
    *("SYSTEMERROR", "BIZERR_NEED_RETRY", "USER_ACCOUNT_ABNORMAL", "INVALID_REQ_TOO_MUCH", "FREQUENCY_LIMITED"),
    *("NOAUTH", "CERT_ERROR", "INVALID_REQUEST", "PARAM_ERROR"),
)

_REVERSE: dict[str, by.Provoke] = {
    "SUCCESS": reversed_when_paid,
    "INVALID_REQUEST": by.reversed_though_native,
    "ORDERREFUND": by.reversed_after_a_refund,
    "REVERSE_EXPIRE": by.reversed_after_a_week,
    "NOTENOUGH": reversed_from_an_empty_account,
    "INVALID_TRANSACTIONID": reversed_by_an_unknown_transaction_id,
}
_REVERSE_FAILURES = ("SYSTEMERROR", "PARAM_ERROR", "TRADE_ERROR", "CERT_ERROR")

OUTCOMES: dict[str, dict[str, by.Provoke]] = {
    "/pay/unifiedorder": {
        "SUCCESS": placed,
        "INVALID_REQUEST": by.again_with_another_amount,
        "ORDERPAID": by.again_when_paid,
        "ORDERCLOSED": by.again_when_closed,
        "TRADE_ERROR": by.again_when_failed_for_good,
        "NOAUTH": by.with_product("not_opened"),
        "PARAM_ERROR": by.ordered(trade_type="JSAPI", openid="nobody"),
        **scripted("/pay/unifiedorder", "OUT_TRADE_NO_USED", "NOTENOUGH", "SYSTEMERROR", "FREQUENCY_LIMITED"),
    },
    "/pay/orderquery": {
        "SUCCESS": queried_when_placed,
        "ORDERNOTEXIST": by.queried,
        "PARAM_ERROR": by.queried_by_a_malformed_transaction_id,
        **scripted("/pay/orderquery", "SYSTEMERROR", "INVALID_TRANSACTIONID"),
    },
    "/pay/closeorder": {
        "SUCCESS": closed,
        "ORDERPAID": closed_when_paid,
        "TRADE_STATE_ERROR": closed_while_the_payer_types,
        **scripted("/pay/closeorder", "ORDERCLOSED", "ORDERNOTEXIST", "SYSTEMERROR"),
    },
    "/secapi/pay/refund": {**_REFUND, **scripted("/secapi/pay/refund", *_REFUND_FAILURES)},
    "/pay/refund": {**without_certificate(_REFUND), **scripted("/pay/refund", *_REFUND_FAILURES)},
    "/pay/refundquery": {
        "SUCCESS": refund_queried_when_refunded,
        "REFUNDNOTEXIST": by.refund_queried,
        **scripted("/pay/refundquery", "SYSTEMERROR", "INVALID_TRANSACTIONID", "PARAM_ERROR"),
    },
    "/pay/micropay": {
        "SUCCESS": by.charging("ORDER001"),
        "USERPAYING": by.charging("ORDER001", total_fee="100001"),
        "AUTH_CODE_INVALID": by.charged_with_a_made_up_code,
        "TRADE_ERROR": by.charged_again_when_cancelled,
        "ORDERREVERSED": charged_again_when_reversed,
        "INVALID_REQUEST": charged_again_with_another_amount,
        "OUT_TRADE_NO_USED": by.charged_for_another_order,
        "NOTENOUGH": by.charged_with_an_empty_wallet,
        "NOTSUPORTCARD": by.charging(
            "ORDER001", limit_pay="no_credit", prepared={"payer": {"bank_type": "CMB_CREDIT"}}
        ),
        "BANKERROR": by.charging("ORDER001", prepared={"payer": {"outcome": "error", "reason": "bank-refused"}}),
        "NOAUTH": charged_without_the_product,
        **scripted(
            "/pay/micropay",
            *("ORDERPAID", "ORDERCLOSED", "AUTHCODEEXPIRE", "AUTH_CODE_ERROR", "BUYER_MISMATCH", "SYSTEMERROR"),
            "PARAM_ERROR",
        ),
    },
    "/secapi/pay/reverse": {**_REVERSE, **scripted("/secapi/pay/reverse", *_REVERSE_FAILURES)},
    "/pay/reverse": {**without_certificate(_REVERSE), **scripted("/pay/reverse", *_REVERSE_FAILURES)},
    "/tools/authcodetoopenid": {
        "SUCCESS": looking_up(),
        "AUTH_CODE_INVALID": looking_up("134567890123456789"),
        "AUTH_CODE_ERROR": looking_up(used=True),
        "AUTHCODEEXPIRE": looking_up(late=60),
        **scripted("/tools/authcodetoopenid", "SYSTEMERROR"),
    },
    "/tools/shorturl": {"SUCCESS": shortened, **scripted("/tools/shorturl", "SYSTEMERROR")},
    BILL: {
        "SUCCESS": bill_of(BILL),
        "No Bill Exist": bill_of(BILL, paid=False),
        "Bill Creating": bill_of(BILL, ready=False),
        "invalid bill_date": bill_of(BILL, bill_date="20150101"),
        "invalid bill_type": bill_of(BILL, bill_type="MINE"),
        "invalid tar_type: Only GZIP supported": bill_of(BILL, tar_type="ZIP"),
        "system error": ByScenario(BILL, "SYSTEMERROR"),
        "当前商户号账单API权限已经关闭": ByScenario(BILL, "NOAUTH"),
    },
    FLOW: {
        "SUCCESS": bill_of(FLOW),
        "NO_BILL_EXIST": bill_of(FLOW, paid=False),
        "BILL_CREATING": bill_of(FLOW, ready=False),
        "PARAM_ERROR": bill_of(FLOW, bill_date="20150101"),
        **scripted(FLOW, "SYSTEMERROR"),
    },
    "/payitil/report": {"SUCCESS": reported, **scripted("/payitil/report", "SYSTEMERROR")},
    COMMENTS: {
        "SUCCESS": comments_of(1),
        "NO_COMMENT": comments_of(1, comment=False),
        "TIME_EXPIRE": comments_of(24 * 100),
        **scripted(COMMENTS, "SYSTEMERROR"),
    },
}
"""By path, then by what it says: SUCCESS, an err_code, or downloadbill's return_msg."""

_TODAY: dict[str, str] = {
    "REQUIRE_POST_METHOD": "请使用post方法",
    "POST_DATA_EMPTY": "post数据为空",
    "NOT_UTF8": "编码格式错误",
    "XML_FORMAT_ERROR": "XML格式错误",
    "LACK_PARAMS": missing("nonce_str", "随机字符串"),
    "PARAM_ERROR": too_long("nonce_str", "随机字符串", 33, 32),
    "MCHID_NOT_EXIST": "商户号mch_id或sub_mch_id不存在",
    "APPID_MCHID_NOT_MATCH": "商户号mch_id与appid不匹配",
    "SIGNERROR": SIGN_WRONG["today"],
}
_OF_2016 = {"LACK_PARAMS": "缺少参数", "PARAM_ERROR": "nonce_str参数长度有误", "SIGNERROR": SIGN_WRONG["2016"]}
REFUSALS: dict[str, dict[str, str]] = {"today": _TODAY, "2016": {**_TODAY, **_OF_2016}}
"""By wording, then by the documents' err_code: the return_msg in which the real server tells of it (V2 notes, 1.4)."""

OWN_WORDS: Mapping[str, Mapping[str, str]] = {
    BILL: {
        "REQUIRE_POST_METHOD": "require POST method",
        "POST_DATA_EMPTY": "empty post data",
        "NOT_UTF8": "data format error",
        "XML_FORMAT_ERROR": "data format error",
        "LACK_PARAMS": "missing parameter",
        "PARAM_ERROR": "nonce_str too long",
        "APPID_MCHID_NOT_MATCH": "invalid appid",
        "SIGNERROR": "sign error",
    },
    FLOW: {"LACK_PARAMS": "Param Error", "PARAM_ERROR": "Param Error"},
    COMMENTS: {"SIGNERROR": "商户签名错误"},
}
"""Endpoints that word such a refusal in their own way."""


def words_of(path: str, wording: str, fault: str) -> str:
    """The return_msg in which an endpoint tells of a call that is wrong in one of the ways of REFUSALS."""
    if fault == "LACK_PARAMS" and wording == "today" and path in LACKS:
        return missing(*LACKS[path])
    return OWN_WORDS.get(path, {}).get(fault, REFUSALS[wording][fault])


async def refused(merchant: Merchant, path: str, fault: str) -> by.Answer:
    """A call that is wrong in one of the ways of REFUSALS."""
    match fault:
        case "REQUIRE_POST_METHOD":
            async with merchant.session.get(path) as response:
                return elements(await response.text())
        case "POST_DATA_EMPTY" | "NOT_UTF8" | "XML_FORMAT_ERROR":
            body = {"POST_DATA_EMPTY": b"", "NOT_UTF8": b"\xff", "XML_FORMAT_ERROR": b"<xml"}[fault]
            return elements(await merchant.post(path, body))
    wrongs: dict[str, dict[str, str | None]] = {
        "LACK_PARAMS": {LACKS[path][0] if path in LACKS else "nonce_str": None},
        "PARAM_ERROR": {"nonce_str": "n" * 33},
        "MCHID_NOT_EXIST": {"mch_id": "1111111111"},
        "APPID_MCHID_NOT_MATCH": {"appid": "wxother"},
        "SIGNERROR": {"_key": "x" * 32},
    }
    return await called(merchant, path, **{**RIGHT_CALLS[path], **wrongs[fault]})


OUTCOMES |= covering.said("ANSWERS")
LACKS: dict[str, tuple[str, str]] = covering.said("LACKS")
