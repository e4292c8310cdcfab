"""Combined orders (合单) as people see them."""

from sandbox.core.text import Text

COMBINED = Text("合单", "combined")
PART = Text("子单", "sub-order")
SUB_ORDERS = Text("子单", "Sub-orders")
SUB_ORDERS_HINT = Text(
    "付款人一次付清；每个子单有自己的微信订单号、记账和退款，查询和退款用子单的单号。",
    "The payer pays once. Each sub-order has its own transaction_id, ledger lines and refunds: query and refund it by "
    "its own number.",
)
PART_OF = Text(
    "这是合单 {number} 的子单：随合单一起支付、关闭和到期，只通知合单。",
    "A sub-order of the combined order {number}: paid, closed and expiring with that one, of which alone the merchant "
    "is notified.",
)
NEXT_WITH_COMBINED = Text("等合单支付或关闭。", "It waits for its combined order to be paid or closed.")
