"""What APIv3's signatures cost an order, against the bare RSA operations: python -m bench.signing [ROUNDS].

Two sandboxes take the same signed native orders from 32 callers: the one as it is, and one that believes who calls and
signs nothing (bench/unsigned.py). The difference of their processor time per order is what signing costs: reading the
header, finding merchant, certificate and keys, verifying, signing, writing the headers, and what all this costs the
other steps in caches and locks. Bare is the same difference of a handler of aiohttp that does one verification and one
signature by keys that are parsed, and one that does not (bench/bare.py): as in the sandbox, each operation meets the
caches that the rest of a call has left. In a loop of nothing else they are cheaper; that figure is told, too. The
journal's times of steps were not taken: they are of the wall, and hold the wait for the interpreter's lock.

Requests are signed before, wrk sends each once, from a core of its own. Servers take turns, medians are quoted:
machines wobble, ratios less so.
"""

import base64
import json
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import msgspec
import uvloop
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

from bench.bare import Said
from bench.messages import MCH_ID, Request, authorization
from bench.operations import OWN_HEADERS, numbers
from bench.servers import SANDBOX, CannotMeasure, Program, ask, python, require_machine
from bench.wrk import Misled, load
from sandbox.signing import rsa

CALLERS = 32
LOOPS = 400
TARGET = "/v3/pay/transactions/native"
PLACED = b"code_url"
MOST = 4_000
"""So many orders are signed for a second; who does not read signatures takes more, with one that is another's."""
MOST_UNSIGNED = 20_000


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
        shown = json.loads(ask(target.url, Request(f"/_sandbox/merchants/{MCH_ID}", method="GET")).body)
        return cls(shown["mch_id"], shown["appids"][0], shown["serial_no"], shown["private_key"])

    def orders(self, path: str, count: int, *, signed: bool) -> Iterator[Request]:
        """Native orders, each signed or all with the signature of the first."""
        signature = ""
        for number in numbers(count):
            body = self._order(number)
            at, nonce = str(int(time.time())), secrets.token_hex(16)
            if signed or not signature:
                signature = rsa.sign(rsa.lines("POST", TARGET, at, nonce, body), self.private_key)
            pairs = {"mchid": self.mch_id, "nonce_str": nonce, "signature": signature, "timestamp": at}
            yield Request(path, body, headers=authorization(pairs | {"serial_no": self.serial_no}))

    def _order(self, out_trade_no: str) -> bytes:
        return json.dumps(
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


@dataclass(frozen=True)
class Server:
    """A program that takes orders, under which path, and whether it looks at their signatures."""

    program: Program
    path: str
    signed: bool = False

    async def cost(self, merchant: Merchant) -> float:
        """Processor microseconds per order."""
        requests = list(merchant.orders(self.path, MOST if self.signed else MOST_UNSIGNED, signed=self.signed))
        before = self.program.cpu_seconds()
        seen = await load(self.program.url, requests, CALLERS, PLACED)
        return (self.program.cpu_seconds() - before) / seen.answered * 1e6


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    try:
        require_machine()
        _tell(*uvloop.run(_costs(rounds)))
    except (CannotMeasure, Misled) as error:
        print(error, file=sys.stderr)
        sys.exit(2)


async def _costs(rounds: int) -> tuple[list[float], float]:
    """The medians of the four servers, and of the two operations in a loop."""
    with ExitStack() as stack:
        folders = [stack.enter_context(tempfile.TemporaryDirectory()) for _ in range(2)]
        ours = stack.enter_context(python(*SANDBOX, folders[0]))
        unsigned = stack.enter_context(python("-m", "bench.unsigned", *SANDBOX[2:], folders[1]))
        merchant = Merchant.of(ours)
        answers = Path(folders[0]) / "answers.json"
        answers.write_bytes(_learnt(ours, merchant))
        bare = stack.enter_context(python("-m", "bench.bare", str(answers)))
        servers = [Server(ours, TARGET, signed=True), Server(unsigned, TARGET)]
        servers += [Server(bare, "/signed"), Server(bare, "/unsigned")]
        await _round(servers, merchant)  # which makes and parses keys
        costs = [await _round(servers, merchant) for _ in range(rounds)]
        return [statistics.median(each) for each in zip(*costs, strict=True)], _in_a_loop(merchant.private_key)


async def _round(servers: list[Server], merchant: Merchant) -> list[float]:
    return [await server.cost(merchant) for server in servers]


def _learnt(ours: Program, merchant: Merchant) -> bytes:
    """What bare answers: as the sandbox, but for the length and the date."""
    answer = ask(ours.url, next(merchant.orders(TARGET, 1, signed=True)))
    headers = {name: value for name, value in answer.headers.items() if name not in OWN_HEADERS}
    said = Said(headers, answer.body.decode())
    return msgspec.json.encode({"signed": said, "unsigned": said, "unifiedorder": said})


def _tell(costs: list[float], loop: float) -> None:
    ours, without, theirs, handler = costs
    bare, cost = theirs - handler, ours - without
    print("| CPU µs an order, 32 callers | bare handler | sandbox | ratio |")
    print("| --- | --- | --- | --- |")
    print(f"| with signatures | {theirs:.0f} | {ours:.0f} | {ours / theirs:.2f} |")
    print(f"| without | {handler:.0f} | {without:.0f} | {without / handler:.2f} |")
    print(f"| signing (at most 1.5) | {bare:.0f} | {cost:.0f} | {cost / bare:.2f} |")
    print(f"| the two RSA operations in a loop | {loop:.0f} | | |")


def _in_a_loop(private_key: str) -> float:
    """Processor microseconds of one verification and one signature."""
    key, text = rsa.private(private_key), b"x" * 400
    public, signature = key.public_key(), base64.b64decode(rsa.sign(text, private_key))
    before = time.process_time()
    for _ in range(LOOPS):
        public.verify(signature, text, PKCS1v15(), hashes.SHA256())
        key.sign(text, PKCS1v15(), hashes.SHA256())
    return (time.process_time() - before) / LOOPS * 1e6


if __name__ == "__main__":
    main()
