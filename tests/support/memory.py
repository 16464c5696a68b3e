"""How much memory a piece of work takes."""

import gc
import tracemalloc
from collections.abc import Callable


def peak(work: Callable[[], None]) -> int:
    """The most memory that was in use at a time, in bytes."""
    gc.collect()
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
