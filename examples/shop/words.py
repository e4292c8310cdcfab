"""Every sentence that a customer reads, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Language = Literal["zh", "en"]

_WORDS: Mapping[str, tuple[str, str]] = {
    "shop": ("微店", "Tea shop"),
    "slogan": ("好茶，慢慢喝", "Good tea, no hurry"),
    "teas": ("选茶", "Teas"),
    "orders": ("订单", "Orders"),
    "console": ("沙箱控制台", "Sandbox console"),
    "in_console": ("在沙箱控制台里看这笔订单", "This order in the sandbox's console"),
    "skip": ("跳到正文", "Skip to content"),
    "honest": (
        "示例商户：付款由微信支付沙箱模拟，不会产生真实扣款。",
        "An example merchant: a sandbox plays WeChat Pay, no real money moves.",
    ),
    "choose_tea": ("选一款茶", "Choose a tea"),
    "choose_way": ("选择支付方式", "Choose how to pay"),
    "place": ("提交订单", "Place order"),
    "NATIVE": ("扫码支付", "Scan a QR code"),
    "JSAPI": ("微信内支付", "Inside WeChat"),
    "APP": ("App 支付", "In an app"),
    "MWEB": ("H5 支付", "Mobile browser"),
    "about_NATIVE": ("电脑上出示二维码，用微信扫一扫", "The page shows a code, the phone scans it"),
    "about_JSAPI": ("公众号网页，在微信里直接付款", "An official account's page, paid in WeChat"),
    "about_APP": ("商家 App 调起微信付款", "The merchant's app opens WeChat"),
    "about_MWEB": ("手机浏览器跳转到微信付款", "The phone's browser leads to WeChat"),
    "waiting": ("待支付", "Waiting for payment"),
    "paid": ("已支付", "Paid"),
    "closed": ("已关闭", "Closed"),
    "failed": ("交易失败", "Failed"),
    "refund_due": ("待退款", "Refund due"),
    "refunded": ("已退款", "Refunded"),
    "next_waiting": ("付款后本页会自动更新。", "This page changes by itself once you have paid."),
    "next_paid": ("谢谢惠顾，茶已备好，马上寄出。", "Thank you. Your tea is packed and on its way."),
    "next_closed": (
        "订单已关闭，没有扣款。还想喝，再下一单就好。",
        "Nothing was charged. Order again whenever you like.",
    ),
    "next_failed": (
        "微信支付没有接受这笔订单，或付款失败；没有扣款。",
        "WeChat Pay did not take this order, or its payment failed. Nothing was charged.",
    ),
    "next_refund_due": (
        "订单关闭后收到了付款，不会发货，我们会把钱退给您。",
        "Money came after the order was closed. Nothing will be sent; you will get your money back.",
    ),
    "next_refunded": ("款项已退回。", "The money has been returned."),
    "refunds": ("退款", "Refunds"),
    "refund": ("退款", "Refund"),
    "refund_amount": ("退款金额（元）", "Amount in yuan"),
    "refund_check": ("查一下退款", "Check the refund"),
    "refund_asked": ("申请中", "Being asked for"),
    "refund_processing": ("退款处理中", "On its way"),
    "refund_success": ("已到账", "Arrived"),
    "refund_abnormal": ("退款异常，需人工处理", "Stuck: somebody has to see to it"),
    "refund_closed": ("退款关闭，可重新退款", "Closed: may be refunded again"),
    "refund_refused": ("被拒绝", "Refused"),
    "out_trade_no": ("商户订单号", "Order number"),
    "transaction_id": ("微信支付订单号", "WeChat transaction"),
    "item": ("商品", "Item"),
    "amount": ("金额", "Amount"),
    "state": ("状态", "State"),
    "way": ("支付方式", "Way to pay"),
    "created_at": ("下单时间", "Ordered"),
    "closes_at": ("支付截止（到时本店关单）", "Pay before (then the shop closes it)"),
    "paid_at": ("支付时间", "Paid at"),
    "paid_by": ("得知方式", "Learnt by"),
    "by_notification": ("微信支付通知", "WeChat Pay's notification"),
    "by_query": ("主动查单", "Asking WeChat Pay (orderquery)"),
    "fulfilled": ("发货次数", "Times handed out"),
    "problem": ("原因", "Reason"),
    "check": ("我已付款，查一下", "I have paid: check"),
    "cancel": ("取消订单", "Cancel order"),
    "cancel_sure": ("取消后不能再付款，确定吗？", "It can no longer be paid after that. Cancel this order?"),
    "again": ("再来一单", "Order again"),
    "copy": ("复制", "Copy"),
    "copied": ("已复制", "Copied"),
    "scan": ("打开微信扫一扫", "Scan it with WeChat"),
    "qr_alt": ("付款二维码", "QR code to pay"),
    "open_cashier": ("打开收银台（沙箱）", "Open the cashier (sandbox)"),
    "jsapi_intro": (
        "这是微信里的商家网页，点下面的按钮调起微信支付。",
        "This is the merchant's page inside WeChat. The button asks WeChat to pay.",
    ),
    "jsapi_pay": ("微信支付", "Pay with WeChat"),
    "jsapi_absent": (
        "没有等到 WeixinJSBridge：请在微信里打开本页，或确认沙箱正在运行。",
        "No WeixinJSBridge came: open this page inside WeChat, or see whether the sandbox runs.",
    ),
    "result": ("前端结果", "The page was told"),
    "result_unsure": ("以查单和通知为准", "only the notification or a query counts"),
    "app_intro": (
        "这里代表商家的手机 App。后端已签好 PayReq 的 7 个参数，点按钮把它们交给微信。",
        "This stands for the merchant's mobile app. The backend signed the 7 PayReq parameters; "
        "the button hands them to WeChat.",
    ),
    "app_pay": ("打开微信付款", "Open WeChat"),
    "app_wait": ("已打开微信，等待付款…", "WeChat is open, waiting for the payer…"),
    "app_blocked": ("浏览器拦截了弹窗，请点这里打开收银台", "The browser blocked the window: open the cashier here"),
    "mweb_intro": (
        "付款在微信里完成。回到本页后，请告诉我们是否已经付款。",
        "The payment happens in WeChat. Back here, tell us whether you have paid.",
    ),
    "mweb_ask": ("已经完成支付了吗？", "Have you finished paying?"),
    "mweb_pay": ("去微信付款", "Go to WeChat to pay"),
    "mweb_again": ("还没有，重新去付款", "Not yet, go back to WeChat"),
    "no_orders": ("还没有订单", "No orders yet"),
    "no_orders_next": ("去选一款茶，一分钱也能试饮。", "Pick a tea: one sip costs one fen."),
    "time": ("时间", "Time"),
    "offline": ("与店铺的连接断开，正在重试…", "Connection to the shop lost, trying again…"),
    "not_sent": ("没有连上，请再试一次", "No connection, please try again"),
    "notice_unpaid": ("微信支付说这笔订单还没有付款。", "WeChat Pay says that this order is not paid yet."),
    "notice_unsure": (
        "暂时没有得到微信支付的可信答复，请稍后再试。",
        "No trustworthy answer from WeChat Pay right now. Please try again in a moment.",
    ),
    "notice_late": ("订单已经付款，不能取消。", "This order is paid and cannot be cancelled."),
    "notice_not_refundable": (
        "不能退这个金额：没有付款、余额不足，或有一笔退款还在处理。",
        "This cannot be refunded: it is not paid, less is left of it, or a refund of it is under way.",
    ),
    "error_403": ("请求来自别的网站，已拒绝", "This request came from another site and was refused"),
    "error_404": ("没有这个页面或订单", "No such page or order"),
    "error_400": ("请求有误", "Something is wrong with the request"),
    "error_500": ("店里出了点问题", "Something went wrong in the shop"),
    "back": ("回到店里", "Back to the shop"),
}
FOR_SCRIPTS = (
    "copied",
    "cancel_sure",
    "jsapi_absent",
    "result",
    "result_unsure",
    "app_wait",
    "app_blocked",
    "not_sent",
)


class Words:
    """The sentences of one language: `words["paid"]`."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def __getitem__(self, key: str) -> str:
        zh, en = _WORDS[key]
        return zh if self.language == "zh" else en

    @property
    def for_scripts(self) -> dict[str, str]:
        """What the page's script says by itself."""
        return {key: self[key] for key in FOR_SCRIPTS}


def preferred(accept_language: str) -> Language:
    """Choose by the browser's wish: whichever of zh and en it ranks first, zh when it names neither."""
    wishes = sorted(filter(None, map(_wish, accept_language.split(","))), key=lambda wish: -wish[1])
    return next((language for language, _ in wishes), "zh")


def _wish(part: str) -> tuple[Language, float] | None:
    tag, _, parameter = part.strip().lower().partition(";")
    try:
        rank = float(parameter.strip().removeprefix("q=") or 1)
    except ValueError:
        return None
    primary = tag.split("-")[0].strip()
    if primary == "zh" and rank > 0:
        return "zh", rank
    return ("en", rank) if primary == "en" and rank > 0 else None
