"""V2 as the other rooms know it."""

from sandbox.core.plans import AnswerFault, MessageFault
from sandbox.core.ports.face import Face
from sandbox.core.repertoire import Repertoire
from sandbox.signing.flat import SignType
from sandbox.v2.client_signature import V2ClientSignature
from sandbox.v2.description import V2Description
from sandbox.v2.lessons import LESSONS
from sandbox.v2.messages import V2Messages
from sandbox.v2.native import V2Native
from sandbox.v2.notices import V2Notifications
from sandbox.v2.origin import NAME, placed_by
from sandbox.v2.signing import V2Signatures
from sandbox.v2.warnings import warnings_of
from sandbox.words.err_codes import ERR_CODES

_SEALED = frozenset(
    {
        MessageFault.UNKNOWN_SERIAL,
        MessageFault.STALE_TIMESTAMP,
        MessageFault.REUSED_NONCE,
        MessageFault.SIGNATURE_PROBE,
        MessageFault.WRONG_API_V3_KEY,
        MessageFault.TAMPERED_CIPHERTEXT,
        MessageFault.WRONG_ASSOCIATED_DATA,
    }
)
"""What is wrong with serial, time, nonce, seal of a message: V2's have none."""
_PAYMENTS = frozenset(MessageFault) - _SEALED

FACE = Face(
    name=NAME,
    origin=placed_by(SignType.MD5),
    messages=V2Messages(),
    notifications=V2Notifications(),
    signatures=V2Signatures(),
    client=V2ClientSignature(),
    api=V2Description(),
    native=V2Native(),
    lessons=LESSONS,
    codes=frozenset(ERR_CODES),
    warnings=warnings_of,
    shown=lambda origin: origin.facts,
    faults=Repertoire(
        answers=frozenset(AnswerFault) - {AnswerFault.SIGNATURE_PROBE},
        payments=_PAYMENTS,
        refunds=_PAYMENTS - {MessageFault.RESULT_FAIL, MessageFault.SIGN_TYPE_LIE},
        keys=False,
    ),
)
