"""PyTorch and torchvision as oracles, imported so that they neither warn nor disturb timings."""

import functools
import importlib
import sys
import warnings
from types import ModuleType
from typing import Any
from unittest.mock import patch

# A library whose Python object dies takes its schemas with it.
_keep_alive: list[Any] = []


@functools.cache
def import_torch() -> ModuleType:
    """PyTorch on one thread: its pool and NumPy's would fight for the cores in one process.

    With what its forward mode loads when it is first used, and warns of.
    """
    torch = _import_quietly("torch")
    _import_quietly("torch._decomp.decompositions_for_jvp")
    torch.set_num_threads(1)
    # Its own also seeds accelerators that are not there, and formats the stack for each.
    torch.manual_seed = lambda seed: torch.default_generator.manual_seed(int(seed))
    return torch


def import_torchvision() -> ModuleType:
    """Torchvision, also where its wheel is built for CUDA and PyTorch's for the CPU.

    The compiled part of such a pair does not load, and the import stops at the first op it
    should have brought ("operator torchvision::nms does not exist"). Declaring the schemas is
    enough for datasets, transforms and models. Matching builds declare them themselves, and a
    second declaration is an error: so it is done only after a first import failed.
    """
    torch = import_torch()
    try:
        return _import_quietly("torchvision")
    except RuntimeError as error:
        if "torchvision::nms" not in str(error):
            raise
    for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
        del sys.modules[name]
    library = torch.library.Library("torchvision", "DEF")
    for op in ("nms", "qnms"):
        library.define(f"{op}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    _keep_alive.append(library)
    return _import_quietly("torchvision")


def import_from_tests(name: str) -> ModuleType:
    """Import a file of PyTorch's own tests, without forbidding all programs to set flags."""
    torch = import_torch()
    with patch.object(torch.backends, "disable_global_flags", lambda: None):
        # At each sample it looks through the whole stack for a `unittest` test; none is here.
        _import_quietly("torch.testing._internal.common_utils").extract_test_fn = lambda: None
        return _import_quietly(f"torch.testing._internal.{name}")


def _import_quietly(name: str) -> ModuleType:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # their deprecations are not ours to fix
        return importlib.import_module(name)
