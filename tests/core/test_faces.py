"""The faces at hand, of which one may be made for who asks for it."""

import pytest

from sandbox import v2, v3
from sandbox.core.errors import FaceUnknown
from sandbox.core.ports.face import Face
from sandbox.core.ports.faces import Faces


def test_a_later_face_is_made_for_who_asks_for_it() -> None:
    made: list[Face] = []

    def make() -> Face:
        made.append(v3.FACE)
        return v3.FACE

    faces = Faces(v2.FACE, later={"v3": make})
    assert (faces.named(""), faces.named("v2"), faces.by(v2.FACE.origin)) == (v2.FACE, v2.FACE, v2.FACE)
    with pytest.raises(FaceUnknown):
        faces.named("v4")
    assert made == []
    assert faces.by(v3.FACE.origin) is v3.FACE
    assert list(faces) == [v2.FACE, v3.FACE]
    assert faces.named("v3") is v3.FACE
    assert len(made) == 1
