"""Finding every optimizer and scheduler of a package, also those that nobody registered."""

import importlib
import pkgutil
from collections.abc import Iterable
from typing import Any


def found(base: type, package: str, abstract: Iterable[type] = ()) -> dict[str, type]:
    """The public subclasses of ``base`` that the package defines, with all modules imported."""
    root = importlib.import_module(package)
    for module in pkgutil.walk_packages(root.__path__, f"{package}."):
        importlib.import_module(module.name)
    kinds, todo = [], [base]
    while todo:
        kinds.append(todo.pop())
        todo += [kind for kind in kinds[-1].__subclasses__() if kind not in kinds]
    bases = {base, *abstract}
    kinds = [k for k in kinds if k not in bases and not k.__name__.startswith("_")]
    own = [k for k in kinds if k.__module__.startswith(f"{package}.")]
    return {kind.__name__: kind for kind in sorted(own, key=lambda kind: kind.__name__)}


def without_row(kinds: dict[str, type], rows: dict[str, Any], where: str) -> list[str]:
    """A complaint for each class without a row of cases."""
    return [
        f"{kind.__module__}.{name} has no row of cases: add {name!r} to ROWS in {where}"
        for name, kind in kinds.items()
        if name not in rows
    ]
