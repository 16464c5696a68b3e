"""``einops`` on tensors: after :func:`register`, ``einops.rearrange(x, "a b -> b a")`` takes them.

``einops.array_api`` needs no registering, and under the shim (``minitorch.shim``) einops takes
tensors for PyTorch's, layers included.
"""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any


@cache
def register() -> Any:
    """Have einops know tensors as it knows PyTorch's; return the class it knows them by.

    Raises:
        ModuleNotFoundError: if einops is not installed.

    Example:
        >>> from minitorch.utils import einops
        >>> einops.register()  # doctest: +SKIP
    """
    torch_backend: Any = importlib.import_module("einops._backends").TorchBackend

    class MinitorchBackend(torch_backend):  # type: ignore[misc]
        """What einops asks of a library."""

        framework_name = "minitorch"

        def __init__(self) -> None:
            self.torch = importlib.import_module("minitorch")

    return MinitorchBackend
