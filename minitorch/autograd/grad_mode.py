"""Whether operations are recorded: ``no_grad``, ``enable_grad`` and their like.

The mode is a ``ContextVar`` that holds a linked list of modes: entering pushes, leaving pops. So
one instance may be entered twice, also from several threads, and each thread has its own mode.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Generator
from contextvars import ContextVar
from typing import Any, NamedTuple, Self


class _Mode(NamedTuple):
    enabled: bool
    outer: _Mode | None


_mode: ContextVar[_Mode] = ContextVar("grad_mode", default=_Mode(True, None))  # noqa: B039 - immutable


def is_grad_enabled() -> bool:
    """Return whether operations are being recorded in this thread."""
    return _mode.get().enabled


class _GradMode:
    """Context manager and decorator that records or not while it is active."""

    enabled: bool

    def __enter__(self) -> Self:
        _mode.set(_Mode(self.enabled, _mode.get()))
        return self

    def __exit__(self, *exc_info: object) -> None:
        outer = _mode.get().outer
        assert outer is not None, "a grad mode was left that had not been entered"
        _mode.set(outer)

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        if inspect.isgeneratorfunction(function):
            return self._wrap_generator(function)

        @functools.wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            with self:
                return function(*args, **kwargs)

        return wrapper

    def _wrap_generator(
        self, function: Callable[..., Generator[Any, Any, Any]]
    ) -> Callable[..., Any]:
        """Run each stretch between two yields in this mode, and the caller in its own."""

        @functools.wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
            generator = function(*args, **kwargs)
            resume: Callable[[], Any] = functools.partial(next, generator)
            while True:
                try:
                    with self:
                        item = resume()
                except StopIteration as stop:
                    return stop.value
                try:
                    resume = functools.partial(generator.send, (yield item))
                except GeneratorExit:
                    with self:
                        generator.close()
                    raise
                except BaseException as error:
                    resume = functools.partial(generator.throw, error)

        return wrapper


class no_grad(_GradMode):
    """Do not record: results require no grad and keep nothing alive.

    Example:
        >>> with no_grad():
        ...     weight -= lr * weight.grad
    """

    enabled = False

    def __new__(cls, function: Callable[..., Any] | None = None) -> Any:
        mode = super().__new__(cls)
        return mode if function is None else mode(function)  # `@no_grad` without parentheses


class enable_grad(no_grad):
    """Record again inside ``no_grad``."""

    enabled = True


class inference_mode(_GradMode):
    """Do not record, as ``no_grad``; ``inference_mode(False)`` records."""

    def __new__(cls, mode: bool | Callable[..., Any] = True) -> Any:
        self = super().__new__(cls)
        self.enabled = mode is False
        return self(mode) if callable(mode) else self


class set_grad_enabled(_GradMode):
    """Set recording on or off: at once as a function, for a block as a context manager."""

    def __init__(self, mode: bool) -> None:
        self.enabled = bool(mode)
        self._before: _Mode | None = _mode.get()
        # Replace, do not push: as a function it is never left.
        _mode.set(_Mode(self.enabled, self._before.outer))

    def __enter__(self) -> Self:
        if self._before is None:
            return super().__enter__()
        _mode.set(_Mode(self.enabled, self._before))
        self._before = None
        return self

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        if self._before is not None:  # used as a decorator: only the calls run in this mode
            _mode.set(self._before)
            self._before = None
        return super().__call__(function)
