"""What a failing test's report says."""

from sandbox.core.text import Text

TIMELINE = Text("订单 {out_trade_no} 的时间线", "timeline of {out_trade_no}")
REFUSED = Text("被拒绝的、不属于任何订单的调用", "refused calls that belong to no order")
STRANGERS = Text("沙箱不认识其商户号的调用", "calls of a merchant that this sandbox does not know")
EARLIER = Text("…… 前面还有 {n} 行", "... {n} earlier lines")
OLDER = Text("…… 还有 {n} 个更早的订单", "... {n} older orders")
UNTOLD = Text("没有时间线", "no timeline")
