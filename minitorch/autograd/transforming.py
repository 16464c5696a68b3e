"""Whether a function is being differentiated by ``func.grad``, ``func.jvp`` and their like.

These differentiate by handles that they made themselves. Leaves that the function cuts off, and
what ``backward`` writes, are not joined to them: derivatives would be zero, silently.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_depth: ContextVar[int] = ContextVar("transforms", default=0)


@contextmanager
def transforming() -> Iterator[None]:
    """Call the function that is differentiated within this."""
    token = _depth.set(_depth.get() + 1)
    try:
        yield
    finally:
        _depth.reset(token)


def is_transforming() -> bool:
    """Whether such a function is being called."""
    return _depth.get() > 0
