"""What is wrong in a scenario file, or can hardly be meant there, and what would be right."""

from sandbox.core.text import Text

WARNING = Text("提醒：{message}", "warning: {message}")
RIGHT = Text("{file}: {names}: 没有错误", "{file}: {names}: ok")
MEANT = Text("是不是想写 {meant}？", "Did you mean {meant}?")


# -- the file ----------------------------------------------------------------------------------------------------------
CANNOT_READ = Text("读不了：{reason}。", "It cannot be read: {reason}.")
READING = {
    FileNotFoundError: Text("没有这个文件", "No such file or directory"),
    IsADirectoryError: Text("这是一个目录", "it is a directory"),
    PermissionError: Text("没有权限", "permission denied"),
    UnicodeDecodeError: Text("它不是 UTF-8", "it is not UTF-8"),
}
SYSTEM_SAYS = Text("系统的原话是“{said}”", "{said}")
EMPTY = Text("里面没有场景。", "There is no scenario in it.")
SEVERAL = Text("里面有几个场景，请一个一个地提交。", "There are several scenarios in it; put them one by one.")
TOO_DEEP = Text("嵌套太深，或者包含了自己。", "It is nested too deeply, or holds itself.")
TOO_MANY = Text("超过了 {most} 个值。", "It has more than {most} values.")
NO_MAPPING = Text(
    "场景由键和值组成：name、when、payer、api、notify。",
    "A scenario is keys and values: name, when, payer, api, notify.",
)
NO_NAME = Text(
    "场景要有名字，如 name: my-first-scenario。", "A scenario needs a name, such as name: my-first-scenario."
)
BAD_NAME = Text(
    "“{given}”不能作场景的名字：小写字母、数字和 -，最多 64 个。",
    "'{given}' is no name for a scenario: lower-case letters, digits and -, at most 64.",
)
OTHER_NAME = Text("要保存为“{given}”，里面的 name 却是“{own}”。", "It is put as '{given}', but its name says '{own}'.")
NO_SCENARIO = Text("没有场景“{given}”。", "There is no scenario '{given}'.")
NOTHING_CALLED = Text(
    "没有叫“{given}”的场景或文件；已有的场景：{names}。", "There is no scenario and no file '{given}'; known: {names}."
)

# -- YAML --------------------------------------------------------------------------------------------------------------
NOT_YAML = Text("这不是 YAML：{reason}。", "This is not YAML: {reason}.")
PARSER_SAYS = Text("解析器的原话是“{said}”", "the parser says “{said}”")
NOT_YAML_BECAUSE = {
    r"expected ',' or '\]'": Text("列表没有用 ] 结束，或者少了逗号", "a list is not ended by ], or lacks a comma"),
    r"expected ',' or '\}'": Text("{{ 没有用 }} 结束，或者少了逗号", "a {{ is not ended by }}, or a comma is missing"),
    r"mapping values are not allowed": Text(
        "一行里多了一个冒号，或者缩进不对；值里有冒号就加引号",
        "a colon too many in a line, or a wrong indent; quote a value that holds a colon",
    ),
    r"could not find expected ':'": Text("键的后面少了冒号", "a key lacks its colon"),
    r"cannot start any token": Text(
        "以 @、`、% 开头的值要加引号；缩进用空格，不能用制表符",
        "a value that begins with @, ` or % wants quotes; indent with spaces, not tabs",
    ),
    r"unexpected end of stream": Text("引号没有结束", "a quotation is not closed"),
    r"undefined alias|scanning an alias": Text(
        "以 * 开头的值要加引号，否则是别名", "a value that begins with * wants quotes, else it is an alias"
    ),
    r"duplicate anchor|scanning an anchor": Text(
        "以 & 开头的值要加引号，否则是锚点", "a value that begins with & wants quotes, else it is an anchor"
    ),
    r"\btag\b": Text("以 ! 开头的值要加引号", "a value that begins with ! wants quotes"),
    r"expected '-' indicator|found '\?'$": Text("列表里有一行不以 - 开头", "a line of a list does not begin with -"),
    r"block sequence entries are not allowed": Text("这里不能有 -", "a - stands where no list can be"),
    r"expected key|expected <block end>": Text(
        "缩进与上下不一致，或者引号之后还有内容",
        "an indent differs from those around it, or something follows after a quotation",
    ),
    r"escape|hexdec": Text(
        "双引号里有不认识的 \\ 转义；改用单引号", "an escape with \\ in double quotes is unknown; use single quotes"
    ),
    r"node content": Text("少了一个值，或者多了 ] 或 }}", "a value is missing, or there is a ] or }} too many"),
    r"document start": Text("结束之后还有内容，如多了 ] 或 }}", "something follows after the end, such as a ] or }}"),
    r"line break|chomping": Text("| 或 > 之后要换行", "a line ends behind | or >"),
    r"characters are not allowed": Text("有 YAML 不允许的控制字符", "there is a control character, which YAML forbids"),
}
"""By what the parsers (libyaml, or PyYAML where that is missing) say: the first that is found there."""

