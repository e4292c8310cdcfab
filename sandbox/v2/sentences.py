"""What V2 says since about 2021 of a field that is not as it should be: APIv3's sentences, of `/body/xml/NAME`.

Type and length were seen of V2 itself, the others of APIv3 (docs/fidelity.md). `caption` is the field's name in the
documents. Sources: V2 notes, 1.4; V3 notes, 3.4.
"""

UNKNOWN = "请求中含有未在API文档中定义的参数"
SIGN_WRONG = "签名错误，请检查后再试"


def missing(name: str, caption: str) -> str:
    return f"输入源{_place(name)}映射到字段“{caption}”必填性规则校验失败，此字段为必填项"


def wrong_length(name: str, caption: str, got: int, limit: int) -> str:
    """Bytes of UTF-8 that are too many, or too few."""
    bound = f"大于最大值 {limit}" if got > limit else f"小于最小值 {limit}"
    return f"{_string(name, caption)}，字节数 {got}，{bound}"


def unmatched(name: str, caption: str, pattern: str) -> str:
    return f"{_string(name, caption)}，字符串必须匹配正则表达式“{pattern}”"


def no_integer(name: str, caption: str) -> str:
    return f"无法将输入源{_place(name)}映射到目标字段“{caption}”中，此字段需要一个合法的 64 位有符号整数"


def too_small(name: str, caption: str, least: int) -> str:
    return f"输入源{_place(name)}映射到数值字段“{caption}”规则校验失败，值低于最小值 {least}"


def _string(name: str, caption: str) -> str:
    return f"输入源{_place(name)}映射到值字段“{caption}”字符串规则校验失败"


def _place(name: str) -> str:
    return f"“/body/xml/{name}”"
