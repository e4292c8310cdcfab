"""Writes the generated part of docs/endpoints.md and docs/endpoints.zh-CN.md: every V2 endpoint and its tests.

python docs/make_endpoints.py            # write both
python docs/make_endpoints.py --check    # exit 1 where a page is not what it would write
"""

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))  # the tables are those that the tests run

import generation
from generation import table

from sandbox.core.text import Lang, Text
from sandbox.v2.endpoint import ENDPOINTS
from sandbox.v2.signkey import ISSUERS
from sandbox.v2.unsupported import unsupported
from sandbox.words.families import FAMILIES
from tests.v2.covering import rules
from tests.v2.outcomes import OUTCOMES, OWN_WORDS, REFUSALS
from tests.v2.scripting import ByScenario
from tests.v2.states import CALLS, STATES, answers

RULES = rules()
"""Modules of tests/v2 with an endpoint's fields, money and times; all have test_service_providers and test_answers."""

PLAYED = {one.path: one for one in ENDPOINTS}

WORDS: dict[str, Text] = {
    "supported": Text("支持的接口", "Supported"),
    "endpoint": Text("接口", "endpoint"),
    "what": Text("用途", "what"),
    "documents": Text("协议笔记", "notes"),
    "certificate": Text("商户证书", "certificate"),
    "needed": Text("需要", "needed"),
    "rules": Text("字段与规则的测试", "tests of fields and rules"),
    "answers": Text("应答", "Answers"),
    "itself": Text("自己", "itself"),
    "scenario": Text("场景", "scenario"),
    "states": Text("订单状态与应答", "What each call answers in each state of an order"),
    "state": Text("状态", "state"),
    "refusals": Text("没有走到业务的请求", "Requests that get no further than their checks"),
    "code": Text("文档里的 err_code", "err_code of the documents"),
    "sent": Text("请求", "what is sent"),
    "said": Text("return_msg", "return_msg"),
    "before": Text("2016 年的话", "words of 2016"),
    "but": Text("例外", "otherwise"),
    "others": Text("其他", "Others"),
    "unsupported": Text("尚不支持的接口", "Not supported yet"),
    "family": Text("产品", "family"),
}
SENT: dict[str, Text] = {
    "REQUIRE_POST_METHOD": Text("GET", "a GET"),
    "POST_DATA_EMPTY": Text("空的请求体", "an empty body"),
    "NOT_UTF8": Text("不是 UTF-8 的请求体", "a body that is not UTF-8"),
    "XML_FORMAT_ERROR": Text("不是 XML 的请求体", "a body that is no XML"),
    "LACK_PARAMS": Text("没有 nonce_str", "no nonce_str"),
    "PARAM_ERROR": Text("33 个字符的 nonce_str", "a nonce_str of 33 characters"),
    "MCHID_NOT_EXIST": Text("没有人用的 mch_id", "an mch_id that nobody has"),
    "APPID_MCHID_NOT_MATCH": Text("别的商户的 appid", "an appid of another merchant"),
    "SIGNERROR": Text("用别的密钥签名", "a sign made with another key"),
}
STATE_WORDS: dict[str, Text] = {
    "unknown": Text("没有这个订单", "no such order"),
    "in part": Text("部分退款", "in part"),
    "expired": Text("过期", "by its expiry"),
    "by code": Text("付款码", "by code"),
}
OTHERS: tuple[tuple[str, Text, str], ...] = (
    *((path, Text("官方沙箱的密钥", "the official sandbox's key"), "test_official") for path in ISSUERS),
    (
        "/sandboxnew/..., /xdc/apiv2sandbox/...",
        Text("官方沙箱的规则与金额", "the official sandbox's rules and amounts"),
        "test_official",
    ),
    ("notify_url", Text("支付结果通知", "payment notifications"), "../delivery/test_notifications"),
    ("notify_url", Text("退款结果通知", "refund notifications"), "test_refunds"),
    ("Native callback URL", Text("扫码支付模式一的回调", "Native mode 1: the callback"), "test_native"),
)


def generated(lang: Lang) -> Iterator[str]:
    """The lines of the generated part."""
    said = {name: text.say(lang) for name, text in WORDS.items()}
    yield f"## {said['supported']}\n"
    head = (said["endpoint"], said["what"], said["documents"], said["certificate"], said["rules"])
    yield from table(head, (_supported(path, lang) for path in OUTCOMES))
    yield f"## {said['answers']}\n"
    yield from table((said["endpoint"], said["itself"], said["scenario"]), map(_answers, OUTCOMES))
    yield f"## {said['refusals']}\n"
    yield from table(
        (said["code"], said["sent"], said["said"], said["before"], said["but"]),
        (_refusal(code, lang) for code in REFUSALS["today"]),
    )
    yield f"## {said['states']}\n"
    yield from table((said["state"], *CALLS), ((_state(state, lang), *answers(state).values()) for state in STATES))
    yield f"## {said['others']}\n"
    rows = ((f"`{path}`", text.say(lang), _module(test)) for path, text, test in OTHERS)
    yield from table((said["endpoint"], said["what"], said["rules"]), rows)
    yield f"## {said['unsupported']}\n"
    families = (
        (FAMILIES[name].say(lang), " ".join(f"`{path}`" for path in paths)) for name, paths in unsupported().items()
    )
    yield from table((said["family"], said["endpoint"]), families)


def _supported(path: str, lang: Lang) -> tuple[str, ...]:
    endpoint = PLAYED[path]
    needed = WORDS["needed"].say(lang) if endpoint.certificate else ""
    documents = f"[{endpoint.documents}](protocol/v2.md)"
    return f"`{path}`", endpoint.title.say(lang), documents, needed, " ".join(map(_module, RULES[path]))


def _answers(path: str) -> tuple[str, ...]:
    by_scenario = [says for says, way in OUTCOMES[path].items() if isinstance(way, ByScenario)]
    by_itself = [says for says in OUTCOMES[path] if says not in by_scenario]
    return f"`{path}`", *(", ".join(f"`{says}`" for says in told) for told in (by_itself, by_scenario))


def _module(name: str) -> str:
    folder, _, module = f"v2/{name}".rpartition("/")
    folder = folder.replace("v2/..", "").strip("/")
    return f"[{module}](../tests/{folder + '/' if folder else ''}{module}.py)"


def _refusal(code: str, lang: Lang) -> tuple[str, ...]:
    otherwise = [f"{PLAYED[path].operation}: {words[code]}" for path, words in OWN_WORDS.items() if code in words]
    today, before = (REFUSALS[wording][code] for wording in ("today", "2016"))
    return f"`{code}`", SENT[code].say(lang), today, before if before != today else "", "; ".join(otherwise)


def _state(name: str, lang: Lang) -> str:
    state, _, more = name.partition(", ")
    return ", ".join(STATE_WORDS[word].say(lang) if word in STATE_WORDS else word for word in (state, more) if word)


if __name__ == "__main__":
    sys.exit(generation.main("endpoints", generated))
