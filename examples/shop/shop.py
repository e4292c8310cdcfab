#!/usr/bin/env python3
"""A small tea shop that is paid through WeChat Pay V2: run it, open it, buy something.

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

import aiohttp
from aiohttp import web
from counter import Counter
from orders import Orders
from refunds import Refunds
from settings import Settings, read_settings
from storefront import application
from till import Till
from wechatpay import Merchant, Patience, WeChatPay


async def keep_shop(settings: Settings, listener: socket.socket, orders: Orders, tls: ssl.SSLContext) -> None:
    """Open the shop, say so in one line, and keep it open until a signal comes."""
    stop = _stop_signal()
    connector = aiohttp.TCPConnector(ssl=tls)
    # Proxy variables are obeyed on the way to a real (https) gateway only: http is the sandbox next door.
    async with aiohttp.ClientSession(connector=connector, trust_env=settings.gateway.startswith("https:")) as http:
        merchant = Merchant(settings.appid, settings.mch_id, settings.key)
        patience = Patience(settings.answer_within, settings.retry_after)
        wechatpay = WeChatPay(http, settings.gateway, merchant, patience)
        refunds = Refunds(orders.db)
        till, counter = Till(settings, orders, wechatpay), Counter(settings, orders, refunds, wechatpay)
        app = application(settings, orders, till, refunds, counter)
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
        tls = _tls(settings)
    except OSError as error:
        sys.exit(f"shop: cannot use the certificate {settings.certificate}: {error.strerror or error}")
    try:
        listener = _listen(settings)
        orders = Orders(settings.database)
    except OSError as error:
        sys.exit(f"shop: cannot listen on {settings.host}:{settings.port}: {error.strerror}")
    except sqlite3.Error as error:
        sys.exit(f"shop: cannot use the database {settings.database}: {error}")
    public_url = settings.public_url or _address(settings.host, listener)
    with closing(orders):
        asyncio.run(keep_shop(replace(settings, public_url=public_url), listener, orders, tls))


if __name__ == "__main__":
    main()
