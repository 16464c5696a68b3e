"""Whether anything beyond grad mode is active: the one question each op asks.

Hooks on saved tensors, anomaly detection, a profiler, inference mode, vmap and forward mode are
all rare. While any of them is on, ``current()`` returns a :class:`Watch`, and ops take the long way
(``special.py``); otherwise it returns None, and they cost nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from minitorch.autograd.profiler.profiler import Profiler

PackHooks = tuple[Callable[[Any], Any], Callable[[Any], Any]]


@dataclass(frozen=True, slots=True)
class Watch:
    """What is active in this thread; each field belongs to the module named."""

    saved_tensors_hooks: tuple[PackHooks, ...] = ()  # graph: the last pair is in use
    saved_tensors_hooks_disabled: str | None = None  # graph: the message of the error
    anomaly: bool = False  # anomaly
    check_nan: bool = True  # anomaly
    profiler: Profiler | None = None  # profiler
    inference: bool = False  # grad_mode
    batch_levels: tuple[Any, ...] = ()  # batching: outermost first
    dual_levels: tuple[Any, ...] = ()  # forward_ad: outermost first


_NOTHING = Watch()
_watch: ContextVar[Watch | None] = ContextVar("watch", default=None)

current = _watch.get


def change(**fields: Any) -> None:
    """Set some fields; to their defaults in order to end what they stand for."""
    changed = replace(_watch.get() or _NOTHING, **fields)
    _watch.set(None if changed == _NOTHING else changed)


def restore(watch: Watch | None) -> None:
    """Set what ``current()`` returned earlier."""
    _watch.set(watch)
