"""An order's story as Markdown, for a bug report: facts, what happened in order, the messages, keys hidden."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sandbox import __version__
from sandbox.core.currency import written
from sandbox.core.ids import beijing
from sandbox.core.journal import KEPT_BYTES, Event, Exchange, ExchangeKind, ExchangeOutcome, Message
from sandbox.core.merchants import Merchant
from sandbox.core.orders import Order
from sandbox.core.ports.faces import Faces
from sandbox.core.ports.queries import Entry
from sandbox.core.text import Lang, Text
from sandbox.web.messages import decoded
from sandbox.words import console as states
from sandbox.words import story as words
from sandbox.words.events import sentence
from sandbox.words.faults import fault_told, remark
from sandbox.words.verdicts import told

MARKDOWN = "text/markdown"
MOST_ENTRIES = 100
"""A story tells so many entries at most: its first and last ones."""

_MASK = "********"
_SECRET_HEADERS = {"authorization", "proxy-authorization", "cookie", "set-cookie"}
_USERINFO = re.compile(r"(?<=//)[^/@\s]+(?=@)")
_BETWEEN = re.compile(r"(</\w+>|<xml>)(?=<)")


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes the story of one order; `secrets` are what it must not tell."""

    lang: Lang
    secrets: Sequence[str]
    faces: Faces

    def story(self, order: Order, entries: Sequence[Entry]) -> str:
        return "\n".join([*self._head(order), *self._facts(order), *self._happened(entries)]) + "\n"

    # -- parts ---------------------------------------------------------------------------------------------------------

    def _head(self, order: Order) -> Iterator[str]:
        state = self._say(states.STATES[order.trade_state.value])
        number, amount = escaped(order.key.out_trade_no), written(order.terms.total_fee, order.terms.fee_type)
        yield "# " + self._say(words.TITLE, out_trade_no=number, amount=amount, state=state)
        yield ""
        yield self._say(words.TOLD_BY, version=__version__)

    def _facts(self, order: Order) -> Iterator[str]:
        yield from ("", f"## {self._say(words.FACTS)}", "")
        for name, value in facts(order, self.faces.of(order).shown(order.origin)):
            yield f"- {name}: {quoted(self._hidden(value))}"
        if order.plan:
            yield f"- {self._say(words.SCENARIO)}: {quoted(order.plan.scenario)}"

    def _happened(self, entries: Sequence[Entry]) -> Iterator[str]:
        yield from ("", f"## {self._say(words.HAPPENED)}")
        if not entries:
            yield from ("", self._say(words.NOTHING))
        half = MOST_ENTRIES // 2
        few = len(entries) <= MOST_ENTRIES
        for entry in entries if few else entries[:half]:
            yield from self._entry(entry)
        if not few:
            yield from ("", self._say(words.LEFT_OUT, n=len(entries) - 2 * half))
            for entry in entries[-half:]:
                yield from self._entry(entry)

    def _entry(self, entry: Entry) -> Iterator[str]:
        what = entry.what
        at = beijing(what.at, "%Y-%m-%d %H:%M:%S.%f")[:-3]
        if isinstance(what, Event):
            yield from ("", f"**{at}** {escaped(self._hidden(sentence(what, self.lang)))}")
            return
        yield from ("", f"### {at} {escaped(self._hidden(self._title(what)))}", "")
        yield from (f"- {escaped(self._hidden(line))}" for line in self._verdict(what))
        if signed := str(what.facts.get("string_to_sign", "")):
            yield from self._fenced(self._say(words.STRING_TO_SIGN), [], signed)
        yield from self._message(self._say(words.REQUEST), [f"{what.method} {what.target}"], what.request)
        if what.status is None:
            yield from ("", self._say(words.NO_REPLY))
        else:
            yield from self._message(self._say(words.REPLY, status=what.status), [], what.reply)

    def _title(self, what: Exchange) -> str:
        if what.kind is ExchangeKind.API:
            return f"{what.method} {what.target}"
        return self._say(words.ATTEMPT, n=what.n, url=what.path)

    def _verdict(self, what: Exchange) -> Iterator[str]:
        """How it went, line by line: signature, answer and cause of a call; what a notification's reply is worth."""
        yield f"{what.duration_ms:.0f} ms"
        if what.signature:
            yield self._say(words.SIGNATURE.get(what.signature, words.SIGNATURE_WRONG))
        if what.kind is ExchangeKind.API:
            yield outcome(what, self.faces)
            yield from filter(None, (fault_told(what, self.lang), remark(what, self.lang)))
        elif what.verdict is not None:
            judged = told(what.verdict, self.lang)
            yield self._say(words.VERDICT, title=judged.title)
            yield from filter(None, [judged.explanation])
            if judged.fix and not judged.right:
                yield self._say(words.MEND, fix=judged.fix)

    def _message(self, title: str, start: list[str], message: Message) -> Iterator[str]:
        headers = [f"{name}: {_MASK if name.lower() in _SECRET_HEADERS else value}" for name, value in message.headers]
        text = decoded(message.body, cut=len(message.body) >= KEPT_BYTES)
        if text is None:
            text = f"{self._say(words.NOT_TEXT, size=len(message.body))}\n{message.body[:1024].hex(' ')}"
        cut = [self._say(words.CUT)] if len(message.body) >= KEPT_BYTES else []
        yield from self._fenced(title, [*start, *headers], "\n".join([_BETWEEN.sub(r"\1\n", text), *cut]))

    def _fenced(self, title: str, head: list[str], body: str) -> Iterator[str]:
        """A block of code that nothing inside it can end."""
        text = self._hidden("\n".join([*head, *([""] if head and body else []), body])).rstrip("\n")
        fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
        yield from ("", f"{title}:", "", fence, text, fence)

    def _hidden(self, text: str) -> str:
        """A text without keys, and without the password in an address."""
        for secret in self.secrets:
            text = text.replace(secret, _MASK)
        return _USERINFO.sub("***", text)

    def _say(self, text: Text, **facts: object) -> str:
        return text.say(self.lang, **facts)


