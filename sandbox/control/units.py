"""Kinds of values that stand in many shapes of the control API."""

from typing import Annotated

import msgspec

Fen = Annotated[int, msgspec.Meta(ge=0, description="Fen.")]
Face = Annotated[str, msgspec.Meta(description="The API by which it came: v2.")]
FaceChosen = Annotated[
    str,
    msgspec.Meta(description="The API whose calls and messages are meant: v2; the first that is played, unless given."),
]
SignType = Annotated[
    str,
    msgspec.Meta(description="An algorithm of the API's: of v2, MD5 or HMAC-SHA256.", examples=["MD5", "HMAC-SHA256"]),
]
Seconds = Annotated[float, msgspec.Meta(description="Sandbox seconds.")]
Millis = Annotated[float, msgspec.Meta(ge=0, description="Real milliseconds.")]
Header = tuple[str, str]
Facts = dict[str, str | int | float]
