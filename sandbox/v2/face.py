"""V2 as the other rooms know it."""

from sandbox.core.plans import MessageFault, Repertoire
from sandbox.core.ports.face import Face
from sandbox.signing.flat import SignType
from sandbox.v2.client_signature import V2ClientSignature
from sandbox.v2.description import V2Description
from sandbox.v2.messages import V2Messages
from sandbox.v2.native import V2Native
from sandbox.v2.notices import V2Notifications
from sandbox.v2.origin import NAME, placed_by
from sandbox.v2.signing import V2Signatures
from sandbox.v2.warnings import warnings_of
from sandbox.words.err_codes import ERR_CODES

FACE = Face(
    name=NAME,
    origin=placed_by(SignType.MD5),
    messages=V2Messages(),
    notifications=V2Notifications(),
    signatures=V2Signatures(),
    client=V2ClientSignature(),
    api=V2Description(),
    native=V2Native(),
    codes=frozenset(ERR_CODES),
    warnings=warnings_of,
    shown=lambda origin: origin.facts,
    faults=Repertoire(refunds=frozenset(MessageFault) - {MessageFault.RESULT_FAIL, MessageFault.SIGN_TYPE_LIE}),
)
