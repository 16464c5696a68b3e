"""Whether operations are recorded: ``no_grad``, ``enable_grad`` and their like.

The mode is a ``ContextVar`` that holds a linked list of modes: entering pushes, leaving pops. So
one instance may be entered twice, also from several threads (PyTorch's loses the outer mode then),
and each thread, and each asynchronous task, has its own mode.
"""

from __future__ import annotations

import functools
import inspect
import warnings
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from contextvars import ContextVar, Token
from typing import Any, NamedTuple

from minitorch.autograd import layers as watching
from minitorch.autograd.origin import Cut
from minitorch.autograd.sites import here


class _Mode(NamedTuple):
    enabled: bool
    inference: bool
    outer: _Mode | None
    cut: Cut | None  # what to say of results that were not recorded


_mode: ContextVar[_Mode] = ContextVar(
    "grad_mode",
    default=_Mode(True, False, None, None),  # noqa: B039 - immutable
)


def is_grad_enabled() -> bool:
    """Return whether operations are being recorded in this thread."""
    return _mode.get()[0]


def is_inference_mode_enabled() -> bool:
    """Return whether this thread makes inference tensors."""
    return _mode.get().inference


def cut_of_mode() -> Cut | None:
    """Return why nothing is recorded now: the mode, and where it was entered."""
    return _mode.get().cut


def switch_off(cut: Cut) -> Token[_Mode]:
    """Record nothing until ``switch_back(token)``, for this reason: ``no_grad`` in few steps."""
    outer = _mode.get()
    return _mode.set(_Mode(False, outer.inference, outer, cut))


switch_back = _mode.reset


def _push(enabled: bool, inference: bool, outer: _Mode) -> None:
    cut = None
    if inference or not enabled:
        cut = Cut("inference" if inference else "no_grad", here(3))
    _mode.set(_Mode(enabled, inference, outer, cut))
    if inference is not outer.inference:
        watching.change(inference=inference)


def _pop() -> None:
    mode = _mode.get()
    outer = mode.outer
    assert outer is not None, "a grad mode was left that had not been entered"
    _mode.set(outer)
    if mode.inference is not outer.inference:
        watching.change(inference=outer.inference)


class _GradMode:
    """Context manager and decorator that records or not while it is active."""

    enabled: bool

    def __enter__(self) -> None:
        outer = _mode.get()
        _push(self.enabled, outer.inference, outer)

    def __exit__(self, *exc_info: object) -> None:
        _pop()

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        if inspect.isclass(function):
            warnings.warn(
                "Decorating classes is deprecated and will be disabled in future versions. You "
                "should only decorate functions or methods: here, __init__ alone would run in "
                "this mode.",
                FutureWarning,
                stacklevel=2,
            )
        if inspect.isasyncgenfunction(function):
            return self._wrap_async_generator(function)
        if inspect.iscoroutinefunction(function):
            return self._wrap_coroutine(function)
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
        @functools.wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
            return (yield from self._drive(function(*args, **kwargs)))

        return wrapper

    def _wrap_coroutine(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        async def wrapper(*args: Any, **kwargs: Any) -> Any:
            return await _Stepwise(self, function(*args, **kwargs))

        return wrapper

    def _wrap_async_generator(
        self, function: Callable[..., AsyncGenerator[Any, Any]]
    ) -> Callable[..., Any]:
        @functools.wraps(function)
        async def wrapper(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
            generator = function(*args, **kwargs)
            resume: Any = generator.__anext__()
            while True:
                try:
                    item = await _Stepwise(self, resume)
                except StopAsyncIteration:
                    return
                try:
                    resume = generator.asend((yield item))
                except GeneratorExit:
                    await _Stepwise(self, generator.aclose())
                    raise
                except BaseException as error:
                    resume = generator.athrow(error)

        return wrapper

    def _drive(self, generator: Any) -> Generator[Any, Any, Any]:
        """Run each stretch between two yields in this mode, and the caller in its own."""
        resume: Callable[[], Any] = functools.partial(generator.send, None)
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


class _Stepwise:
    """An awaitable that runs in a mode, and suspends without it."""

    def __init__(self, mode: _GradMode, awaitable: Coroutine[Any, Any, Any]) -> None:
        self.mode = mode
        self.awaitable = awaitable

    def __await__(self) -> Generator[Any, Any, Any]:
        return self.mode._drive(self.awaitable)


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
    """Do not record, and make tensors that never can be: they count no versions.

    Inference tensors may be used anywhere, but outside the mode they can be neither saved for
    backward nor written to; ``clone()`` makes normal tensors of them. ``inference_mode(False)``
    leaves the mode for a block, also inside ``no_grad``, which it ends.
    """

    def __new__(cls, mode: bool | Callable[..., Any] = True) -> Any:
        self = super().__new__(cls)
        self.mode = mode is not False
        return self(mode) if callable(mode) else self

    mode: bool

    def __enter__(self) -> None:
        _push(not self.mode, self.mode, _mode.get())


class set_grad_enabled(_GradMode):
    """Set recording on or off: at once as a function, for a block as a context manager."""

    def __init__(self, mode: bool) -> None:
        self.enabled = bool(mode)
        before = self._before = _mode.get()
        # Replace, do not push: as a function it is never left.
        cut = None if self.enabled else Cut("no_grad", here(2))
        _mode.set(_Mode(self.enabled, before.inference, before.outer, cut))

    _before: _Mode | None

    def __enter__(self) -> None:
        if self._before is None:
            super().__enter__()
        else:
            _push(self.enabled, self._before.inference, self._before)
            self._before = None

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        if self._before is not None:  # used as a decorator: only the calls run in this mode
            _mode.set(self._before)
            self._before = None
        return super().__call__(function)
