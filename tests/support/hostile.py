"""Merchants that answer what no honest one would: in threads of their own, so that the test's loop is the sandbox's."""

import gzip
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
BOMB = gzip.compress(bytes(8 * 1024 * 1024))

SHAPES: dict[str, tuple[bytes, bytes, float]] = {
    # what comes once, what comes again and again, the pause before each
    "continue": (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000, 0),
    "dripping-continue": (b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.01),
    "early-hints": (b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 1000, 0),
    "unknown-1xx": (b"", b"HTTP/1.1 199 Soon\r\n\r\n" * 1000, 0),
    "headers": (OK, b"A: b\r\n" * 1000, 0),
    "dripping-headers": (OK, b"A: b\r\n", 0.01),
    "many-headers": (OK + b"A:\r\n" * 3900 + b"\r\n", b"a" * 65536, 0),
    "long-header": (OK + b"A: ", b"a" * 65536, 0),
    "long-status": (b"HTTP/1.1 200 ", b"a" * 65536, 0),
    "nothing-but-newlines": (b"", b"\r\n" * 1000, 0),
    "switch": (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", b"a" * 65536, 0),
    "no-http": (b"", b"SSH-2.0-OpenSSH_9.2\r\n" * 1000, 0),
    "bytes": (b"", bytes(range(256)) * 256, 0),
    "chunks": (CHUNKED, b"1\r\na\r\n" * 10000, 0),
    "chunk-extension": (CHUNKED + b"1;a=", b"a" * 65536, 0),
    "trailers": (CHUNKED + b"0\r\n", b"A: b\r\n" * 1000, 0),
    "body": (OK + b"\r\n", b"a" * 65536, 0),
    "long-body": (OK + b"Content-Length: 9999999999\r\n\r\n", b"a" * 65536, 0),
    "failing-body": (b"HTTP/1.1 500 No\r\n\r\n", b"a" * 65536, 0),
    "dripping-body": (OK + b"\r\n", b"a", 0.01),
    "bomb": (OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(BOMB) + BOMB, b"a" * 65536, 0),
    "behind-the-reply": (OK + b"Content-Length: 2\r\n\r\nOK", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000, 0),
}


class _Merchant(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        once, ever, pause = SHAPES[self.rfile.readline().split()[1].decode().strip("/")]
        try:
            self.wfile.write(once)
            while True:
                time.sleep(pause)
                self.wfile.write(ever)
        except OSError:
            pass  # the sandbox has heard enough


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 100


@contextmanager
def hostile() -> Iterator[str]:
    """Gives the URL under which each of `SHAPES` answers."""
    with _Server(("127.0.0.1", 0), _Merchant) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
