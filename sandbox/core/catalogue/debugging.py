"""The debugging tool (接口调试工具): what a field may hold, and the words of its pages."""

from sandbox.core.catalogue import Lang, Text
from sandbox.core.debugging import FieldForm

FORMS: dict[str, Text] = {
    "text": Text("文本", "text"),
    "number": Text("字母、数字和 _-|*@", "letters, digits and _-|*@"),
    "appid": Text("字母、数字、_ 和 -", "letters, digits, _ and -"),
    "digits": Text("数字", "digits"),
    "currency": Text("三个大写字母", "three capital letters"),
    "fen": Text("金额：整数，单位分，从 1 起", "an amount: whole fen, from 1"),
    "whole": Text("整数，从 0 起", "a whole number from 0"),
    "time": Text("北京时间 yyyyMMddHHmmss", "Beijing time, yyyyMMddHHmmss"),
    "day": Text("日期 yyyyMMdd", "a day, yyyyMMdd"),
    "ip": Text("IPv4 或 IPv6 地址", "an IPv4 or IPv6 address"),
    "url": Text("完整的 http(s) 地址", "a complete http(s) URL"),
    "choice": Text("取值：{choices}", "one of {choices}"),
}
AT_MOST = Text("{form}，最多 {limit} 字节", "{form}, at most {limit} bytes")


def rule(field: FieldForm, lang: Lang) -> str:
    """What a field may hold, in words."""
    form = FORMS[field.form].say(lang, choices=" / ".join(field.choices))
    return AT_MOST.say(lang, form=form, limit=field.limit) if field.limit is not None else form


API_TITLES: dict[str, Text] = {
    "unifiedorder": Text("统一下单", "Place an order"),
    "orderquery": Text("查询订单", "Query an order"),
    "closeorder": Text("关闭订单", "Close an order"),
    "refund": Text("申请退款", "Refund"),
    "refundquery": Text("查询退款", "Query refunds"),
    "micropay": Text("付款码支付", "Charge a payment code"),
    "reverse": Text("撤销订单", "Reverse an order"),
    "authcodetoopenid": Text("付款码查 openid", "Payer of a payment code"),
    "shorturl": Text("转换短链接", "Shorten a URL"),
    "downloadbill": Text("下载交易账单", "Download the trade bill"),
    "downloadfundflow": Text("下载资金账单", "Download the fund flow"),
    "report": Text("交易保障", "Report a call"),
    "batchquerycomment": Text("拉取订单评价", "Fetch comments"),
}
