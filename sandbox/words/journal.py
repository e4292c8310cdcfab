"""What the journal says of calls: their signature in an export, and why an expectation was not met."""

from sandbox.core.text import Text

SIGNATURES: dict[str, Text] = {
    "ok": Text("签名正确", "the signature is right"),
    "wrong": Text("签名不对", "the signature is wrong"),
    "missing": Text("没有签名", "there is no signature"),
    "": Text("没有验签", "the signature was not checked"),
}
CUT = Text("只保留了前 64 KB", "only the first 64 KB were kept")

EXACTLY = Text("恰好 {least} 次", "exactly {least}")
AT_LEAST = Text("至少 {least} 次", "at least {least}")
AT_MOST = Text("最多 {most} 次", "at most {most}")
BETWEEN = Text("{least} 到 {most} 次", "{least} to {most}")
WRONG_COUNT = Text("期望这样的调用{wanted}，实际 {count} 次。", "Such calls expected: {wanted}; found: {count}.")
OUT_OF_ORDER = Text(
    "第 {number} 个期望（共 {total} 个）在前面的之后没有相符的调用。",
    "Expectation {number} of {total} has no matching call after those before it.",
)
NOTHING_CALLED = Text("这个范围里还没有任何调用。", "No call at all has been made there.")
LOOKED_THROUGH = Text(
    "只查看了最新的 {lines} 行：请给出 mch_id 或 out_trade_no。",
    "Only the newest {lines} lines were looked through: name a mch_id or an out_trade_no.",
)
