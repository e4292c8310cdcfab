"""Writes what is made of the built-in scenarios: their part of docs/scenarios.md and docs/scenarios.zh-CN.md, and
scenarios/built-in.json, which a start reads in place of YAML.

python docs/make_scenarios.py            # write all
python docs/make_scenarios.py --check    # exit 1 where one of them is not what it would write
"""

import json
import sys
from collections.abc import Iterable, Iterator
from itertools import chain, groupby

import generation
from generation import table

from sandbox.config import shipped
from sandbox.core.plans import HARMLESS, MessageFault
from sandbox.core.ports.face import Face
from sandbox.core.scenarios import Scenario
from sandbox.core.text import Lang
from sandbox.parts import FACES
from sandbox.scenario.files import dumped, read_file
from sandbox.scenario.library import PREPARED
from sandbox.v3.errors import of_code
from sandbox.words.causes import CAUSES
from sandbox.words.err_codes import ERR_CODES
from sandbox.words.scenarios import ANSWER_FAULTS, BILL_FAULTS, GROUPS, MESSAGE_FAULTS, message_faults

WORDS: dict[Lang, dict[str, str]] = {
    "en": {
        "catalogue": "The built-in scenarios",
        "good": "A good merchant",
        "see": "To see it",
        "api": "Only of orders of",
        "message": "Faults of notifications (`notify: {fault: ...}`)",
        "answer": "Faults of answers (`api: {fault: ...}`)",
        "bill": "What a bill has wrong (`bill: ...`)",
        "reasons": "Reasons of a failed payment (`payer: {outcome: error, reason: ...}`)",
        "codes": "err_codes with known words (`api: {fail: ...}`)",
        "meaning": "what it is",
        "hostile": "a good merchant",
        "refuses": "refuses it",
        "takes": "takes it",
        "words": "WeChat's words",
    },
    "zh": {
        "catalogue": "内置场景",
        "good": "好的商户",
        "see": "怎么看",
        "api": "只用于这种接口的订单",
        "message": "通知的毛病（`notify: {fault: ...}`）",
        "answer": "应答的毛病（`api: {fault: ...}`）",
        "bill": "对账单的毛病（`bill: ...`）",
        "reasons": "付款失败的原因（`payer: {outcome: error, reason: ...}`）",
        "codes": "有现成文字的 err_code（`api: {fail: ...}`）",
        "meaning": "是什么",
        "hostile": "好的商户",
        "refuses": "拒绝",
        "takes": "接受",
        "words": "微信的文字",
    },
}
TOLD = ("name", "title", "group", "description", "good_merchant", "how_to_see")
"""Keys that the page tells in words; the others make a scenario's example."""


def built_in() -> dict[str, list[Scenario]]:
    """The scenarios of each file."""
    files = sorted(shipped("scenarios").glob("*.yaml"))
    return {file.name: [scenario for scenario, _ in read_file(file, "built-in")] for file in files}


def prepared() -> str:
    """Their documents, as a start reads them."""
    files = {name: [one.definition for one in scenarios] for name, scenarios in built_in().items()}
    return json.dumps(files, ensure_ascii=False, indent=1) + "\n"


def generated(lang: Lang) -> Iterator[str]:
    """The lines of the generated part."""
    words = WORDS[lang]
    yield f"## {words['catalogue']}\n"
    order = list(GROUPS)
    scenarios = sorted(chain.from_iterable(built_in().values()), key=lambda one: order.index(one.group))
    for group, members in groupby(scenarios, key=lambda one: one.group):
        yield f"### {GROUPS[group].say(lang)}\n"
        for one in members:
            yield from _scenario(one, lang)
    yield f"## {words['message']}\n"
    rows = (
        (
            f"`{f.value}`",
            _meaning(f, lang),
            _having(face for face in FACES if f in face.faults.payments),
            words[_due(f)],
        )
        for f in MESSAGE_FAULTS
    )
    yield from table(("fault", words["meaning"], "API", words["hostile"]), rows)
    yield f"## {words['answer']}\n"
    answers = (
        (f"`{f.value}`", t.say(lang), _having(face for face in FACES if f in face.faults.answers))
        for f, t in ANSWER_FAULTS.items()
    )
    yield from table(("fault", words["meaning"], "API"), answers)
    yield f"## {words['bill']}\n"
    yield from table(("bill", words["meaning"]), ((f"`{f.value}`", t.say(lang)) for f, t in BILL_FAULTS.items()))
    yield f"## {words['reasons']}\n"
    causes = ((f"`{c.value}`", texts.title.say(lang), c.err_str) for c, texts in CAUSES.items())
    yield from table(("reason", words["meaning"], "errStr"), causes)
    yield f"## {words['codes']}\n"
    codes = ((f"`{code}`", text, _of_v3(code)) for code, text in ERR_CODES.items())
    yield from table(("err_code", words["words"], "APIv3"), codes)


def _due(fault: MessageFault) -> str:
    """What a good merchant does with a message."""
    return "takes" if fault in HARMLESS else "refuses"


def _meaning(fault: MessageFault, lang: Lang) -> str:
    """What a fault is, in the words of each face that has it."""
    had = [message_faults(face.name)[fault].say(lang) for face in FACES if fault in face.faults.payments]
    return " / ".join(dict.fromkeys(had))


def _of_v3(code: str) -> str:
    """The status and code with which APIv3 fails in its place."""
    failure = of_code(code)
    return f"{failure.status} `{failure.code}`"


def _having(faces: Iterable[Face]) -> str:
    """The faces that can commit a fault, or all of a scenario's."""
    return ", ".join(face.name.upper() for face in faces)


def _scenario(one: Scenario, lang: Lang) -> Iterator[str]:
    words, end = WORDS[lang], ": " if lang == "en" else "："
    yield f"#### `{one.name}`\n"
    stop = ". " if lang == "en" else "。"
    yield f"**{one.title.say(lang)}**{stop}{one.description.say(lang)}\n"
    yield f"- {words['good']}{end}{one.good_merchant.say(lang)}"
    yield f"- {words['see']}{end}{one.how_to_see.say(lang)}"
    able = [face for face in FACES if not face.faults.lacking(one.plan)]
    if len(able) < len(list(FACES)):
        yield f"- {words['api']}{end}{_having(able)}"
    yield ""
    yield f"```yaml\n{dumped({key: value for key, value in one.definition.items() if key not in TOLD})}```\n"


if __name__ == "__main__":
    pages = generation.main("scenarios", generated)
    sys.exit(generation.keep(shipped("scenarios") / PREPARED, prepared(), "scenarios") or pages)
