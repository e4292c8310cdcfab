"""Many imports at once, without what makes them dearer still."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quickly() -> Iterator[None]:
    """Import without two things that the profile of a first start showed.

    The garbage collector goes again and again through modules that stay anyway: a tenth of the start. And pytest
    rewrites the assertions of every package that brings a plugin, so of all the sandbox: each module is parsed anew in
    a run whose caches are empty, as they are in CI.
    """
    collected, known = gc.isenabled(), len(sys.modules)
    rewriting = [finder for finder in sys.meta_path if type(finder).__module__.startswith("_pytest.")]
    gc.disable()
    for finder in rewriting:
        sys.meta_path.remove(finder)
    try:
        yield
    finally:
        sys.meta_path[:0] = rewriting
        if len(sys.modules) > known:
            settled = gc.get_freeze_count() > 0  # which counts them one by one
            gc.freeze()  # old at once, so that it is not gone through as if it were young
            if not settled:
                gc.unfreeze()
        if collected:
            gc.enable()
