"""Kinds of values that stand in many shapes of the control API."""

from typing import Annotated

import msgspec

Fen = Annotated[int, msgspec.Meta(ge=0, description="Fen.")]
Face = Annotated[str, msgspec.Meta(description="The API by which it came: v2.")]
Seconds = Annotated[float, msgspec.Meta(description="Sandbox seconds.")]
Millis = Annotated[float, msgspec.Meta(ge=0, description="Real milliseconds.")]
Header = tuple[str, str]
Facts = dict[str, str | int | float]
