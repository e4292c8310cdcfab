"""WeChat Pay's hosts that the sandbox plays."""

WECHAT_HOSTS = (
    "api.mch.weixin.qq.com",
    "api2.mch.weixin.qq.com",
    "apihk.mch.weixin.qq.com",
    "payapp.weixin.qq.com",
    "fraud.mch.weixin.qq.com",
)
