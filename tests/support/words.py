"""Sentences of V2's two generations, as they were seen: V2 notes, 1.4; V3 notes, 3.4 (templates)."""

SIGN_WRONG = {"today": "签名错误，请检查后再试", "2016": "签名错误"}
UNKNOWN = "请求中含有未在API文档中定义的参数"


def missing(name: str, caption: str) -> str:
    return f"输入源“/body/xml/{name}”映射到字段“{caption}”必填性规则校验失败，此字段为必填项"


def too_long(name: str, caption: str, got: int, most: int) -> str:
    return f"输入源“/body/xml/{name}”映射到值字段“{caption}”字符串规则校验失败，字节数 {got}，大于最大值 {most}"


def too_short(name: str, caption: str, got: int, least: int) -> str:
    return f"输入源“/body/xml/{name}”映射到值字段“{caption}”字符串规则校验失败，字节数 {got}，小于最小值 {least}"


def no_integer(name: str, caption: str) -> str:
    return f"无法将输入源“/body/xml/{name}”映射到目标字段“{caption}”中，此字段需要一个合法的 64 位有符号整数"


def too_small(name: str, caption: str, least: int) -> str:
    return f"输入源“/body/xml/{name}”映射到数值字段“{caption}”规则校验失败，值低于最小值 {least}"


def unmatched(name: str, caption: str, pattern: str) -> str:
    place = f"输入源“/body/xml/{name}”映射到值字段“{caption}”"
    return f"{place}字符串规则校验失败，字符串必须匹配正则表达式“{pattern}”"
