"""The WeChat app in the payer's hand: it checks what a merchant's app or page asks of it and gives 0, -1 or -2."""

from sandbox.wechat.bench import WeChatClient
from sandbox.wechat.routes import application

__all__ = ["WeChatClient", "application"]
