"""Members that must be there, one by one."""

from sandbox.v3.errors import Json, param_error
from sandbox.v3.request import RequestInvalid


def _at(said: Json, path: str) -> Json:
    for step in path.split("/"):
        said = said.get(step) if isinstance(said, dict) else None
    return said


def need(said: Json, path: str, caption: str, source: str = "body") -> str:
    """A text that must be there; raises RequestInvalid."""
    value = _at(said, path)
    if value is None:
        message = f"输入源“/{source}/{path}”映射到字段“{caption}”必填性规则校验失败，此字段为必填项"
        failure = param_error(message, {"location": source, "value": ""})
        raise RequestInvalid(failure, "missing", field=f"/{source}/{path}")
    if not isinstance(value, str):
        message = (
            f"无法将 JSON 输入源“/{source}/{path}”映射到目标字段“{caption}”中，此字段需要一个 string 类型的 Json 值"
        )
        raise RequestInvalid(
            param_error(message, {"location": source, "value": value}),
            "format",
            field=f"/{source}/{path}",
            got=str(value)[:64],
        )
    return value


def need_int(said: Json, path: str, caption: str) -> int:
    """A whole number that must be there; raises RequestInvalid."""
    value = _at(said, path)
    if type(value) is not int:
        message = f"无法将 JSON 输入源“/body/{path}”映射到目标字段“{caption}”中，此字段需要一个合法的 64 位有符号整数"
        raise RequestInvalid(
            param_error(message, {"location": "body", "value": value}),
            "format",
            field=f"/body/{path}",
            got=str(value)[:64],
        )
    return value
