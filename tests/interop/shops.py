"""A merchant's backend in some language, as a process that reaches the sandbox in one of two ways.

What the shops have in common: they are configured by the variables of settings.env and WXPAY_FILES, print
`shop ready at URL`, take notifications at `/notify/payment` and `/notify/refund`, and answer JSON:

- `POST /order` {out_trade_no, total_fee, trade_type, openid?}: prepay_id, code_url, mweb_url as the library gives them,
  and `client`, what the WeChat app or a page is to be given;
- `POST /query`, `/close`, `/reverse` {out_trade_no}, `/refund-query` {out_refund_no};
- `POST /refund` {out_trade_no, out_refund_no, total_fee, refund_fee}, `/micropay` {out_trade_no, total_fee, auth_code};
- `POST /bill` {bill_date}: `text`;
- `GET /received`: `payments` and `refunds`, the notifications that the library took for WeChat Pay's.

Each POST takes `key` too, an API key in place of the merchant's, and `sandbox`, where the library has a switch to the
official sandbox. 502 with `error`: the library told of a failure.
"""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import aiohttp

from tests.interop.libraries import Way
from tests.support.patience import PATIENCE

WECHAT = "api.mch.weixin.qq.com"
NAMESPACE = ("--map-root-user", "--mount")


@dataclass(frozen=True)
class Sandbox:
    """Where the sandbox of the suite is: its HTTPS listens at port 443 of `address`, a loopback address of its own.

    `environment` is what its merchant configures a backend with: settings.env, and WXPAY_FILES, the folder with the
    certificates. `no_hosts` tells why `Way.HOSTS` cannot be gone on this machine; "" where it can.
    """

    url: str
    address: str
    data_dir: Path
    ca: Path
    environment: dict[str, str]
    no_hosts: str


def hosts_refused(address: str) -> str:
    """Why the hosts file cannot lead to this address on this machine; "" where it can."""
    try:
        with socket.create_server((address, 443), reuse_port=True):
            pass
    except (OSError, ValueError) as refused:
        return f"port 443 of {address} cannot be bound ({refused}): run it as root, on Linux"
    unshare = shutil.which("unshare")
    if unshare is None or subprocess.run([unshare, *NAMESPACE, "true"], capture_output=True, check=False).returncode:
        return "there is no mount namespace to be had: install util-linux, run it as root"
    return ""


def trusting(ca: Path) -> dict[str, str]:
    """The variables by which each runtime trusts a CA, as the documentation has people set them."""
    store = ca.with_name("trust.p12")
    if not store.exists() and shutil.which("keytool"):
        words = ["keytool", "-importcert", "-noprompt", "-alias", "sandbox", "-file", str(ca), "-keystore", str(store)]
        subprocess.run([*words, "-storetype", "PKCS12", "-storepass", "changeit"], capture_output=True, check=True)
    java = f"-Djavax.net.ssl.trustStore={store} -Djavax.net.ssl.trustStorePassword=changeit"
    names = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
    return {**dict.fromkeys(names, str(ca)), "JAVA_TOOL_OPTIONS": java}


class Refused(Exception):
    """The library raised, or told of a failure; the message is what it said."""


class Shop(AbstractAsyncContextManager["Shop"]):
    """`url` is where people and WeChat Pay reach it."""

    def __init__(self, command: list[str], way: Way, sandbox: Sandbox) -> None:
        self._command = command
        self._way = way
        self._sandbox = sandbox
        self._environment = {**os.environ, **sandbox.environment}
        self._process: asyncio.subprocess.Process
        self._session: aiohttp.ClientSession
        self.url = ""

    async def __aenter__(self) -> "Shop":
        command = self._by_exec() if self._way is Way.EXEC else self._by_hosts()
        self._process = await asyncio.create_subprocess_exec(
            *command, stdout=asyncio.subprocess.PIPE, env=self._environment
        )
        assert self._process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            line = (await self._process.stdout.readline()).decode()
        assert line.startswith("shop ready at "), line
        self.url = line.removeprefix("shop ready at ").strip()
        self._session = aiohttp.ClientSession(self.url)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()
        self._process.terminate()
        await self._process.wait()

    async def do(self, act: str, **asked: str) -> dict[str, Any]:
        """Have the shop do something with its library. Raises Refused."""
        async with self._session.post(f"/{act}", json=asked) as response:
            answer: dict[str, Any] = await response.json(content_type=None)
            if response.status == 502:
                raise Refused(answer["error"])
            assert response.status == 200, answer
            return answer

    async def received(self, kind: str, **wanted: str) -> list[dict[str, Any]]:
        """The notifications of a kind that its library took for WeChat Pay's, and that have these fields."""
        async with self._session.get("/received") as response:
            every: list[dict[str, Any]] = (await response.json(content_type=None))[kind]
        return [one for one in every if all(str(one[name]) == value for name, value in wanted.items())]

    def _by_exec(self) -> list[str]:
        sandbox = [sys.executable, "-m", "sandbox", "exec", "--data-dir", str(self._sandbox.data_dir)]
        return [*sandbox, "--", *self._command]

    def _by_hosts(self) -> list[str]:
        """In a mount namespace of its own, where a line of /etc/hosts leads to the sandbox; its CA is trusted."""
        hosts = self._sandbox.ca.with_name("hosts")
        hosts.write_text(f"127.0.0.1 localhost\n{self._sandbox.address} {WECHAT}\n")
        self._environment |= {"WXPAY_HOSTS": str(hosts), **trusting(self._sandbox.ca)}
        inside = 'mount --bind "$WXPAY_HOSTS" /etc/hosts && exec "$@"'
        return ["unshare", *NAMESPACE, "sh", "-c", inside, "sh", *self._command]