def story(order: Order, entries: Sequence[Entry], merchant: Merchant, faces: Faces, lang: Lang) -> str:
    """All that is known of an order, as Markdown."""
    keys = [key for face in faces for key in face.signatures.keys(merchant)]
    told = [
        key
        for one in entries
        if isinstance(one.what, Exchange)
        for key in faces.of(one.what).messages.secrets(one.what)
    ]
    secrets = sorted({str(key) for key in (*keys, *told) if key}, key=len, reverse=True)
    return Writer(lang, secrets, faces).story(order, entries)


def outcome(call: Exchange, faces: Faces) -> str:
    """What a call was answered: the err_code and its words, the return_msg, or SUCCESS."""
    if call.outcome is ExchangeOutcome.FAILED:
        return (call.refusal and call.refusal.said) or call.outcome
    said = faces.of(call).messages.reply(call).fields
    # An answer that a scenario has spoiled may not be readable any more.
    return said.get("trade_state") or said.get("result_code") or ("SUCCESS" if call.played else call.outcome)


def facts(order: Order, of_origin: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """What an order is, by the documents' names; what it does not have is left out."""
    key, terms, payment = order.key, order.terms, order.payment
    named: dict[str, object] = {
        "mch_id": key.mch_id,
        "sub_mch_id": key.sub_mch_id,
        "appid": terms.appid,
        "sub_appid": terms.sub_appid,
        "out_trade_no": key.out_trade_no,
        "transaction_id": payment.transaction_id if payment else "",
        "prepay_id": order.prepay.prepay_id,
        "trade_type": terms.trade_type.value,
        "trade_state": order.trade_state.value,
        "total_fee": terms.total_fee,
        "fee_type": terms.fee_type,
        "cash_fee": payment.cash_fee if payment else "",
        "bank_type": payment.bank_type if payment else "",
        "openid": payment.openid if payment else terms.openid,
        "body": terms.body,
        "attach": terms.attach,
        "notify_url": terms.notify_url,
        **of_origin,
        "created_at": order.created_at,
        "expires_at": order.expires_at,
        "paid_at": payment.paid_at if payment else "",
        "closed_at": order.closed_at or "",
    }
    for name, value in named.items():
        if value != "":
            yield name, beijing(value) if isinstance(value, datetime) else str(value)


def quoted(text: str) -> str:
    """A text as inline code, whatever it holds."""
    line = " ".join(text.split())
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", line)), default=0))
    space = " " if "`" in line else ""
    return f"{fence}{space}{line}{space}{fence}"


def escaped(text: str) -> str:
    """A text as Markdown's plain words: on one line, no markup of its own."""
    return re.sub(r"([\\`*_\[\]<>#|~&])", r"\\\1", " ".join(text.split()))
