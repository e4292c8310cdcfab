"""The program that the sandbox is measured against: aiohttp that reads the body and answers the same bytes."""

import asyncio

import uvloop
from aiohttp import web

ANSWER = b"x" * 528


async def answer(request: web.Request) -> web.Response:
    await request.read()
    return web.Response(body=ANSWER, headers={"Server": "nginx", "Content-Type": "text/plain"})


async def main() -> None:
    app = web.Application()
    app.router.add_route("*", "/pay/unifiedorder", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(f'{{"http": "http://127.0.0.1:{runner.addresses[0][1]}"}}', flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main())
