"""The signature doctor: why a signature is wrong, found by signing wrongly in the usual ways.

The V2 API asks it about every call that it refuses, the control API about whatever message it is given.
"""

from sandbox.signing.doctor.diagnosis import diagnose, unknown_merchant

__all__ = ["diagnose", "unknown_merchant"]
