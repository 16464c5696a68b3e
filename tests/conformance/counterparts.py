"""Functions of PyTorch and of its tests, found or rebuilt here.

A function of PyTorch has its counterpart under the same path. What the databases wrap around one
(`lambda x: torch.zero_(x.clone())`) is rebuilt: the same code, in which `torch` is minitorch.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Iterator
from types import CellType, CodeType, FunctionType, ModuleType
from typing import Any

from tests.support.oracles import import_torch

# Where two of them have a function in common, the first path names it.
NAMESPACES = (
    *("nn.functional", "nn", "", "Tensor", "linalg", "special", "fft", "signal.windows"),
    *("masked", "nn.init", "nested", "sparse"),
)
_TESTS = "torch.testing."


class Absent(AttributeError):
    """What PyTorch has under that path does not exist here."""


def counterpart(value: Any) -> Any:
    """The function or class of PyTorch's under the same path here; others stay.

    Raises:
        Absent: if nothing stands there.
    """
    if isinstance(value, ModuleType):
        return _module(value)
    path, _ = _paths().get(id(value), (None, None))
    if path is not None:
        return at(path)
    home = getattr(value, "__module__", None) or ""
    if home.startswith(_TESTS):
        if getattr(value, "__name__", "") == "wrapper_set_seed":
            return _seeded
        return _rebuilt(value) if isinstance(value, FunctionType) else value
    if home == "torch._C._nn" and value.__name__.endswith("_"):  # where functions take `inplace=`
        return functools.partial(at(f"nn.functional.{value.__name__[:-1]}"), inplace=True)
    if callable(value) and (home or type(value).__module__).startswith("torch"):
        raise Absent(f"{getattr(value, '__qualname__', value)} is absent")
    return value


def _seeded(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    at("manual_seed")(42)
    return function(*args, **kwargs)


@functools.cache
def _paths() -> dict[int, tuple[str, Any]]:
    """The path of each function and class of PyTorch, by identity.

    Each is kept: of one that a look-up made, another might get the identity.
    """
    torch, paths = import_torch(), {}
    for space in NAMESPACES:
        owner = functools.reduce(getattr, space.split("."), torch) if space else torch
        for name in sorted(dir(owner), key=lambda name: name.startswith("_")):  # public ones first
            value = getattr(owner, name, None)
            home = getattr(value, "__module__", None) or "torch"
            if callable(value) and home.startswith("torch") and name != "__class__":
                paths.setdefault(id(value), (f"{space}.{name}".lstrip("."), value))
    return paths


def at(path: str) -> Any:
    """What stands under that path."""
    import minitorch

    found: Any = minitorch
    for name in path.split("."):
        try:
            found = getattr(found, name)
        except AttributeError:
            raise Absent(f"{path} is absent") from None
    return found


def _module(theirs: ModuleType) -> Any:
    name, _, rest = theirs.__name__.partition(".")
    if name != "torch" or rest.startswith("testing"):
        return theirs
    try:
        return importlib.import_module(f"minitorch.{rest}".rstrip("."))
    except ImportError:
        raise Absent(f"{rest} is absent") from None


_rebuilt_already: dict[FunctionType, FunctionType] = {}


def _rebuilt(theirs: FunctionType) -> FunctionType:
    """The same code over counterparts of the names that it uses."""
    from tests.conformance.translate import ours

    if theirs in _rebuilt_already:
        return _rebuilt_already[theirs]
    names: dict[str, Any] = {}
    cells = tuple(CellType() for _ in theirs.__closure__ or ())
    mine = FunctionType(theirs.__code__, names, theirs.__name__, None, cells)
    _rebuilt_already[theirs] = mine  # before its names, of which it may be one itself
    for name in _names(theirs.__code__):
        if name in theirs.__globals__:
            names[name] = _if_there(counterpart, theirs.__globals__[name])
    for cell, original in zip(cells, theirs.__closure__ or (), strict=True):
        cell.cell_contents = _if_there(ours, original.cell_contents)
    mine.__defaults__ = ours(theirs.__defaults__)
    mine.__kwdefaults__ = ours(theirs.__kwdefaults__)
    return mine


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


def _if_there(translate: Callable[[Any], Any], value: Any) -> Any:
    """What is absent raises when it is called, not when the code around it is rebuilt."""
    try:
        return translate(value)
    except Absent as absent:
        return functools.partial(_raise, absent)


def _raise(error: Exception, *_args: Any, **_kwargs: Any) -> None:
    raise error
