"""Finding things in the console, deciding several, and what the header says of time and of scenarios in force."""

from sandbox.core.text import Text

# -- the search box ----------------------------------------------------------------------------------------------------
SEARCH_ORDERS = Text("搜索订单", "Search orders")
SEARCH_REFUNDS = Text("搜索退款", "Search refunds")
SEARCH_SHARINGS = Text("搜索分账", "Search sharings")
SEARCH_CALLS = Text("搜索调用", "Search calls")
SEARCH_NOTIFICATIONS = Text("搜索通知", "Search notifications")
BY_ORDERS = Text("搜索订单：单号、退款号、金额、openid", "Search orders: number, refund, amount, openid")
BY_REFUNDS = Text("搜索退款：退款号、订单号、金额", "Search refunds: number, order, amount")
BY_SHARINGS = Text("搜索分账：分账单号、订单号、金额", "Search sharings: number, order, amount")
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
WHY_BURNT = Text(
    "商户在下单之前就关闭了这个号，微信接受了，这个号从此作废：用它下单会被拒绝。换一个号。",
    "The merchant closed this number before any order had it. WeChat took that, and the number is burnt: an order with "
    "it is refused. Take another number.",
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

# -- sandbox time ------------------------------------------------------------------------------------------------------
MOVES_ON = Text(
    "沙箱时间正在快进 {span}，还在等商户应答；页面上方能看到进度，也可以停下。",
    "Sandbox time is moving on by {span} and waits for replies; the top of the page shows how far it is, and can stop "
    "it.",
)
MOVING = Text("沙箱时间正在快进：{done}，共 {all}", "Sandbox time moves on: {done} of {all}")
WAITS_FOR = Text("在等 {url} 应答第 {n} 次通知", "waits for {url} to answer notification {n}")
AND_MORE = Text("还有 {n} 个", "and {n} more")
HALT = Text("停在这里", "Stop here")
HALTED = Text(
    "快进已停下，沙箱时间留在走到的地方；已发出的通知仍会收完应答。",
    "Stopped; sandbox time stays where it came to. What was sent is still waited for.",
)
PUT_OFF = Text(
    "{n} 个通知的重试排在将来，最久要等 {span}。", "Retries that wait in the future: {n}, the last in {span}."
)
PLACED_AHEAD = Text("{n} 个订单的下单时间在将来。", "Orders placed in the future: {n}.")
PLACED_AHEAD_WHY = Text(
    "它们是沙箱时间快进时下的，时间回到现在也不会改；新订单不受影响，不需要的可以清空。",
    "They were placed while sandbox time was ahead, and keep their times; new orders are not concerned, and these can "
    "be cleared.",
)
STRANDED = Text(
    "沙箱时间往回走过，{n} 个通知的重试因此排在将来，最久要等 {span}。",
    "Sandbox time was set back. Retries that wait in the future: {n}, the last in {span}.",
)
CATCH_UP = Text("现在就发", "Send them now")
GO_THERE = Text("快进到那时", "Move time on to then")
CATCHING_UP = Text("已要求现在发出 {n} 个通知。", "Notifications sent now: {n}.")

# -- scenarios in force ------------------------------------------------------------------------------------------------
IN_FORCE = Text("{n} 个场景生效中", "{n} scenarios in force")
IN_FORCE_ONE = Text("场景：{name}", "In force: {name}")
IN_FORCE_LIST = Text("生效中的场景", "Scenarios in force")

# -- the header of a small window --------------------------------------------------------------------------------------
MENU = Text("菜单", "Menu")
