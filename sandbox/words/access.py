"""Why a page or an act is refused to a browser, by the code that programs are told."""

from sandbox.core.text import Text

REFUSED = Text("不能访问", "Not allowed")
RELOAD = Text("重新打开页面", "Open the page again")

WHY = {
    "cross_site": Text(
        "这个请求来自别的网站的页面，沙箱不接受。",
        "This request comes from another site's page; the sandbox does not take it.",
    ),
    "host": Text(
        "请求的 Host 不是这个沙箱的地址（可能是 DNS 重绑定攻击）。"
        "请用 localhost、127.0.0.1 或 --public-url 的域名打开。",
        "The Host header names no address of this sandbox (DNS rebinding?). Open it as localhost, 127.0.0.1, or the "
        "host of --public-url.",
    ),
    "token_needed": Text(
        "沙箱对其他机器开放时，控制台需要 --admin-token。",
        "Listening beyond this machine, the console needs --admin-token.",
    ),
    "unauthorized": Text("请先用管理令牌登录。", "Log in with the admin token first."),
    "slow_down": Text("令牌错得太多了，请过几秒再试。", "Too many wrong tokens; try again in a few seconds."),
    "stale_page": Text(
        "这一页是从前打开的，或者请求不是从沙箱的页面发出的，所以什么都没有做。请重新打开页面再试一次。",
        "This page was opened long ago, or the request did not come from a page of the sandbox; nothing was done. "
        "Open the page again and try once more.",
    ),
    "form_unreadable": Text(
        "发来的表单读不懂，什么都没有做。请重新打开页面再试一次。",
        "The form that came cannot be read; nothing was done. Open the page again and try once more.",
    ),
    "form_too_large": Text(
        "发来的表单太大，什么都没有做。",
        "The form that came is too large; nothing was done.",
    ),
}
