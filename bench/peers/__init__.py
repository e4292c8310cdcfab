"""Other programs that stand in for an API in tests, each creating one object; those that are installed: README.md."""

import os
import secrets
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from bench import messages
from bench.bare import Said
from bench.messages import JSON, Request
from bench.servers import Program, command

INSTALLED = Path(os.environ.get("BENCH_PEERS") or Path(__file__).with_name("installed"))
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Authorization": "Bearer sk_test_123"}
ORDER = "/pay/unifiedorder"


@dataclass(frozen=True)
class Peer:
    """A program, the one request after which it is ready, and the one that creates an object of a name.

    `program` is its file below the folder of what is installed; `words` are the command, of that file, a port and a
    folder of its own.
    """

    name: str
    program: str
    words: Callable[[str, int, Path], Sequence[str]]
    first: Callable[[Said], Request]
    create: Callable[[str], Request]
    expected: bytes

    @property
    def path(self) -> str:
        """Where it is installed; "" where it is not."""
        return str(next(iter(sorted(INSTALLED.glob(self.program))), ""))


@contextmanager
def running(peer: Peer, folder: Path, order: Said) -> Iterator[Program]:
    """The peer; one that plays what it was given answers an order as the sandbox did."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    (folder / "mockoon.json").write_bytes(_mockoon(order))
    with ExitStack() as stack:
        words = peer.words(peer.path, port, folder)
        yield stack.enter_context(command(words, f"http://127.0.0.1:{port}", peer.first(order)))


def _mockoon(order: Said) -> bytes:
    """An environment with one route."""
    headers = [{"key": name, "value": value} for name, value in order.headers.items()]
    answer = {"uuid": "answer", "body": order.body, "statusCode": 200, "headers": headers, "default": True}
    route = {"uuid": "order", "type": "http", "method": "post", "endpoint": ORDER[1:], "responses": [answer]}
    return msgspec.json.encode({"name": "bench", "hostname": "127.0.0.1", "routes": [route]})


def _stub(order: Said) -> Request:
    """Has WireMock answer an order."""
    answer = {"status": 200, "headers": order.headers, "body": order.body}
    stub = {"request": {"method": "POST", "urlPath": ORDER}, "response": answer}
    return Request("/__admin/mappings", msgspec.json.encode(stub), headers=JSON)


def _place(name: str) -> Request:
    return Request(ORDER, messages.order(name))


def _intend(name: str) -> Request:
    return Request("/v1/payment_intents", f"amount=100&currency=cny&metadata[order]={name}".encode(), headers=FORM)


def _customer(name: str) -> Request:
    return Request("/v1/customers", f"email={name}@example.com".encode(), headers=FORM)


def _item(name: str) -> Request:
    return Request(f"/bench/{name}", messages.order(name), "PUT")


PEERS = (
    Peer(
        "stripe-mock",
        "bin/stripe-mock",
        lambda path, port, _: (path, "-http-port", str(port)),
        lambda _: _intend("first"),
        _intend,
        b'"object":"payment_intent"',
    ),
    Peer(
        "WireMock",
        "wiremock-standalone-*.jar",
        lambda path, port, folder: (
            *("java", "-jar", path, "--port", str(port), "--root-dir", str(folder)),
            *("--no-request-journal", "--bind-address", "127.0.0.1"),
        ),
        _stub,
        _place,
        b"prepay_id",
    ),
    Peer(
        "Mockoon",
        "mockoon/node_modules/.bin/mockoon-cli",
        lambda path, port, folder: (
            *(path, "start", "--data", str(folder / "mockoon.json"), "--port", str(port)),
            *("--repair", "--disable-log-to-file", "--disable-admin-api"),
        ),
        lambda _: _place("first"),
        _place,
        b"prepay_id",
    ),
    Peer(
        "localstripe",
        "localstripe/bin/localstripe",
        lambda path, port, _: (path, "--port", str(port), "--from-scratch"),
        lambda _: _customer("first"),
        _customer,
        b'"object": "customer"',
    ),
    Peer(
        "moto",
        "moto/bin/moto_server",
        lambda path, port, _: (path, "--host", "127.0.0.1", "--port", str(port)),
        lambda _: Request("/bench", method="PUT"),
        _item,
        b"",
    ),
)


def names(count: int) -> Iterator[str]:
    """Fresh names of objects."""
    series = secrets.token_hex(4)
    return (f"{series}{each:06}" for each in range(count))
