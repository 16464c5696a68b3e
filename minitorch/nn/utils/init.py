"""Modules without initial values."""

from __future__ import annotations

from typing import Any

from minitorch.generator import default_generator
from minitorch.nn.modules.module import Module


def skip_init(module_cls: Any, *args: Any, **kwargs: Any) -> Any:
    """Make a module whose parameters and buffers have arbitrary values, and draw no numbers.

    Args:
        module_cls: a class of modules that takes ``device``.
        args: for its constructor; so ``kwargs``.

    Raises:
        RuntimeError: for what is no such class.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.skip_init.html
    """
    import inspect

    if not (isinstance(module_cls, type) and issubclass(module_cls, Module)):
        raise RuntimeError(f"Expected a Module; got {module_cls}")
    if "device" not in inspect.signature(module_cls).parameters:
        raise RuntimeError("Module must support a 'device' arg to skip initialization")
    state = default_generator.get_state()
    try:
        module = module_cls(*args, **kwargs)
    finally:
        default_generator.set_state(state)
    return module
