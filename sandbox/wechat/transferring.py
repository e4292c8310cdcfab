"""What the WeChat client does when a page asks to have a transfer confirmed (requestMerchantTransfer).

Sources: V3 notes, 14; docs/fidelity.md.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec

from sandbox.core.client import LONGEST_FACT
from sandbox.core.events import EventName
from sandbox.core.invocation import Channel
from sandbox.core.journal import Event
from sandbox.core.links import Links
from sandbox.core.ports.storage import UnitOfWork
from sandbox.core.text import Lang, Text
from sandbox.core.transfers import Transfer, TransferState
from sandbox.core.usecases.making import UseCases
from sandbox.web.shapes import Answer
from sandbox.wechat.bodies import Said
from sandbox.words.transfers import REFUSED

WORDS = {"missing": "fail 缺少参数", "over": "fail package参数有误", "package": "fail package参数有误"}
"""What the page is told besides; of the rest WeChat's words are not known."""


class TransferReq(msgspec.Struct, kw_only=True):
    """What a page or mini program gives to requestMerchantTransfer; a service provider's members are not looked at.

    With an `outcome` the person confirms in the same call, or leaves.
    """

    mchId: Said = None  # noqa: N815 - WeChat's name
    appId: Said = None  # noqa: N815
    package: Said = None
    openId: Said = None  # noqa: N815
    outcome: Literal["confirm", "cancel"] | None = None


class TransferResp(Answer, kw_only=True):
    """What the callback gets: `err_msg` is null until the person has acted at `confirm_url`.

    `requestMerchantTransfer:ok` tells that the page was shown and confirmed, not that the money has arrived.
    """

    err_msg: str | None
    err_desc: str | None = None
    confirm_url: str | None = None
    explanation: str | None = None


class TransferResult(Answer, kw_only=True):
    """How a transfer stands, for a page that waits; `err_msg` is null while it waits for its confirmation."""

    state: TransferState
    err_msg: str | None = None


class TransferResultQuery(msgspec.Struct):
    """`timeout`: real seconds, 60 at most."""

    package: str = ""
    timeout: Annotated[int, msgspec.Meta(ge=0)] = 25


@dataclass(frozen=True, slots=True)
class Refused:
    """Why no page is shown: a name of `words.transfers.REFUSED`, and the facts of that."""

    name: str
    given: str = ""
    expected: str = ""
    field: str = ""

    @property
    def facts(self) -> dict[str, str]:
        return {"given": self.given, "expected": self.expected, "field": self.field}

    @property
    def explanation(self) -> Text:
        return REFUSED[self.name].filled(**self.facts)


def refusal(sent: TransferReq, transfer: Transfer | None, *, over: bool) -> Refused | None:
    """Why the client shows no page for a transfer; None when it does."""
    given = {name: str(value or "") for name, value in msgspec.structs.asdict(sent).items()}
    for name in ("mchId", "package"):
        if not given[name]:
            return Refused("missing", field=name)
    if transfer is None:
        return Refused("package")
    known = (("mch_id", "mchId", transfer.mch_id), ("appid", "appId", transfer.terms.appid))
    for name, field, expected in (*known, ("openid", "openId", transfer.terms.openid)):
        if given[field] not in ("", expected):
            return Refused(name, given[field][:LONGEST_FACT], expected)
    return Refused("over") if over else None


def ask(usecases: UseCases, tx: UnitOfWork, sent: TransferReq, links: Links, lang: Lang) -> TransferResp:
    """What the client does, in one transaction."""
    transfers = usecases.transfers(tx)
    transfer = tx.transfers.by_package(str(sent.package or ""))
    over = transfer is not None and not transfers.confirmable(transfer)
    refused = refusal(sent, transfer, over=over)
    if transfer is not None:
        _note(usecases, tx, transfer, refused)
    if refused is not None or transfer is None:
        assert refused is not None, "nothing is shown without a transfer"
        told = WORDS.get(refused.name, "fail")
        said = refused.explanation.say(lang)
        return TransferResp(err_msg="requestMerchantTransfer:fail", err_desc=told, explanation=said)
    if sent.outcome == "confirm":
        transfers.confirm(transfer)
        return TransferResp(err_msg="requestMerchantTransfer:ok")
    if sent.outcome == "cancel":
        transfers.leave(transfer)
        return TransferResp(err_msg="requestMerchantTransfer:cancel")
    return TransferResp(err_msg=None, confirm_url=links.confirm_url(transfer))


def result_of(transfer: Transfer) -> TransferResult:
    """Whether whoever waits need wait no longer: it is confirmed, or over."""
    if transfer.waiting:
        return TransferResult(state=transfer.state)
    confirmed = transfer.state in (TransferState.TRANSFERING, TransferState.SUCCESS)
    return TransferResult(state=transfer.state, err_msg=f"requestMerchantTransfer:{'ok' if confirmed else 'fail'}")


def _note(usecases: UseCases, tx: UnitOfWork, transfer: Transfer, refused: Refused | None) -> None:
    facts: dict[str, str | int] = {"channel": Channel.JSAPI.value}
    name = EventName.TRANSFER_SHOWN
    if refused is not None:
        name = EventName.TRANSFER_REFUSED
        facts |= {"why_transfer": refused.name, **refused.facts}
    tx.note(Event(at=usecases.clock.now(transfer.mch_id), name=name, key=transfer.key, facts=facts))
