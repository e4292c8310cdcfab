"""A sentence for each Event on a timeline; `Event.facts` fill the braces."""

from collections.abc import Callable, Mapping

from sandbox.core.causes import Cause
from sandbox.core.currency import CNY, written
from sandbox.core.events import EventName
from sandbox.core.journal import Event
from sandbox.core.plans import AnswerFault, ReasonName, TransferFailReason
from sandbox.core.share_acts import ShareFailReason
from sandbox.core.text import Lang, Text
from sandbox.words.causes import CAUSES, explain
from sandbox.words.refusals import REFUSALS
from sandbox.words.scenarios import ANSWER_FAULTS, WHYS
from sandbox.words.sharing import FAIL_REASONS
from sandbox.words.transfers import REASONS, REFUSED

EVENTS: dict[EventName, Text] = {
    EventName.SCENARIO_CHOSEN: Text("场景 {scenario} 起作用：{why}", "The scenario {scenario} decides: {why}"),
    EventName.WARNING_SCENARIO_UNKNOWN: Text(
        "提醒：attach 里的场景 {scenario} 不存在", "Warning: attach names the scenario {scenario}, which nobody knows"
    ),
    EventName.SCENARIO_LACKING: Text(
        "场景 {scenario} 中的 {faults} 略去了：这笔订单的接口版本（{face}）没有这种故障",
        "{faults} of the scenario {scenario} left out: the order's version of the API ({face}) has no such fault",
    ),
    EventName.SCENARIO_DROPPED: Text("不再由场景 {scenario} 决定", "The scenario {scenario} decides no more"),
    EventName.PAYMENT_FAILED_FOR_GOOD: Text("支付失败：{cause}；订单不能再付", "The payment failed for good: {cause}"),
    EventName.ACT_REFUSED: Text("付款人没有付成：{reason}", "The payer could not act: {reason}"),
    EventName.CANARY_HIT: Text(
        "商户的 XML 解析器访问了外部实体（{fault}，{client}）：有 XXE 漏洞，要禁用 DOCTYPE 和外部实体",
        "The merchant's XML parser fetched an external entity ({fault}, {client}): it is open to XXE",
    ),
    EventName.ANSWER_UNVERIFIED: Text(
        "商户用了统一下单应答里的 prepay_id，而那个应答不可信（{answer_fault}）：它没有验证应答的签名",
        "The merchant uses the prepay_id of an answer that must not be believed ({answer_fault}): it did not verify "
        "the answer's signature",
    ),
    EventName.ANSWER_UNVERIFIED_PAID: Text(
        "订单付了，而商户只从一个不可信的应答（{answer_fault}）知道它的 prepay_id："
        "如果是商户把付款人带来的，它没有验证应答的签名",
        "It was paid, and the merchant knows its prepay_id only from an answer that must not be believed "
        "({answer_fault}): if the merchant led the payer here, it did not verify the answer's signature",
    ),
    EventName.PAID: Text("付款人支付了 {total_fee}（{bank_type}）", "The payer paid {total_fee} ({bank_type})"),
    EventName.PAYMENT_FAILED: Text("支付失败：{cause}", "The payment failed: {cause}"),
    EventName.CANCELLED: Text("付款人取消了支付", "The payer cancelled"),
    EventName.COMMENTED: Text("付款人评价：{stars} 星", "The payer commented: {stars} stars"),
    EventName.CLOSED: Text("商户关闭了订单", "The merchant closed the order"),
    EventName.PASSWORD_ASKED: Text("微信要求付款人输入支付密码", "WeChat asks the payer for the password"),
    EventName.PASSWORD_LATE: Text(
        "付款人 45 秒内没有输入密码，支付失败", "The payer typed no password within 45 s; the payment failed"
    ),
    EventName.REVERSED: Text("商户撤销了订单", "The merchant reversed the order"),
    EventName.REVERSED_PAID: Text(
        "商户撤销了订单，钱已退回付款人", "The merchant reversed the order; the money is back"
    ),
    EventName.EXPIRED: Text("订单到期未付，微信关闭了它", "The order expired unpaid; WeChat closed it"),
    EventName.EXPIRY_MOVED: Text(
        "time_expire（{time_expire}）太近或太远，微信改成了 {moved}",
        "time_expire ({time_expire}) is too near or too far; WeChat moved it to {moved}",
    ),
    EventName.NUMBER_BURNT: Text(
        "商户关闭了一个还没有下过单的单号：它从此作废，再用它下单会被拒绝",
        "The merchant closed a number that no order had: it is burnt, and an order with it will be refused",
    ),
    EventName.REFUND_ACCEPTED: Text(
        "微信受理了退款 {out_refund_no}：{refund_fee}，处理中",
        "WeChat accepted the refund {out_refund_no} of {refund_fee}; it is being processed",
    ),
    EventName.REFUND_SUCCEEDED: Text(
        "退款 {out_refund_no} 已到账：{refund_fee}", "The refund {out_refund_no} arrived: {refund_fee}"
    ),
    EventName.REFUND_ABNORMAL: Text(
        "退款 {out_refund_no} 异常（{refund_fee}）：用户的卡已作废或冻结，钱留在微信，等商户手动处理",
        "The refund {out_refund_no} of {refund_fee} is stuck: the payer's card is void or frozen; mend it by hand",
    ),
    EventName.REFUND_CLOSED: Text(
        "退款 {out_refund_no} 已关闭（{refund_fee}）：钱回到商户，可以换单号再退",
        "The refund {out_refund_no} of {refund_fee} was closed: the merchant has the money again",
    ),
    EventName.REFUND_REDIRECTED: Text(
        "商户发起了异常退款 {out_refund_no}：{refund_fee} 改退到{recv_account}，处理中",
        "The merchant has the stuck refund {out_refund_no} of {refund_fee} go to {recv_account}; it is being processed",
    ),
    EventName.TRANSFER_ACCEPTED: Text(
        "微信受理了转账：{transfer_amount}，钱已锁定，等收款人确认",
        "WeChat accepted the transfer of {transfer_amount}: the money is locked until the person confirms",
    ),
    EventName.TRANSFER_SHOWN: Text(
        "微信为收款人打开了确认收款页（{channel}）", "The WeChat client showed the page to confirm it ({channel})"
    ),
    EventName.TRANSFER_REFUSED: Text(
        "微信没有打开确认收款页（{channel}）：{why_transfer}",
        "The WeChat client showed no page to confirm it ({channel}): {why_transfer}",
    ),
    EventName.TRANSFER_CONFIRMED: Text("收款人确认收款：{transfer_amount}", "The person confirmed {transfer_amount}"),
    EventName.TRANSFER_LEFT: Text("收款人没有确认就离开了", "The person left without confirming"),
    EventName.TRANSFER_SUCCEEDED: Text("转账成功：{transfer_amount} 到了收款人零钱", "{transfer_amount} arrived"),
    EventName.TRANSFER_FAILED: Text(
        "转账失败（{fail_reason}）：{transfer_amount} 退回商户",
        "The transfer failed ({fail_reason}): the merchant has {transfer_amount} again",
    ),
    EventName.TRANSFER_CANCELLING: Text(
        "商户撤销转账，退款中：{transfer_amount}", "The merchant cancels the transfer of {transfer_amount}"
    ),
    EventName.TRANSFER_CANCELLED: Text(
        "转账已撤销：{transfer_amount} 退回商户", "The transfer is cancelled: the merchant has {transfer_amount} again"
    ),
    EventName.SHARING_ACCEPTED: Text(
        "微信受理了分账 {out_order_no}：{amount} 分给 {n} 个接收方，处理中",
        "WeChat accepted the sharing {out_order_no} of {amount} among {n}; it is being processed",
    ),
    EventName.SHARED: Text(
        "分账 {out_order_no}：{account} 收到 {amount}", "The sharing {out_order_no}: {account} has got {amount}"
    ),
    EventName.SHARE_CLOSED: Text(
        "分账 {out_order_no}：没有分给 {account}（{amount}），{share_fail_reason}；钱解冻给分账方",
        "The sharing {out_order_no}: {account} did not get {amount}: {share_fail_reason}; it goes to who shares",
    ),
    EventName.SHARE_RETURNED: Text(
        "{account} 回退了 {amount}（{out_return_no}）", "{account} gave back {amount} ({out_return_no})"
    ),
    EventName.UNFREEZING_ACCEPTED: Text(
        "微信受理了解冻 {out_order_no}：{amount}，处理中",
        "WeChat accepted to unfreeze {amount} ({out_order_no}); it is being processed",
    ),
    EventName.UNFROZEN: Text("{amount} 解冻给了分账方", "{amount} is unfrozen, and who shares may spend it"),
    EventName.CLIENT_INVOKED: Text(
        "调起微信支付（{channel}）：{result}。{explanation}",
        "The WeChat client was asked to pay ({channel}): {result}. {explanation}",
    ),
    EventName.OTHER: Text("{name}", "{name}"),
    EventName.CLOCK_HALTED: Text(
        "有人让快进停下：沙箱时间只走了 {seconds}", "Someone stopped the jump: sandbox time came only {seconds} further"
    ),
    EventName.CLOCK_ADVANCED: Text("沙箱时间快进 {seconds}", "Sandbox time jumped ahead by {seconds}"),
    EventName.WARNING_FOREIGN_CURRENCY: Text(
        "提醒：标价币种是 {fee_type}，按固定汇率用人民币支付和结算；真实微信只有境外商户可以用外币标价",
        "Warning: priced in {fee_type}, paid and settled in CNY at a fixed rate; at the real WeChat Pay only overseas "
        "merchants may use another currency",
    ),
    EventName.WARNING_NOTIFY_URL_QUERY: Text(
        "提醒：notify_url 带有查询参数，真实微信会拒绝；要带的数据放进 attach",
        "Warning: notify_url has a query string, which the real WeChat refuses; put such data in attach",
    ),
    EventName.WARNING_NOTIFY_URL_NO_PATH: Text(
        "提醒：notify_url 只有域名没有路径，真实微信会拒绝",
        "Warning: notify_url has no path, which the real WeChat refuses",
    ),
    EventName.WARNING_NOTIFY_URL_LOCAL: Text(
        "提醒：notify_url 是本机或内网地址，沙箱能通知到，真实微信不能",
        "Warning: notify_url is a local address; the sandbox reaches it, the real WeChat cannot",
    ),
    EventName.WARNING_SPBILL_CREATE_IP_EMPTY: Text(
        "提醒：没有传 spbill_create_ip，真实微信要求必填",
        "Warning: spbill_create_ip is missing; the real WeChat requires it",
    ),
    EventName.WARNING_SPBILL_CREATE_IP_V6: Text(
        "提醒：spbill_create_ip 是 IPv6；文档允许，但曾有真实接口以长度有误拒绝",
        "Warning: spbill_create_ip is IPv6; documented as allowed, yet the real server was seen to refuse it",
    ),
    EventName.H5_REFUSED: Text(
        "H5 中间页没有打开：{words} {given}（设置的是 {expected}）",
        "WeChat's H5 page did not open: {words} {given} (set: {expected})",
    ),
    EventName.WARNING_H5_DOMAINS_UNSET: Text(
        "提醒：商户没有设置 H5 支付域名，真实微信会说“商家存在未配置的参数，请联系商家解决”",
        "Warning: the merchant has no H5 domains; the real WeChat does not open its H5 page",
    ),
    EventName.WARNING_PRODUCT_ID_MISSING: Text(
        "提醒：NATIVE 订单没有传 product_id，文档要求必填",
        "Warning: a NATIVE order without product_id; the documents require it",
    ),
}

