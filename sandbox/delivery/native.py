"""Asks a merchant for an order when somebody scans its static code: once, with the rules and time of a notification."""

from sandbox.core.clock import Clock
from sandbox.core.ids import Ids
from sandbox.core.journal import Exchange
from sandbox.core.native import Asked, Scanned
from sandbox.core.orders import Order, TradeType
from sandbox.core.ports.face import Native
from sandbox.core.ports.faces import Faces
from sandbox.core.ports.storage import Storage, UnitOfWork
from sandbox.core.short_urls import is_short
from sandbox.core.usecases.making import UseCases
from sandbox.core.verdicts import Verdict, VerdictName
from sandbox.delivery.addressing import addressed
from sandbox.delivery.sender import Sender


class NativeCallbacks:
    """Implements `Scanner`."""

    def __init__(
        self, storage: Storage, clock: Clock, ids: Ids, faces: Faces, usecases: UseCases, sender: Sender
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._ids = ids
        self._faces = faces
        self._usecases = usecases
        self._sender = sender

    async def scan(self, code: str, openid: str = "") -> Scanned:
        """Scan a static code, or a short URL of one; raises OpenidInvalid."""
        found = await self._storage.write(lambda tx: self._prepared(tx, code.strip(), openid))
        if isinstance(found, Verdict):
            return Scanned(found)
        native, asked = found
        if not asked.merchant.native_callback_url:
            return Scanned(Verdict(VerdictName.NATIVE_UNSET))
        exchange, outcome = await self._ask(native, asked)
        return await self._storage.write(lambda tx: self._record(tx, exchange, outcome))

    def _prepared(self, tx: UnitOfWork, code: str, openid: str) -> tuple[Native, Asked] | Verdict:
        found = self._faces.static_code(self._usecases.short_urls(tx).resolve(code))
        if found is None:
            return Verdict(VerdictName.NATIVE_URL_OTHER)
        native, fields = found
        if (wrong := native.wrong_with(fields, tx.accounts)) is not None:
            return wrong
        payer = self._usecases.openids(tx).scanning(fields["appid"], openid)
        merchant = tx.accounts.merchant(fields["mch_id"])
        return native, Asked(merchant, fields["appid"], fields["product_id"], payer.openid, is_short(code))

    async def _ask(self, native: Native, asked: Asked) -> tuple[Exchange, Verdict | str]:
        """The exchange, and the prepay_id or why there is none."""
        merchant = asked.merchant
        at = self._clock.now(merchant.mch_id)
        request_id = self._ids.request_id(at)
        message = native.ask(asked, self._ids.notification_nonce())
        exchange, sent = addressed(
            merchant.native_callback_url,
            message,
            request_id,
            mch_id=merchant.mch_id,
            origin=native.origin,
            at=at,
        )
        exchange.facts["product_id"] = asked.product_id
        result = await self._sender.carry(exchange, sent)
        return exchange, result if isinstance(result, Verdict) else native.read(result, asked)

    def _record(self, tx: UnitOfWork, exchange: Exchange, outcome: Verdict | str) -> Scanned:
        order = None if isinstance(outcome, Verdict) else self._order(tx, outcome, exchange.mch_id)
        if isinstance(outcome, str):
            outcome = Verdict(
                VerdictName.OK_NATIVE if order else VerdictName.NATIVE_PREPAY_ID, (("prepay_id", outcome[:64]),)
            )
        exchange.judged(outcome)
        exchange.key = order.key if order else None
        if exchange.mch_id in tx.accounts.merchants:
            tx.record(exchange)
        return Scanned(outcome, order, exchange)

    def _order(self, tx: UnitOfWork, prepay_id: str, mch_id: str) -> Order | None:
        """The merchant's NATIVE order of a prepay_id, whatever its state: the cashier tells the payer of that."""
        order = tx.orders.by_prepay_id(prepay_id)
        if order is None or order.key.mch_id != mch_id or order.terms.trade_type is not TradeType.NATIVE:
            return None
        return order
