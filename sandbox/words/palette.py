"""The command palette: go anywhere, do anything, by the keyboard."""

from sandbox.core.text import Text

OPEN = Text("命令", "Command")
TITLE = Text("命令面板", "Command palette")
HINT = Text("找订单、商户、场景、页面，或做一件事", "An order, a merchant, a scenario, a page, an act")
KEYS_HINT = Text("↑ ↓ 选择 · Enter 执行 · Esc 关闭", "↑ ↓ choose · Enter does it · Esc closes")
FOUND = Text("{n} 项", "{n} found")
NOTHING = Text("没有找到。", "Nothing found.")
GROUPS = {
    "page": Text("页面", "Page"),
    "order": Text("订单", "Order"),
    "refund": Text("退款", "Refund"),
    "transfer": Text("转账", "Transfer"),
    "merchant": Text("商户", "Merchant"),
    "scenario": Text("场景", "Scenario"),
    "act": Text("操作", "Act"),
    "here": Text("这一页", "This page"),
}
APPLY_NEXT = Text("下一笔订单用场景：{name}", "Apply to the next order: {name}")
SAMPLE = Text("放一笔样单：{type}", "Place a sample order: {type}")
NEW_MERCHANT = Text("新开一个商户", "Open a new merchant")
NEW_SCENARIO = Text("写一个场景", "Write a scenario")
ORDERS_OF = Text("{name} 的订单", "Orders of {name}")
CLEAR = Text("清空订单…", "Clear the orders…")
THEME = Text("主题：{name}", "Theme: {name}")
CLOCK = Text("沙箱时间：{what}", "Sandbox time: {what}")
LANGUAGE = Text("切换到 English", "Switch to 中文")
PHONE = Text("付款人的手机", "A payer's phone")
APPS = Text("应用", "Apps")
PAYERS = Text("付款人", "Payers")
