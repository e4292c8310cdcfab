"""Logs on stderr, for people or for programs: a line for each call and each attempt to notify, and what goes wrong.

Never a key, never a body, never what a notify_url carries beside its address. `text` is one short line; `json` one
object a line, with a traceback inside it.
"""

import logging
import os
import select
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import msgspec

from sandbox.core import exchange_facts
from sandbox.core.journal import Event, Exchange, ExchangeKind

KEPT_BYTES = 256 * 1024
"""How much waits for a reader of stderr that does not read."""

log = logging.getLogger("sandbox.traffic")
_FACTS = ("err_code", "return_msg", "fault", "field", "sign_hint", "scenario", "scenario_fault", "notify_fault")


def configure(log_format: str) -> None:
    """Send every log to stderr in this format: warnings, and the error that ends the program, too."""
    formatter = _Json() if log_format == "json" else _Text()
    handler = _handler()
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    logging.captureWarnings(True)
    sys.excepthook = _crashed


def on_records(recorded: Sequence[Event | Exchange]) -> None:
    """A line for each exchange of one commit; events are on their order's timeline."""
    if not log.isEnabledFor(logging.INFO):
        return
    exchanges = [what for what in recorded if isinstance(what, Exchange)]
    if exchanges:
        log.info(Traffic(exchanges))


def note(kind: str, message: str, **fields: str) -> None:
    """A line about the sandbox itself."""
    log.info(message, extra={"fields": {"kind": kind, **fields}})


@dataclass(frozen=True, slots=True)
class Traffic:
    """Exchanges as one log record's message: making a record costs more than making a line of it does."""

    exchanges: Sequence[Exchange]

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def lines(self) -> list[str]:
        return [_printable(_line(one)) for one in self.exchanges]


class _Json(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        if isinstance(record.msg, Traffic):
            return "\n".join([_encoded(line | _fields(one)) for one in record.msg.exchanges])
        line |= {"message": _sound(record.getMessage()), **getattr(record, "fields", {})}
        if record.exc_info:
            line["traceback"] = _sound(self.formatException(record.exc_info))
        return _encoded(line)


class _Text(logging.Formatter):
    """A short line for a person; levels stand there only where something is wrong."""

    def format(self, record: logging.LogRecord) -> str:
        moment = time.strftime("%H:%M:%S", time.localtime(record.created))
        if isinstance(record.msg, Traffic):
            return "\n".join([f"{moment} {line}" for line in record.msg.lines()])
        level = "" if record.levelno <= logging.INFO else f"{record.levelname} {record.name}: "
        text = f"{moment} {level}{record.getMessage()}"
        return f"{text}\n{self.formatException(record.exc_info)}" if record.exc_info else text


def _line(exchange: Exchange) -> str:
    """Its columns: what, whose, how it ended, why, how long it took."""
    if exchange.kind is ExchangeKind.API:
        what = f"{exchange.method:<6} {exchange.path:<17}"
        why = exchange.refusal and (exchange.refusal.code or exchange.refusal.message)
    else:
        what = f"notify {_address(exchange.path):<17}"
        why = exchange.verdict.name if exchange.verdict and exchange.verdict.public_name != "ok" else ""
    number = exchange.key.number if exchange.key else "-"
    ended = {"ok": "ok  ", "unclear": "?   "}.get(exchange.outcome, "FAIL")
    reason = f"{why} " if why else ""
    return f"{what} {exchange.mch_id or '-':<10} {number:<16} {ended} {reason}{exchange.duration_ms:.1f} ms"


def _fields(exchange: Exchange) -> dict[str, Any]:
    told = {
        "kind": exchange.kind,
        "sandbox_time": exchange.at,
        "mch_id": exchange.mch_id,
        "out_trade_no": exchange.key.out_trade_no if exchange.key else "",
        "method": exchange.method,
        "path": exchange.path if exchange.kind is ExchangeKind.API else _address(exchange.path),
        "status": exchange.status,
        "outcome": exchange.outcome,
        "signature": exchange.signature,
        "verdict": exchange.verdict.name if exchange.verdict else "",
        "notification_id": exchange.notification_id,
        "attempt": exchange.n or None,
        "request_id": exchange.request_id,
        "duration_ms": exchange.duration_ms,
    }
    facts = exchange_facts.told(exchange)
    told |= {name: facts[name] for name in _FACTS if name in facts}
    return {name: value for name, value in told.items() if value not in ("", None)}


def _address(url: str) -> str:
    """A notify_url without its query and its user: there merchants put secrets."""
    bare = url.partition("?")[0].partition("#")[0]
    if "@" not in bare:
        return bare
    try:
        parts = urlsplit(bare)
    except ValueError:
        return "-"
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _printable(text: str) -> str:
    """What comes from outside must not break a line, nor turn a terminal's colours or direction."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)


def _sound(text: str) -> str:
    """Without halves of characters, which a message may hold where a file's name is no text."""
    return text.encode("utf-8", "backslashreplace").decode()


def _encoded(line: dict[str, Any]) -> str:
    return msgspec.json.encode(line).decode()


def _crashed(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    log.critical("an error has ended the sandbox", exc_info=(kind, error, trace))


def _handler() -> logging.Handler:
    if sys.stderr is None:
        return logging.NullHandler()
    if sys.platform == "win32":
        return logging.StreamHandler(sys.stderr)
    return NonBlockingHandler(sys.stderr.fileno(), sys.stderr.encoding)


class NonBlockingHandler(logging.Handler):
    """Writes to a file descriptor, and never waits for who reads it.

    A program that starts the sandbox with a pipe for stderr and does not read it would otherwise stop the event loop
    once the pipe is full. What does not fit waits for the next record; what waits too long is lost, which is told.
    """

    def __init__(self, fd: int, encoding: str = "utf-8") -> None:
        super().__init__()
        self._fd = fd
        self._encoding = encoding
        self._ready = select.poll()
        self._ready.register(fd, select.POLLOUT)
        self._waiting = bytearray()
        self._lost = 0

    def emit(self, record: logging.LogRecord) -> None:
        self.flush()
        if len(self._waiting) > KEPT_BYTES:
            self._lost += 1
            return
        if self._lost:
            text = f"nobody read stderr: {self._lost} log records are lost"
            self._add(logging.LogRecord(__name__, logging.WARNING, __file__, 0, text, None, None))
            self._lost = 0
        self._add(record)
        self.flush()

    def flush(self) -> None:
        """Write what fits now: so much is sure not to block a descriptor that is ready."""
        while self._waiting and self._ready.poll(0):
            try:
                written = os.write(self._fd, self._waiting[: select.PIPE_BUF])
            except BlockingIOError:
                return
            except OSError:  # closed at the other end, or a disk that is full: there is nobody to tell
                self._waiting.clear()
                return
            del self._waiting[:written]

    def _add(self, record: logging.LogRecord) -> None:
        self._waiting += f"{self.format(record)}\n".encode(self._encoding, "backslashreplace")