CHANNELS = {"app": Text("App", "app"), "jsapi": Text("网页或小程序", "page or mini program")}
ACCEPTED = Text("校验通过", "accepted")

UNITS = (
    (86400, Text("{n} 天", "{n} d")),
    (3600, Text("{n} 小时", "{n} h")),
    (60, Text("{n} 分", "{n} min")),
    (1, Text("{n} 秒", "{n} s")),
)


def duration(seconds: float, lang: Lang, parts: int = 2) -> str:
    """A span of time in words, its `parts` largest units: 3 分 15 秒."""
    rest = round(abs(seconds))
    said = []
    for size, unit in UNITS:
        n, rest = divmod(rest, size)
        if n:
            said.append(unit.say(lang, n=n))
    return " ".join(said[:parts]) or UNITS[-1][1].say(lang, n=0)


def _cause(value: str | int | float, lang: Lang) -> str:
    known = CAUSES.get(Cause(value)) if value in set(Cause) else None
    return known.title.say(lang) if known else str(value)


def _result(value: str | int | float, lang: Lang) -> str:
    return ACCEPTED.say(lang) if value == "ok" else _cause(value, lang)


def _channel(value: str | int | float, lang: Lang) -> str:
    known = CHANNELS.get(str(value))
    return known.say(lang) if known else str(value)


