"""Writes the generated part of docs/endpoints.md and docs/endpoints.zh-CN.md: every endpoint and its tests.

python docs/make_endpoints.py            # write both
python docs/make_endpoints.py --check    # exit 1 where a page is not what it would write
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))  # the tables are those that the tests run

import generation
from generation import table

from sandbox.core.ports.calls import Api, FieldForm
from sandbox.core.text import Lang, Text
from sandbox.parts import FACES
from sandbox.v2.endpoint import ENDPOINTS
from sandbox.v2.signkey import ISSUERS
from sandbox.v2.unsupported import unsupported
from sandbox.v3 import unsupported as v3_unsupported
from sandbox.v3.endpoint import ENDPOINTS as V3_ENDPOINTS
from sandbox.v3.errors import CODES, of_code
from sandbox.words.families import FAMILIES, V3_FAMILIES
from tests.v2.covering import rules
from tests.v2.outcomes import OUTCOMES, OWN_WORDS, REFUSALS
from tests.v2.scripting import ByScenario
from tests.v2.states import CALLS, STATES, answers
from tests.v3.tables import COVERS, ITSELF

RULES = rules()
"""Modules of tests/v2 with an endpoint's fields, money and times; all have test_service_providers and test_answers."""

PLAYED = {one.path: one for one in ENDPOINTS}

V3_PATHS = Path(__file__).parent / "protocol" / "v3-paths.txt"
"""What the documents have of APIv3: a method and a path, one a line."""


def _alike(path: str) -> str:
    """A path after /v3/, whose parts that differ from call to call are all called alike."""
    return re.sub(r"\{\w+\}", "{}", path.removeprefix("/v3/"))


V3_PLAYED = [_alike(one.path) for one in V3_ENDPOINTS]
V3_KNOWN = [_alike(line.split()[1]) for line in V3_PATHS.read_text(encoding="utf-8").splitlines()]

WORDS: dict[str, Text] = {
    "v3": Text("APIv3", "APIv3"),
    "call": Text("请求", "call"),
    "members": Text("成员（* 必填）", "members (* must be sent)"),
    "v3_codes": Text("APIv3 的错误码", "APIv3: the codes of errors"),
    "error": Text("错误码", "code"),
    "status": Text("HTTP 状态", "HTTP status"),
    "message": Text("场景给出的话", "message by a scenario"),
    "v3_unsupported": Text("APIv3：尚不支持的接口", "APIv3: not supported yet"),
    "beginning": Text("路径开头", "paths that begin with"),
    "supported": Text("V2：支持的接口", "V2: supported"),
    "endpoint": Text("接口", "endpoint"),
    "what": Text("用途", "what"),
    "documents": Text("协议笔记", "notes"),
    "certificate": Text("商户证书", "certificate"),
    "needed": Text("需要", "needed"),
    "rules": Text("字段与规则的测试", "tests of fields and rules"),
    "answers": Text("V2：应答", "V2: answers"),
    "itself": Text("自己", "itself"),
    "scenario": Text("场景", "scenario"),
    "states": Text("V2：订单状态与应答", "V2: what each call answers in each state of an order"),
    "state": Text("状态", "state"),
    "refusals": Text("V2：没有走到业务的请求", "V2: requests that get no further than their checks"),
    "code": Text("文档里的 err_code", "err_code of the documents"),
    "sent": Text("请求", "what is sent"),
    "said": Text("return_msg", "return_msg"),
    "before": Text("2016 年的话", "words of 2016"),
    "but": Text("例外", "otherwise"),
    "others": Text("V2：其他", "V2: others"),
    "unsupported": Text("V2：尚不支持的接口", "V2: not supported yet"),
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
    yield from _v3(lang, said)
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


def _v3(lang: Lang, said: dict[str, str]) -> Iterator[str]:
    yield f"## {said['v3']}\n"
    head = (said["call"], said["what"], said["documents"], said["members"], said["rules"])
    apis = sorted(FACES.named("v3").api.apis(), key=lambda api: list(COVERS).index(_beginning(api.path)))
    yield from table(head, (_v3_call(api, lang) for api in apis))
    yield f"## {said['v3_codes']}\n"
    columns = (said["error"], said["status"], said["message"], said["itself"])
    yield from table(columns, map(_v3_code, sorted(CODES)))
    yield f"## {said['v3_unsupported']}\n"
    named = FAMILIES | V3_FAMILIES
    rows = ((named[name].say(lang), " ".join(f"`/v3/{one}`" for one in paths)) for name, paths in _v3_left().items())
    yield from table((said["family"], said["beginning"]), rows)


def _v3_call(api: Api, lang: Lang) -> tuple[str, ...]:
    documents = next(one.documents for one in V3_ENDPOINTS if one.path == api.path)
    return (
        f"`{api.method} {api.path}`",
        api.title.say(lang),
        f"[{documents}](protocol/v3.md)",
        ", ".join(map(_v3_member, api.fields)),
        " ".join(_module(name, "v3") for name in COVERS[_beginning(api.path)]),
    )


def _beginning(path: str) -> str:
    """The key of COVERS that says which tests there are of a path."""
    return max((one for one in COVERS if path.startswith(one)), key=len)


def _v3_member(field: FieldForm) -> str:
    return f"`{field.name}`{'*' if field.required else ''}"


def _v3_code(code: str) -> tuple[str, ...]:
    failure = of_code(code)
    itself = " ".join(_module(name, "v3") for name in ITSELF.get(code, ()))
    return f"`{code}`", str(failure.status), failure.message, itself


def _v3_left() -> dict[str, list[str]]:
    """The beginnings of paths of which nothing is played, by families."""
    left = {
        family: [one for prefix in prefixes for one in _unplayed(prefix)]
        for family, prefixes in v3_unsupported.FAMILIES.items()
    }
    return {family: paths for family, paths in left.items() if paths}


def _unplayed(beginning: str) -> list[str]:
    """This one, or where something of it is played the longer ones that the documents have of which nothing is."""
    if not any(_within(path, beginning) for path in V3_PLAYED):
        return [beginning]
    longer = (path.split("/")[: beginning.count("/") + 2] for path in V3_KNOWN if path.startswith(beginning + "/"))
    others = [prefix for prefixes in v3_unsupported.FAMILIES.values() for prefix in prefixes]
    found = dict.fromkeys("/".join(steps) for steps in longer)
    return [one for path in found if path not in others for one in _unplayed(path)]


def _within(path: str, beginning: str) -> bool:
    return f"{path}/".startswith(f"{beginning}/")


def _supported(path: str, lang: Lang) -> tuple[str, ...]:
    endpoint = PLAYED[path]
    needed = WORDS["needed"].say(lang) if endpoint.certificate else ""
    documents = f"[{endpoint.documents}](protocol/v2.md)"
    return f"`{path}`", endpoint.title.say(lang), documents, needed, " ".join(map(_module, RULES[path]))


def _answers(path: str) -> tuple[str, ...]:
    by_scenario = [says for says, way in OUTCOMES[path].items() if isinstance(way, ByScenario)]
    by_itself = [says for says in OUTCOMES[path] if says not in by_scenario]
    return f"`{path}`", *(", ".join(f"`{says}`" for says in told) for told in (by_itself, by_scenario))


def _module(name: str, face: str = "v2") -> str:
    folder, _, module = f"{face}/{name}".rpartition("/")
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
