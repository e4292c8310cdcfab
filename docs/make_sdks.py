"""Writes the generated part of docs/sdks.md and docs/sdks.zh-CN.md from docs/sdks.json, which a test run wrote.

pytest tests/interop --interop-report docs/sdks.json
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
        "library": "library",
        "language": "language",
        "version": "version",
        "ways": "ways in",
        "modes": "modes",
        "passed": "flows passed",
        "flow": "flow",
        "legend": "✓ passed in every way in; ✗ did not; — the library does not offer it.",
        "legend-V3": "✓ passed by every way in and in both modes; ✗ did not; — the library does not offer it.",
        "quirks": "What is odd about them",
        "V2": "APIv2",
        "V3": "APIv3",
        "certificate": "platform certificate",
        "public-key": "public key",
    },
    "zh": {
        "library": "库",
        "language": "语言",
        "version": "版本",
        "ways": "连接方式",
        "modes": "模式",
        "passed": "通过的流程",
        "flow": "流程",
        "legend": "✓ 每种方式都通过；✗ 未通过；— 该库不提供。",
        "legend-V3": "✓ 每种方式、两种模式都通过；✗ 未通过；— 该库不提供。",
        "quirks": "各库的脾气",
        "V2": "APIv2",
        "V3": "APIv3",
        "certificate": "平台证书",
        "public-key": "微信支付公钥",
    },
}
COMMON: dict[str, dict[Lang, str]] = {
    "order-NATIVE": {"en": "order, NATIVE", "zh": "下单 NATIVE"},
    "order-APP": {"en": "order, APP", "zh": "下单 APP"},
    "order-JSAPI": {"en": "order, JSAPI", "zh": "下单 JSAPI"},
    "client-APP": {"en": "parameters that the WeChat app takes", "zh": "App 调起支付的参数"},
    "client-JSAPI": {"en": "parameters that WeChat's browser takes", "zh": "网页调起支付的参数"},
    "forged-notification": {"en": "forged notifications refused", "zh": "拒绝伪造的通知"},
    "query": {"en": "order query", "zh": "查询订单"},
    "close": {"en": "close", "zh": "关闭订单"},
    "refund-notification": {"en": "refund notification, decrypted", "zh": "退款通知，解密"},
    "refund-query": {"en": "refund query", "zh": "查询退款"},
    "wrong-key": {"en": "wrong key: says so", "zh": "密钥错误：如实报告"},
    "paid-order": {"en": "paid order: says so", "zh": "订单已支付：如实报告"},
    "unknown-order": {"en": "unknown order: says so", "zh": "订单不存在：如实报告"},
}
FLOWS: dict[str, dict[str, dict[Lang, str]]] = {
    "V3": {
        "order-NATIVE": COMMON["order-NATIVE"],
        "order-APP": COMMON["order-APP"],
        "order-JSAPI": COMMON["order-JSAPI"],
        "order-H5": {"en": "order, H5", "zh": "下单 H5"},
        "client-APP": COMMON["client-APP"],
        "client-JSAPI": COMMON["client-JSAPI"],
        "query": {"en": "order query, by either number", "zh": "查询订单（两种单号）"},
        "close": COMMON["close"],
        "notification": {"en": "payment notification, verified and decrypted", "zh": "支付通知，验签并解密"},
        "forged-notification": COMMON["forged-notification"],
        "refund": {"en": "refund", "zh": "退款"},
        "refund-notification": COMMON["refund-notification"],
        "refund-query": COMMON["refund-query"],
        "partner": {"en": "all of this for a partner's sub-merchant", "zh": "服务商模式下的以上各项"},
        "combined": {"en": "combined orders: paid, told of, refunded in part", "zh": "合单支付：付款、通知、部分退款"},
        "codepay": {"en": "payment by code, and reverse", "zh": "付款码支付与撤销"},
        "certificates": {"en": "platform certificates downloaded", "zh": "下载平台证书"},
        "sensitive-fields": {"en": "sensitive fields encrypted", "zh": "敏感字段加密"},
        "echo": {"en": "`/v3/security/echo`, encrypted both ways", "zh": "`/v3/security/echo`，双向加密"},
        "bill": {"en": "trade bill, its hash checked", "zh": "交易账单，校验哈希"},
        "fund-flow-bill": {"en": "fund flow bill, its hash checked", "zh": "资金账单，校验哈希"},
        "other-face": {"en": "APIv2's orders seen and refunded, and the reverse", "zh": "与 APIv2 互查互退同一订单"},
        "wrong-key": COMMON["wrong-key"],
        "paid-order": COMMON["paid-order"],
        "unknown-order": COMMON["unknown-order"],
        "schema": {"en": "wrong field: says which", "zh": "字段有误：指出是哪个"},
        "wrong-signed-answer": {"en": "answer with a wrong signature refused", "zh": "拒绝签名错误的应答"},
        "probe": {"en": "signature probe refused, then done", "zh": "拒绝签名探测流量，重试成功"},
    },
    "V2": {
        "order-NATIVE": COMMON["order-NATIVE"],
        "order-APP": COMMON["order-APP"],
        "order-JSAPI": COMMON["order-JSAPI"],
        "order-MWEB": {"en": "order, MWEB (H5)", "zh": "下单 MWEB（H5）"},
        "client-APP": COMMON["client-APP"],
        "client-JSAPI": COMMON["client-JSAPI"],
        "notification": {"en": "payment notification, verified", "zh": "支付通知，验签"},
        "forged-notification": COMMON["forged-notification"],
        "query": COMMON["query"],
        "close": COMMON["close"],
        "refund": {"en": "refund, with the certificate", "zh": "退款，带证书"},
        "refund-notification": COMMON["refund-notification"],
        "refund-query": COMMON["refund-query"],
        "bill": {"en": "bill", "zh": "对账单"},
        "micropay": {"en": "payment by code", "zh": "付款码支付"},
        "reverse": {"en": "reverse, with the certificate", "zh": "撤销，带证书"},
        "wrong-key": COMMON["wrong-key"],
        "paid-order": COMMON["paid-order"],
        "unknown-order": COMMON["unknown-order"],
        "official-sandbox": {"en": "its switch to the official sandbox", "zh": "自带的官方沙箱开关"},
    },
}

Library = dict[str, Any]


def generated(lang: Lang) -> Iterator[str]:
    """The lines of the generated part: a chapter for each face."""
    every = json.loads((generation.HERE / "sdks.json").read_text(encoding="utf-8"))["libraries"]
    for face in FLOWS:
        yield from _chapter(face, [one for one in every if one["face"] == face], WORDS[lang], lang)


def _chapter(face: str, libraries: list[Library], words: dict[str, str], lang: Lang) -> Iterator[str]:
    yield f"## {words[face]}\n"
    modes = [words["modes"]] if face == "V3" else []
    yield from table(
        [words["library"], words["language"], words["version"], words["ways"], *modes, words["passed"]],
        [_row(one, words) for one in libraries],
    )
    yield words.get(f"legend-{face}", words["legend"]) + "\n"
    rows = [[text[lang], *(_cell(one, flow) for one in libraries)] for flow, text in FLOWS[face].items()]
    yield from table([words["flow"], *(f"`{one['name']}`" for one in libraries)], rows)
    yield f"### {words['quirks']}\n"
    for one in libraries:
        if one["quirks"]:
            yield f"`{one['name']}`\n"
            yield from (f"- {quirk[lang]}" for quirk in one["quirks"])
            yield ""


def _row(library: Library, words: dict[str, str]) -> list[str]:
    modes = [", ".join(words[mode] for mode in library["modes"])] if library["modes"] else []
    version = f"{library['version']} ({library['registry']})"
    name, language = f"`{library['name']}`", library["language"]
    return [name, language, version, ", ".join(library["ways"]), *modes, _count(library)]


def _passed(library: Library, flow: str) -> bool:
    return all(flow in flows for flows in library["passed"].values())


def _cell(library: Library, flow: str) -> str:
    return "—" if flow in library["lacks"] else "✓" if _passed(library, flow) else "✗"


def _count(library: Library) -> str:
    offered = [flow for flow in FLOWS[library["face"]] if flow not in library["lacks"]]
    return f"{sum(_passed(library, flow) for flow in offered)} / {len(offered)}"


if __name__ == "__main__":
    sys.exit(generation.main("sdks", generated))