# -- keys and values ---------------------------------------------------------------------------------------------------
KEY_IS_LIST = Text("键是一个词，不能是列表。", "A key is a word, not a list.")
TWICE = Text("这个键写了两次。", "It stands here twice.")
NO_SUCH_KEY = Text("没有这个键。", "There is no such key.")
KNOWN_HERE = Text("这里可以写：{names}。", "Known here: {names}.")
MISSING = Text("缺少 {name}。", "{name} is missing.")
NONE_OF = Text("“{given}”不是可选的值；可选：{choices}。", "'{given}' is none of {choices}.")
MUST_BE = Text("应为：{wanted}，不能是{got}。", "This must be {wanted}, not {got}.")
MUST_BE_OF = Text("应为：{form}。", "This must be {form}.")
UNFIT = Text("“{given}”不合要求，应为：{form}。", "'{given}' is not {form}.")
CHOSEN = Text("{wanted}（{choices}）", "{wanted} ({choices})")
GIVEN = Text("“{given}”", "'{given}'")
KINDS = {
    "object": Text("键和值", "keys and values"),
    "array": Text("列表", "a list"),
    "str": Text("一个值", "one value"),
    "int": Text("整数", "a whole number"),
    "float": Text("数字", "a number"),
    "bool": Text("true 或 false", "true or false"),
}
AT_LEAST = Text("最小是 {limit}。", "This must be {limit} at least.")
AT_MOST = Text("最大是 {limit}。", "This must be {limit} at the most.")
LONGEST = Text("最多 {limit} 个字符。", "This must be {limit} characters at the most.")
CHECKER_SAYS = Text("这里的值不对，检查的原话是“{said}”。", "This value does not fit: {said}.")

NAME_FORM = Text("小写字母、数字和 -，最多 64 个", "lower-case letters, digits and -, at most 64")
GROUP_FORM = Text("小写字母和 -，字母开头，最多 32 个", "lower-case letters and -, a letter first, at most 32")
BANK_TYPE_FORM = Text("银行卡的代码，如 CMB_DEBIT", "a bank_type, such as CMB_DEBIT")
FIELD_FORM = Text(
    "字段名：字母、数字和 _，不以数字开头，最多 64 个；里层的写 amount.total、goods[0].name",
    "a field's name: letters, digits and _, no digit first, at most 64; an inner one as amount.total, goods[0].name",
)
COUPON_FORM = Text("1 到 20 位数字", "1 to 20 digits")
ERR_CODE_FORM = Text("大写字母、数字和 _，最多 32 个", "upper-case letters, digits and _, at most 32")
CALL_FORM = Text("接口地址的最后一个词，或者 *", "an endpoint's last word, or *")
SPAN_FORM = Text("时间长度，如 3s、200ms、10m、6h、1d", "a span of time such as 3s, 200ms, 10m, 6h, 1d")
SPAN_LIMIT = Text("最长十年（3650d）的时间长度", "a span of time of ten years (3650d) at most")
AMOUNTS_FORM = Text(
    '以分为单位的金额：101、"100-200"、"500-"，或用逗号隔开的几个',
    'fen: 101, "100-200", "500-", or several with commas',
)
COUPON_FEE_FORM = Text(
    '以分为单位的正整数，或 "rest"（余下的全部）', 'fen from 1 on, or "rest": all that is left of the amount'
)
NTH_FORM = Text(
    '写成 1、"1-3"、"4-"、"odd"、"even"，或用逗号隔开的几个。',
    'Write 1, "1-3", "4-", "odd", "even", or several with commas.',
)

