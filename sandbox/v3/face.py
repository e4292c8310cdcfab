"""V3 as the other rooms know it."""

from sandbox.core.ports.face import Face
from sandbox.core.repertoire import Repertoire
from sandbox.v3 import forgeries
from sandbox.v3.client import V3ClientSignature
from sandbox.v3.description import V3Description
from sandbox.v3.errors import CODES
from sandbox.v3.lessons import LESSONS
from sandbox.v3.messages import V3Messages
from sandbox.v3.notifications import V3Notifications
from sandbox.v3.origin import CALLED, NAME
from sandbox.v3.signatures import V3Signatures

FACE = Face(
    name=NAME,
    origin=CALLED,
    messages=V3Messages(),
    notifications=V3Notifications(),
    signatures=V3Signatures(),
    client=V3ClientSignature(),
    api=V3Description(),
    lessons=LESSONS,
    codes=CODES,
    shown=lambda origin: origin.facts,
    faults=Repertoire(
        payments=forgeries.FAULTS,
        refunds=forgeries.OF_REFUNDS,
        transfers=forgeries.OF_TRANSFERS,
    ),
    signs_by_certificate=True,
    identified=lambda request_id: f"{request_id}-0",
)
