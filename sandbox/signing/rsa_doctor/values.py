"""Mistakes with the short lines: method, timestamp, nonce_str."""

from collections.abc import Iterator

from sandbox.signing.rsa_doctor.case import SignedCall

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_NEAR = 60
_HOURS = (8, -8)
_MILLISECONDS = 13


def method_case(call: SignedCall) -> Iterator[str]:
    yield call.method.lower()
    yield call.method.capitalize()


def other_method(call: SignedCall) -> Iterator[str]:
    yield from _METHODS


def milliseconds(call: SignedCall) -> Iterator[str]:
    """Milliseconds signed where seconds are sent: any of a thousand."""
    sent = call.parts.timestamp
    if sent.isdecimal() and len(sent) < _MILLISECONDS:
        yield from (f"{sent}{after:03}" for after in range(1000))


def seconds(call: SignedCall) -> Iterator[str]:
    """Seconds signed where milliseconds, or parts of a second, are sent."""
    sent = call.parts.timestamp
    if sent.isdecimal() and len(sent) == _MILLISECONDS:
        yield sent[:-3]
        yield str(round(int(sent) / 1000))
    yield sent.partition(".")[0]


def other_timestamp(call: SignedCall) -> Iterator[str]:
    """Another moment than the one that is sent: the clock was asked twice, or hours were taken for others."""
    sent = call.parts.timestamp
    if sent.isascii() and sent.isdecimal():
        for off in range(1, _NEAR + 1):
            yield str(int(sent) - off)
            yield str(int(sent) + off)
        yield from (str(int(sent) + hours * 3600) for hours in _HOURS)
    yield f'"{sent}"'
    yield ""


def nonce_case(call: SignedCall) -> Iterator[str]:
    yield call.parts.nonce_str.lower()
    yield call.parts.nonce_str.upper()


def other_nonce(call: SignedCall) -> Iterator[str]:
    """Altered between signing and sending."""
    sent = call.parts.nonce_str
    yield sent.replace("-", "")
    yield sent.strip()
    yield sent[:32]
    yield f'"{sent}"'
    yield ""
    if len(sent) == 32:
        yield "-".join([sent[:8], sent[8:12], sent[12:16], sent[16:20], sent[20:]])
