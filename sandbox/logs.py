"""Logs on stderr, for people or for programs: a line for each call and each attempt to notify, and what goes wrong.

Never a key, never a body. `text` is one short line; `json` one object a line, with a traceback inside it.
"""

import logging
import sys
from typing import Any

import msgspec

from sandbox.core.ids import BEIJING
from sandbox.core.journal import Event, Exchange

FORMATS = ("text", "json")
log = logging.getLogger("sandbox.traffic")


class _Json(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S") + f".{int(record.msecs):03}",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return msgspec.json.encode(line).decode()


class _Text(logging.Formatter):
    """A short line for a person; levels stand there only where something is wrong."""

    def format(self, record: logging.LogRecord) -> str:
        level = "" if record.levelno <= logging.INFO else f"{record.levelname} {record.name}: "
        text = f"{self.formatTime(record, '%H:%M:%S')} {level}{record.getMessage()}"
        return f"{text}\n{self.formatException(record.exc_info)}" if record.exc_info else text


def configure(log_format: str) -> None:
    """Send every log to stderr in this format."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if log_format == "json" else _Text())
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)


def heard(what: Event | Exchange) -> None:
    """A line for an exchange; events are on their order's timeline."""
    if isinstance(what, Exchange) and log.isEnabledFor(logging.INFO):
        log.info(_line(what), extra={"fields": _fields(what)})


def _line(exchange: Exchange) -> str:
    who = " ".join(filter(None, [exchange.mch_id, exchange.key.out_trade_no if exchange.key else ""]))
    verdict = exchange.verdict.name if exchange.verdict else exchange.outcome
    why = str(exchange.facts.get("return_msg") or exchange.facts.get("err_code") or "")
    return " ".join(filter(None, [exchange.method, exchange.path, who, verdict, why, f"{exchange.duration_ms:.1f} ms"]))


def _fields(exchange: Exchange) -> dict[str, Any]:
    told = {
        "kind": exchange.kind,
        "sandbox_time": exchange.at.astimezone(BEIJING).isoformat(timespec="milliseconds"),
        "mch_id": exchange.mch_id,
        "out_trade_no": exchange.key.out_trade_no if exchange.key else "",
        "method": exchange.method,
        "path": exchange.path,
        "status": exchange.status,
        "outcome": exchange.outcome,
        "signature": exchange.signature,
        "verdict": exchange.verdict.name if exchange.verdict else "",
        "attempt": exchange.n,
        "request_id": exchange.request_id,
        "duration_ms": exchange.duration_ms,
        **{name: exchange.facts[name] for name in _FACTS if name in exchange.facts},
    }
    return {name: value for name, value in told.items() if value not in ("", None, 0)}


_FACTS = ("err_code", "return_msg", "fault", "field", "sign_hint", "scenario", "scenario_fault", "notify_fault")
