"""An order placed again, as a real signed call of the API: it stands in the journal like any merchant's."""

import re
import secrets
from dataclasses import dataclass

from sandbox.core.clock import Clock
from sandbox.core.errors import OrderNotRepeatable
from sandbox.core.ids import Ids
from sandbox.core.journal import Exchange
from sandbox.core.order_keys import OrderKey
from sandbox.core.orders import Order, TradeType
from sandbox.core.ports.faces import Faces
from sandbox.core.ports.queries import Entry
from sandbox.core.ports.storage import Storage, UnitOfWork
from sandbox.core.text import Lang
from sandbox.core.usecases.making import UseCases
from sandbox.debugging.service import DebugService
from sandbox.web.stories import outcome
from sandbox.words import story as words
from sandbox.words.faults import fault_told

_LONGEST = 32
_REPEATED = re.compile(r"-\d{6}$")


@dataclass(frozen=True, slots=True)
class Again:
    """What became of it: `order` is the new one, None where there is none; `call` its line in the journal.

    `answer` is what the API said, in its own words.
    """

    order: Order | None
    call: Entry | None
    went_well: bool
    answer: str = ""

    def why(self, lang: Lang) -> str:
        """What the API answered, and what that means; empty where all is well."""
        call = self.call.what if self.call else None
        if self.went_well:
            return ""
        if not isinstance(call, Exchange):
            return words.NO_ANSWER.say(lang)
        told = [self.answer, fault_told(call, lang)]
        return ("：" if lang == "zh" else ": ").join(part for part in told if part)


class OrderRepeater:
    """Places orders again, as their merchant would."""

    def __init__(
        self, storage: Storage, clock: Clock, ids: Ids, faces: Faces, usecases: UseCases, debug: DebugService
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._ids = ids
        self._faces = faces
        self._usecases = usecases
        self._debug = debug

    async def place_again(self, order: Order) -> Again:
        """Place an order with the same fields under a new number; raises PaymentError where its payer shows no code.

        Raises OrderNotRepeatable where its face has no such call, and for what is combined.
        """
        face = self._faces.of(order)
        if order.combine is not None or not face.api.repeats(order):
            raise OrderNotRepeatable
        merchant, number = self._storage.accounts.merchant(order.key.mch_id), _another(order.key.out_trade_no)
        now = self._clock.now(merchant.mch_id)
        key = OrderKey(merchant.mch_id, number, order.key.sub_mch_id)
        repeat = face.api.again(order, merchant, number, await self._code(order), now)
        service = self._debug.of(face)
        draft = await service.draft(repeat.api, repeat.fields, merchant, key=repeat.key, algorithm=repeat.algorithm)
        message = draft.message()
        called = await service.call(repeat.api, message, key=repeat.key, algorithm=repeat.algorithm)

        def look(tx: UnitOfWork) -> tuple[Order | None, Entry | None]:
            return tx.orders.find(key), tx.journal.entry(called.call_id) if called.call_id else None

        placed, entry = await self._storage.read(look)
        answer = outcome(entry.what, self._faces) if entry and isinstance(entry.what, Exchange) else ""
        return Again(placed, entry, bool(called.answer) and face.api.told(called.answer).good, answer)

    async def _code(self, order: Order) -> str:
        """A new payment code on the phone of who paid by code, in the official sandbox any; empty for others."""
        openid = order.terms.sub_openid or order.terms.openid
        if order.terms.trade_type is not TradeType.MICROPAY:
            return ""
        if not openid:
            return self._ids.auth_code()
        return (await self._storage.write(lambda tx: self._usecases.payment_codes(tx).make(openid))).auth_code


def _another(out_trade_no: str) -> str:
    """A number that nobody has used, in which the first one can be seen."""
    end = f"-{secrets.randbelow(1_000_000):06}"
    return _REPEATED.sub("", out_trade_no)[: _LONGEST - len(end)] + end
