"""Whether operations are recorded: ``no_grad``, ``enable_grad`` and their like.

The mode is a ``ContextVar`` that holds a linked list of modes: entering pushes, leaving pops. So
one instance may be entered twice, also from several threads (PyTorch's loses the outer mode then),
and each thread, and each asynchronous task, has its own mode.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, NamedTuple, Self, TypeVar, overload

from minitorch.autograd.origin import Cut
from minitorch.autograd.sites import here
from minitorch.core.decorators import Decorating

F = TypeVar("F", bound=Callable[..., Any])


class Mode(NamedTuple):
    """What holds now, and what held before it."""

    enabled: bool
    inference: bool
    outer: Mode | None
    cut: Cut | None  # what to say of results that were not recorded


_mode: ContextVar[Mode] = ContextVar(
    "grad_mode",
    default=Mode(True, False, None, None),  # noqa: B039 - immutable
)

current_mode, set_mode, reset_mode = _mode.get, _mode.set, _mode.reset


def is_grad_enabled() -> bool:
    """Return whether operations are being recorded in this thread."""
    return _mode.get()[0]


def is_inference_mode_enabled() -> bool:
    """Return whether this thread makes inference tensors."""
    return _mode.get().inference


def push(enabled: bool, inference: bool, outer: Mode) -> None:
    """Enter a mode."""
    cut = None
    if inference or not enabled:
        cut = Cut("inference" if inference else "no_grad", here(3))
    _mode.set(Mode(enabled, inference, outer, cut))


def pop() -> Mode:
    """Leave the mode, and return the one that holds again."""
    outer = _mode.get().outer
    assert outer is not None, "a grad mode was left that had not been entered"
    _mode.set(outer)
    return outer


class GradMode(Decorating):
    """Context manager and decorator that records or not while it is active."""

    enabled: bool

    def __enter__(self) -> None:
        outer = _mode.get()
        push(self.enabled, outer.inference, outer)

    def __exit__(self, *exc_info: object) -> None:
        pop()


class no_grad(GradMode):
    """Do not record: results require no grad and keep nothing alive.

    Example:
        >>> with no_grad():
        ...     weight -= lr * weight.grad
    """

    enabled = False

    @overload
    def __new__(cls) -> Self: ...
    @overload
    def __new__(cls, function: F) -> F: ...  # type: ignore[misc]
    def __new__(cls, function: Any = None) -> Any:
        mode = super().__new__(cls)
        return mode if function is None else mode(function)  # `@no_grad` without parentheses


class enable_grad(no_grad):
    """Record again inside ``no_grad``."""

    enabled = True


class set_grad_enabled(GradMode):
    """Set recording on or off: at once as a function, for a block as a context manager."""

    def __init__(self, mode: bool) -> None:
        self.enabled = bool(mode)
        self._before: Mode | None = _mode.get()
        before = _mode.get()
        # Replace, do not push: as a function it is never left.
        cut = None if self.enabled else Cut("no_grad", here(2))
        _mode.set(Mode(self.enabled, before.inference, before.outer, cut))

    def __enter__(self) -> None:
        if self._before is None:
            super().__enter__()
        else:
            push(self.enabled, self._before.inference, self._before)
            self._before = None

    def __call__(self, function: F) -> F:
        if self._before is not None:  # used as a decorator: only the calls run in this mode
            _mode.set(self._before)
            self._before = None
        return super().__call__(function)


def __getattr__(name: str) -> Any:
    if name == "inference_mode":  # where PyTorch has it, too
        from minitorch.autograd.inference import inference_mode

        return inference_mode
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
