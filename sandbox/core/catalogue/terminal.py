"""What the command line says once the sandbox runs."""

from sandbox.core.catalogue import Text

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
