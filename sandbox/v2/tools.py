"""shorturl, report, batchquerycomment and queryexchagerate. Source: V2 notes, 3.7, 3.9, 3.11, 9.8."""

import json
import re
from collections.abc import Mapping, Sequence
from urllib.parse import unquote

from sandbox.core.comments import MOST_COMMENTS, Comment
from sandbox.core.currency import RATES, SCALE, WITHOUT_CENTS
from sandbox.core.errors import CommentsTooOld, NoComment
from sandbox.core.ids import BEIJING, beijing
from sandbox.core.text import Text
from sandbox.core.usecases.comments import Comments
from sandbox.core.usecases.context import Context
from sandbox.core.usecases.short_urls import ShortUrls
from sandbox.signing.flat import SignType
from sandbox.v2.endpoint import Document, endpoint
from sandbox.v2.envelope import Fields
from sandbox.v2.errors import BusinessFailure, ProtocolFailure, Words
from sandbox.v2.shapes import (
    CURRENCY,
    OUT_TRADE_NO,
    BeijingDay,
    BeijingTime,
    Choice,
    OwnRequest,
    RequestInvalid,
    String,
    Whole,
)
from sandbox.v2.style import BARE, BESIDE_DOCUMENTS

_ENCODED = re.compile("weixin%3a", re.IGNORECASE)
_CODE = re.compile("SUCCESS|FAIL")


class ShortenUrl(OwnRequest):
    """POST /tools/shorturl: V2 notes, 3.9. The URL is signed as it is, and may be transmitted percent-encoded."""

    long_url = String(1024, "URL链接")

    def check(self) -> None:
        if len(self.plain_url.encode()) > 512:
            raise type(self).long_url.wrong_length(self.plain_url, 512)

    @property
    def plain_url(self) -> str:
        return unquote(self.long_url) if _ENCODED.match(self.long_url) else self.long_url

    @property
    def signed(self) -> Mapping[str, str]:
        return {**self.message, "long_url": self.plain_url}


class Report(OwnRequest):
    """POST /payitil/report: V2 notes, 3.7. How one call went, or (`trades`) how a batch of micropay did."""

    device_info = String(32, "设备号", required=False)
    interface_url = String(127, "接口URL")
    execute_time = Whole("接口耗时")
    execute_time_ = Whole("接口耗时")
    return_code = String(16, "返回状态码", required=False, pattern=_CODE)
    return_msg = String(128, "返回信息", required=False)
    result_code = String(16, "业务结果", required=False, pattern=_CODE)
    err_code = String(32, "错误代码", required=False)
    err_code_des = String(128, "错误代码描述", required=False)
    out_trade_no = String(32, "商户订单号", required=False, pattern=OUT_TRADE_NO)
    user_ip = String(16, "访问接口IP")
    time = BeijingTime("商户上报时间")
    trades = String(1024, "上报数据包", required=False)

    def check(self) -> None:
        if self.trades:
            self._check_trades()
            return
        if self.execute_time is None and self.execute_time_ is None:
            raise RequestInvalid("缺少参数", "one_of", "execute_time, execute_time_")
        for name in ("return_code", "result_code"):
            if not getattr(self, name):
                raise RequestInvalid("缺少参数", "missing", name)

    def _check_trades(self) -> None:
        try:
            trades = json.loads(self.trades)
        except ValueError:
            trades = None
        if not isinstance(trades, list) or not all(isinstance(trade, dict) for trade in trades):
            raise RequestInvalid("trades参数格式错误", "format", "trades", got=self.trades[:64])


