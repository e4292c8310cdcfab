"""How each runtime is led to the sandbox, its code unchanged. `docs/connect.md` says the same; a test compares them."""

from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.core.hosts import WECHAT_HOSTS

HOSTS_LINE = "127.0.0.1 " + " ".join(WECHAT_HOSTS)


@dataclass(frozen=True, slots=True)
class Runtime:
    """`run` starts a program; `proxy` and `trust` are what to set by hand.

    `{proxy}`, its `{host}` and `{port}`, and the file `{ca}` are filled in.
    """

    name: str
    title: str
    run: str
    proxy: str
    trust: str

    def by_hand(self, facts: Mapping[str, str], *, proxied: bool) -> str:
        """The lines before the start; with the proxy, or for whom the hosts file leads."""
        lines = [self.trust, *([self.proxy] if proxied else []), self.run]
        text = "\n".join(line for line in lines if line)
        for name, value in facts.items():
            text = text.replace("{" + name + "}", value)
        return text


_PROXY = "export HTTPS_PROXY={proxy}"

RUNTIMES = (
    Runtime("python", "Python", "python app.py", _PROXY, "export SSL_CERT_FILE={ca} REQUESTS_CA_BUNDLE={ca}"),
    Runtime(
        "node",
        "Node.js",
        "node app.js",
        f"{_PROXY} NODE_USE_ENV_PROXY=1   # Node 22.21+, 24.5+",
        "export NODE_EXTRA_CA_CERTS={ca}",
    ),
    Runtime("go", "Go", "go run .", _PROXY, "export SSL_CERT_FILE={ca}"),
    Runtime(
        "java",
        "Java",
        "java -jar app.jar",
        'export JAVA_TOOL_OPTIONS="$JAVA_TOOL_OPTIONS -Dhttps.proxyHost={host} -Dhttps.proxyPort={port}"',
        "keytool -importcert -noprompt -alias wxpay-sandbox -file {ca} -keystore trust.p12 -storepass changeit\n"
        'export JAVA_TOOL_OPTIONS="-Djavax.net.ssl.trustStore=trust.p12 -Djavax.net.ssl.trustStorePassword=changeit"',
    ),
    Runtime(
        "php",
        "PHP",
        "php app.php",
        "export https_proxy={proxy}",
        "mkdir -p php && printf 'curl.cainfo=%s\\nopenssl.cafile=%s\\n' {ca} {ca} > php/ca.ini\n"
        'export PHP_INI_SCAN_DIR=":$PWD/php"',
    ),
    Runtime("dotnet", ".NET", "dotnet run", _PROXY, "export SSL_CERT_FILE={ca}"),
    Runtime(
        "curl",
        "curl",
        "curl -d @order.xml https://api.mch.weixin.qq.com/pay/unifiedorder",
        _PROXY,
        "export CURL_CA_BUNDLE={ca}",
    ),
)
