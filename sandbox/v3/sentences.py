"""What V3 says of a member that is not as it should be, by its place and its caption (its name in the documents).

The words are WeChat Pay's, the quotes those of print. Source: V3 notes, 3.4; docs/fidelity.md tells which were seen and
which are made after them.
"""

UNKNOWN = "请求中含有未在API文档中定义的参数"
MALFORMED = "参数错误"


def missing(place: str, caption: str) -> str:
    return f"输入源“{place}”映射到字段“{caption}”必填性规则校验失败，此字段为必填项"


BYTES, CHARACTERS = "字节数", "字符数"
"""What a length counts: most families of calls count bytes of UTF-8."""


def too_short(place: str, caption: str, got: int, least: int, unit: str = BYTES) -> str:
    return f"{_string(place, caption)}，{unit} {got}，小于最小值 {least}"


def too_long(place: str, caption: str, got: int, most: int, unit: str = BYTES) -> str:
    return f"{_string(place, caption)}，{unit} {got}，大于最大值 {most}"


def unmatched(place: str, caption: str, pattern: str) -> str:
    return f"{_string(place, caption)}，字符串必须匹配正则表达式“{pattern}”"


def below(place: str, caption: str, least: int) -> str:
    return f"输入源“{place}”映射到数值字段“{caption}”规则校验失败，值低于最小值 {least}"


def too_few(place: str, caption: str, got: int, least: int) -> str:
    return f"输入源“{place}”映射到数组字段“{caption}”规则校验失败，元素个数 {got}，小于最小值 {least}"


def too_many(place: str, caption: str, got: int, most: int) -> str:
    return f"输入源“{place}”映射到数组字段“{caption}”规则校验失败，元素个数 {got}，大于最大值 {most}"


def of_other_type(place: str, caption: str, kind: str, *, text: bool) -> str:
    """`kind` is JSON's name of what it should be; `text` tells that it stands in path or query, not in the JSON."""
    return f"{_unfit(place, caption, text=text)}，此字段需要一个 {kind} 类型的 Json 值"


def no_integer(place: str, caption: str, *, text: bool) -> str:
    return f"{_unfit(place, caption, text=text)}，此字段需要一个合法的 64 位有符号整数"


def no_choice(place: str, caption: str, *, text: bool) -> str:
    return f"{_unfit(place, caption, text=text)}，此字段需要一个合法的枚举值"


def _unfit(place: str, caption: str, *, text: bool) -> str:
    return f"无法将{'' if text else ' JSON '}输入源“{place}”映射到目标字段“{caption}”中"


def _string(place: str, caption: str) -> str:
    return f"输入源“{place}”映射到值字段“{caption}”字符串规则校验失败"
