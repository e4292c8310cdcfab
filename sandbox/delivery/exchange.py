"""One exchange with a merchant over HTTP/1.1: a request, and what came back. h11 reads; here it is bounded.

A merchant may answer whatever it likes: endless interim answers, headers, chunks, a bomb. It is read in small pieces,
others have their turn after each of them, and what all may come to is limited.
"""

import asyncio
import base64
import string
import zlib
from urllib.parse import quote

import h11
from yarl import URL

from sandbox.core.journal import KEPT_BYTES, Message
from sandbox.core.ports.face import Answer

HEAD_BYTES = 16 * 1024
"""What may come before a reply's body, every interim answer (100 Continue) included. Node takes as much, h11 too."""
BODY_BYTES = KEPT_BYTES + 4 * 1024
"""What is read of a body, the framing of its chunks included."""
PIECE = 1024

Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class HeadTooLong(Exception):
    """A reply's head does not end."""


class NotHttp(Exception):
    """What came is no reply; the message is how it starts."""


class BrokenOff(ConnectionError):
    """The connection ended before the reply did."""


async def exchange(stream: Stream, method: str, url: URL, message: Message) -> Answer:
    """Send a message and read the reply, as far as it is kept. Afterwards the connection is of no use.

    Raises ValueError for a URL or header that no request can hold, HeadTooLong, NotHttp, OSError.
    """
    reader, writer = stream
    http = h11.Connection(h11.CLIENT, max_incomplete_event_size=HEAD_BYTES + BODY_BYTES)
    writer.write(_request(http, method, url, message))
    reading = _Reading(http, reader)
    head = await reading.head()
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in head.headers.raw_items())
    body, cut = await reading.body()
    body, more = _unpacked(body, head)
    return Answer(head.status_code, Message(headers, body), cut or more)


def _request(http: h11.Connection, method: str, url: URL, message: Message) -> bytes:
    target = quote(url.raw_path_qs, safe=string.punctuation)
    length = ("Content-Length", str(len(message.body)))
    headers = [("Host", url.host_port_subcomponent or ""), *_credentials(url), *message.headers, length]
    try:
        events = (
            h11.Request(method=method, target=target, headers=headers),
            h11.Data(message.body),
            h11.EndOfMessage(),
        )
        return b"".join(http.send(event) or b"" for event in events)
    except h11.LocalProtocolError as error:
        raise ValueError(str(error)) from None


def _credentials(url: URL) -> list[tuple[str, str]]:
    """A user in the address, as HTTP sends it."""
    if url.user is None and url.password is None:
        return []
    pair = f"{url.user or ''}:{url.password or ''}".encode()
    return [("Authorization", f"Basic {base64.b64encode(pair).decode()}")]


class _Reading:
    """Reads a reply's events. `_left` is how many bytes may still come."""

    def __init__(self, http: h11.Connection, reader: asyncio.StreamReader) -> None:
        self._http, self._reader = http, reader
        self._left = HEAD_BYTES
        self._start = b""

    async def head(self) -> h11.Response:
        """The final status and its headers."""
        while not isinstance(event := await self._next(), h11.Response):
            if event is None:
                raise HeadTooLong
        return event

    async def body(self) -> tuple[bytes, bool]:
        """As much as is kept, and whether it went on."""
        self._left = BODY_BYTES
        body = bytearray()
        while isinstance(event := await self._next(), h11.Data):
            body += event.data
            if len(body) > KEPT_BYTES:
                return bytes(body[:KEPT_BYTES]), True
        return bytes(body), event is None

    async def _next(self) -> h11.Event | None:
        """None where the limit is reached."""
        try:
            while not isinstance(event := self._http.next_event(), h11.Event):
                if not self._left:
                    return None
                self._http.receive_data(await self._piece())
        except h11.RemoteProtocolError:
            if self._http.trailing_data[1]:
                raise BrokenOff("the connection was closed too early") from None
            raise self._not_http() from None
        return event

    async def _piece(self) -> bytes:
        """What comes next; the reader itself lets nobody else have a turn while it holds something."""
        await asyncio.sleep(0)
        piece = await self._reader.read(min(PIECE, self._left))
        self._left -= len(piece)
        self._start = self._start or piece[:80]
        if not b"HTTP/".startswith(self._start[:5]):
            raise self._not_http()
        return piece

    def _not_http(self) -> NotHttp:
        return NotHttp(self._start.decode("utf-8", "replace"))


def _unpacked(body: bytes, head: h11.Response) -> tuple[bytes, bool]:
    """A body that came packed though nobody asked for it: as much of it as is kept, and whether it goes on."""
    packings = [value.strip().lower() for name, value in head.headers if name == b"content-encoding"]
    if packings not in ([b"gzip"], [b"x-gzip"], [b"deflate"]):
        return body, False
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
    try:
        plain = unpacker.decompress(body, KEPT_BYTES)
    except zlib.error:
        return body, False
    return plain, bool(unpacker.unconsumed_tail)
