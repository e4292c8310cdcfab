"""The texts of one of the first steps."""

from typing import NamedTuple

from sandbox.core.text import Text


class StepTexts(NamedTuple):
    """A step: its name, what it is about, its button; what usually goes wrong there, and the button that does it."""

    title: Text
    about: Text
    act: Text
    pitfall: Text
    fail: Text


APP = StepTexts(
    Text("应用", "The app"),
    Text(
        "App 在开放平台登记（公众号、小程序在公众平台），得到 appid；安卓还要登记包名和应用签名。",
        "An app is registered at the open platform (official accounts and mini programs at theirs) and gets an "
        "appid; for Android also its package name and signature.",
    ),
    Text("看看我的应用", "See my app"),
    Text(
        "调试包的签名和开放平台登记的不一样：微信调不起来，只给 App 一个 -1。",
        "The debug build's certificate is not the registered one: WeChat does not open, the app gets only -1.",
    ),
    Text("用调试包调起支付", "Invoke from a debug build"),
)

CLIENT = StepTexts(
    Text("调起支付，客户端回调", "The payment, and the client's answer"),
    Text(
        "App 把这些字段交给微信 SDK，用户付款，微信回到 App：0 成功，-1 出错，-2 取消。",
        "The app gives the fields to WeChat's SDK, the payer pays, WeChat returns to the app: 0 paid, "
        "-1 error, -2 cancelled.",
    ),
    Text("调起并付款", "Invoke, and pay"),
    Text(
        "用户点了取消，App 却把“回到了 App”当成付款成功。",
        "The payer cancelled, and the app takes “back in the app” for a payment.",
    ),
    Text("用户取消", "The payer cancels"),
)
"""Steps that are the same by each version of the API."""
