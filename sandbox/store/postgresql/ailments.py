"""placeholder until pg-coherent"""

from sandbox.core.health import Ailment


def ailment_of(error: BaseException) -> Ailment | None:
    code = str(getattr(getattr(error, "orig", error), "sqlstate", None) or "")
    if not code or code[:2] in ("08", "53", "57", "28", "3D"):
        return Ailment.DATABASE_UNREACHABLE
    return None
