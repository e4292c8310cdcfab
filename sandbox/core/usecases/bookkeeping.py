"""Writing the ledger: each thing that moves money, in one place. An instance lives for one transaction."""

from collections.abc import Iterable
from datetime import datetime

from sandbox.core import ledger
from sandbox.core.errors import BalanceShort
from sandbox.core.ledger import OWN, Account, Line, Move, Owner
from sandbox.core.order_keys import OrderKey
from sandbox.core.orders import Order, Payment
from sandbox.core.payers import WALLET
from sandbox.core.refunds import Refund, RefundStatus
from sandbox.core.sharing import ReceiverType, Return, Share, ShareResult, Sharing
from sandbox.core.sharing_errors import ReceiverShort
from sandbox.core.transfers import Transfer, TransferState
from sandbox.core.usecases.context import Context


def owner_of(key: OrderKey) -> Owner:
    """Whose money an order is: the merchant's, or that of the sub-merchant it was placed for."""
    return Owner(key.mch_id, key.sub_mch_id)


def _of(owner: Owner) -> OrderKey:
    """What is about no order of the owner's."""
    return OrderKey(owner.mch_id, "", owner.sub_mch_id)


class Bookkeeping:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._tx = context.tx

    def balance(self, owner: Owner, account: Account = Account.BASIC) -> int:
        return self._tx.ledger.balance(owner, account)

    def payment(self, order: Order) -> None:
        """An order was paid."""
        payment = order.payment
        assert payment is not None
        moves = ledger.taken(payment.cash_fee, payment.in_cny(payment.cash_coupon_fee), order.fee)
        self._write(order.key, moves, payment.paid_at, business_no=payment.transaction_id)

    def reversal(self, order: Order, at: datetime) -> None:
        """A paid order was reversed; raises BalanceShort."""
        payment = order.payment
        assert payment is not None
        moves = ledger.given_back(payment.cash_fee, payment.in_cny(payment.cash_coupon_fee), order.fee)
        self.require(order.key, order.settled_fen - order.fee)
        self._write(order.key, moves, at, business_no=payment.transaction_id)
        self._to_payer(order, payment.cash_fee, payment.bank_type)

    def refund(self, refund: Refund, payment: Payment) -> None:
        """A refund was accepted; raises BalanceShort where the merchant has too little for it."""
        settled, fee_returned = refund.settled_fen(payment), refund.parts.fee_returned
        self.require(refund.key, settled - fee_returned)
        moves = ledger.refund_sent(settled, fee_returned)
        self._of_refund(refund, moves, refund.created_at)

    def refund_ended(self, refund: Refund, order: Order, at: datetime) -> None:
        """A refund of an order has its end. That of one that is 退款异常 stays with WeChat until somebody mends it."""
        payment = order.payment
        assert payment is not None
        match refund.status:
            case RefundStatus.SUCCESS:
                cash_fee, payout = refund.parts.cash_refund_fee, refund.payout
                to_merchant = payout is not None and payout.to_merchant
                to = Account.BANK if to_merchant else Account.PAYER
                self._of_refund(refund, ledger.refund_arrived(cash_fee, payment.in_cny(refund.cash_coupon_fee), to), at)
                if not to_merchant:
                    self._to_payer(order, cash_fee, payout.bank_type if payout else payment.bank_type)
            case RefundStatus.REFUNDCLOSE:
                self._of_refund(refund, ledger.refund_back(refund.settled_fen(payment)), at)
                self._of_refund(refund, ledger.fee_again(refund.parts.fee_returned), at)

    def transfer(self, transfer: Transfer) -> None:
        """A transfer was accepted, and its money is locked; raises BalanceShort where the merchant has too little."""
        self.require(transfer.key, transfer.terms.transfer_amount)
        self._of_transfer(transfer, ledger.transfer_locked(transfer.terms.transfer_amount))

    def transfer_ended(self, transfer: Transfer) -> None:
        """A transfer has its end: the money is in the wallet of who received it, or the merchant's again."""
        fen = transfer.terms.transfer_amount
        if transfer.state is not TransferState.SUCCESS:
            return self._of_transfer(transfer, ledger.transfer_back(fen))
        self._of_transfer(transfer, ledger.transfer_arrived(fen))
        payer = self._tx.payers.hold(transfer.terms.openid)
        if payer is not None:
            self._tx.payers.save(payer.with_more(WALLET, fen))

    def frozen(self, order: Order, fen: int) -> None:
        """What was paid waits to be shared."""
        payment = order.payment
        assert payment is not None
        self._write(order.key, ledger.frozen(fen), payment.paid_at, business_no=payment.transaction_id)

    def thawed(self, order: Order, fen: int, at: datetime) -> None:
        """So much of it waits no longer."""
        payment = order.payment
        assert payment is not None
        self._write(order.key, ledger.thawed(fen), at, business_no=payment.transaction_id)

    def shared(self, sharing: Sharing, share: Share, at: datetime) -> None:
        """A share has its end: whoever has it now, it was frozen until then."""
        person = share.to.type is not ReceiverType.MERCHANT_ID
        if share.result is ShareResult.CLOSED or share.to.account == sharing.sharer:
            moves = ledger.thawed(share.amount)
        else:
            moves = ledger.shared(share.amount, Account.PAYER if person else Account.SHARED)
        told = {"business_no": sharing.order_id, "remark": share.description}
        self._write(sharing.key, moves, at, **told)
        if share.result is ShareResult.CLOSED:
            return
        receiver = self.receiver(sharing.key, share.to.account)
        if person:
            payer = self._tx.payers.hold(share.to.account)
            if payer is not None:
                self._tx.payers.save(payer.with_more(WALLET, share.amount))
        elif receiver is not None and share.to.account != sharing.sharer:
            then = self._when(receiver, sharing.key, at)
            self._write(_of(receiver), ledger.share_received(share.amount), then, **told)

    def returned(self, back: Return, at: datetime) -> None:
        """A receiver has given something back; raises ReceiverShort."""
        receiver = self.receiver(back.key, back.return_mchid)
        told = {"business_no": back.return_id, "remark": back.description}
        if receiver is not None:
            if back.amount > self.balance(receiver):
                raise ReceiverShort
            then = self._when(receiver, back.key, at)
            self._write(_of(receiver), ledger.share_given_back(back.amount), then, **told)
        self._write(back.key, ledger.share_returned(back.amount), at, **told)

    def receiver(self, key: OrderKey, account: str) -> Owner | None:
        """Whose ledger a merchant's number names, seen from an order's merchant; None: nobody's of the sandbox."""
        accounts = self._tx.accounts
        if account in accounts.merchants:
            return Owner(account)
        known = accounts.merchant(key.mch_id).sub_merchant(account)
        return Owner(key.mch_id, account) if known else None

    def _when(self, receiver: Owner, key: OrderKey, at: datetime) -> datetime:
        """What is `at` by the clock of an order's merchant, by the receiver's: now, where that is another one."""
        return at if receiver.mch_id == key.mch_id else self._context.now(receiver.mch_id)

    def set_balance(self, owner: Owner, fen: int, account: Account = Account.BASIC) -> None:
        """Top up or withdraw, so that the balance is `fen`."""
        more = fen - self.balance(owner, account)
        moves = ledger.topped_up(more, account) if more > 0 else ledger.withdrawn(-more, account)
        self._write(_of(owner), moves, self._context.now(owner.mch_id))

    def require(self, key: OrderKey, fen: int) -> None:
        """Raise BalanceShort unless the merchant has so much."""
        if fen > self.balance(owner_of(key)):
            raise BalanceShort

    def _of_refund(self, refund: Refund, moves: Iterable[Move], at: datetime) -> None:
        self._write(
            refund.key,
            moves,
            at,
            business_no=refund.refund_id,
            out_refund_no=refund.terms.out_refund_no,
            remark=refund.terms.refund_desc,
        )

    def _of_transfer(self, transfer: Transfer, moves: Iterable[Move]) -> None:
        number, remark = transfer.transfer_bill_no, transfer.terms.transfer_remark
        self._write(transfer.key, moves, transfer.updated_at, business_no=number, remark=remark)

    def _write(
        self,
        key: OrderKey,
        moves: Iterable[Move],
        at: datetime,
        *,
        business_no: str = "",
        out_refund_no: str = "",
        remark: str = "",
    ) -> None:
        owner = owner_of(key)
        for move in moves:
            account = next((one for one in (move.source, move.target) if one in OWN), None)
            sign = 1 if move.target is account else -1
            self._tx.ledger.add(
                Line(
                    owner=owner,
                    at=at,
                    move=move,
                    account=account,
                    balance=self.balance(owner, account) + sign * move.fen if account else 0,
                    flow_no=self._context.ids.flow_no(key.mch_id, at),
                    business_no=business_no,
                    out_trade_no=key.out_trade_no,
                    out_refund_no=out_refund_no,
                    out_bill_no=key.out_bill_no,
                    remark=remark,
                )
            )

    def _to_payer(self, order: Order, fen: int, bank_type: str) -> None:
        """Money goes to what the bank_type names of the payer's."""
        payment = order.payment
        assert payment is not None
        payer = self._tx.payers.hold(order.terms.payer(payment.openid)[1])
        if payer is not None:
            self._tx.payers.save(payer.with_more(bank_type, fen))
