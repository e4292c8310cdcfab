"""What the Connect page says of APIv3's libraries beside V2's."""

from collections.abc import Mapping

from sandbox.core.text import Text
from sandbox.words import console

HARD_CODED = Text("这个 SDK 写死了域名：代码照写", "This SDK has the host hard-coded: write what you always write")
HARD_CODED_LEAD = Text(
    "它没有地址设置。代码和对接真实微信支付时一样，用下面的 exec 或代理启动。",
    "It has no setting for the address. The code is that for the real WeChat Pay; start it with exec or the proxy, "
    "below.",
)
TO_EXEC = Text("怎么启动", "How to start it")
RUN_THERE = Text("在这些文件所在的目录（files）里运行。", "Run it in the folder where those files lie (files).")
WHOLE = Text("完整的程序：{path}", "A whole program: {path}")
EXPORT = (
    "wxpay-sandbox merchant export{where} {mch_id} files\nset -a; . files/settings.env; WXPAY_FILES=$PWD/files; set +a"
)
"""Writes a merchant's files, and has a shell know its settings."""
EXPORT_TITLE = Text("密钥文件和设置", "Key files and settings")
_ENVIRONMENT: Mapping[str, Text] = {
    "v2": console.KEY_FROM_ENVIRONMENT,
    "v3": Text(
        "WXPAY_ 开头的变量在 settings.env 里；文件也可以从商户页下载。",
        "The variables that begin with WXPAY_ stand in settings.env; the files can be had on the merchant's page too.",
    ),
}


def environment(face: str) -> Text:
    """Where a face's snippets have their keys from."""
    return _ENVIRONMENT.get(face, console.KEY_FROM_ENVIRONMENT)


WITH_WECHATPAYV3 = Text("用 wechatpayv3", "with wechatpayv3")
WITH_AXIOS_PLUGIN = Text("用 wechatpay-axios-plugin", "with wechatpay-axios-plugin")
WITH_WECHATPAY_GO = Text("用官方 wechatpay-go", "with the official wechatpay-go")
WITH_WECHATPAY_JAVA = Text("用官方 wechatpay-java", "with the official wechatpay-java")
WITH_WECHATPAY_PHP = Text("用官方 wechatpay-php", "with the official wechatpay-php")
WITH_SKIT_V3 = Text("用 SKIT.FlurlHttpClient.Wechat.TenpayV3", "with SKIT.FlurlHttpClient.Wechat.TenpayV3")
