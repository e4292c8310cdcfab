"""The sentences of the console's pages for payers: wallet, cards, payment code."""

from sandbox.core.text import Text

LEAD = Text(
    "付款人是一个微信用户在某个 appid 下的身份（openid）。余额、银行卡、手机都在这里改；下单时传它的 openid。",
    "A payer is a WeChat user as one appid sees them (openid), with wallet, cards and phone. Orders name the openid.",
)
CARDS = Text("零钱和银行卡", "Wallet and cards")
CARDS_LEAD = Text(
    "付款时先用零钱，再按顺序用够付的第一张；收银台里可以另选。通知、查单、账单的 bank_type 随之，退款原路退回。",
    "The wallet pays first, then the first card that has enough; the cashier lets one choose. bank_type in "
    "notification, query and bill follows, and a refund goes back to where it was paid from.",
)
CARDS_USUAL = Text(
    "没有设置银行卡：收银台显示常用的几种，都从余额里付；不指定时 bank_type 是 OTHERS。",
    "No cards are set: the cashier shows the usual ones, all paid from the balance; bank_type is OTHERS unless chosen.",
)
NEW_CARD = Text("银行卡", "Card")
LEFT = Text("剩余（元）", "Left (yuan)")
KEEP_CARD = Text("添加或更改", "Add or change")
REMOVE = Text("移除", "Remove")
REMOVE_NAMED = Text("移除 {name}", "Remove {name}")
USUAL_AGAIN = Text("恢复常用的银行卡", "The usual cards again")
CODE = Text("付款码", "Payment code")
CODE_UNTIL = Text("到 {at} 为止，只能用一次", "good once, until {at}")
NO_CODE = Text("现在没有有效的付款码。", "There is no living payment code.")
OPEN_PHONE = Text("打开付款人的手机 →", "Open the payer's phone →")
