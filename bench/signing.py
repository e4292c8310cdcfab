"""What APIv3's signatures cost an order, against the bare RSA operations: python -m bench.signing [ROUNDS].

Two sandboxes take the same signed native orders from 32 callers: the one as it is, and one that believes who calls and
signs nothing (bench/unsigned.py). The difference of their processor time per order is what signing costs: reading the
header, finding merchant, certificate and keys, verifying, signing, writing the headers, and what all this costs the
other steps in caches and locks. Bare is the same difference of a handler of aiohttp that does one verification and one
signature by keys that are parsed, and one that does not (bench/bare.py): as in the sandbox, each operation meets the
caches that the rest of a call has left. In a loop of nothing else they are cheaper; that figure is told, too. The
journal's times of steps were not taken: they are of the wall, and hold the wait for the interpreter's lock.

Requests are signed before, and callers only write and read bytes. Servers run on one core, callers on another
where there are two. Servers take turns, medians are quoted: machines wobble, ratios less so.
"""

import asyncio
import base64
import json
import os
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit
from urllib.request import urlopen

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

from bench.load import Program, program
from sandbox.signing import rsa

CALLERS = 32
COUNT = 1000
LOOPS = 400
TARGET = "/v3/pay/transactions/native"
SERVE = ("serve", "--port", "0", "--ready-json", "--data-dir")


@dataclass(frozen=True)
class Merchant:
    """Who orders, and the key that it signs with."""

    mch_id: str
    appid: str
    serial_no: str
    private_key: str

    @classmethod
    def of(cls, target: Program) -> "Merchant":
        """The default merchant of a sandbox; its keys are made now, if they were not yet."""
        with urlopen(f"{target.url}/_sandbox/merchants/1900000109") as answer:
            shown = json.load(answer)
        return cls(shown["mch_id"], shown["appids"][0], shown["serial_no"], shown["private_key"])

    def order(self, out_trade_no: str, host: str) -> bytes:
        """A signed native order, as it goes over the wire."""
        body = json.dumps(
            {
                "appid": self.appid,
                "mchid": self.mch_id,
                "description": "测试商品",
                "out_trade_no": out_trade_no,
                "notify_url": "https://shop.example.com/notify",
                "amount": {"total": 100},
            },
            ensure_ascii=False,
        ).encode()
        at, nonce = str(int(time.time())), secrets.token_hex(16)
        signature = rsa.sign(rsa.lines("POST", TARGET, at, nonce, body), self.private_key)
        pairs = {"mchid": self.mch_id, "nonce_str": nonce, "signature": signature, "timestamp": at}
        shown = ",".join(f'{name}="{value}"' for name, value in (pairs | {"serial_no": self.serial_no}).items())
        head = (
            f"POST {TARGET} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: bench\r\nAccept: application/json\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            f"Authorization: WECHATPAY2-SHA256-RSA2048 {shown}\r\n\r\n"
        )
        return head.encode() + body


@dataclass(frozen=True)
class Server:
    """A program that takes orders, and under which path."""

    program: Program
    path: str

    def cost(self, merchant: Merchant, prefix: str) -> float:
        """Processor microseconds per order; the first orders, which make or parse keys, come before."""
        host = urlsplit(self.program.url).netloc
        warming, orders = (
            [
                merchant.order(f"{kind}{prefix}-{each:06}", host).replace(TARGET.encode(), self.path.encode(), 1)
                for each in range(count)
            ]
            for kind, count in (("W", CALLERS), ("R", COUNT))
        )
        asyncio.run(sent(self.program.url, warming))
        before = self.program.cpu_seconds()
        asyncio.run(sent(self.program.url, orders))
        return (self.program.cpu_seconds() - before) / COUNT * 1e6


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    cores = sorted(os.sched_getaffinity(0))
    with ExitStack() as stack:
        with on(cores[0]):
            folders = [stack.enter_context(tempfile.TemporaryDirectory()) for _ in range(2)]
            signed = stack.enter_context(program("-m", "sandbox", *SERVE, folders[0]))
            unsigned = stack.enter_context(program("-m", "bench.unsigned", *SERVE, folders[1]))
            bare = stack.enter_context(program("bench/bare.py"))
        merchant = Merchant.of(signed)
        servers = [Server(signed, TARGET), Server(unsigned, TARGET), Server(bare, "/signed"), Server(bare, "/unsigned")]
        with on(cores[-1]):
            costs = [[server.cost(merchant, str(number)) for server in servers] for number in range(rounds)]
        with on(cores[0]):
            loop = _in_a_loop(merchant.private_key)
    ours, without, theirs, handler = (statistics.median(each) for each in zip(*costs, strict=True))
    bare_cost, cost = theirs - handler, ours - without
    print("CPU us/order, 32 callers | bare handler | sandbox | ratio (aim)")
    print(f"with signatures | {theirs:.0f} | {ours:.0f} | {ours / theirs:.2f}")
    print(f"without | {handler:.0f} | {without:.0f} | {without / handler:.2f}")
    print(f"signing | {bare_cost:.0f} | {cost:.0f} | {cost / bare_cost:.2f} (at most 1.5)")
    print(f"the two RSA operations in a loop | {loop:.0f} | |")


async def sent(url: str, requests: Sequence[bytes], callers: int = CALLERS) -> None:
    """Send them as fast as they are answered; raises AssertionError for another answer than 200."""
    parts, waiting = urlsplit(url), iter(requests)

    async def call() -> None:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        for request in waiting:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
            body = await reader.readexactly(int(length))
            assert head.startswith(b"HTTP/1.1 200"), head + body
        writer.close()

    await asyncio.gather(*[call() for _ in range(callers)])


def _in_a_loop(private_key: str) -> float:
    """Processor microseconds of one verification and one signature."""
    key, text = rsa.private(private_key), b"x" * 400
    public, signature = key.public_key(), base64.b64decode(rsa.sign(text, private_key))
    before = time.process_time()
    for _ in range(LOOPS):
        public.verify(signature, text, PKCS1v15(), hashes.SHA256())
        key.sign(text, PKCS1v15(), hashes.SHA256())
    return (time.process_time() - before) / LOOPS * 1e6


@contextmanager
def on(core: int) -> Iterator[None]:
    """Run on one core, and so whatever starts meanwhile."""
    everywhere = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, everywhere)


if __name__ == "__main__":
    main()
