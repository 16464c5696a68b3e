"""Running a program as ``python program.py`` does, with the shim."""

from __future__ import annotations

import importlib.util
import os
import shlex
import sys
from dataclasses import dataclass
from importlib.abc import InspectLoader
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, NoReturn

from minitorch.shim import install

USAGE = """usage: python -m minitorch.shim [--force] (program.py | -m module) [arguments]

Run a program for which `import torch` means minitorch.

--force    also where PyTorch is installed"""

_VARIABLE = "MINITORCH_SHIM"  # tells processes that `multiprocessing` starts what runs


@dataclass(frozen=True)
class _Asked:
    force: bool
    is_module: bool
    name: str
    arguments: list[str]

    def said(self) -> str:
        words = ["--force"] * self.force + ["-m"] * self.is_module
        return shlex.join([*words, self.name if self.is_module else self.file()])

    def file(self) -> str:
        return str(Path(self.name).absolute())  # found again where the program changes its folder


def main() -> None:
    """Run what the command line names."""
    asked = _read(sys.argv[1:])
    os.environ[_VARIABLE] = asked.said()
    try:
        install(asked.force)
    except RuntimeError as error:
        sys.exit(f"minitorch.shim: {error}")
    if not (asked.is_module or sys.flags.safe_path):
        sys.path[0] = str(Path(asked.name).resolve().parent)  # not the folder `-m` puts there
    code, file, package = _find(asked)
    sys.argv = [file if asked.is_module else asked.name, *asked.arguments]
    module = _empty("__main__", code, file, package)
    sys.modules["__main__"] = module
    _run(module)


def run_again(name: str) -> ModuleType:
    """Run the program of the parent process under another name; return the module that it makes."""
    asked = _read(shlex.split(os.environ[_VARIABLE]))
    install(asked.force)
    code, file, package = _find(asked)
    module = _empty(name, code, file, package)
    _run(module)
    return module


def _read(words: list[str]) -> _Asked:
    words = list(words)
    force = words[:1] == ["--force"]
    words = words[force:]
    is_module = words[:1] == ["-m"]
    words = words[is_module:]
    if not words or words[0] in ("-h", "--help"):
        _leave(None if words else "which program?")
    if words[0].startswith("-"):
        _leave(f"unknown option {words[0]}")
    return _Asked(force, is_module, words[0], words[1:])


def _leave(complaint: str | None) -> NoReturn:
    print(USAGE, file=sys.stderr if complaint else sys.stdout)
    sys.exit(f"minitorch.shim: {complaint}" if complaint else 0)


def _find(asked: _Asked) -> tuple[CodeType, str, str]:
    """The program's code, file and package ("" for none)."""
    if asked.is_module:
        return _find_module(asked.name)
    try:
        source = Path(asked.name).read_bytes()
    except OSError as error:
        sys.exit(f"minitorch.shim: can't open {asked.name!r}: {error.strerror}")
    return compile(source, asked.file(), "exec"), asked.file(), ""


def _find_module(name: str) -> tuple[CodeType, str, str]:
    try:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.submodule_search_locations is not None:
            spec = importlib.util.find_spec(f"{name}.__main__")
    except ImportError as error:
        sys.exit(f"minitorch.shim: {error}")
    loader: Any = None if spec is None else spec.loader
    code = None if loader is None else loader.get_code(loader.name)
    if spec is None or code is None:
        sys.exit(f"minitorch.shim: no module {name!r} that can be run")
    return code, str(spec.origin), spec.parent or ""


class _MainSpec(ModuleSpec):
    """Names to ``multiprocessing`` what it shall import, and to the program its own package."""

    def __init__(self, loader: InspectLoader, package: str) -> None:
        super().__init__("minitorch.shim.again", loader)
        self._package = package

    @property
    def parent(self) -> str:
        return self._package


class _Code(InspectLoader):
    """A loader of code that is at hand."""

    def __init__(self, code: CodeType) -> None:
        self.code = code

    def get_code(self, fullname: str) -> CodeType:
        """Return it."""
        return self.code

    def get_source(self, fullname: str) -> str | None:
        """Return None: the code says which file it is of."""
        return None


def _empty(name: str, code: CodeType, file: str, package: str) -> ModuleType:
    module = ModuleType(name)
    loader = _Code(code)
    module.__file__ = file
    module.__loader__ = loader
    module.__package__ = package
    module.__spec__ = _MainSpec(loader, package)
    return module


def _run(module: ModuleType) -> None:
    loader: Any = module.__loader__
    loader.exec_module(module)
