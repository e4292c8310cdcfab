"""What can go wrong with profit sharing (分账); as in `errors`, the docstring is the message."""

from sandbox.core.errors import PaymentError, Unknown


class RefundOverUnsplit(PaymentError):
    """The order is not shared to the end, and less than this is frozen of it: unfreeze the rest first."""


class SharingUnmarked(PaymentError):
    """No order with this transaction_id was placed to be shared (profit_sharing)."""


class SharingTooEarly(PaymentError):
    """The order was paid less than a minute ago, and cannot be shared yet."""


class SharingEnded(PaymentError):
    """Nothing of the order's money is frozen any more: it is shared to the end."""


class SharingShort(PaymentError):
    """Less than this of the order's money is frozen."""


class SharingOverRatio(PaymentError):
    """More of the order would be shared than the merchant allows."""


class SharingChanged(PaymentError):
    """The out_order_no was used before, with another order or other receivers."""


class TooManySharings(PaymentError):
    """An order can be shared in 50 requests at the most."""


class SharingNotFound(Unknown):
    """The merchant has no such sharing of this order."""


class SharingFinished(PaymentError):
    """The sharing is carried out already."""


class ReceiverMissing(PaymentError):
    """A receiver has not been added; add it first."""


class ReceiverTwice(PaymentError):
    """A receiver comes twice in one request."""


class ReceiverNameDiffers(PaymentError):
    """The name is not the merchant's."""


class ReturnNotFound(Unknown):
    """The merchant has no such return of this sharing."""


class ReturnChanged(PaymentError):
    """The out_return_no was used before, with other parameters."""


class ReturnFromStranger(PaymentError):
    """The sharing has given this merchant nothing."""


class ReturnFromSharer(PaymentError):
    """Who shares cannot give back to itself."""


class ReturnOverShare(PaymentError):
    """More would be given back than the merchant was given."""


class ReturnTooLate(PaymentError):
    """The sharing is more than 180 days old."""


class TooManyReturns(PaymentError):
    """A sharing can be given back in 50 parts at the most."""


class ReceiverShort(PaymentError):
    """The merchant that gives back has too little in its account."""
