"""The use cases of profit sharing (分账): share, unfreeze, give back. An instance lives for one transaction.

Source: V3 notes, 15.2; docs/fidelity.md says what is documented, seen and assumed.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sandbox.core.errors import OpenidInvalid
from sandbox.core.events import EventName
from sandbox.core.ledger import Owner
from sandbox.core.notifications import Notification, NotificationKind
from sandbox.core.order_keys import OrderKey
from sandbox.core.orders import Order
from sandbox.core.origin import Origin
from sandbox.core.share_acts import ShareFailReason
from sandbox.core.sharing import (
    MOST_RETURNS,
    MOST_SHARINGS,
    RETURNABLE_FOR,
    RIPE_AFTER,
    SHARED_AFTER,
    TO_SHARER,
    Receiver,
    ReceiverType,
    Recipient,
    Return,
    ReturnTerms,
    Share,
    Sharing,
    SharingNews,
    Wish,
    given_away,
    sharer_of,
)
from sandbox.core.sharing_errors import (
    ReceiverMissing,
    ReceiverNameDiffers,
    ReceiverTwice,
    ReturnChanged,
    ReturnFromSharer,
    ReturnFromStranger,
    ReturnNotFound,
    ReturnOverShare,
    ReturnTooLate,
    SharingChanged,
    SharingEnded,
    SharingNotFound,
    SharingOverRatio,
    SharingShort,
    SharingTooEarly,
    SharingUnmarked,
    TooManyReturns,
    TooManySharings,
)
from sandbox.core.usecases.bookkeeping import Bookkeeping
from sandbox.core.usecases.context import Context, named_once
from sandbox.core.usecases.freezing import Freezing
from sandbox.core.usecases.openids import Openids

BATCH = 500


class SharingService:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._tx = context.tx
        self._books = Bookkeeping(context)
        self._freezing = Freezing(context)

    # -- receivers -----------------------------------------------------------------------------------------------------

    def add_receiver(self, receiver: Receiver, appid: str = "") -> None:
        """Let it be given shares from now on; `appid` is the one whose openid a person's is.

        Raises OpenidInvalid, ReceiverNameDiffers.
        """
        if receiver.to.type is ReceiverType.MERCHANT_ID:
            merchant = self._tx.accounts.merchants.get(receiver.to.account)
            if merchant is not None and merchant.name not in ("", receiver.name):
                raise ReceiverNameDiffers
        else:
            if not appid:
                raise OpenidInvalid
            self._tx.payers.save(Openids(self._context).person(appid, receiver.to.account))
        self._tx.sharings.put_receiver(receiver)

    def drop_receiver(self, mch_id: str, sub_mch_id: str, to: Recipient) -> None:
        """Let it be given none any more; who was not added is none's concern."""
        self._tx.sharings.drop_receiver(mch_id, sub_mch_id, to)

    # -- sharing -------------------------------------------------------------------------------------------------------

    def share(
        self, owner: Owner, transaction_id: str, out_order_no: str, wishes: Sequence[Wish], *, unfreeze: bool
    ) -> Sharing:
        """Accept that an order's money is shared; with `unfreeze` what is left after that goes to who shares.

        The same number with the same wishes is the same sharing. Raises SharingChanged, SharingUnmarked,
        SharingTooEarly, SharingEnded, ReceiverTwice, ReceiverMissing, TooManySharings, SharingShort, SharingOverRatio.
        """
        known = self._tx.sharings.find(owner.mch_id, out_order_no, owner.sub_mch_id)
        if known is not None:
            return _again(known, transaction_id, wishes, unfreeze=unfreeze)
        order = self._shareable(owner, transaction_id)
        earlier = self._tx.sharings.of_order(order.key)
        self._check(order, earlier, wishes)
        amount = sum(wish.amount for wish in wishes)
        left = self._freezing.of(order.key) - amount
        rest = [Wish(_own(order.key), left, TO_SHARER)] if unfreeze and left > 0 else []
        return self._accept(order, out_order_no, (*wishes, *rest), len(wishes), unfreezes=unfreeze)

    def unfreeze(self, owner: Owner, transaction_id: str, out_order_no: str, description: str) -> Sharing:
        """Accept that all that is left of an order goes to who shares; the same number is the same request.

        Raises SharingChanged, SharingUnmarked, SharingTooEarly, SharingEnded.
        """
        known = self._tx.sharings.find(owner.mch_id, out_order_no, owner.sub_mch_id)
        if known is not None:
            return _again(known, transaction_id, (), unfreeze=True)
        order = self._shareable(owner, transaction_id)
        rest = Wish(_own(order.key), self._freezing.of(order.key), description)
        return self._accept(order, out_order_no, (rest,), 0, unfreezes=True)

    def unfreeze_by_hand(self, order: Order) -> Sharing:
        """The same as a person has it done; raises SharingUnmarked, SharingTooEarly, SharingEnded."""
        payment, owner = order.payment, Owner(order.key.mch_id, order.key.sub_mch_id)
        number = self._context.ids.out_order_no(self._context.now(order.key.mch_id))
        return self.unfreeze(owner, payment.transaction_id if payment else "", number, TO_SHARER)

    def find(self, owner: Owner, transaction_id: str, out_order_no: str) -> Sharing:
        """Raises SharingNotFound."""
        found = self._tx.sharings.find(owner.mch_id, out_order_no, owner.sub_mch_id)
        if found is None or found.transaction_id != transaction_id:
            raise SharingNotFound(owner.mch_id, owner.sub_mch_id, out_order_no)
        return found

    def find_named(self, mch_id: str, out_order_no: str, sub_mch_id: str | None = None) -> Sharing:
        """The sharing that people name `{mch_id}/{out_order_no}`; OrderAmbiguous where sub-merchants share it."""
        unknown = SharingNotFound(mch_id, sub_mch_id or "", out_order_no)
        if sub_mch_id is None:
            return named_once(self._tx.sharings.named(mch_id, out_order_no), unknown)
        found = self._tx.sharings.find(mch_id, out_order_no, sub_mch_id)
        if found is None:
            raise unknown
        return found

    def unsplit(self, mch_id: str, transaction_id: str) -> int:
        """What may still be shared of an order, in fen; raises SharingUnmarked."""
        return self._freezing.of(self._marked(mch_id, transaction_id).key)

    # -- what becomes of it --------------------------------------------------------------------------------------------

    def end(self, sharing: Sharing, at: datetime | None = None) -> Sharing:
        """Carry a sharing out: money moves, and merchants that want to know are told. Raises SharingFinished."""
        at = at or self._context.now(sharing.key.mch_id)
        order = self._tx.orders.find(sharing.key)
        assert order is not None, "a sharing is dropped with its order"
        ended = sharing.end(at, self._failures(sharing, order))
        self._tx.sharings.save(ended)
        for share in ended.shares:
            self._books.shared(ended, share, at)
            self._tell(ended, share, at)
        return ended

    def run_due(self, mch_id: str) -> int:
        """Carry out what has its time, then unfreeze what nobody shared in 30 days: a batch, answers how many."""
        at = self._context.now(mch_id)
        due = self._tx.sharings.due(mch_id, at, BATCH)
        for sharing in due:
            self.end(sharing, sharing.due_at)
        thawing = self._tx.sharings.thawing(mch_id, at, BATCH)
        for frozen in thawing:
            order = self._tx.orders.find(frozen.key)
            assert order is not None, "what is frozen is dropped with its order"
            assert frozen.thaws_at is not None, "it is due"
            self._freezing.thaw(order, frozen.fen, frozen.thaws_at)
            self._note(frozen.key, EventName.UNFROZEN, frozen.fen)
        return len(due) + len(thawing)

    # -- giving back ---------------------------------------------------------------------------------------------------

    def give_back(self, owner: Owner, terms: ReturnTerms) -> Return:
        """A merchant gives back what a sharing gave it, or a part of that: at once, into the sharer's balance.

        The same number with the same terms is the same return. Raises ReturnChanged, SharingNotFound, ReturnFromSharer,
        ReturnFromStranger, ReturnTooLate, TooManyReturns, ReturnOverShare, ReceiverShort.
        """
        known = self._tx.sharings.find_return(owner.mch_id, terms.out_return_no, owner.sub_mch_id)
        if known is not None:
            return _returned_again(known, terms)
        sharing = self._returnable(owner, terms)
        at = self._context.now(owner.mch_id)
        self._check_return(sharing, terms, at)
        back = Return(
            key=sharing.key,
            origin=self._context.origin,
            order_id=sharing.order_id,
            out_order_no=sharing.out_order_no,
            out_return_no=terms.out_return_no,
            return_id=self._context.ids.sharing_return_id(at),
            return_mchid=terms.return_mchid,
            amount=terms.amount,
            description=terms.description,
            created_at=at,
        )
        self._books.returned(back, at)
        self._tx.sharings.add_return(back)
        told = {"out_return_no": back.out_return_no, "account": back.return_mchid}
        self._note(back.key, EventName.SHARE_RETURNED, back.amount, **told)
        news = SharingNews(
            mch_id=back.return_mchid,
            order_id=back.return_id,
            out_order_no=back.out_return_no,
            amount=back.amount,
            description=back.description,
            returned=True,
        )
        self._owe(back.key, back.origin, news, at)
        return back

    def find_return(self, owner: Owner, out_order_no: str, out_return_no: str) -> Return:
        """Raises ReturnNotFound."""
        found = self._tx.sharings.find_return(owner.mch_id, out_return_no, owner.sub_mch_id)
        if found is None or found.out_order_no != out_order_no:
            raise ReturnNotFound(owner.mch_id, owner.sub_mch_id, out_return_no)
        return found

    # -- parts ---------------------------------------------------------------------------------------------------------

    def _marked(self, mch_id: str, transaction_id: str) -> Order:
        """A paid order that was placed to be shared; raises SharingUnmarked."""
        order = self._tx.orders.by_transaction_id(mch_id, transaction_id)
        if order is None or order.combined or order.payment is None or order.terms.profit_sharing != "Y":
            raise SharingUnmarked
        return order

    def _shareable(self, owner: Owner, transaction_id: str) -> Order:
        order = self._marked(owner.mch_id, transaction_id)
        if order.key.sub_mch_id != owner.sub_mch_id:
            raise SharingUnmarked
        assert order.payment is not None
        if self._context.now(owner.mch_id) < order.payment.paid_at + RIPE_AFTER:
            raise SharingTooEarly
        if not self._freezing.of(order.key):
            raise SharingEnded
        return order

    def _check(self, order: Order, earlier: Sequence[Sharing], wishes: Sequence[Wish]) -> None:
        key, own = order.key, _own(order.key)
        if len({wish.to for wish in wishes}) < len(wishes):
            raise ReceiverTwice
        others = [wish for wish in wishes if wish.to != own]
        if any(self._tx.sharings.receiver(key.mch_id, key.sub_mch_id, wish.to) is None for wish in others):
            raise ReceiverMissing
        if len(earlier) >= MOST_SHARINGS:
            raise TooManySharings
        if sum(wish.amount for wish in wishes) > self._freezing.of(key):
            raise SharingShort
        most = order.settled_fen * self._tx.accounts.merchant(key.mch_id).sharing_ratio // 10_000
        if given_away(earlier) + sum(wish.amount for wish in others) > most:
            raise SharingOverRatio

    def _accept(
        self, order: Order, out_order_no: str, wishes: Sequence[Wish], asked: int, *, unfreezes: bool
    ) -> Sharing:
        """A sharing that WeChat Pay carries out soon; the first `asked` of its wishes are the merchant's."""
        key, ids, at = order.key, self._context.ids, self._context.now(order.key.mch_id)
        assert order.payment is not None
        shares = tuple(
            Share(
                to=wish.to,
                amount=wish.amount,
                description=wish.description,
                detail_id=ids.sharing_detail_id(at),
                rest=n >= asked,
            )
            for n, wish in enumerate(wishes)
        )
        sharing = Sharing(
            key=key,
            # One that a person makes by hand belongs to where its order does.
            origin=self._context.call_context.origin or order.origin,
            transaction_id=order.payment.transaction_id,
            out_order_no=out_order_no,
            order_id=ids.sharing_order_id(at),
            shares=shares,
            unfreezes=unfreezes,
            created_at=at,
            due_at=at + SHARED_AFTER,
        )
        self._freezing.hand_over(key, sharing.amount)
        self._tx.sharings.add(sharing)
        event = EventName.SHARING_ACCEPTED if asked else EventName.UNFREEZING_ACCEPTED
        amount = sum(wish.amount for wish in sharing.wishes) if asked else sharing.amount
        self._note(key, event, amount, out_order_no=out_order_no, n=asked)
        return sharing

    def _failures(self, sharing: Sharing, order: Order) -> Mapping[Recipient, ShareFailReason]:
        """Whose shares are closed, and why: a scenario has it so, or the receiver was deleted meanwhile."""
        key, acts = sharing.key, order.plan.sharings if order.plan else ()
        n = [one.order_id for one in self._tx.sharings.of_order(key)].index(sharing.order_id) + 1
        failures: dict[Recipient, ShareFailReason] = {}
        for to in (share.to for share in sharing.shares if share.to != _own(key)):
            planned = next((act.fail_reason for act in acts if act.concerns(n, to.account)), None)
            if planned is not None:
                failures[to] = planned
            elif self._tx.sharings.receiver(key.mch_id, key.sub_mch_id, to) is None:
                failures[to] = ShareFailReason.NO_RELATION
        return failures

    def _tell(self, sharing: Sharing, share: Share, at: datetime) -> None:
        """What became of a share, on the order's timeline and to the receiver."""
        if share.to == _own(sharing.key):
            self._note(sharing.key, EventName.UNFROZEN, share.amount)
            return
        facts = {"account": share.to.account, "out_order_no": sharing.out_order_no}
        if share.fail_reason is not None:
            facts |= {"share_fail_reason": share.fail_reason.value}
            self._note(sharing.key, EventName.SHARE_CLOSED, share.amount, **facts)
            return
        self._note(sharing.key, EventName.SHARED, share.amount, **facts)
        if share.to.type is ReceiverType.MERCHANT_ID:
            news = SharingNews(
                mch_id=share.to.account,
                order_id=sharing.order_id,
                out_order_no=sharing.out_order_no,
                amount=share.amount,
                description=share.description,
            )
            self._owe(sharing.key, sharing.origin, news, at)

    def _owe(self, key: OrderKey, origin: Origin, news: SharingNews, at: datetime) -> None:
        """Tell a receiver, at the address that it has set in the merchant platform; without one nobody is told."""
        receiver = self._tx.accounts.merchants.get(news.mch_id)
        if receiver is None or not receiver.sharing_notify_url:
            return
        message = Notification(
            id=self._context.ids.notification_id(),
            kind=NotificationKind.SHARING,
            # It is signed as the receiver has it, not as the caller does.
            origin=self._context.faces.by(origin).origin,
            key=key,
            url=receiver.sharing_notify_url,
            nonce_str=self._context.ids.answer_nonce(),
            created_at=at,
            next_at=at,
            sharing=news,
        )
        self._tx.owe(message)

    def _returnable(self, owner: Owner, terms: ReturnTerms) -> Sharing:
        sharings = self._tx.sharings
        if terms.order_id:
            found = sharings.by_order_id(owner.mch_id, terms.order_id)
        else:
            found = sharings.find(owner.mch_id, terms.out_order_no, owner.sub_mch_id)
        fitting = found is not None and terms.out_order_no in ("", found.out_order_no)
        if found is None or not fitting or found.key.sub_mch_id != owner.sub_mch_id:
            raise SharingNotFound(owner.mch_id, owner.sub_mch_id, terms.out_order_no or terms.order_id)
        return found

    def _check_return(self, sharing: Sharing, terms: ReturnTerms, at: datetime) -> None:
        if terms.return_mchid == sharing.sharer:
            raise ReturnFromSharer
        given = sharing.given_to(terms.return_mchid)
        if not given:
            raise ReturnFromStranger
        if at > sharing.created_at + RETURNABLE_FOR:
            raise ReturnTooLate
        earlier = [one for one in self._tx.sharings.returns(sharing.key) if one.order_id == sharing.order_id]
        if len(earlier) >= MOST_RETURNS:
            raise TooManyReturns
        before = sum(one.amount for one in earlier if one.return_mchid == terms.return_mchid)
        if before + terms.amount > given:
            raise ReturnOverShare

    def _note(self, key: OrderKey, name: EventName, amount: int, **facts: str | int) -> None:
        self._context.note(key, name, amount=amount, **facts)


def _own(key: OrderKey) -> Recipient:
    """Who shares, as a receiver."""
    return Recipient(ReceiverType.MERCHANT_ID, sharer_of(key))


def _again(known: Sharing, transaction_id: str, wishes: Sequence[Wish], *, unfreeze: bool) -> Sharing:
    if (known.transaction_id, known.wishes, known.unfreezes) != (transaction_id, tuple(wishes), unfreeze):
        raise SharingChanged
    return known


def _returned_again(known: Return, terms: ReturnTerms) -> Return:
    same = (known.return_mchid, known.amount) == (terms.return_mchid, terms.amount)
    if not same or terms.order_id not in ("", known.order_id) or terms.out_order_no not in ("", known.out_order_no):
        raise ReturnChanged
    return known
