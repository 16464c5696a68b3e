"""Semantics by table: one fact per row, observed here and, where it is installed, in PyTorch.

A row is a function of a library that returns what it observed as plain values. The golden value
beside it is what PyTorch 2.13 gave, so a row proves something where PyTorch is absent::

    @row([6.0])
    def test_a_hook_sees_the_gradient(torch: Any) -> Any:
        ...

`pytest -k pytorch` runs the rows on PyTorch alone.
"""

import contextvars
import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

import minitorch as mt

Row = Callable[[Any], Any]
SAME: Any = object()  # what minitorch gives is what PyTorch gives


@dataclass(frozen=True)
class Complaint:
    """An error or a warning: its class and its message, in a golden value a part of the message."""

    kind: str
    message: str


def refused(kind: type[BaseException], phrase: str) -> Complaint:
    """The golden value of a row, or of a part of it, that ends in an error."""
    return Complaint(kind.__name__, phrase)


def row(expected: Any, ours: Any = SAME) -> Callable[[Row], Callable[..., None]]:
    """Make a row a test; `ours` is for the few where minitorch differs on purpose."""

    def decorate(function: Row) -> Callable[..., None]:
        def test(library: str, request: pytest.FixtureRequest) -> None:
            if library == "pytorch":
                check(function, request.getfixturevalue("torch"), expected)
            else:
                check(function, mt, expected if ours is SAME else ours)

        test.__name__, test.__doc__ = function.__name__, function.__doc__
        return pytest.mark.parametrize("library", ["minitorch", "pytorch"])(test)

    return decorate


def check(function: Row, lib: Any, expected: Any) -> None:
    got = observe(function, lib)
    assert same(got, expected), f"\ngot:      {got!r}\nexpected: {expected!r}"


def observe(function: Row, lib: Any) -> Any:
    """What a row gives, or its complaint; grad modes it leaves behind end with it."""

    def run() -> Any:
        with lib.enable_grad(), warnings.catch_warnings():
            # PyTorch says it once per process: rows must not depend on which comes first.
            warnings.filterwarnings("ignore", r"Using backward\(\) with create_graph=True")
            warnings.filterwarnings("ignore", r"`torch\.jit\.", DeprecationWarning)
            return plain(complaint(lambda: function(lib), result=True))

    return contextvars.copy_context().run(run)


def complaint(call: Callable[[], Any], result: bool = False) -> Any:
    """The error that a call ends in; without one None, or with `result` what it returns.

    The error itself is let go: its traceback would keep graphs alive.
    """
    try:
        value = call()
    except Exception as error:
        return Complaint(type(error).__name__, str(error))
    return value if result else None


def warned(call: Callable[[], Any]) -> list[Complaint]:
    """The warnings that a call gives, in order."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call()
    return [Complaint(w.category.__name__, str(w.message)) for w in caught]


def plain(value: Any) -> Any:
    """Tensors as nested lists of numbers, also inside of lists, tuples and dicts."""
    if hasattr(value, "requires_grad") and hasattr(value, "tolist"):
        return value.detach().tolist()
    if isinstance(value, list | tuple):
        items = [plain(item) for item in value]
        return items if isinstance(value, list) else tuple(items)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


def same(got: Any, want: Any) -> bool:
    """Equality, of floats but for rounding; of complaints by class and phrase."""
    if isinstance(want, Complaint):
        return isinstance(got, Complaint) and got.kind == want.kind and want.message in got.message
    if isinstance(want, list | tuple):
        pairs = type(got) is type(want) and len(got) == len(want) and zip(got, want, strict=True)
        return pairs is not False and all(same(a, b) for a, b in pairs)
    if isinstance(want, dict):
        return (
            isinstance(got, dict)
            and list(got) == list(want)
            and all(same(got[k], want[k]) for k in want)
        )
    if isinstance(want, float) and isinstance(got, float):
        both_nan = math.isnan(want) and math.isnan(got)
        return both_nan or math.isclose(got, want, rel_tol=1e-5, abs_tol=1e-7)
    return type(got) is type(want) and bool(got == want)


def leaf(torch: Any, *values: float) -> Any:
    """A vector that requires grad."""
    return torch.tensor(list(values), requires_grad=True)


def tap(log: list[Any], label: str) -> Callable[..., None]:
    """A hook that only writes down that it ran."""

    def hook(*args: Any) -> None:
        log.append(label)

    return hook
