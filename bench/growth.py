"""What a person clicks and a program asks, with many orders kept against few: python -m bench.growth FOLDER [ORDERS].

FOLDER gets a data directory of 1,000 orders and one of ORDERS (1,000,000), made by bench.grow unless they are there.
Both sandboxes run beside each other and are asked in turn; quoted are medians of milliseconds, and of the processor's
time, which wobbles less where others work too.
"""

import http.client
import json
import statistics
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote, urlsplit

from bench.grow import BILL_NO, MERCHANT, SHARING_NO, grow
from bench.servers import SANDBOX, Program, python

KEEP = ("--keep-orders", "0", "--keep-calls", "0", "--keep-megabytes", "0")
FEW, MANY = 1_000, 1_000_000
ROUNDS = 7
NUMBER = "GROW-v3-19-000010"
"""An order that is in both, among the oldest: paid, told of, refunded."""
BILL = f"{BILL_NO}000010"
"""A transfer likewise."""

MINE = f"mch_id={MERCHANT}"
LISTS = (
    *("/", f"/?{MINE}", "/?state=NOTPAY", "/?state=REVOKED", f"/?{MINE}&state=REVOKED", "/?type=NATIVE", "/?type=MWEB"),
    *("/?notification=none", "/?notification=failed", f"/?{MINE}&notification=failed", "/?notification=forged"),
    *("/?state=CLOSED&type=NATIVE", "/?state=CLOSED&notification=delivered", "/?scenario=unpaid", "/clear", "/palette"),
    *("/refunds", "/refunds?state=SUCCESS", "/refunds?state=CHANGE", f"/refunds?{MINE}&state=CHANGE"),
    *("/calls", "/calls?signature=wrong", "/calls?outcome=failed", f"/calls?{MINE}&outcome=failed"),
    *("/calls?path=/pay/micropay", "/calls?q=nowhere", "/notifications", "/notifications?state=given_up"),
    *("/notifications?state=pending", f"/notifications?{MINE}&state=pending", "/payers", "/merchants"),
    *("/transfers", "/transfers?state=FAIL", f"/transfers?{MINE}&state=FAIL", f"/transfers/{MERCHANT}/{BILL}"),
    *("/sharings", "/sharings?state=PROCESSING", f"/sharings?{MINE}&state=FINISHED"),
    *(f"/merchants/{MERCHANT}{page}" for page in ("", "/ledger", "/bills")),
    f"/orders/{MERCHANT}/{NUMBER}",
)
"""Pages of the console. What few or none are of is the hardest: nothing ends the looking early."""

WHERE = (
    *("/?q={}", f"/?{MINE}&q={{}}", "/refunds?q={}", "/notifications?q={}", "/transfers?q={}", "/sharings?q={}"),
    "/palette?q={}",
)
SHARED = ("GROW-v3-19-", BILL_NO, SHARING_NO, "4200", "wx01", "RGROW", "oSandboxPayer", "龙井茶", "1.00", "nowhere")
"""Texts that many share, as beginnings, as words, as an amount; and one that nobody has."""

ASKED = (
    *("/metrics", "/health", "/orders", f"/orders?{MINE}&trade_state=REVOKED", f"/orders/{MERCHANT}/{NUMBER}"),
    *(f"/orders/{MERCHANT}/{NUMBER}/timeline", "/refunds", "/notifications", f"/merchants/{MERCHANT}/ledger"),
    *("/transfers", f"/transfers/{MERCHANT}/{BILL}/timeline", "/sharings"),
    *("/journal", "/journal?contains=nowhere", f"/journal?{MINE}&path=/nowhere", "/journal?signature=missing"),
    f"/wait?{MINE}&out_trade_no={NUMBER}&for=refunded",
)
VERIFIED: Mapping[str, object] = {"mch_id": MERCHANT, "out_trade_no": NUMBER, "path": "/pay/micropay"}


class Asked:
    """A sandbox that runs on so many orders."""

    def __init__(self, running: Program, folder: Path) -> None:
        self.running = running
        self.megabytes = sum(file.stat().st_size for file in folder.iterdir()) / 1e6
        self._connection = http.client.HTTPConnection(urlsplit(running.url).netloc)

    def ask(self, path: str, body: Mapping[str, object] | None = None) -> bytes:
        """What it answers; raises AssertionError where that is a refusal."""
        data = json.dumps(body) if body else None
        self._connection.request("POST" if body else "GET", path, data, {"Content-Type": "application/json"})
        answer = self._connection.getresponse()
        content = answer.read()
        assert answer.status == 200, (path, answer.status, content)
        return content

    def milliseconds(self, path: str, body: Mapping[str, object] | None = None) -> tuple[float, float]:
        """How long an answer takes, and how much of the processor."""
        began, used = time.perf_counter(), self.running.cpu_seconds()
        self.ask(path, body)
        return (time.perf_counter() - began) * 1000, (self.running.cpu_seconds() - used) * 1000


def main() -> None:
    folder, many = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else MANY
    with ExitStack() as stack:
        few, more = (_asked(stack, folder / str(orders), orders) for orders in (FEW, many))
        print(f"of | {FEW:,} orders | {many:,} orders | ratio | processor | processor | ratio")
        _line("MB on disk", few.megabytes, more.megabytes)
        _line("s from start to first order", few.running.start_seconds, more.running.start_seconds)
        _line("MiB of memory after it", few.running.memory_mib(), more.running.memory_mib())
        for path, body in _questions(few):
            _compare(path, body, few, more)


def _asked(stack: ExitStack, folder: Path, orders: int) -> Asked:
    if not folder.exists():
        grow(folder, orders)
    return Asked(stack.enter_context(python(*SANDBOX, str(folder), *KEEP)), folder)


def _questions(of: Asked) -> Iterator[tuple[str, Mapping[str, object] | None]]:
    """What is asked of both: path and body."""
    order = json.loads(of.ask(f"/_sandbox/orders/{MERCHANT}/{NUMBER}"))
    refund = order["refunds"][0]
    own = (NUMBER, order["transaction_id"], order["prepay_id"], order["body"], order["openid"])
    texts = (*own, refund["out_refund_no"], refund["refund_id"], *SHARED)
    for page in (*LISTS, *(where.format(quote(text)) for where in WHERE for text in texts)):
        yield f"/console{page}", None
    for path in ASKED:
        yield f"/_sandbox{path}", None
    yield "/_sandbox/journal/verify", VERIFIED


def _compare(path: str, body: Mapping[str, object] | None, *sandboxes: Asked) -> None:
    rounds = [[sandbox.milliseconds(path, body) for sandbox in sandboxes] for _ in range(ROUNDS)]
    few, more = ([statistics.median(of) for of in zip(*times, strict=True)] for times in zip(*rounds, strict=True))
    _line(path, few[0], more[0], few[1], more[1])


def _line(figure: str, few: float, more: float, *processor: float) -> None:
    used = " | {:.1f} | {:.1f} | {:.2f}".format(*processor, processor[1] / processor[0]) if processor else ""
    print(f"{figure} | {few:.1f} | {more:.1f} | {more / few:.2f}{used}", flush=True)


if __name__ == "__main__":
    main()
