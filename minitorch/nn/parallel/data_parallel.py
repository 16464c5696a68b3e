"""``DataParallel``, which runs the module."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from minitorch.nn.modules.module import Module


class DataParallel(Module):
    """Run a module, on the one device that there is: (*) -> whatever the module returns.

    As in a PyTorch without GPUs: names in the state dict begin with "module.".

    Args:
        module: to run.
        device_ids: left without regard; so the next two.
        output_device: where the results would be.
        dim: along which inputs would be split.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.DataParallel.html
    """

    def __init__(
        self,
        module: Module,
        device_ids: Sequence[Any] | None = None,
        output_device: Any = None,
        dim: int = 0,
    ) -> None:
        super().__init__()
        self.module = module
        self.device_ids: list[Any] = []

    def forward(self, *inputs: Any, **kwargs: Any) -> Any:
        return self.module(*inputs, **kwargs)


def data_parallel(
    module: Module,
    inputs: Any,
    device_ids: Sequence[Any] | None = None,
    output_device: Any = None,
    dim: int = 0,
    module_kwargs: dict[str, Any] | None = None,
) -> Any:
    """Call a module, as :class:`DataParallel` does.

    Args:
        module: to call.
        inputs: a tuple of arguments, or one.
        device_ids: left without regard; so the next two.
        output_device: where the results would be.
        dim: along which inputs would be split.
        module_kwargs: arguments by name.
    """
    args = inputs if isinstance(inputs, tuple) else (inputs,)
    return module(*args, **(module_kwargs or {}))
