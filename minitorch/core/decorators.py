"""``Decorating``: context managers that also decorate functions, of every kind that Python has."""

from __future__ import annotations

import functools
import inspect
import warnings
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


class Decorating:
    """Base of context managers that may be entered again and again, one instance within itself.

    As a decorator it is on while the function runs: of generators and coroutines while their own
    lines run, and not while they wait for the caller.
    """

    def __enter__(self) -> Any:
        raise NotImplementedError

    def __exit__(self, *exc_info: object) -> Any:
        raise NotImplementedError

    def __call__(self, function: F) -> F:
        if inspect.isclass(function):
            warnings.warn(
                "Decorating classes is deprecated and will be disabled in future versions. You "
                "should only decorate functions or methods: here, __init__ alone would run in "
                "this mode.",
                FutureWarning,
                stacklevel=2,
            )
        wrapped: Any = self._wrapped(function)
        return wrapped

    def _wrapped(self, function: Callable[..., Any]) -> Callable[..., Any]:
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

    def __init__(self, mode: Decorating, awaitable: Coroutine[Any, Any, Any]) -> None:
        self.mode = mode
        self.awaitable = awaitable

    def __await__(self) -> Generator[Any, Any, Any]:
        return self.mode._drive(self.awaitable)
