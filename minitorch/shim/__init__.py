"""``import torch`` means minitorch: in one process, from :func:`install` to :func:`uninstall`.

``python -m minitorch.shim train.py --epochs 3`` runs a program that was written for PyTorch.

Note [Aliases]
    ``torch.nn.functional`` and ``minitorch.nn.functional`` are one module object, so that
    ``isinstance``, pickles and settings do not depend on the name it was imported by. Python's
    import system sets every module that it finds as an attribute of its package; where the package
    has a function by the name of a file (``autograd.gradcheck``), that would hide the function. So
    whatever is loaded gets its second name at once, and is not found again.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

import minitorch
from minitorch import version
from minitorch.core.errors import missing_module

__all__ = ["install", "uninstall"]


def install(force: bool = False) -> None:
    """Let ``import torch``, and of any part of it, mean minitorch in this process.

    ``torch.__version__`` is then that of the PyTorch whose names these are, with minitorch's own
    after it: ``2.13.0+minitorch.0.1.0``. A second call changes nothing.

    Args:
        force: also where PyTorch is installed; if it is imported it is put aside.

    Raises:
        RuntimeError: if PyTorch is installed and ``force`` is not given.

    Example:
        >>> import minitorch.shim
        >>> minitorch.shim.install()
        >>> import torch.nn.functional as F
    """
    if _aliases in sys.meta_path:
        return
    place = _pytorch()
    if place is not None and not force:
        raise RuntimeError(
            f"PyTorch is installed ({place}): minitorch would take its name. Ask for it with "
            "minitorch.shim.install(force=True), or `python -m minitorch.shim --force`."
        )
    _aliases.shadowed = _take_names()
    sys.meta_path.insert(0, _aliases)
    _name_version(f"{version.pytorch}+minitorch.{_VERSION}")


def uninstall() -> None:
    """Let ``import torch`` mean PyTorch again, or nothing; modules keep what they have imported."""
    if _aliases not in sys.meta_path:
        return
    sys.meta_path.remove(_aliases)
    _take_names()
    sys.modules.update(_aliases.shadowed)
    _aliases.shadowed = {}
    _name_version(_VERSION)


_VERSION = version.__version__


def _name_version(text: str) -> None:
    minitorch.__version__ = version.__version__ = text


def _pytorch() -> str | None:
    """Where PyTorch is; None if it is not installed."""
    loaded = sys.modules.get("torch")
    if loaded is not None:
        return str(getattr(loaded, "__file__", loaded))
    spec = importlib.util.find_spec("torch")
    return None if spec is None else spec.origin  # a mere folder has none


def _is_torch(name: str) -> bool:
    return name == "torch" or name.startswith("torch.")


def _our_name(name: str) -> str:
    return "minitorch" + name.removeprefix("torch")


def _take_names() -> dict[str, ModuleType]:
    """Forget and return all modules by the name of PyTorch."""
    return {name: sys.modules.pop(name) for name in list(sys.modules) if _is_torch(name)}


class _Aliases(MetaPathFinder, Loader):
    """Finds ``torch.x`` where ``minitorch.x`` is, Note [Aliases]."""

    shadowed: dict[str, ModuleType]  # an imported PyTorch, to put back

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return what to load; None for what is not there.

        Raises:
            ModuleNotFoundError: for what is not there, if an import statement asks.
        """
        if not _is_torch(fullname):
            return None
        ours = importlib.util.find_spec(_our_name(fullname))
        if ours is not None:
            is_package = ours.submodule_search_locations is not None
            return ModuleSpec(fullname, self, origin=ours.origin, is_package=is_package)
        # importlib.util.find_spec() only wants to know; the words are for who needs the module.
        if sys._getframe(2).f_code.co_name == "_find_and_load_unlocked":
            raise missing_module(fullname, _our_name(fullname))
        return None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return the module of ours."""
        module = importlib.import_module(_our_name(spec.name))
        spec.loader_state = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Give the module its own specification back, and all that it has loaded second names."""
        assert module.__spec__ is not None
        module.__spec__ = module.__spec__.loader_state
        for name, loaded in list(sys.modules.items()):
            if name.startswith("minitorch."):
                sys.modules.setdefault(name.removeprefix("mini"), loaded)


_aliases = _Aliases()
