"""What the command line says once the sandbox runs."""

from sandbox.core.text import Text

READY = Text(
    """
  微信支付沙箱 {version} 已就绪

  接口地址    {url}          （替换 https://api.mch.weixin.qq.com）
  控制台      {console}
  商户号      {mch_id}
  APPID       {appid}
  API 密钥    {api_key}
  付款人      {openid}
  数据        {data}

  按 Ctrl+C 停止。""",
    """
  wxpay-sandbox {version} is ready

  API base    {url}          (in place of https://api.mch.weixin.qq.com)
  Console     {console}
  mch_id      {mch_id}
  appid       {appid}
  API key     {api_key}
  Payer       {openid}
  Data        {data}

  Ctrl+C stops it.""",
)
WAYS = Text(
    """  代理        {proxy}          （或：wxpay-sandbox exec -- 你的命令，代码一行不改）
  HTTPS       {https}         （CA：{ca}）
""",
    """  Proxy       {proxy}          (or: wxpay-sandbox exec -- YOUR COMMAND, without changing a line)
  HTTPS       {https}         (CA: {ca})
""",
)
SHOP = Text("  示例商店    {shop}\n", "  Demo shop   {shop}\n")
TOKEN_MADE = Text(
    "  管理令牌    {token}          （控制台登录；控制接口用 Authorization: Bearer）\n",
    "  Admin token {token}          (console's login; Authorization: Bearer for the control API)\n",
)
TOKEN_NEEDED = Text(
    "提醒：监听地址不是本机，控制台和控制接口要用 --admin-token 才能打开。",
    "Note: listening beyond loopback, console and control API need --admin-token.",
)
EXPORTED = Text("已写入 {folder}：{files}", "Written to {folder}: {files}")

# -- doctor ------------------------------------------------------------------------------------------------------------
PASTE = Text("粘贴请求（XML、HTTP 报文或 curl 命令），按 Ctrl+D 结束：", "Paste the request, then press Ctrl+D:")
SIGN_RIGHT = Text("✓ 签名正确", "✓ The signature is right")
SIGN_WRONG = Text("✗ 签名错误", "✗ The signature is wrong")
MESSAGE_UNREADABLE = Text("✗ 消息读不懂", "✗ The message cannot be read")
FIX = Text("怎么改：{fix}", "To mend it: {fix}")
DIAGNOSIS = {
    "mch_id": Text("商户号", "Merchant"),
    "sign_type": Text("签名算法", "Algorithm"),
    "given": Text("收到的 sign", "The sign that came"),
    "expected": Text("应为", "It should be"),
    "string_to_sign": Text("待签名串（密钥已遮住）", "String to sign (key masked)"),
    "signed": Text("实际签名的串（密钥已遮住）", "The string that was signed instead (key masked)"),
    "certificate": Text("用这条消息的调用被前端机拒绝", "The call with this message was turned away by the front end"),
}

# -- everyday commands -------------------------------------------------------------------------------------------------
NOTHING_RUNS = Text(
    "{data_dir} 上没有正在运行的沙箱。先启动它，或者用 --url 指定一个。",
    "No sandbox runs on {data_dir}. Start one, or name one with --url.",
)
NOT_REACHED = Text("连不上 {url} 的沙箱：{error}", "The sandbox at {url} cannot be reached: {error}")
NO_ORDER = Text("没有订单 {out_trade_no}。", "There is no order {out_trade_no}.")
WHOSE_ORDER = Text(
    "几个商户都有 {out_trade_no}：{mch_ids}。用 --mch-id 指定一个。",
    "Several merchants have {out_trade_no}: {mch_ids}. Name one with --mch-id.",
)
PAID = Text("{out_trade_no}：{state} · {result}", "{out_trade_no}: {state} · {result}")
CLOCK = Text("{now}，速度 {scale}，已推进 {advanced} 秒", "{now}, speed {scale}, {advanced} s ahead")
MOVE_WRONG = Text(
    "{move} 不是对时钟的操作：写 +15s、+5m、+24h、+1d、x60 或 reset。",
    "{move} is no move of a clock: write +15s, +5m, +24h, +1d, x60 or reset.",
)
ALL_MERCHANTS = Text("全部商户", "all merchants")
LISTENS = Text("正在听 {url}（{whose}）。Ctrl+C 结束。", "Listening to {url} ({whose}). Ctrl+C ends it.")
LISTENS_AND_FORWARDS = Text(
    "正在听 {url}；{whose}的通知由这里送到 {target}。Ctrl+C 结束。",
    "Listening to {url}; notifications of {whose} are taken from here to {target}. Ctrl+C ends it.",
)
FORWARD_WRONG = Text("{url} 不是完整的 http(s) 地址。", "{url} is no complete http(s) URL.")
LOST = Text("与 {url} 的连接断了，等它回来……", "The connection to {url} is lost; waiting for it ...")
FOUND_AGAIN = Text("又连上了。", "Connected again.")
