"""What bills say: the rows of a day's trade bill and fund flow, and their text. Pure; amounts are fen until written.

Sources: V2 notes, 3.5, 3.6; docs/fidelity.md says what was seen live and what is assumed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sandbox.core.currency import WITHOUT_CENTS
from sandbox.core.ids import beijing
from sandbox.core.ledger import Line, Movement, rate_text
from sandbox.core.orders import Order, Payment, TradeState
from sandbox.core.plans import BillFault
from sandbox.core.refunds import Refund, RefundStatus

Row = Mapping[str, str]
"""A row by the names of its columns."""


class BillType(StrEnum):
    """What a trade bill tells of: everything, payments, refunds, or refunds paid from money that was topped up."""

    ALL = "ALL"
    SUCCESS = "SUCCESS"
    REFUND = "REFUND"
    RECHARGE_REFUND = "RECHARGE_REFUND"


_TRADE = (
    *("交易时间", "公众账号ID", "商户号", "特约商户号", "设备号", "微信订单号", "商户订单号", "用户标识"),
    *("交易类型", "交易状态", "付款银行", "货币种类", "应结订单金额", "代金券金额"),
)
_TIMES = ("退款申请时间", "退款成功时间")
_REFUND = ("微信退款单号", "商户退款单号", "退款金额", "充值券退款金额", "退款类型", "退款状态")
_GOODS = ("商品名称", "商户数据包", "手续费", "费率", "订单金额")
_ASKED, _REMARK, _RETURNED = "申请退款金额", "费率备注", "返还手续费"

COLUMNS: dict[BillType, tuple[str, ...]] = {
    BillType.ALL: (*_TRADE, *_REFUND, *_GOODS, _ASKED, _REMARK),
    BillType.SUCCESS: (*_TRADE, *_GOODS, _REMARK),
    BillType.REFUND: (*_TRADE, *_TIMES, *_REFUND, *_GOODS, _ASKED, _REMARK),
    BillType.RECHARGE_REFUND: (*_TRADE, *_TIMES, *_REFUND, *_GOODS, _ASKED, _REMARK, _RETURNED),
}
FLOW_COLUMNS = (
    *("记账时间", "微信支付业务单号", "资金流水单号", "业务名称", "业务类型", "收支类型", "收支金额(元)"),
    *("账户结余(元)", "资金变更提交申请人", "备注", "业务凭证号"),
)

RECHARGED = "REFUND_SOURCE_RECHARGE_FUNDS"
"""The refund_account of a refund that is paid from money that was topped up."""
UNSETTLED = "REFUND_SOURCE_UNSETTLED_FUNDS"
"""That of all others."""


@dataclass(frozen=True, slots=True)
class Bill:
    """A bill: its columns, its rows, and the summary under them by the names of its own columns."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    summary: Row

    def text(self) -> str:
        """As WeChat writes it: values with a back-tick, headers without; every line ends with \\r\\n, the last too."""
        lines = [
            ",".join(self.columns),
            *(_written(row[column] for column in self.columns) for row in self.rows),
            ",".join(self.summary),
            _written(self.summary.values()),
        ]
        return "".join(f"{line}\r\n" for line in lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A row of a trade bill before it is written: whose, in which state, and its amounts.

    `total` and `asked` are in the order's currency, what was settled in fen: the same for most.
    """

    at: datetime
    order: Order
    payment: Payment
    state: TradeState
    refund: Refund | None = None
    settled: int = 0
    coupons: int = 0
    given_back: int = 0
    coupons_given_back: int = 0
    fee: int = 0
    total: int = 0
    asked: int = 0
    unknown: bool = False
    """Whether it names an order that the merchant never had."""


def yuan(fen: int, decimals: int = 2) -> str:
    """An amount as bills write it: 0.01, -0.02000."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02}{'0' * (decimals - 2)}"


def _price(amount: int, fee_type: str) -> str:
    return yuan(amount * 100 if fee_type in WITHOUT_CENTS else amount)


# -- the trade bill ----------------------------------------------------------------------------------------------------


def paid(order: Order) -> Entry:
    """The row of a payment; a refunded or reversed order keeps it."""
    payment = _payment(order)
    return Entry(
        at=payment.paid_at,
        order=order,
        payment=payment,
        state=TradeState.SUCCESS,
        settled=order.settled_fen,
        coupons=payment.in_cny(payment.cash_coupon_fee),
        fee=order.fee,
        total=order.terms.total_fee,
    )


def reversed_(order: Order, at: datetime) -> Entry:
    """The row of a reversal (撤销) of a paid order: all goes back at once, under no refund's numbers."""
    payment = _payment(order)
    return Entry(
        at=at,
        order=order,
        payment=payment,
        state=TradeState.REVOKED,
        given_back=order.settled_fen,
        coupons_given_back=payment.in_cny(payment.cash_coupon_fee),
        fee=-order.fee,
        asked=order.terms.total_fee,
    )


def refunded(order: Order, refund: Refund) -> Entry:
    """The row of a refund: its fee is what is given back of it, below zero."""
    payment = _payment(order)
    return Entry(
        at=refund.created_at,
        order=order,
        payment=payment,
        state=TradeState.REFUND,
        refund=refund,
        given_back=refund.settled_fen(payment),
        coupons_given_back=payment.in_cny(refund.cash_coupon_fee),
        fee=-refund.parts.fee_returned,
        asked=refund.terms.refund_fee,
    )


def shown_in(bill_type: BillType, entry: Entry) -> bool:
    """Whether a bill of this type tells of it."""
    match bill_type:
        case BillType.ALL:
            return True
        case BillType.SUCCESS:
            return entry.state is TradeState.SUCCESS
        case BillType.REFUND:
            return entry.refund is not None
        case BillType.RECHARGE_REFUND:
            return entry.refund is not None and entry.refund.terms.refund_account == RECHARGED


def fault_of(entry: Entry) -> BillFault | None:
    """How its order's scenario has bills tell of it; only a missing order's refunds and reversals are missing too."""
    fault = entry.order.plan.bill if entry.order.plan else None
    return fault if entry.state is TradeState.SUCCESS or fault is BillFault.MISSING_ROW else None


def mistold(entries: Iterable[Entry]) -> list[Entry]:
    """The entries as the scenarios of their orders have bills tell of them."""
    return [told for entry in entries for told in _mistold(entry)]


def trade_bill(bill_type: BillType, entries: Iterable[Entry], made_at: datetime) -> Bill:
    """The bill, made at `made_at`: how refunds stand is what was known then. Its summary is the sum of its rows."""
    told = sorted((entry for entry in entries if shown_in(bill_type, entry)), key=lambda entry: entry.at)
    return Bill(COLUMNS[bill_type], tuple(_cells(entry, bill_type, made_at) for entry in told), _totals(told))


def unknown_numbers(payment: Payment) -> tuple[str, str]:
    """transaction_id and out_trade_no of the order beside it that nobody placed: always the same ones."""
    transaction_id = payment.transaction_id
    last = (int(transaction_id[-1]) + 1) % 10
    return f"{transaction_id[:-1]}{last}", f"UNKNOWN{transaction_id[-10:]}"


def _payment(order: Order) -> Payment:
    assert order.payment is not None, "only what was paid is in a bill"
    return order.payment


def _mistold(entry: Entry) -> list[Entry]:
    match fault_of(entry):
        case BillFault.MISSING_ROW:
            return []
        case BillFault.CHANGED_AMOUNT:
            return [replace(entry, settled=entry.settled + 1, total=entry.total + 1)]
        case BillFault.UNKNOWN_ORDER:
            return [entry, replace(entry, unknown=True)]
        case None:
            return [entry]


def _cells(entry: Entry, bill_type: BillType, made_at: datetime) -> Row:
    order, payment, terms = entry.order, entry.payment, entry.order.terms
    by_refund = bill_type in (BillType.REFUND, BillType.RECHARGE_REFUND)
    transaction_id, out_trade_no = _numbers(entry)
    return {
        "交易时间": beijing(payment.paid_at if by_refund else entry.at),
        "公众账号ID": terms.appid,
        "商户号": order.key.mch_id,
        "特约商户号": order.key.sub_mch_id or "0",
        "设备号": terms.device_info,
        "微信订单号": transaction_id,
        "商户订单号": out_trade_no,
        "用户标识": payment.openid,
        "交易类型": terms.trade_type.value,
        "交易状态": entry.state.value,
        "付款银行": payment.bank_type,
        "货币种类": terms.fee_type,
        "应结订单金额": yuan(entry.settled),
        "代金券金额": yuan(entry.coupons),
        **_refund_cells(entry, made_at),
        "商品名称": terms.body,
        "商户数据包": terms.attach,
        "手续费": yuan(entry.fee, 5),
        "费率": rate_text(payment.rate),
        "订单金额": _price(entry.total, terms.fee_type),
        "申请退款金额": _price(entry.asked, terms.fee_type),
        "费率备注": "",
        "返还手续费": yuan(-entry.fee, 5),
    }


def _refund_cells(entry: Entry, made_at: datetime) -> Row:
    refund = entry.refund
    succeeded = refund.success_at if refund else None
    return {
        "退款申请时间": beijing(refund.created_at) if refund else "",
        "退款成功时间": beijing(succeeded) if succeeded and succeeded < made_at else "",
        "微信退款单号": refund.refund_id if refund else "0",
        "商户退款单号": refund.terms.out_refund_no if refund else "0",
        "退款金额": yuan(entry.given_back),
        "充值券退款金额": yuan(entry.coupons_given_back),
        "退款类型": refund.channel.value if refund else "",
        "退款状态": _status(entry, made_at),
    }


def _status(entry: Entry, made_at: datetime) -> str:
    """How a refund stood when the bill was made. A bill calls a closed one FAIL."""
    refund = entry.refund
    if refund is None:
        return "SUCCESS" if entry.state is TradeState.REVOKED else ""
    if refund.status is RefundStatus.REFUNDCLOSE:
        return "FAIL"
    if refund.success_at is not None and refund.success_at >= made_at:
        return RefundStatus.PROCESSING.value
    return refund.status.value


def _numbers(entry: Entry) -> tuple[str, str]:
    """transaction_id and out_trade_no."""
    if entry.unknown:
        return unknown_numbers(entry.payment)
    return entry.payment.transaction_id, entry.order.key.out_trade_no


def _totals(entries: Sequence[Entry]) -> Row:
    """The sums, in CNY: amounts in other currencies are exchanged."""
    return {
        "总交易单数": str(len(entries)),
        "应结订单总金额": yuan(sum(entry.settled for entry in entries)),
        "退款总金额": yuan(sum(entry.given_back for entry in entries)),
        "充值券退款总金额": yuan(sum(entry.coupons_given_back for entry in entries)),
        "手续费总金额": yuan(sum(entry.fee for entry in entries), 5),
        "订单总金额": yuan(sum(entry.payment.in_cny(entry.total) for entry in entries)),
        "申请退款总金额": yuan(sum(entry.payment.in_cny(entry.asked) for entry in entries)),
    }


# -- the fund flow -----------------------------------------------------------------------------------------------------

_BUSINESS: dict[Movement, tuple[str, str]] = {
    Movement.PAYMENT: ("交易", "交易"),
    Movement.COUPON: ("交易", "交易"),
    Movement.FEE: ("交易", "扣除交易手续费"),
    Movement.REFUND: ("退款", "退款"),
    Movement.FEE_RETURNED: ("退款", "退还交易手续费"),
    Movement.REFUND_BACK: ("退款", "退款关闭"),
    Movement.REVERSAL: ("退款", "退款"),
    Movement.TRANSFER: ("商家转账", "商家转账"),
    Movement.TRANSFER_BACK: ("商家转账", "商家转账退回"),
    Movement.FREEZE: ("分账", "冻结"),
    Movement.UNFREEZE: ("分账", "解冻"),
    Movement.SHARE: ("分账", "分账"),
    Movement.SHARE_RETURNED: ("分账", "分账回退"),
    Movement.TOP_UP: ("充值/提现", "充值"),
    Movement.WITHDRAWAL: ("充值/提现", "提现"),
}
"""业务名称 and 业务类型 of what moves money in an account of the merchant's own."""

_BY_THE_API = frozenset(
    {Movement.REFUND, Movement.REVERSAL, Movement.TRANSFER, Movement.SHARE, Movement.SHARE_RETURNED}
)


def fund_flow(lines: Sequence[tuple[Line, str]]) -> Bill:
    """The rows of an account's lines, each with the transaction_id of its order ("" where it is about none)."""
    income = [line.move.fen for line, _ in lines if line.income]
    spent = [line.move.fen for line, _ in lines if not line.income]
    summary = {
        "资金流水总笔数": str(len(lines)),
        "收入笔数": str(len(income)),
        "收入金额": yuan(sum(income)),
        "支出笔数": str(len(spent)),
        "支出金额": yuan(sum(spent)),
    }
    return Bill(FLOW_COLUMNS, tuple(_flow_cells(line, transaction_id) for line, transaction_id in lines), summary)


def _flow_cells(line: Line, transaction_id: str) -> Row:
    movement = line.move.movement
    name, kind = _BUSINESS[movement]
    return {
        "记账时间": beijing(line.at),
        "微信支付业务单号": line.business_no or line.flow_no,
        "资金流水单号": transaction_id or line.flow_no,
        "业务名称": name,
        "业务类型": kind,
        "收支类型": "收入" if line.income else "支出",
        "收支金额(元)": yuan(line.move.fen),
        "账户结余(元)": yuan(line.balance),
        "资金变更提交申请人": f"{line.owner.mch_id}API" if movement in _BY_THE_API else "system",
        "备注": line.remark or _remark(line),
        "业务凭证号": line.out_refund_no or line.out_trade_no or line.out_bill_no,
    }


def _remark(line: Line) -> str:
    """WeChat's own remark. The fee has a row of its own, so none is in these."""
    match line.move.movement:
        case Movement.PAYMENT:
            return f"结算总金额 {yuan(line.move.fen)} 元;含手续费 0.00 元"
        case Movement.REFUND | Movement.REVERSAL:
            return f"退款总金额{yuan(line.move.fen)}元;含手续费0.00元"
    return ""


# -- writing -----------------------------------------------------------------------------------------------------------


def _written(values: Iterable[str]) -> str:
    """A line of values: a line break inside one is written as its two characters."""
    return ",".join("`" + value.replace("\r", r"\r").replace("\n", r"\n") for value in values)
