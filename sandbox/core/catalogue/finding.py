"""Finding things in the console, deciding several, and what the header says of time and of scenarios in force."""

from sandbox.core.catalogue import Text

# -- the search box ----------------------------------------------------------------------------------------------------
SEARCH_ORDERS = Text("搜索订单", "Search orders")
SEARCH_REFUNDS = Text("搜索退款", "Search refunds")
SEARCH_CALLS = Text("搜索调用", "Search calls")
SEARCH_NOTIFICATIONS = Text("搜索通知", "Search notifications")
BY_ORDERS = Text("搜索订单：单号、退款号、金额、openid", "Search orders: number, refund, amount, openid")
BY_REFUNDS = Text("搜索退款：退款号、订单号、金额", "Search refunds: number, order, amount")
BY_CALLS = Text("搜索调用：请求里的任何文字", "Search calls: any text of a request")
BY_NOTIFICATIONS = Text("搜索通知：订单号、退款号、地址", "Search notifications: order, refund, address")
IN_ORDERS = Text("在订单里找“{what}”", "Look for “{what}” among the orders")

# -- a number without an order -----------------------------------------------------------------------------------------
NO_ORDER = Text("没有订单 {number}", "There is no order {number}")
WHY_REFUSED = Text(
    "有人用这个号下单，但调用被拒绝了，所以没有生成订单。原因写在调用上，改好后用同一个号重新下单即可。",
    "It was to be placed, but the call was refused, so there is no order. The call says why; mend that and place it "
    "again under the same number.",
)
WHY_NEVER = Text(
    "没有人用这个号下过单，只有下面的调用提到它。",
    "Nobody has placed an order under this number; only these calls speak of it.",
)
WHY_GONE = Text(
    "下单成功过，但订单已不在沙箱里：被清空，或超出了保留的数量。",
    "It was placed, but the sandbox no longer has it: cleared, or beyond what is kept.",
)
SPOKEN_OF = Text("提到它的调用", "Calls that speak of it")
PREPAY_OVER = Text("prepay_id 已过期", "prepay_id expired")

# -- several orders at once --------------------------------------------------------------------------------------------
PICK = Text("选择 {out_trade_no}", "Choose {out_trade_no}")
PICK_ALL = Text("选择这一页所有待决定的订单", "Choose all orders of this page that wait")
PICKED = Text("已选 {n} 个订单", "Chosen: {n}")
UNPICK = Text("取消选择", "Choose none")
SEVERAL = Text("决定选中的订单", "Decide the chosen orders")
NONE_PICKED = Text("没有选中任何订单。", "No order is chosen.")
DECIDED = {
    "success": Text("{all} 个订单中 {done} 个付款成功。", "{done} of {all} orders decided: paid."),
    "error": Text("{all} 个订单中 {done} 个付款失败（{cause}）。", "{done} of {all} orders decided: failed ({cause})."),
    "cancel": Text("{all} 个订单中 {done} 个由付款人取消。", "{done} of {all} orders decided: cancelled."),
}
UNDECIDED = Text("{n} 个没能决定：{why}", "{n} could not be: {why}")
EACH = Text("逐个结果", "Each result")
