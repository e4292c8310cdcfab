"""Which face a newcomer learns, or connects by."""

from collections.abc import Mapping

from aiohttp import web

from sandbox.console.frame.view import console_of
from sandbox.core.ports.face import Face
from sandbox.words import first_steps as words


def offered(request: web.Request) -> list[Face]:
    """All faces, that of newcomers first."""
    order = list(words.FACE_HINTS)
    return sorted(console_of(request).faces, key=lambda face: order.index(face.name) if face.name in order else 99)


def face_of(request: web.Request, sent: Mapping[str, object]) -> Face:
    """The face that an address or a form names, else that of newcomers; raises FaceUnknown."""
    named = str(sent.get("face", ""))
    return console_of(request).faces.named(named) if named else offered(request)[0]