# -- keys that do not go together --------------------------------------------------------------------------------------
USE_ALONE = Text(
    "场景要么用另一个场景（use），要么自己写 payer、api、refund、transfer、share、bill、notify 和 signed_by。",
    "A scenario uses another one, or has payer, api, refund, transfer, share, bill, notify and signed_by of its own.",
)
REASON_OF_ERROR = Text("reason 只用于 outcome: error。", "A reason belongs to outcome: error.")
FINAL_OF_ERROR = Text("只有 outcome: error 能是 final（PAYERROR）。", "Only outcome: error can be final (PAYERROR).")
COUPONS_OF_SUCCESS = Text("coupons 只用于 outcome: success。", "Coupons belong to outcome: success.")
ONE_REST = Text("最多一张券付余下的全部（rest）。", "One coupon at the most pays the rest.")
BEFORE_CLOSE = Text(
    "at: closeorder 就在关单之前；不要写 after。",
    "With at: closeorder the act comes just before the close; leave after out.",
)
NEGATIVE = Text(
    "只有 at: expiry 时可以是负的（过期之前）。", "Only with at: expiry may it be negative (before the expiry)."
)
FROM_ZERO = Text("时间长度从 0s 起。", "A span of time from 0s on.")
SENT_UNTIL = Text("最后一次通知不能晚于十年（3650d）。", "The last notification must go out within ten years (3650d).")
NO_CALL = Text("这里没有接口“{given}”；可以写：{calls}。", "'{given}' is no endpoint here; write one of {calls}.")
NOT_BOTH = Text("fail 和 fault 只能写一个。", "Either fail or fault, not both.")
NO_EFFECT = Text(
    "写明这个调用会怎样：fail、fault、set、remove 或 until。",
    "Say what becomes of the call: fail, fault, set, remove or until.",
)
NEEDS_SECONDS = Text(
    "fault: {fault} 要写 seconds（真实时间），如 seconds: 8s。",
    "fault: {fault} needs seconds (real time), such as seconds: 8s.",
)
NO_ERR_CODE = Text(
    "“{given}”没有现成的文字（有的是：{codes}）；要用别的，写 fail: {{err_code: ..., err_code_des: ...}}。",
    "'{given}' is no err_code with known words ({codes}); "
    "for another write fail: {{err_code: ..., err_code_des: ...}}.",
)
CODE_OR_MESSAGE = Text(
    "写 err_code（业务失败）或 return_msg（通信失败），只写一个。",
    "Give err_code (a business failure) or return_msg (a protocol failure).",
)

# -- what can hardly be meant ------------------------------------------------------------------------------------------
NO_AMOUNT = Text(
    "没有订单是这个金额：1 到 1000000000 分，小的在前。",
    "No order is over this amount: fen from 1 to 1000000000, the smaller before the larger.",
)
NO_CHANCE = Text("probability 是 0，永远不会起作用。", "With a probability of 0 it never holds.")
NO_NUMBER = Text(
    "里面没有一个数：从 1 数起，小的在前。",
    "No number is among these: they count from 1, the smaller before the larger.",
)
NUMBER_SIGNS = Text(
    "out_trade_no 只有数字、字母和 _-|*@，没有一个符合。",
    "An out_trade_no has digits, letters and _-|*@ only, so none fits this.",
)
NUMBER_LONG = Text(
    "out_trade_no 最多 {longest} 个字符，这里至少要 {least} 个。",
    "An out_trade_no has {longest} characters at the most, this asks for {least}.",
)
NUMBER_SHORT = Text(
    "只有订单号“{given}”符合，而订单号有 {shortest} 到 {longest} 个字符。以它结尾、开头或包含它的，"
    '写 "*{given}"、"{given}*" 或 "*{given}*"；要按次序选订单，用 nth。',
    "It fits the order number '{given}' alone, and order numbers have {shortest} to {longest} characters. "
    'Write "*{given}", "{given}*" or "*{given}*" for numbers that end, begin or go on with it; '
    "nth chooses an order by its place in the row.",
)
MCH_ID_SIGNS = Text("商户号只有数字，没有一个符合。", "A merchant's number has digits only, so none fits this.")
MCH_ID_ALONE = Text(
    "只有“{given}”符合，而商户号是 8 到 10 位数字。",
    "It fits '{given}' alone, and a merchant's number has 8 to 10 digits.",
)
MCH_ID_LONG = Text("商户号最多 10 位数字。", "A merchant's number has 10 digits at the most.")
APPID_SIGNS = Text(
    "appid 只有数字、字母、_ 和 -，没有一个符合。", "An appid has digits, letters, _ and - only, so none fits this."
)
APPID_LONG = Text("appid 最多 32 个字符。", "An appid has 32 characters at the most.")
ATTACH_LONG = Text("attach 最多 {longest} 字节。", "An attach has {longest} bytes at the most.")
NO_PATH = Text("下单的接口没有一个是这个路径。", "No call that places an order has this path.")
NOT_OF_MICROPAY = Text(
    "付款码支付（trade_type MICROPAY）从不调用 {call}。", "Payments by code (trade_type MICROPAY) never call {call}."
)
OF_MICROPAY = Text(
    "只有付款码支付（trade_type MICROPAY）调用 {call}。", "Only payments by code (trade_type MICROPAY) call {call}."
)
NO_TRADE_STATE = Text("“{given}”不是 trade_state（{states}）。", "'{given}' is no trade_state ({states}).")
NO_WORDS = Text(
    "{given} 没有现成的文字，err_code_des 会是空的。", "{given} has no known words, so err_code_des is empty."
)
ASKS_NO_PASSWORD = Text(
    "只有付款码支付（trade_type MICROPAY）会要密码。",
    "Only payments by code (trade_type MICROPAY) ask for the password.",
)
FORMER_NAME = Text("{given} 现在叫 {name}，旧名仍可用。", "{given} is called {name} now; the former name still works.")
NEVER_NOTIFIED = Text(
    "付款码支付（trade_type MICROPAY）从不发通知。", "Payments by code (trade_type MICROPAY) are never notified."
)