def _answer_fault(value: str | int | float, lang: Lang) -> str:
    fault = AnswerFault.named(str(value))
    return ANSWER_FAULTS[fault].say(lang) if fault else str(value)


def _fail_reason(value: str | int | float, lang: Lang) -> str:
    """Why a transfer failed."""
    known = REASONS.get(TransferFailReason(value)) if value in set(TransferFailReason) else None
    return f"{value}: {known.say(lang)}" if known else str(value)


def _share_fail_reason(value: str | int | float, lang: Lang) -> str:
    """Why a receiver did not get its share."""
    return FAIL_REASONS[ShareFailReason(value)].say(lang) if value in set(ShareFailReason) else str(value)


def _seconds(value: str | int | float, lang: Lang) -> str:
    return duration(float(value), lang)


def _reason(value: str | int | float, lang: Lang) -> str:
    """A rule of WeChat Pay that forbade it, named by its error's class."""
    known = next((text for error, text in REFUSALS.items() if error.__name__ == value), None)
    return known.say(lang) if known else str(value)


def why(facts: Mapping[str, str | int | float], lang: Lang) -> str:
    """Why a scenario was chosen, in words; its facts are those of the event."""
    given = str(facts.get("why", ""))
    text = WHYS.get(ReasonName(given)) if given in set(ReasonName) else None
    held = {name: value for name, value in facts.items() if name not in ("scenario", "why")}
    conditions = ", ".join(f"{name} {value}" for name, value in held.items())
    return text.say(lang, scenario=facts.get("scenario", ""), conditions=conditions) if text else ""


_WORDS: Mapping[str, Callable[[str | int | float, Lang], str]] = {
    "cause": _cause,
    "seconds": _seconds,
    "result": _result,
    "reason": _reason,
    "channel": _channel,
    "answer_fault": _answer_fault,
    "fail_reason": _fail_reason,
    "share_fail_reason": _share_fail_reason,
}

_PRICES = frozenset({"total_fee", "refund_fee", "transfer_amount", "amount"})
"""Amounts in the order's currency, which `fee_type` names where it is a foreign one."""


def sentence(event: Event, lang: Lang) -> str:
    """What happened, in words."""
    words = {name: _WORDS[name](fact, lang) if name in _WORDS else str(fact) for name, fact in event.facts.items()}
    currency = str(event.facts.get("fee_type", CNY))
    prices = {name: written(int(event.facts[name]), currency) for name in _PRICES & event.facts.keys()}
    if (refused := event.facts.get("why_transfer")) in REFUSED:
        words["why_transfer"] = REFUSED[str(refused)].recall(lang, words, otherwise="")
    facts = {**words, **prices, "explanation": explain(event.facts, lang), "why": why(event.facts, lang)}
    return EVENTS[event.name].recall(lang, facts, otherwise="").rstrip()
