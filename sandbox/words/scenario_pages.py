"""The console's sentences about scenarios: their pages, and what an order's page says of the one that decides."""

from sandbox.core.text import Text

# -- the list ----------------------------------------------------------------------------------------------------------
SCENARIOS = Text("场景", "Scenarios")
LEAD = Text(
    "场景决定付款人怎么付、接口怎么应答、通知怎么发。先指定给谁，再从商户后台下单。",
    "A scenario decides how the payer pays, how the API answers, what is notified. Apply one, then order as usual.",
)
WHOM = Text("“下一笔”“这个商户”指的是", "“Next order” and “this merchant” mean")
SWITCH_ABOVE = Text("（在页面顶部切换商户）", "(switch merchants at the top of the page)")
APPLIED_NOW = Text("正在起作用", "Applied now")
NEW = Text("＋ 新场景", "+ New scenario")
NONE_MATCH = Text("没有符合的场景。", "No scenario matches.")
FIND = Text("找场景", "Find a scenario")
FIND_EVERYWHERE = Text("在全部场景里找", "Look among all scenarios")
HOSTILE = Text("商户必须拒绝", "Must be refused")
HOSTILE_HINT = Text(
    "它发出的通知不可信，好的商户不会据此入账。",
    "It sends messages that must not be believed; a good merchant books nothing for them.",
)
GOOD_MERCHANT = Text("好的商户", "A good merchant")
HOW_TO_SEE = Text("怎么看", "How to see it")
SOURCES = {
    "built-in": Text("内置", "Built in"),
    "file": Text("来自文件", "From a file"),
    "api": Text("自己的", "Your own"),
}
OWNER = Text("归属", "Belongs to")
EVERYBODY = Text("所有商户", "Everybody")

# -- applying ----------------------------------------------------------------------------------------------------------
APPLY_NEXT = Text("用于下一笔订单", "Next order")
APPLY_MERCHANT = Text("用于这个商户", "This merchant")
APPLY_ALL = Text("用于全部", "All orders")
APPLY_OF = Text("{name}：{act}", "{name}: {act}")
STOP = Text("停止", "Stop")
STOP_OF = Text("停止：{name}，{whom}", "Stop: {name}, {whom}")
TO_NEXT = Text("{mch_id} 的下一笔订单", "the next order of {mch_id}")
TO_MERCHANT = Text("商户 {mch_id} 的订单", "the orders of {mch_id}")
TO_ORDER = Text("订单 {out_trade_no}", "order {out_trade_no}")
TO_ALL = Text("全部订单", "all orders")
APPLIED_TO = Text("已用于", "Applied to")
NOT_APPLIED = Text("没有用于任何订单。", "Applied to nothing.")
APPLIED = Text("{name} 用于{whom}。", "{name} is applied to {whom}.")
ENDED = Text("{name} 不再用于{whom}。", "{name} is no longer applied to {whom}.")
WHEN_TOO = Text("符合它自己的条件（when）时也起作用", "It also decides where its own “when” holds")
OTHER_WAYS = Text(
    "也可以：请求头 Wechatpay-Negative-Test: {name}，或 attach 里写 scenario:{name}",
    "Or: the header Wechatpay-Negative-Test: {name}, or scenario:{name} inside attach",
)