class BatchQueryComment(OwnRequest):
    """POST /billcommentsp/batchquerycomment: V2 notes, 3.11. HMAC-SHA256 only, and sign_type is not signed."""

    sign_type = Choice(SignType, "签名类型", SignType.HMAC_SHA256, among=(SignType.HMAC_SHA256,))
    begin_time = BeijingTime("开始时间", required=True)
    end_time = BeijingTime("结束时间", required=True)
    offset = Whole("位移", required=True)
    limit = Whole("条数")

    def check(self) -> None:
        if self.limit is not None and not 1 <= self.limit <= MOST_COMMENTS:
            raise RequestInvalid("limit参数格式错误", "format", "limit", got=str(self.limit))

    @property
    def signed(self) -> Mapping[str, str]:
        return {name: value for name, value in self.message.items() if name != "sign_type"}


class QueryExchangeRate(OwnRequest):
    """POST /pay/queryexchagerate (sic): V2 notes, 9.8. No nonce_str is asked for."""

    nonce_str = String(32, "随机字符串", required=False)
    fee_type = String(10, "币种", pattern=CURRENCY)
    date = BeijingDay("日期")


def _comment_refusal(fault: str, facts: Mapping[str, str | int], usual: ProtocolFailure) -> ProtocolFailure:
    return ProtocolFailure("商户签名错误") if fault in ("sign_wrong", "sign_missing") else usual


@endpoint("/tools/shorturl", ShortenUrl, title=Text("转换短链接", "Shorten a URL"), documents="3.9")
def shorten_url(request: ShortenUrl, context: Context) -> Fields:
    return {"short_url": ShortUrls(context).shorten(request.mch_id, request.plain_url).url}


@endpoint(
    "/payitil/report",
    Report,
    title=Text("交易保障", "Report a call"),
    documents="3.7",
    example={"execute_time_": "", "return_code": "", "result_code": ""},
    reads=True,
    style=BARE,
)
def report(request: Report, context: Context) -> Fields:
    # The journal keeps what was reported, and the order's timeline where it names one.
    return {}


@endpoint(
    "/billcommentsp/batchquerycomment",
    BatchQueryComment,
    title=Text("拉取订单评价", "Fetch comments"),
    documents="3.11",
    certificate=True,
    reads=True,
    words=Words(
        errors={
            NoComment: BusinessFailure("NO_COMMENT", "对应的时间段没有用户的评论数据"),
            CommentsTooOld: BusinessFailure("TIME_EXPIRE", "拉取的时间超过3个月"),
        },
        refusal=_comment_refusal,
    ),
    style=BESIDE_DOCUMENTS,
    bulky=True,
)
def batch_query_comment(request: BatchQueryComment, context: Context) -> Document:
    begin, end, limit = request.begin_time, request.end_time, request.limit or MOST_COMMENTS
    assert begin is not None
    assert end is not None
    found = Comments(context).between(request.mch_id, begin, end, request.offset or 0, limit)
    return Document(_told(found).encode())


@endpoint(
    "/pay/queryexchagerate",
    QueryExchangeRate,
    title=Text("查询汇率", "Query an exchange rate"),
    documents="9.8",
    example={"fee_type": "USD", "date": "20150807"},
    reads=True,
)
def query_exchange_rate(request: QueryExchangeRate, context: Context) -> Fields:
    if request.date > context.now(request.mch_id).astimezone(BEIJING).date():
        raise RequestInvalid("date参数格式错误", "format", "date", got=f"{request.date:%Y%m%d}")
    rate = RATES.get(request.fee_type, SCALE)
    # Of the currency's standard unit, where RATES has the smallest one.
    unit_rate = rate // 100 if request.fee_type in WITHOUT_CENTS else rate
    return {"fee_type": request.fee_type, "rate_time": f"{request.date:%Y%m%d}", "rate": str(unit_rate)}


def _told(found: Sequence[tuple[int, Comment]]) -> str:
    """The first line is the offset for the next call: the number of the last comment here."""
    lines = [f"`{found[-1][0]}"]
    for _, comment in found:
        at = beijing(comment.at)
        text = comment.text.replace("\r", r"\r").replace("\n", r"\n")
        lines.append(f"`{at},`{comment.transaction_id},`{comment.stars},`{text}")
    return "".join(f"{line}\r\n" for line in lines)
