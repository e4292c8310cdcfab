"""A merchant's backend in some language, as a process that reaches the sandbox in one of two ways."""

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

from tests.conftest import need
from tests.interop.libraries import Way

START_SECONDS = 30.0
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
    except OSError as refused:
        return f"port 443 of {address} cannot be bound ({refused}): run it as root"
    trial = [need("unshare", "util-linux"), *NAMESPACE, "true"]
    if subprocess.run(trial, capture_output=True, check=False).returncode:
        return "mount namespaces are not allowed here: run it as root"
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
        async with asyncio.timeout(START_SECONDS):
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
        return [need("unshare", "util-linux"), *NAMESPACE, "sh", "-c", inside, "sh", *self._command]
