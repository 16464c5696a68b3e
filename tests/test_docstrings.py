"""Every public name says what it is: functions, classes, their methods and properties."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

import minitorch
import minitorch.nn.modules
import minitorch.nn.utils

NAMESPACES = [
    "minitorch",
    "minitorch.Tensor",
    "minitorch.accelerator",
    "minitorch.amp",
    "minitorch.autograd",
    *(f"minitorch.backends.{name}" for name in minitorch.backends.__all__),
    "minitorch.compiler",
    "minitorch.cpu",
    "minitorch.cuda",
    "minitorch.cuda.amp",
    "minitorch.distributed",
    "minitorch.drawing",
    "minitorch.func",
    "minitorch.hub",
    "minitorch.jit",
    "minitorch.nn",
    "minitorch.nn.functional",
    "minitorch.nn.init",
    "minitorch.nn.parameter",
    *(
        module.name
        for package in (minitorch.nn.modules, minitorch.nn.utils)
        for module in pkgutil.iter_modules(package.__path__, package.__name__ + ".")
    ),
    "minitorch.nn.utils",
    "minitorch.optim",
    "minitorch.optim.lr_scheduler",
    "minitorch.profiler",
    "minitorch.settings",
    "minitorch.shim",
    "minitorch.signal.windows",
    "minitorch.special",
    "minitorch.utils.checkpoint",
    "minitorch.utils.data",
    "minitorch.vision.datasets",
]


def namespace(name: str) -> Any:
    """The module, or the class of a module, of this dotted name."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        module, _, attribute = name.rpartition(".")
        return getattr(importlib.import_module(module), attribute)


def missing(place: Any, name: str) -> list[str]:
    """Dotted names of what has no docstring, below a module or a class."""
    if inspect.isclass(place):
        return [f"{name}{rest}" for rest in _missing_in_class(place)]
    found = [] if place.__doc__ else [name]
    for key, value in _public(place):
        if inspect.isclass(value):
            # The class's own page, if it has one, is another line of NAMESPACES.
            if f"{name}.{key}" not in NAMESPACES:
                found += [f"{name}.{key}{rest}" for rest in _missing_in_class(value)]
        elif not inspect.getdoc(value):
            found.append(f"{name}.{key}")
    return found


def _public(module: ModuleType) -> Iterator[tuple[str, Any]]:
    """Functions and classes that a module offers.

    Those of `__all__`, if it has one; else a package offers what it imports, and a file what it
    defines.
    """
    listed = getattr(module, "__all__", None)
    for key in listed or sorted(vars(module)):
        value = getattr(module, key)
        home = str(getattr(value, "__module__", ""))
        offered = home == module.__name__ or (home.startswith("minitorch") and _offers(module))
        if (listed or offered) and not key.startswith("_") and _is_described(value):
            yield key, value


def _offers(module: ModuleType) -> bool:
    return hasattr(module, "__path__")


def _is_described(value: Any) -> bool:
    return inspect.isroutine(value) or inspect.isclass(value)


def _missing_in_class(cls: type) -> list[str]:
    """The class itself is "", its members are ".name"."""
    own = cls.__dict__.get("__doc__")
    generated = own is None or own.startswith(f"{cls.__name__}(")  # a dataclass's or tuple's
    members = [name for name in dir(cls) if not name.startswith("_")]
    return ([""] if generated else []) + [
        f".{name}" for name in members if not _has_docstring(cls, name)
    ]


def _has_docstring(cls: type, name: str) -> bool:
    """Whether a member says what it is, itself or where it overrides another class's of ours.

    What comes from dict, Exception and the like is not ours to describe.
    """
    tensors = () if cls is minitorch.Tensor else minitorch.Tensor.__mro__  # they have their line
    ours = [c for c in cls.__mro__ if c.__module__.startswith("minitorch") and c not in tensors]
    members = [vars(c)[name] for c in ours if name in vars(c)]
    described = (staticmethod, classmethod, property)
    members = [m for m in members if inspect.isroutine(m) or isinstance(m, described)]
    return not members or any(m.__doc__ for m in members)


@pytest.mark.parametrize("name", NAMESPACES)
def test_public_names_have_docstrings(name: str) -> None:
    found = missing(namespace(name), name)
    assert not found, "no docstring:\n" + "\n".join(found)


def test_a_gap_is_found() -> None:
    class Base:
        """Says what it is."""

        def told(self) -> None:
            """Say something."""

        def silent(self) -> None: ...

        @property
        def size(self) -> int:
            return 1

    class Derived(Base, dict):  # type: ignore[type-arg]
        def told(self) -> None: ...

        def own(self) -> None: ...

        @classmethod
        def make(cls) -> None: ...

    def bare() -> None: ...

    for item in (Base, Derived, bare):
        item.__module__ = "minitorch.sample"
    assert missing(Base, "Base") == ["Base.silent", "Base.size"]
    assert missing(Derived, "D") == ["D", "D.make", "D.own", "D.silent", "D.size"]
    module = ModuleType("minitorch.sample")
    vars(module).update(Base=Base, bare=bare, _hidden=bare, number=3, dict=dict)
    assert missing(module, "sample") == [
        "sample",
        "sample.Base.silent",
        "sample.Base.size",
        "sample.bare",
    ]
    module.__all__ = ["Base"]  # type: ignore[attr-defined]
    module.__doc__ = "A sample."
    assert missing(module, "sample") == ["sample.Base.silent", "sample.Base.size"]


def test_every_module_of_the_public_paths_is_walked() -> None:
    assert "minitorch.nn.modules.module" in NAMESPACES
    assert {n for n, _ in _public(minitorch.nn)} >= {"Linear", "Module", "Parameter"}
    assert "relu" in {n for n, _ in _public(minitorch.nn.functional)}


HAVE_NO_SHAPE = {
    "Buffer",
    "LinearCrossEntropyOptions",
    "Module",
    "Parameter",
    "UninitializedBuffer",
    "UninitializedParameter",
} | {
    *("ModuleDict", "ModuleList", "ParameterDict", "ParameterList", "Sequential"),
    *("RNNBase", "RNNCellBase"),  # which have no forward
}


@pytest.mark.parametrize("name", ["minitorch.nn", "minitorch.nn.functional"])
def test_layers_and_functions_give_shapes_and_source(name: str) -> None:
    lacking = []
    for key, value in _public(namespace(name)):
        text = inspect.getdoc(value) or ""
        if value.__module__.startswith("minitorch.nn"):
            lacking += [f"{key}: Source: ..."] if "Source: " not in text else []
            lacking += [f"{key}: (...) -> (...)"] if "->" not in text else []
    assert {line for line in lacking if line.partition(":")[0] not in HAVE_NO_SHAPE} == set()
