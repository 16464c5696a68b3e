"""``compile``: there is no compiler; what would be compiled runs as it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, overload

F = TypeVar("F", bound=Callable[..., Any])


@overload
def compile(model: F, **options: Any) -> F: ...
@overload
def compile(model: None = None, **options: Any) -> Callable[[F], F]: ...
def compile(
    model: Any = None,
    *,
    fullgraph: bool = False,
    dynamic: bool | None = None,
    backend: Any = None,
    mode: str | None = None,
    options: dict[str, Any] | None = None,
    disable: bool = False,
    **others: Any,
) -> Any:
    """Return a function or module as it is; with options alone, a decorator that does.

    Args:
        model: what would be compiled.
        fullgraph: accepted and without effect, as all other options are.
        dynamic: see ``fullgraph``.
        backend: see ``fullgraph``.
        mode: see ``fullgraph``.
        options: see ``fullgraph``.
        disable: see ``fullgraph``.
        others: see ``fullgraph``.

    Raises:
        AssertionError: for what cannot be called.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.compile.html, but for the module:
    PyTorch's is another one around it, in whose state all names begin with ``_orig_mod.``.
    """
    if model is None:
        return compile
    if not callable(model):
        raise AssertionError(f"A callable function is expected, but {type(model)} is provided.")
    return model


def disable(fn: Any = None, recursive: bool = True, *, reason: str | None = None) -> Any:
    """Return a function as it is; with options alone, a decorator that does."""
    return (lambda f: f) if fn is None else fn


def allow_in_graph(fn: Any) -> Any:
    """Return a function as it is."""
    return fn


def assume_constant_result(fn: Any) -> Any:
    """Return a function as it is."""
    return fn


def is_compiling() -> bool:
    """Return False."""
    return False


def is_dynamo_compiling() -> bool:
    """Return False."""
    return False


def is_exporting() -> bool:
    """Return False."""
    return False


def list_backends(exclude_tags: Any = ()) -> list[str]:
    """Return []: there is no compiler."""
    return []


def reset() -> None:
    """Do nothing: nothing was compiled."""


def cudagraph_mark_step_begin() -> None:
    """Do nothing: there are no graphs of a GPU."""
