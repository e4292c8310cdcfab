"""The client libraries that the suite runs, unmodified: what each offers, how it gets here, what is odd about it."""

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent


class Flow(StrEnum):
    """What a merchant does with a library; `test_libraries.py` marks each test with the flow that it proves."""

    NATIVE = "order-NATIVE"
    APP = "order-APP"
    JSAPI = "order-JSAPI"
    MWEB = "order-MWEB"
    CLIENT_APP = "client-APP"
    CLIENT_JSAPI = "client-JSAPI"
    NOTIFICATION = "notification"
    FORGERY = "forged-notification"
    QUERY = "query"
    CLOSE = "close"
    REFUND = "refund"
    REFUND_NOTIFICATION = "refund-notification"
    REFUND_QUERY = "refund-query"
    BILL = "bill"
    MICROPAY = "micropay"
    REVERSE = "reverse"
    WRONG_KEY = "wrong-key"
    PAID_ORDER = "paid-order"
    UNKNOWN_ORDER = "unknown-order"
    OFFICIAL_SANDBOX = "official-sandbox"


class Way(StrEnum):
    """How an unmodified client that calls https://api.mch.weixin.qq.com gets to the sandbox."""

    EXEC = "exec"
    """`wxpay-sandbox exec -- COMMAND`: by the proxy."""
    HOSTS = "hosts"
    """A line in /etc/hosts, and HTTPS on port 443."""


class Face(StrEnum):
    """The interface of WeChat Pay that a library speaks."""

    V2 = "V2"
    V3 = "V3"


class Mode(StrEnum):
    """By what a library of V3 knows WeChat Pay: 平台证书 or 微信支付公钥."""

    CERTIFICATE = "certificate"
    PUBLIC_KEY = "public-key"


BOTH = (Way.EXEC, Way.HOSTS)


@dataclass(frozen=True)
class Library:
    """`quirks` are (English, Chinese): what its users meet here as they meet it at WeChat Pay."""

    name: str
    language: str
    registry: str
    version: str
    ways: tuple[Way, ...] = BOTH
    lacks: frozenset[str] = frozenset()
    quirks: tuple[tuple[str, str], ...] = ()
    face: Face = Face.V2
    modes: tuple[Mode, ...] = ()

    @property
    def runs(self) -> tuple[tuple[Way, Mode], ...]:
        """How it is run for V3: by each way in and in each mode, once each: how bytes travel is not who signs them."""
        return tuple(zip(self.ways, self.modes, strict=False))

    @property
    def entries(self) -> tuple[str, ...]:
        """In what ways it is run: a way in, and for V3 a mode beside it."""
        return tuple(f"{way} {mode}" for way, mode in self.runs) or self.ways

    @property
    def program(self) -> str:
        """The name of the shop that stands on it, in the folder of its language."""
        return "shop_v3" if self.face is Face.V3 else "shop"

    def offers(self, flow: str) -> bool:
        return flow not in self.lacks


def of_npm(name: str) -> str:
    lock = json.loads((HERE / "node" / "package-lock.json").read_text())
    return str(lock["packages"][f"node_modules/{name}"]["version"])


def of_go(name: str) -> str:
    found = re.search(rf"{re.escape(name)} v(\S+)", (HERE / "go" / "go.mod").read_text())
    assert found is not None
    return found[1]


def of_maven(name: str) -> str:
    pom = (HERE / "java" / "pom.xml").read_text()
    found = re.search(rf"<artifactId>{name}</artifactId>\s*<version>([^<]+)</version>", pom)
    assert found is not None
    return found[1]


LIBRARIES = (
    Library(
        "wechatpy",
        "Python",
        "PyPI",
        version("wechatpy"),
        quirks=(
            (
                "Sends `time_start` and `time_expire` by its own clock: orders fail once the sandbox's is far ahead.",
                "按自己的时钟传 `time_start` 和 `time_expire`，沙箱时钟拨快很多后不收它的订单。",
            ),
        ),
    ),
    Library(
        "wechatpay-axios-plugin",
        "Node",
        "npm",
        of_npm("wechatpay-axios-plugin"),
        lacks=frozenset({Flow.OFFICIAL_SANDBOX}),
        quirks=(
            (
                "Its README signs the page's request with HMAC-SHA256; then the order needs that `sign_type` too.",
                "README 里网页的二次签名用 HMAC-SHA256；下单时也要传同样的 `sign_type`。",
            ),
            (
                "A bill is not XML and is lost in its reader; ask for it with `transformResponse: []`.",
                "对账单不是 XML，会在它的解析器里丢失；请用 `transformResponse: []` 下载。",
            ),
        ),
    ),
    Library(
        "silenceper/wechat",
        "Go",
        "Go",
        of_go("github.com/silenceper/wechat/v2"),
        lacks=frozenset({Flow.MWEB, Flow.REFUND_QUERY, Flow.BILL, Flow.MICROPAY, Flow.REVERSE, Flow.OFFICIAL_SANDBOX}),
        quirks=(
            (
                "Cannot place MWEB orders: it has no `scene_info`, which WeChat Pay asks for.",
                "不能下 MWEB 订单：没有 `scene_info` 参数，而微信支付要求它。",
            ),
            (
                "Its messages' root is the name of a Go type (`<queryRequest>`); nobody looks at the root's name.",
                "请求的根元素是 Go 的类型名（如 `<queryRequest>`）；没有人看根元素的名字。",
            ),
            (
                "Panics at a notification without `sign`; `net/http` catches it.",
                "收到没有 `sign` 的通知会 panic；`net/http` 会接住它。",
            ),
            (
                "Calls every `return_code` FAIL an `xmlUnmarshalError`; WeChat's reason stands behind it.",
                "把每个 `return_code` FAIL 都叫 `xmlUnmarshalError`；微信给的原因在其后。",
            ),
        ),
    ),
    Library(
        "wxpay-sdk",
        "Java",
        "Maven Central",
        of_maven("wxpay-sdk"),
        lacks=frozenset({Flow.REFUND_NOTIFICATION, Flow.OFFICIAL_SANDBOX}),
        quirks=(
            (
                "Joins the lines of a bill into one.",
                "把对账单的各行连成一行。",
            ),
            (
                "Gives failures back as it gives successes: look at `return_code` and `result_code`.",
                "失败和成功一样返回，不抛异常：要自己看 `return_code` 和 `result_code`。",
            ),
            (
                "Knows no refund notification; its shop here decrypts `req_info` with the JDK.",
                "不认识退款通知；这里的商户后台用 JDK 解密 `req_info`。",
            ),
        ),
    ),
    Library(
        "weixin-java-pay",
        "Java",
        "Maven Central",
        of_maven("weixin-java-pay"),
        quirks=(
            (
                "Does not know the proxy that `exec` sets, until its configuration has one line more:"
                " `config.setHttpClientBuilderCustomizer(HttpClientBuilder::useSystemProperties)`."
                " With the hosts file it needs none.",
                "不认 `exec` 设的代理，除非在配置里加一行"
                " `config.setHttpClientBuilderCustomizer(HttpClientBuilder::useSystemProperties)`；"
                "用 hosts 文件则不用加。",
            ),
        ),
    ),
)