# -- one, and the form -------------------------------------------------------------------------------------------------
FILE = Text("文件", "File")
COPY_AS_OWN = Text("复制为自己的", "Copy as my own")
EDIT = Text("修改", "Edit")
DELETE = Text("删除…", "Delete…")
DELETE_ASK = Text("删除场景 {name}？", "Delete the scenario {name}?")
DELETE_WHAT = Text(
    "正在起作用的指定会一并停止；已下的订单不受影响。",
    "What it is applied to ends with it; orders that were placed keep their story.",
)
DELETE_YES = Text("删除", "Delete")
KEEP = Text("保留", "Keep it")
DELETED = Text("场景 {name} 已删除。", "The scenario {name} is deleted.")
ORDERS_WITH = Text("它决定过的订单", "Orders it decided")
EDITOR = Text("写一个场景", "Write a scenario")
EDITOR_LEAD = Text("YAML 或 JSON，与场景文件的写法相同。", "YAML or JSON, as in a scenario file.")
SCHEMA = Text("JSON Schema", "JSON Schema")
NAME = Text("名字", "Name")
NAME_HINT = Text(
    "小写字母、数字和 -；留空则用文本里的 name。", "Lower-case letters, digits and -; if empty, the text's own name."
)
TEXT = Text("内容", "Text")
CHECK = Text("检查", "Check")
SAVE = Text("保存", "Save")
RIGHT = Text("没有错误，可以保存。", "Nothing is wrong; it can be saved.")
WRONG = Text("有 {count} 处错误", "{count} mistakes")
DOUBTS = Text("但这里大概不是本意：", "But this is hardly what is meant:")
WRONG_ONE = Text("有 1 处错误", "One mistake")
LINE = Text("第 {line} 行", "line {line}")
SAVED = Text("场景 {name} 已保存。", "The scenario {name} is saved.")
RECORDED_LEAD = Text(
    "这是订单 {out_trade_no} 的经过，写成了场景：改个名字，保存后就能重演。",
    "What happened to order {out_trade_no}, as a scenario: name it, save it, and it can happen again.",
)

# -- an order ----------------------------------------------------------------------------------------------------------
SCENARIO = Text("场景", "Scenario")
DECIDES = Text("{why}。", "Because {why}.")
NO_SCENARIO = Text("没有场景", "No scenario")
NOBODY_DECIDES = Text("没有场景起作用。", "No scenario decides.")
CHOOSE = Text("让场景决定", "Let a scenario decide")
CHOOSE_DO = Text("选定", "Choose")
CHOSEN = Text("{out_trade_no} 由场景 {name} 决定。", "The scenario {name} decides over {out_trade_no}.")
NONE_CHOSEN = Text("{out_trade_no} 不再由场景决定。", "No scenario decides over {out_trade_no} any more.")
ACT_SCENARIO = Text("按场景", "As the scenario says")
ACT_SCENARIO_WHAT = Text("场景 {name}：{act}", "Scenario {name}: {act}")
SEND_FAULTY = Text("带问题发送", "Send with a fault")
FAULT = Text("通知的问题", "What is wrong with it")
MUST_REFUSE = Text("商户必须拒绝", "Must be refused")
MUST_TAKE = Text("商户应当收下", "Must be taken")
SENT_FAULTY = Text("已发送（{fault}）：{verdict}", "Sent ({fault}): {verdict}")
SAVE_AS = Text("存为场景", "Save as a scenario")
DOWNLOAD = Text("下载 YAML", "Download YAML")
SAVE_AS_HINT = Text(
    "把付款人做过的事、接口故障和通知写成一个场景，可以对别的订单重演。",
    "Writes the payer's acts, the API's faults and the notifications as a scenario, to happen to another order.",
)
ONCE = Text("只发一次的通知", "A notification sent once")
SENT_ONCE = Text("发一次", "Sent once")
COPY_TAG = Text("副本", "copy")
ALTERED = Text("改过的字段", "Altered fields")
ANSWER_ALTERED = Text("应答的字段改过", "Altered answer")
UNTIL_NOTIFIED = Text("通知到了才应答", "Answered after the notification")
CALL_LACKING = Text(
    "场景 {scenario} 的“{fault}”略去了：这次调用的接口版本没有这种故障。",
    "“{fault}” of the scenario {scenario} was left out: the call's version of the API has no such fault.",
)
SCENARIO_FAULT = Text("场景：{fault}", "scenario: {fault}")
WITHHELD = Text(
    "已支付；场景 {name} 不发真实的通知，商户只能查单。",
    "Paid; the scenario {name} sends no true notification: a query tells.",
)
