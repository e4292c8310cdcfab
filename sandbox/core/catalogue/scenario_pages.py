"""The console's sentences about scenarios."""

from sandbox.core.catalogue import Text

SCENARIOS = Text("场景", "Scenarios")
LEAD = Text(
    "让付款人、接口或通知按名字出错：点一下就用在下一笔订单上；或在订单的 attach 里写 scenario:名字，或带请求头 "
    "Wechatpay-Negative-Test: 名字。",
    "Have the payer, the API or notifications go wrong by name: a click puts it on the next order; so does "
    "scenario:NAME in an order's attach, or the header Wechatpay-Negative-Test: NAME.",
)
WRITE_YOURS = Text("写一个自己的", "Write your own")
DOES = Text("做什么", "What it does")
GOOD_MERCHANT = Text("好的商户会", "A good merchant")
HOW_TO_SEE = Text("怎么看", "How to see it")
HOSTILE = Text("必须拒绝", "Must be refused")
HOSTILE_HINT = Text("它发的伪造通知，商户必须拒绝。", "The merchant must refuse the forgery that it sends.")
APPLY_NEXT = Text("用于下一笔订单", "Apply to the next order")
APPLY_MERCHANT = Text("用于这个商户", "Apply to this merchant")
APPLY_ALL = Text("用于所有订单", "Apply to all orders")
FOR_MERCHANT = Text("商户 {name}", "Merchant {name}")
IN_FORCE = Text("正在用于", "In force for")
TO_ORDER = Text("订单 {out_trade_no}", "order {out_trade_no}")
TO_NEXT = Text("{mch_id} 的下一笔订单", "the next order of {mch_id}")
TO_MERCHANT = Text("商户 {mch_id}", "merchant {mch_id}")
TO_ALL = Text("所有订单", "all orders")
BY_WHEN = Text("满足它的 when 的订单", "orders that its when holds for")
STOP = Text("停止", "Stop")
STOP_THIS = Text("停止 {scenario}：{target}", "Stop {scenario}: {target}")
APPLIED = Text("{scenario} 将用于{target}", "{scenario} will decide: {target}")
ENDED = Text("{scenario} 不再用于{target}", "{scenario} decides no longer: {target}")
DEFINITION = Text("定义（YAML）", "Definition (YAML)")
EDIT = Text("编辑", "Edit")
COPY_AS_OWN = Text("复制为自己的", "Copy as my own")
EDITOR_TITLE = Text("写一个场景", "Write a scenario")
EDITOR_NAME = Text("名字（小写字母、数字、-）", "Name (lower-case letters, digits, -)")
EDITOR_TEXT = Text("场景（YAML）", "The scenario (YAML)")
EDITOR_HINT = Text(
    "键有 title、when、payer、api、notify；编辑器可用 /_sandbox/scenarios.schema.json 补全和检查。",
    "Its keys are title, when, payer, api, notify; editors complete and check it by /_sandbox/scenarios.schema.json.",
)
CHECK = Text("检查", "Check")
SAVE = Text("保存", "Save")
RIGHT = Text("写得没有问题。", "Nothing is wrong with it.")
MISTAKES = Text("{n} 处要改：", "{n} to mend:")
LINE = Text("第 {line} 行", "line {line}")
SAVED = Text("已保存 {scenario}", "Saved {scenario}")
DELETE = Text("删除", "Delete")
DELETE_ASK = Text("删除场景 {scenario}？用它的订单不受影响。", "Delete {scenario}? Its orders are not touched.")
DELETED = Text("已删除 {scenario}", "Deleted {scenario}")
ALL_GROUPS = Text("全部", "All")
NOTHING_OWN = Text("还没有自己的场景。", "You have none of your own yet.")
BACK = Text("所有场景", "All scenarios")

# -- on an order's page ------------------------------------------------------------------------------------------------
DECIDES = Text("起作用的场景", "The scenario that decides")
NONE_DECIDES = Text("没有场景起作用。", "No scenario decides.")
CHOOSE = Text("让场景决定", "Let a scenario decide")
NO_SCENARIO = Text("（不用场景）", "(no scenario)")
CHOSEN = Text("{out_trade_no} 由场景 {scenario} 决定", "{scenario} decides over {out_trade_no}")
UNCHOSEN = Text("{out_trade_no} 不再由场景决定", "No scenario decides over {out_trade_no} any more")
ACT_AS_SAID = Text("按场景", "As the scenario says")
USE = Text("使用", "Use")
SEND_FORGED = Text("发一条有问题的通知", "Send a faulty notification")
SEND = Text("发送", "Send")
FAULT = Text("问题", "Fault")
SENT_FORGED = Text("已发送（{fault}）：{verdict}", "Sent ({fault}): {verdict}")
FORGED = Text("一条伪造的通知", "A forged notification")
ALTERED = Text("一条改动过的通知", "An altered notification")
COPY = Text("同一通知的副本", "A copy of the notification")
COPY_SENT = Text("副本", "copy")
SAVE_AS = Text("存为场景文件", "Save as a scenario file")
SCENARIO = Text("场景", "Scenario")
