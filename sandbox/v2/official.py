"""The official sandbox (仿真测试系统, 沙箱): its key, the style of its messages, and the amounts that it takes.

Everything else is as on the ordinary paths: orders are the merchant's same orders. Source: V2 notes, 7
and 10. The acceptance cases themselves are built-in scenarios (`scenarios/official.yaml`).
"""

from collections.abc import Iterable, Mapping

from sandbox.core import errors
from sandbox.core.orders import Order, TradeType
from sandbox.core.ports.storage import UnitOfWork
from sandbox.v2 import envelope
from sandbox.v2.envelope import Fields
from sandbox.v2.errors import USUAL, ProtocolFailure, Words
from sandbox.v2.origin import is_official
from sandbox.v2.shapes import RequestInvalid, V2Request
from sandbox.v2.site import ORDINARY, Site
from sandbox.v2.style import Style

ORDERED = frozenset(
    {
        *(101, 102, 130, 131, 132, 133, 134, 179),  # JSAPI
        *(201, 202, 230, 231, 232, 233, 234),  # APP
        *(301, 302, 330, 331, 332, 333, 334),  # NATIVE
        *(501, 502, 551, 552),  # 免充值券
    }
)
"""The amounts that unifiedorder takes, in fen; each is good for every trade_type."""

CHARGED = frozenset({1, 2, 3, 30, 31, 32, 33, 34, 501, 502})
"""The amounts that micropay takes."""

AMOUNTS = ORDERED | CHARGED
"""Those of all case tables."""

_REFUNDING = frozenset({"out_refund_no", "refund_id"})
"""Fields by which a request is known to be about refunds."""

_LAST = (
    "nonce_str",
    "return_code",
    "err_code_des",
    "sign",
    "mch_id",
    "return_msg",
    "appid",
    "device_info",
    "result_code",
    "err_code",
)
"""The envelope's elements as they were seen in a row; an answer's own stand before them."""

_NOTIFICATION = (
    *("openid", "trade_type", "coupon_fee", "cash_fee_type", "nonce_str", "time_end", "err_code_des", "return_code"),
    *("mch_id", "settlement_total_fee", "sign", "cash_fee", "coupon_id_1", "coupon_type_0", "coupon_id_0"),
    *("coupon_fee_0", "coupon_fee_1", "is_subscribe", "return_msg", "fee_type", "bank_type", "attach"),
    *("device_info", "out_trade_no", "coupon_type_1", "result_code", "total_fee", "appid", "coupon_count"),
    *("transaction_id", "err_code"),
)
"""A notification's elements as they were seen in a row; the others stand before them."""


class OfficialStyle(Style):
    """The envelope as the official sandbox has it, of every endpoint."""

    def dress(self, answer: dict[str, str | int], nonce_str: str) -> dict[str, str | int]:
        said = {"err_code": "SUCCESS", "err_code_des": "ok", **answer, "device_info": "sandbox", "nonce_str": nonce_str}
        return {name: str(said[name]) for name in _ordered(said, _LAST)}

    def write(self, fields: Fields) -> bytes:
        return envelope.build_indented(fields)


class OfficialSandbox(Site):
    """The official sandbox under one of its prefixes."""

    official = True
    style = OfficialStyle()
    sign_wrong = ProtocolFailure("沙箱验证签名失败，请确认沙箱签名key是否正确（通过getsignkey调用生成）")

    def __init__(self, prefix: str, words: Words = USUAL) -> None:
        self.prefix, self.words = prefix, words

    def require_case(self, request: V2Request) -> None:
        terms = request.terms()
        if terms is None:
            return
        fen, amounts = terms.total_fee, CHARGED if terms.trade_type is TradeType.MICROPAY else ORDERED
        if fen not in amounts:
            raise _no_case(f"沙箱支付金额({fen})无效，请检查需要验收的case", "official_amount", fen, amounts)

    def require_case_of(self, request: V2Request, tx: UnitOfWork) -> None:
        if not _REFUNDING & request.fields.keys():
            return
        order = tx.orders.find(request.named_order(tx))
        if order is not None and order.terms.total_fee not in AMOUNTS:
            raise _no_case("沙箱支付金额不正确，请确认验收case", "official_order", order.terms.total_fee, AMOUNTS)

    def tell(self, fields: dict[str, str], order: Order) -> dict[str, str]:
        return {
            **fields,
            "cash_fee_type": order.cash_fee_type,
            "settlement_total_fee": str(order.settlement_total_fee),
            "device_info": "sandbox",
            "return_msg": "OK",
            "err_code": "SUCCESS",
            "err_code_des": "SUCCESS",
        }

    def write_notification(self, fields: Mapping[str, str]) -> bytes:
        return envelope.build_indented({name: fields[name] for name in _ordered(fields, _NOTIFICATION)})


def _ordered(fields: Iterable[str], last: tuple[str, ...]) -> list[str]:
    """Names in an order of the official sandbox's."""
    names = list(fields)
    return [*(name for name in names if name not in last), *(name for name in last if name in names)]


def _no_case(return_msg: str, fault: str, fen: int, amounts: Iterable[int]) -> RequestInvalid:
    return RequestInvalid(return_msg, fault, "total_fee", got=str(fen), amounts=", ".join(map(str, sorted(amounts))))


SANDBOXNEW = OfficialSandbox("/sandboxnew")
APIV2SANDBOX = OfficialSandbox(
    "/xdc/apiv2sandbox", Words(errors={errors.MerchantUnknown: ProtocolFailure("商户号非法")})
)
SITES = (ORDINARY, SANDBOXNEW, APIV2SANDBOX)


def site_of(order: Order) -> Site:
    """Where an order was placed, for what WeChat sends about it: both prefixes have the same key and style."""
    return SANDBOXNEW if is_official(order.origin) else ORDINARY
