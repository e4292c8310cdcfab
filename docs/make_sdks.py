"""Writes the generated part of docs/sdks.md and docs/sdks.zh-CN.md from docs/sdks.json, which a test run wrote.

pytest tests/interop/test_libraries.py --interop-report docs/sdks.json
python docs/make_sdks.py            # write both
python docs/make_sdks.py --check    # exit 1 where a page is not what it would write
"""

import json
import sys
from collections.abc import Iterator
from typing import Any

import generation
from generation import table

from sandbox.core.text import Lang

WORDS: dict[Lang, dict[str, str]] = {
    "en": {
        "libraries": "The libraries",
        "library": "library",
        "language": "language",
        "version": "version",
        "ways": "ways in",
        "passed": "flows passed",
        "flows": "Flow by flow",
        "flow": "flow",
        "legend": "✓ passed in every way in; ✗ did not; — the library does not offer it.",
        "quirks": "What is odd about them",
    },
    "zh": {
        "libraries": "各库",
        "library": "库",
        "language": "语言",
        "version": "版本",
        "ways": "连接方式",
        "passed": "通过的流程",
        "flows": "逐项结果",
        "flow": "流程",
        "legend": "✓ 每种方式都通过；✗ 未通过；— 该库不提供。",
        "quirks": "各库的脾气",
    },
}
FLOWS: dict[str, dict[Lang, str]] = {
    "order-NATIVE": {"en": "order, NATIVE", "zh": "下单 NATIVE"},
    "order-APP": {"en": "order, APP", "zh": "下单 APP"},
    "order-JSAPI": {"en": "order, JSAPI", "zh": "下单 JSAPI"},
    "order-MWEB": {"en": "order, MWEB (H5)", "zh": "下单 MWEB（H5）"},
    "client-APP": {"en": "parameters that the WeChat app takes", "zh": "App 调起支付的参数"},
    "client-JSAPI": {"en": "parameters that WeChat's browser takes", "zh": "网页调起支付的参数"},
    "notification": {"en": "payment notification, verified", "zh": "支付通知，验签"},
    "forged-notification": {"en": "forged notifications refused", "zh": "拒绝伪造的通知"},
    "query": {"en": "order query", "zh": "查询订单"},
    "close": {"en": "close", "zh": "关闭订单"},
    "refund": {"en": "refund, with the certificate", "zh": "退款，带证书"},
    "refund-notification": {"en": "refund notification, decrypted", "zh": "退款通知，解密"},
    "refund-query": {"en": "refund query", "zh": "查询退款"},
    "bill": {"en": "bill", "zh": "对账单"},
    "micropay": {"en": "payment by code", "zh": "付款码支付"},
    "reverse": {"en": "reverse, with the certificate", "zh": "撤销，带证书"},
    "wrong-key": {"en": "wrong key: says so", "zh": "密钥错误：如实报告"},
    "paid-order": {"en": "paid order: says so", "zh": "订单已支付：如实报告"},
    "unknown-order": {"en": "unknown order: says so", "zh": "订单不存在：如实报告"},
    "official-sandbox": {"en": "its switch to the official sandbox", "zh": "自带的官方沙箱开关"},
}

Library = dict[str, Any]


def generated(lang: Lang) -> Iterator[str]:
    """The lines of the generated part."""
    libraries = json.loads((generation.HERE / "sdks.json").read_text(encoding="utf-8"))["libraries"]
    words = WORDS[lang]
    yield f"## {words['libraries']}\n"
    yield from table(
        [words["library"], words["language"], words["version"], words["ways"], words["passed"]],
        [
            [
                f"`{one['name']}`",
                one["language"],
                f"{one['version']} ({one['registry']})",
                ", ".join(one["passed"]),
                _count(one),
            ]
            for one in libraries
        ],
    )
    yield f"## {words['flows']}\n"
    yield words["legend"] + "\n"
    rows = [[text[lang], *(_cell(one, flow) for one in libraries)] for flow, text in FLOWS.items()]
    yield from table([words["flow"], *(f"`{one['name']}`" for one in libraries)], rows)
    yield f"## {words['quirks']}\n"
    for one in libraries:
        if one["quirks"]:
            yield f"`{one['name']}`\n"
            yield from (f"- {quirk[lang]}" for quirk in one["quirks"])
            yield ""


def _passed(library: Library, flow: str) -> bool:
    return all(flow in flows for flows in library["passed"].values())


def _cell(library: Library, flow: str) -> str:
    return "—" if flow in library["lacks"] else "✓" if _passed(library, flow) else "✗"


def _count(library: Library) -> str:
    offered = [flow for flow in FLOWS if flow not in library["lacks"]]
    return f"{sum(_passed(library, flow) for flow in offered)} / {len(offered)}"


if __name__ == "__main__":
    sys.exit(generation.main("sdks", generated))
