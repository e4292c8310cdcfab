"""Every declared call of V3: what is right is taken, what is wrong is told of by its very place. V3 notes, 3.4."""

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sandbox.v3  # noqa: F401  registers the endpoints
from sandbox.v3.endpoint import ENDPOINTS
from sandbox.v3.request import RequestInvalid, Said
from sandbox.v3.shapes import Part, Shaped
from tests.v3.requests import places, said_of, wrong_for

SHAPES = {
    f"{one.method} {one.path}": one.shape
    for one in ENDPOINTS
    if issubclass(one.shape, Shaped) and all(part.kind.check is Part.check for part in one.shape.withins().values())
}
"""But for the calls that have rules of their own about what must be there."""
Call = tuple[type[Shaped], dict[str, Any]]

pytestmark = pytest.mark.slow
some = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
any_call = st.sampled_from(list(SHAPES.values())).flatmap(lambda shape: st.tuples(st.just(shape), said_of(shape)))


def alone(shape: type[Shaped]) -> type[Shaped]:
    """The same without the rules that need more than one member."""
    return type(shape.__name__, (shape,), {"check": lambda self: None})


def refused(shape: type[Shaped], said: dict[str, Any]) -> RequestInvalid | None:
    try:
        alone(shape).read(Said(said["path"], said["query"], said["body"]))
    except RequestInvalid as invalid:
        return invalid
    return None


@some
@given(call=any_call)
def test_whatever_is_right_is_taken(call: Call) -> None:
    shape, said = call
    invalid = refused(shape, said)

    assert invalid is None, invalid and invalid.failure


@some
@given(call=any_call, data=st.data())
def test_a_wrong_value_is_told_of_by_its_place(call: Call, data: st.DataObject) -> None:
    shape, said = copy.deepcopy(call)
    way, member = data.draw(st.sampled_from(list(places(shape.body.kind, said["body"])) or [((), None)]))
    if not way:
        return
    holder: Any = said["body"]
    for step in way[:-1]:
        holder = holder[step]
    holder[way[-1]] = data.draw(st.sampled_from(wrong_for(member)))

    invalid = refused(shape, said)

    pointer = "/".join(["/body", *map(str, way)])
    assert invalid is not None
    assert invalid.facts["field"] == pointer
    assert invalid.failure.code == "PARAM_ERROR"
    assert f"“{pointer}”" in invalid.failure.message or invalid.failure.message == "参数错误"


@some
@given(call=any_call, data=st.data())
def test_what_must_be_there_is_missed_by_its_name(call: Call, data: st.DataObject) -> None:
    shape, said = copy.deepcopy(call)
    kind = shape.body.kind
    needed = [name for name, member in kind.members.items() if member.required]
    if not needed:
        return
    name = data.draw(st.sampled_from(needed))
    if data.draw(st.booleans()):
        del said["body"][name]
    else:
        said["body"][name] = None

    invalid = refused(shape, said)

    assert invalid is not None
    member = kind.members[name]
    place = member.missed_in or "body"
    assert (
        invalid.failure.message
        == f"输入源“/{place}/{name}”映射到字段“{member.caption}”必填性规则校验失败，此字段为必填项"
    )
    assert invalid.failure.detail == {"location": place, "value": ""}


@some
@given(call=any_call)
def test_what_nobody_declared_is_listed(call: Call) -> None:
    shape, said = copy.deepcopy(call)
    said["body"]["trade_type"], said["query"]["a/b"] = "JSAPI", "1"

    invalid = refused(shape, said)

    assert invalid is not None
    assert invalid.failure.detail == {"location": None, "value": ["/query/a~1b", "/body/trade_type"]}
    assert invalid.failure.request_number == 270924358
