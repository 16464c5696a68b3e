"""What type checkers, editors and ``help()`` see of `minitorch.optim`."""

import ast
import inspect
from collections.abc import Iterator
from typing import Any

import pytest

import minitorch as mt
from tests.support.source import REPOSITORY

PACKAGES = ["minitorch/optim/__init__.py", "minitorch/optim/lr_scheduler/__init__.py"]


def hidden_imports(text: str) -> Iterator[str]:
    """Names that `mypy --strict` in a user's project would not take as public."""
    for node in ast.parse(text).body:
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                private = (alias.asname or alias.name).startswith("_")
                if not private and alias.asname != alias.name:
                    yield f"write: from {node.module} import {alias.name} as {alias.name}"


@pytest.mark.parametrize("name", PACKAGES)
def test_public_names_are_exported(name: str) -> None:
    assert not list(hidden_imports((REPOSITORY / name).read_text(encoding="utf-8")))


def test_a_name_that_is_only_imported_is_found() -> None:
    text = "from typing import Any as _Any\nfrom a.b import C as C, D"
    assert list(hidden_imports(text)) == ["write: from a.b import D as D"]


def undocumented(kind: type) -> list[str]:
    """The public methods and properties of a class of ours that say nothing, and the class."""
    members = [(kind.__name__, kind)]
    for base in kind.__mro__:
        if base.__module__.startswith("minitorch."):
            own = [(f"{kind.__name__}.{n}", v) for n, v in vars(base).items() if n[0] != "_"]
            members += [(n, v) for n, v in own if callable(v) or isinstance(v, property)]
    return [name for name, value in members if not inspect.getdoc(value)]


@pytest.mark.parametrize("module", [mt.optim, mt.optim.lr_scheduler], ids=lambda m: m.__name__)
def test_every_class_and_method_has_a_docstring(module: Any) -> None:
    kinds = [kind for name, kind in inspect.getmembers(module, inspect.isclass) if name[0] != "_"]
    assert len(kinds) > 1
    assert [name for kind in kinds for name in undocumented(kind)] == []


def test_a_method_without_docstring_is_found() -> None:
    class Silent(mt.optim.SGD):
        """Says what it is."""

        def more(self) -> None: ...

    Silent.__module__ = "minitorch.optim.silent"
    assert undocumented(Silent) == ["Silent.more"]
