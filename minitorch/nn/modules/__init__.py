"""The layers, one file per family, under PyTorch's file names; ``minitorch.nn`` offers them all.

So does this package: ``nn.modules.Linear`` is ``nn.Linear``, and ``nn.modules.linear`` its file.
"""

import importlib as _importlib
from contextlib import suppress as _suppress
from typing import Any as _Any


def __getattr__(name: str) -> _Any:
    from minitorch import nn

    layers = [layer for layer in dir(nn) if layer[0].isupper()]
    if name == "__all__":
        return layers
    if name in layers:
        return getattr(nn, name)
    if not name.startswith("__"):
        with _suppress(ModuleNotFoundError):
            return _importlib.import_module(f"{__name__}.{name}")
    from minitorch.core.errors import missing_attribute

    raise missing_attribute(__name__, name)
