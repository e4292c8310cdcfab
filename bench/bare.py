"""The program that the sandbox is measured against: aiohttp that reads the body and answers the same bytes.

Where `/signed` is asked it does one RSA verification and one signature before, by keys of 2048 bits that are parsed.
"""

import asyncio
from functools import cache

import uvloop
from aiohttp import web
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

ANSWER = b"x" * 528
TEXT = b"x" * 400
Keys = tuple[rsa.RSAPrivateKey, rsa.RSAPublicKey, bytes]


async def answer(request: web.Request) -> web.Response:
    await request.read()
    return web.Response(body=ANSWER, headers={"Server": "nginx", "Content-Type": "text/plain"})


@cache
def keys() -> Keys:
    """A pair, and a signature by it."""
    private = rsa.generate_private_key(65537, 2048)
    return private, private.public_key(), private.sign(TEXT, PKCS1v15(), hashes.SHA256())


async def signed(request: web.Request) -> web.Response:
    private, public, signature = keys()
    public.verify(signature, TEXT, PKCS1v15(), hashes.SHA256())
    private.sign(TEXT, PKCS1v15(), hashes.SHA256())
    return await answer(request)


async def main() -> None:
    app = web.Application()
    for path, handler in {"/pay/unifiedorder": answer, "/unsigned": answer, "/signed": signed}.items():
        app.router.add_route("*", path, handler)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(f'{{"http": "http://127.0.0.1:{runner.addresses[0][1]}"}}', flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main())
