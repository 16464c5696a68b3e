"""Names that a package imports when they are first asked for.

A program needs few of the layers and rules there are; to import all of them would double the time
of `import minitorch`. So their packages list them twice: as imports for type checkers, and as a
table of files, from which they are loaded one by one. The condition between the two must be spelt
`TYPE_CHECKING`, or type checkers read both and take any name for one that is there.
"""

import importlib
import sys
from collections.abc import Callable, Mapping
from typing import Any


def late(
    package: str, at_once: str, files: Mapping[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """Build ``__getattr__``, ``__dir__`` and ``__all__`` of a package.

    Args:
        package: its ``__name__``.
        at_once: the names it has imported, between spaces.
        files: for each file the names it has, between spaces; one without names stands for itself.
            Files of the package itself are among its attributes, too, as they are once they were
            imported.
    """
    names = vars(sys.modules[package])
    homes = {name: file for file, found in files.items() for name in found.split()}
    whole = {file.rpartition(".")[2]: file for file, found in files.items() if not found}

    def find(name: str) -> Any:
        if name in homes:
            found = getattr(importlib.import_module(homes[name]), name)
        elif name in whole:
            found = importlib.import_module(whole[name])
        elif f"{package}.{name}" in files:
            found = importlib.import_module(f"{package}.{name}")
        else:
            from minitorch.core.errors import missing_attribute

            raise missing_attribute(package, name)
        names[name] = found  # from now on Python finds it by itself
        return found

    def listed() -> list[str]:
        return sorted({*names, *homes, *whole})

    public = [name for name in (*homes, *whole) if not name.startswith("_")]
    return find, listed, sorted([*at_once.split(), *public])
