"""What can go wrong in WeChat Pay's world. Faces say it in their own language; the docstring is the message."""


class PaymentError(Exception):
    """A rule of WeChat Pay forbids it."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or type(self).__doc__ or type(self).__name__)


LONGEST_SOUGHT = 80


class Unknown(PaymentError):
    """Nothing has the name by which it is looked for; the message ends with that name, shortened if long."""

    def __init__(self, *sought: str) -> None:
        self.sought = shortened("/".join(filter(None, sought)))
        said = type(self).__doc__ or ""
        super().__init__(f"{said.rstrip('.')}: {self.sought}." if self.sought else said)


def shortened(name: str) -> str:
    """A name as people are shown it: its beginning, where it is long."""
    return name if len(name) <= LONGEST_SOUGHT else f"{name[:LONGEST_SOUGHT]}…"


class AppUnknown(Unknown):
    """There is no app with this appid."""


class AppPaired(PaymentError):
    """Merchants are paired with this app; unpair them first."""


class MerchantUnknown(Unknown):
    """No merchant (or sub-merchant) has this number."""


class AppNotPaired(PaymentError):
    """The appid is not paired with the merchant."""


class SubAppNotPaired(PaymentError):
    """The sub_appid is not paired with the sub-merchant."""


class SubMerchantMissing(PaymentError):
    """A service provider must name the sub-merchant it acts for."""


class SubMerchantForbidden(PaymentError):
    """An ordinary merchant must not send a sub_mch_id."""


class SubMerchantNotAuthorized(PaymentError):
    """The sub-merchant has not authorized this service provider."""


class CertificateOfAnother(PaymentError):
    """The client certificate is another merchant's."""


class CertificateUnknown(Unknown):
    """The merchant has no certificate with this serial number."""


class CertificateEnded(PaymentError):
    """The certificate is not valid any more: it is revoked, or expired."""


class CertificateNotRevoked(PaymentError):
    """The certificate is not revoked."""


class CertificateTooLate(PaymentError):
    """The certificate has ended, or was revoked more than seven days ago, and can no longer be restored."""


class CertificatesEnough(PaymentError):
    """A merchant has three valid certificates at most; revoke one first."""


class PlatformCertificateUnknown(Unknown):
    """The merchant has no platform certificate with this serial number."""


class PlatformCertificatesEnough(PaymentError):
    """A merchant has two valid platform certificates at most; end the old one first."""


class PlatformCertificateEnded(PaymentError):
    """The platform certificate is not valid any more: it has ended."""


class PlatformCertificateLast(PaymentError):
    """It is the merchant's only valid platform certificate; issue another one first."""


class NoValidCertificate(PaymentError):
    """The merchant has no valid certificate any more; issue one: on its page in the console, or by the control API."""


class SubMerchantNotGranting(PaymentError):
    """The sub-merchant has not granted this product to its service provider."""


class ProductNotOpened(PaymentError):
    """The merchant has not opened the product of this trade_type."""


class ProductPending(PaymentError):
    """The product is being opened (预开通)."""


class MerchantRestricted(PaymentError):
    """Risk control has restricted the merchant's receiving of money."""


class OpenidInvalid(PaymentError):
    """The openid is malformed, unknown, or belongs to another appid."""


class OrderChanged(PaymentError):
    """The out_trade_no was used before, with other parameters."""


class NumberBurnt(PaymentError):
    """The out_trade_no was closed before any order had it; no order can be placed with it any more."""


class OrderNotFound(Unknown):
    """The merchant has no such order."""


class OrderAmbiguous(PaymentError):
    """Two sub-merchants use this out_trade_no; name the sub_mch_id."""


class PartOfCombined(PaymentError):
    """It is a sub-order: it is paid, closed and notified of with its combined order only."""


class SubOrdersDiffer(PaymentError):
    """These are not the sub-orders of the combined order."""


class OrderPaid(PaymentError):
    """The order is paid; it can be neither paid again nor closed."""


class OrderClosed(PaymentError):
    """The order is closed."""


class PaymentFailed(PaymentError):
    """The payment failed for good (PAYERROR); the order cannot be paid any more."""


class OrderExpired(PaymentError):
    """The order's time_expire (or its seven days) has passed."""


class PrepayExpired(PaymentError):
    """The prepay_id, code_url or mweb_url is past its life, or was replaced; the merchant must order again."""


class ExpiryTooSoon(PaymentError):
    """time_expire leaves the payer less than a minute."""


class OrderNotReady(PaymentError):
    """The payer is still typing the password; the order is neither paid nor failed yet."""


class OrderReversed(PaymentError):
    """The order was reversed (撤销)."""


class OrderRefunded(PaymentError):
    """The order is refunded whole; nothing is left of it."""


class TransactionUnknown(PaymentError):
    """The merchant has no payment with this transaction_id."""


class TransactionIdMalformed(PaymentError):
    """No transaction_id of WeChat's looks like this."""


class RefundElsewhere(PaymentError):
    """The out_refund_no is that of another order's refund."""


