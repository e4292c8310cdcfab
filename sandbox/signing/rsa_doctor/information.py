"""The server's own view of what should have been signed, as the detail of a 401 tells it. Source: V3 notes, 3.3."""

from collections.abc import Mapping

from sandbox.signing.rsa_doctor.case import SignedCall, legible

BODY_SHOWN = 8
"""Bytes of the body that stand in the message, whatever its length; seen in answers of 2021 to 2025."""


def sign_information(call: SignedCall) -> Mapping[str, str | int]:
    """The text that should have been signed, its body cut short; its whole length in bytes.

    Members in the order that was captured.
    """
    parts = call.parts
    return {
        "method": parts.method,
        "sign_message_length": len(parts.text),
        "truncated_sign_message": legible(parts._replace(body=parts.body[:BODY_SHOWN]).text),
        "url": legible(parts.lines[1]),
    }
