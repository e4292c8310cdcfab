#!/usr/bin/env python3
"""A small tea shop that is paid through WeChat Pay, by V2 or APIv3: run it, open it, buy something.

    python examples/shop/shop.py --port 8690 --gateway http://127.0.0.1:8686

It knows WeChat Pay only over HTTP, as any merchant does, and runs unchanged against the real one.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import signal
import socket
import sqlite3
import ssl
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import aiohttp
from aiohttp import web
from apis import Apis
from counter import Counter
from orders import Orders
from refunds import Refunds
from settings import Settings, read_settings
from signature_v3 import private_key, public_key, serial_no
from storefront import application
from till import Till
from wechatpay import Merchant, Patience, WeChatPay
from wechatpay_v3 import Keys, WeChatPayV3


async def keep_shop(
    settings: Settings, listener: socket.socket, orders: Orders, tls: ssl.SSLContext, keys: Keys | None
) -> None:
    """Open the shop, say so in one line, and keep it open until a signal comes."""
    stop = _stop_signal()
    connector = aiohttp.TCPConnector(ssl=tls)
    # Proxy variables are obeyed on the way to a real (https) gateway only: http is the sandbox next door.
    async with aiohttp.ClientSession(connector=connector, trust_env=settings.gateway.startswith("https:")) as http:
        merchant = Merchant(settings.appid, settings.mch_id, settings.key)
        patience = Patience(settings.answer_within, settings.retry_after)
        v3 = WeChatPayV3(http, settings.gateway, merchant, keys, patience) if keys else None
        apis = Apis(WeChatPay(http, settings.gateway, merchant, patience), v3)
        refunds = Refunds(orders.db)
        till, counter = Till(settings, orders, apis), Counter(settings, orders, refunds, apis)
        app = application(settings, orders, till, refunds, counter, apis)
        # WeChat Pay compresses nothing: what comes compressed is refused as it is, bombs included.
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1, auto_decompress=False)
        await runner.setup()
        await web.SockSite(runner, listener).start()
        async with asyncio.TaskGroup() as work:
            watching = [work.create_task(till.watch()), work.create_task(counter.watch())]
            print(f"shop ready at {_address(settings.host, listener)}", flush=True)
            await stop.wait()
            for watch in watching:
                watch.cancel()
        await runner.cleanup()


def _stop_signal() -> asyncio.Event:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
    return stop


def _tls(settings: Settings) -> ssl.SSLContext:
    """Speak TLS with the merchant's certificate, without which WeChat Pay gives nothing back."""
    context = ssl.create_default_context()
    if settings.certificate:
        context.load_cert_chain(settings.certificate, settings.certificate_key or None)
    return context


def _keys(settings: Settings) -> Keys | None:
    """What V3 signs and verifies with; None without a certificate. Raises OSError, ValueError."""
    if not settings.certificate:
        return None
    private = private_key(Path(settings.certificate_key or settings.certificate).read_bytes())
    public = public_key(Path(settings.public_key).read_bytes()) if settings.public_key else None
    serial = serial_no(Path(settings.certificate).read_bytes())
    return Keys(private, serial, settings.api_v3_key, public, settings.public_key_id)


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    return socket.create_server((settings.host, settings.port), family=family)


def _address(host: str, listener: socket.socket) -> str:
    """Give a URL that reaches the listener from this machine."""
    address, port, *_ = listener.getsockname()
    if ipaddress.ip_address(address).is_unspecified:
        host = "localhost"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def main() -> None:
    """Run the shop; the status is 0 when it was asked to stop, 1 when it could not open."""
    settings = read_settings()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    try:
        tls, keys = _tls(settings), _keys(settings)
    except (OSError, ValueError) as error:
        named = settings.certificate_key or settings.certificate
        sys.exit(f"shop: cannot use {settings.certificate} and {named}: {getattr(error, 'strerror', '') or error}")
    try:
        listener = _listen(settings)
        orders = Orders(settings.database)
    except OSError as error:
        sys.exit(f"shop: cannot listen on {settings.host}:{settings.port}: {error.strerror}")
    except sqlite3.Error as error:
        sys.exit(f"shop: cannot use the database {settings.database}: {error}")
    public_url = settings.public_url or _address(settings.host, listener)
    with closing(orders):
        asyncio.run(keep_shop(replace(settings, public_url=public_url), listener, orders, tls, keys))


if __name__ == "__main__":
    main()
