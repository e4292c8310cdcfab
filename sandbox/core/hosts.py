"""WeChat Pay's hosts that the sandbox plays."""

WECHAT_HOSTS = (
    "api.mch.weixin.qq.com",
    "api2.mch.weixin.qq.com",
    "api.wechatpay.cn",  # this and the next: where the official V3 SDK for Java goes when the first is not reached
    "api2.wechatpay.cn",
    "apihk.mch.weixin.qq.com",
    "payapp.weixin.qq.com",
    "fraud.mch.weixin.qq.com",
)
