"""The program that the sandbox is measured against: aiohttp that reads the body and answers the same bytes.

`python -m bench.bare ANSWERS`: the file has what the sandbox answered, by the last part of the call's path
(`bench.operations.learnt`). Where the sandbox then notifies the merchant, so does bare, with the same body, and reads
the reply. Where `/signed` is asked it does one RSA verification and one signature before, by keys of 2048 bits that are
parsed.
"""

import asyncio
import sys
from functools import cache
from pathlib import Path

import aiohttp
import msgspec
import uvloop
from aiohttp import web
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

TEXT = b"x" * 400
Keys = tuple[rsa.RSAPrivateKey, rsa.RSAPublicKey, bytes]


class Said(msgspec.Struct, frozen=True):
    """An answer, and what the merchant at `notify_url` is sent after it."""

    headers: dict[str, str]
    body: str
    notify_url: str = ""
    notification: str = ""


class Bare:
    def __init__(self, answers: dict[str, Said], session: aiohttp.ClientSession) -> None:
        self._answers = {name: (said, said.body.encode()) for name, said in answers.items()}
        self._session = session
        self._sending: set[asyncio.Task[None]] = set()

    async def answer(self, request: web.Request) -> web.Response:
        await request.read()
        said, body = self._answers[request.path.rsplit("/", 1)[1]]
        if said.notify_url:
            sending = asyncio.create_task(self._notify(said))
            self._sending.add(sending)
            sending.add_done_callback(self._sending.discard)
        return web.Response(body=body, headers=said.headers)

    async def signed(self, request: web.Request) -> web.Response:
        private, public, signature = keys()
        public.verify(signature, TEXT, PKCS1v15(), hashes.SHA256())
        private.sign(TEXT, PKCS1v15(), hashes.SHA256())
        return await self.answer(request)

    async def _notify(self, said: Said) -> None:
        async with self._session.post(said.notify_url, data=said.notification) as reply:
            await reply.read()


@cache
def keys() -> Keys:
    """A pair, and a signature by it."""
    private = rsa.generate_private_key(65537, 2048)
    return private, private.public_key(), private.sign(TEXT, PKCS1v15(), hashes.SHA256())


async def main(answers: dict[str, Said]) -> None:
    async with aiohttp.ClientSession() as session:
        bare = Bare(answers, session)
        app = web.Application()
        app.router.add_route("*", "/signed", bare.signed)
        app.router.add_route("*", "/{path:.*}", bare.answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        print(f'{{"http": "http://127.0.0.1:{runner.addresses[0][1]}"}}', flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main(msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=dict[str, Said])))
