"""TLS as WeChat's front end does it: a client may show any certificate or none, and the application judges it.

The standard library's ssl ends the handshake when it does not trust a client's certificate; the real front end goes on
and answers with a page (V2 notes, 1.6). pyOpenSSL can be told to go on. `LenientContext` passes for a
context of the standard library, so asyncio, uvloop and aiohttp do everything else: buffers, flow control, time-outs.
Imported on first use: pyOpenSSL takes a tenth of a second.
"""

import ssl
from collections.abc import Callable
from typing import Any, Self, TypeVar, cast

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from OpenSSL import SSL

from sandbox.core.certificates import Certificate

CHUNK = 64 * 1024

Result = TypeVar("Result")


class LenientContext(ssl.SSLContext):
    """A server's context whose sessions are pyOpenSSL's. `serve` says with which certificate."""

    _context: SSL.Context

    def __new__(cls) -> Self:
        return super().__new__(cls, ssl.PROTOCOL_TLS_SERVER)

    def serve(self, server: Certificate, ca: Certificate) -> None:
        """Show this certificate from the next connection on."""
        context = SSL.Context(SSL.TLS_SERVER_METHOD)
        context.set_min_proto_version(SSL.TLS1_2_VERSION)
        context.set_options(SSL.OP_NO_RENEGOTIATION)
        key = load_pem_private_key(server.private_key.encode(), None)
        context.use_privatekey(cast(RSAPrivateKey, key))
        context.use_certificate(_loaded(server))
        context.add_extra_chain_cert(_loaded(ca))
        # Ask for a certificate, take whatever comes. Resumed sessions remember it, if they have a name to go by.
        context.set_verify(SSL.VERIFY_PEER, lambda *_: True)
        context.set_session_id(b"wxpay-sandbox")
        self._context = context

    def wrap_bio(self, incoming: ssl.MemoryBIO, outgoing: ssl.MemoryBIO, *_: object, **__: object) -> ssl.SSLObject:
        """A Session: it has what asyncio, uvloop and aiohttp use of an SSLObject."""
        return cast(ssl.SSLObject, Session(self._context, incoming, outgoing))


class Session:
    """One connection's TLS, with the part of ssl.SSLObject that event loops and applications use."""

    def __init__(self, context: SSL.Context, incoming: ssl.MemoryBIO, outgoing: ssl.MemoryBIO) -> None:
        self._connection = SSL.Connection(context, None)
        self._connection.set_accept_state()
        self._incoming, self._outgoing = incoming, outgoing
        self._drained = True
        """Whether everything that came has been read: what OpenSSL holds of it, `incoming` no longer shows."""

    def do_handshake(self) -> None:
        self._run(self._connection.do_handshake)

    def read(self, size: int = CHUNK, buffer: memoryview | None = None) -> bytes | int:
        """Bytes, or how many were put into `buffer`; nothing once the other side has closed."""
        try:
            if buffer is None:
                return self._run(lambda: self._connection.recv(size))
            return self._run(lambda: self._connection.recv_into(buffer, size))
        except ssl.SSLZeroReturnError:
            return b"" if buffer is None else 0

    def write(self, data: bytes) -> int:
        return self._run(lambda: self._connection.send(data)) if data else 0

    def unwrap(self) -> None:
        """Say goodbye; the other side's is not waited for, as most servers have it."""
        self._run(self._connection.shutdown)

    def getpeercert(self, binary_form: bool = False) -> Any:
        """The client's certificate in DER, whoever signed it; None without one. There is no decoded form."""
        shown = self._connection.get_peer_certificate(as_cryptography=True) if binary_form else None
        return None if shown is None else shown.public_bytes(Encoding.DER)

    def pending(self) -> int:
        """Bytes that `read` may give at once; 1 where only reading can tell. uvloop reads on while there are any."""
        return self._connection.pending() or (0 if self._drained else 1)

    def cipher(self) -> tuple[str, str, int] | None:
        name, version, bits = (
            self._connection.get_cipher_name(),
            self._connection.get_cipher_version(),
            self._connection.get_cipher_bits(),
        )
        return (name, version or "", bits or 0) if name else None

    def version(self) -> str:
        return self._connection.get_protocol_version_name()

    def compression(self) -> None:
        return None

    def _run(self, operation: Callable[[], Result]) -> Result:
        """Feed what has come, do it, fetch what goes out; errors become those of the standard library."""
        if arrived := self._incoming.read():
            self._connection.bio_write(arrived)
            self._drained = False
        try:
            return operation()
        except SSL.WantReadError:
            self._drained = True
            raise ssl.SSLWantReadError(ssl.SSL_ERROR_WANT_READ, "more is needed") from None
        except SSL.ZeroReturnError:
            raise ssl.SSLZeroReturnError(ssl.SSL_ERROR_ZERO_RETURN, "the other side has closed") from None
        except SSL.Error as error:
            raise ssl.SSLError(ssl.SSL_ERROR_SSL, f"TLS: {error}") from None
        finally:
            self._fetch()

    def _fetch(self) -> None:
        while True:
            try:
                self._outgoing.write(self._connection.bio_read(CHUNK))
            except SSL.WantReadError:
                return


def _loaded(certificate: Certificate) -> x509.Certificate:
    return x509.load_pem_x509_certificate(certificate.certificate.encode())
