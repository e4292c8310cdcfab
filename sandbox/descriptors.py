"""How many files and connections this process may have open, shared out so that some are always left."""

import sys

USUAL = 1024
WANTED = 65_536


def share(of: int, most: int) -> int:
    """How many descriptors one purpose may take: one part in `of` of all, `most` where there are plenty."""
    return min(most, max(4, _limit() // of))


def raise_limit() -> None:
    """Take as many as this process may have without asking anybody: many systems begin with few."""
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - there is none on Windows

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft != resource.RLIM_INFINITY and soft < WANTED:
            wanted = WANTED if hard == resource.RLIM_INFINITY else min(hard, WANTED)
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _limit() -> int:
    if sys.platform == "win32":
        return USUAL
    import resource  # noqa: PLC0415 - there is none on Windows

    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return WANTED if soft == resource.RLIM_INFINITY else soft
