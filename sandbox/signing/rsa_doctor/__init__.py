"""The doctor of V3's signatures: why one is wrong, proved by the signature itself.

The V3 API asks it about every call that it refuses, the debugging tool about whatever call it is shown.
"""

from sandbox.signing.rsa_doctor.case import Keyring, SignedCall
from sandbox.signing.rsa_doctor.clock import WINDOW
from sandbox.signing.rsa_doctor.diagnosis import diagnose, unknown_merchant
from sandbox.signing.rsa_doctor.header import NAMES, SCHEME
from sandbox.signing.rsa_doctor.information import sign_information
from sandbox.signing.rsa_doctor.reply import PROBE, SignedReply, diagnose_reply

__all__ = [
    "NAMES",
    "PROBE",
    "SCHEME",
    "WINDOW",
    "Keyring",
    "SignedCall",
    "SignedReply",
    "diagnose",
    "diagnose_reply",
    "sign_information",
    "unknown_merchant",
]