class RefundNotFound(Unknown):
    """The merchant has no such refund."""


class RefundMismatch(PaymentError):
    """total_fee is not the order's, or the out_refund_no was used before with other amounts."""


class RefundCurrencyDiffers(PaymentError):
    """refund_fee_type is not the order's currency."""


class RefundFeeInvalid(PaymentError):
    """More would be refunded than was paid."""


class RefundTooLate(PaymentError):
    """The payment is more than a year old."""


class TooManyRefunds(PaymentError):
    """An order can be refunded in 50 parts at the most."""


class RefundEnded(PaymentError):
    """The refund has ended already, and cannot end this way any more."""


class RefundNotAbnormal(PaymentError):
    """The refund is not 退款异常, and so goes no other way."""


class BalanceShort(PaymentError):
    """The merchant's balance is too low."""


class PayerUnknown(Unknown):
    """There is no payer with this openid."""


class OrderNotRepeatable(PaymentError):
    """The version of the API by which the order came has no call that places it again."""


class PhoneCannotPay(PaymentError):
    """WeChat on the payer's phone is logged out, or older than 5.0: it shows no payment code."""


class AuthCodeUnknown(PaymentError):
    """No payer has shown this payment code, or can pay with it now, or only another merchant may charge it."""


class AuthCodeExpired(PaymentError):
    """The payment code is over a minute old; the payer must show a new one."""


class AuthCodeUsed(PaymentError):
    """The payment code has been charged before."""


class PasswordNeeded(PaymentError):
    """The payer must type the password first."""


class PasswordNotAsked(PaymentError):
    """The order's payer is not asked for a password."""


class PaymentCancelled(PaymentError):
    """The payer cancelled when asked for the password; the order cannot be paid any more."""


class PaymentRefused(PaymentError):
    """The payment by code failed; the order cannot be paid any more."""


class PayerShort(PaymentError):
    """The payer has too little money."""


class BankFailed(PaymentError):
    """The bank did not take the money."""


class OrderNumberUsed(PaymentError):
    """The out_trade_no is that of an order of another trade_type."""


class NotMicropay(PaymentError):
    """Only a payment by code (MICROPAY) can be reversed."""


class ReversalRefunded(PaymentError):
    """An order that was refunded cannot be reversed."""


class ReversalTooLate(PaymentError):
    """The payment is more than seven days old and can no longer be reversed."""


class NeverNotified(PaymentError):
    """Nobody is notified of a payment by code (MICROPAY)."""


class BillDateInvalid(PaymentError):
    """There are no bills of this day: it is not over, or too long ago."""


class BillCreating(PaymentError):
    """The bills of this day are being made: they are ready at 9:00 (Beijing) on the next one."""


class NoBill(PaymentError):
    """Nothing happened on this day that a bill would tell of."""


class NoComment(PaymentError):
    """No payer left a comment in this time."""


class CommentsTooOld(PaymentError):
    """Comments are told of for 90 days."""


class NotificationUnknown(Unknown):
    """There is no such notification."""


class CallUnknown(Unknown):
    """The journal has no call of this number."""


class OrderUnpaid(PaymentError):
    """Nothing is owed for an order that is not paid."""


class FaultForeign(Unknown):
    """The order's version of the API has no such fault."""


class CreditForbidden(PaymentError):
    """The order forbids credit cards (limit_pay=no_credit)."""


class ForwardTaken(PaymentError):
    """Somebody who listens carries these notifications already."""


class ForwardUnknown(PaymentError):
    """Nobody waits for the reply to such a notification (any more)."""


class ClockRefused(PaymentError):
    """A clock moves forward, by at most ten years at a time, not past the year 4000, at a positive speed."""


class AccountTaken(PaymentError):
    """This number is another account's already."""


class StorageFailed(PaymentError):
    """The database could not store it, or not be read (/_sandbox/health says why); the call may be tried again."""


class ScenarioUnknown(Unknown):
    """There is no scenario of this name."""


class ScenarioBuiltIn(PaymentError):
    """A built-in scenario can be neither changed nor deleted; put yours under another name."""


class KeyUnreadable(PaymentError):
    """What was given to sign with is no private key."""


class MessageUnreadable(PaymentError):
    """The message cannot be read."""

    # `reason` has its sentences in `words.unreadable`, which take `facts`. `line` and `column` count from 1, or are
    # 0 for the whole message.
    def __init__(self, reason: str = "", line: int = 0, column: int = 0, **facts: str | int) -> None:
        super().__init__()
        self.reason, self.line, self.column, self.facts = reason, line, column, facts

    @property
    def place(self) -> dict[str, int]:
        """Where it is, as facts; empty for the whole message."""
        return {"line": self.line, "column": self.column} if self.line else {}


class ApiUnknown(Unknown):
    """The sandbox has no call at this path."""


class FaceUnknown(Unknown):
    """The sandbox plays no version of the API that is called so."""


class NoticeUnopened(PaymentError):
    """The req_info cannot be decrypted with this key: it is the Base64 of AES-256-ECB under the API key's MD5."""
