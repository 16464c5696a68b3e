"""NumPy's floating-point warnings switched off: PyTorch gives none, and every op asks for it.

``np.errstate`` costs as much as an op on a small tensor: half a microsecond. It sets a context
variable; what is here sets the same one to the same value, found by looking at what ``np.errstate``
does.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextvars import ContextVar, copy_context
from typing import Any, ParamSpec, TypeVar

import numpy as np

P = ParamSpec("P")
R = TypeVar("R")


class _ByErrstate:
    """The same by public means alone, for a NumPy that keeps its error state elsewhere."""

    def get(self, default: Any) -> Any:
        return default

    def set(self, value: Any) -> Any:
        state = np.errstate(all="ignore")
        state.__enter__()
        return state

    def reset(self, state: Any) -> None:
        state.__exit__(None, None, None)


def _find() -> tuple[Any, Any]:
    """Return NumPy's context variable for the error state, and the value that ignores all."""
    before = dict(copy_context().items())
    with np.errstate(all="ignore"):
        changed = [(v, x) for v, x in copy_context().items() if before.get(v) is not x]
    if len(changed) == 1 and isinstance(changed[0][0], ContextVar):
        return changed[0]
    return _ByErrstate(), object()  # which no state is


errors, QUIET = _find()

# For ``Op.apply`` alone, whose own lines these are:
# ``if get_errors(None) is not QUIET: token = set_errors(QUIET) ... reset_errors(token)``
get_errors, set_errors, reset_errors = errors.get, errors.set, errors.reset


class silence:
    """A block in which NumPy does not warn: ``with silence(): ...``."""

    def __enter__(self) -> None:
        self._token = errors.set(QUIET)

    def __exit__(self, *exc_info: object) -> None:
        errors.reset(self._token)


def quiet(function: Callable[P, R]) -> Callable[P, R]:
    """Decorate a function in which NumPy does not warn."""

    @functools.wraps(function)
    def quietly(*args: P.args, **kwargs: P.kwargs) -> R:
        if errors.get(None) is QUIET:
            return function(*args, **kwargs)
        with silence():
            return function(*args, **kwargs)

    return quietly
