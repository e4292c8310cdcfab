"""What forbids a transfer to a person (商家转账). Source: V3 notes, 15.1."""

from sandbox.core.errors import PaymentError, Unknown


class TransferNotFound(Unknown):
    """No transfer has this number."""


class TransferMismatch(PaymentError):
    """A transfer of this number was asked for in other terms."""


class TransferOutOfRange(PaymentError):
    """A transfer is of 0.10 yuan at least."""


class TransferSceneUnknown(PaymentError):
    """The merchant has no such scene of transfers (transfer_scene_id)."""


class TransferReportIncomplete(PaymentError):
    """What is reported (transfer_scene_report_infos) is not what the scene asks for."""


class PerceptionUnsupported(PaymentError):
    """The scene cannot show this to the person who receives (user_recv_perception)."""


class TransferNameMissing(PaymentError):
    """From 2,000 yuan on the name of the person who receives must be given."""


class TransferEnded(PaymentError):
    """The transfer is confirmed, cancelled or has ended; nothing of that can be changed."""
