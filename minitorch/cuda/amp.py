"""The old names of :mod:`minitorch.amp` for a GPU."""

import functools
from collections.abc import Callable
from typing import Any

from minitorch import amp
from minitorch.autograd.sites import warn_user
from minitorch.core.dtypes import dtype as DType, float16

__all__ = ["GradScaler", "autocast", "custom_bwd", "custom_fwd"]


def _deprecated(name: str) -> None:
    warn_user(
        f"`torch.cuda.amp.{name}(args...)` is deprecated. Please use `torch.amp.{name}('cuda', "
        "args...)` instead.",
        FutureWarning,
    )


class autocast(amp.autocast):
    """``amp.autocast("cuda")``: off, with PyTorch's warnings."""

    def __init__(
        self, enabled: bool = True, dtype: DType = float16, cache_enabled: bool = True
    ) -> None:
        _deprecated("autocast")
        super().__init__("cuda", dtype=dtype, enabled=enabled, cache_enabled=cache_enabled)


class GradScaler(amp.GradScaler):
    """``amp.GradScaler("cuda")``: off, with PyTorch's warnings."""

    def __init__(
        self,
        init_scale: float = 2.0**16,
        growth_factor: float = 2.0,
        backoff_factor: float = 0.5,
        growth_interval: int = 2000,
        enabled: bool = True,
    ) -> None:
        _deprecated("GradScaler")
        super().__init__(
            "cuda", init_scale, growth_factor, backoff_factor, growth_interval, enabled
        )


def custom_fwd(fwd: Callable[..., Any] | None = None, **kwargs: Any) -> Any:
    """Return ``amp.custom_fwd(device_type="cuda")``, with PyTorch's warning."""
    _deprecated("custom_fwd")
    return functools.partial(amp.custom_fwd, device_type="cuda")(fwd, **kwargs)


def custom_bwd(bwd: Callable[..., Any]) -> Any:
    """Return ``amp.custom_bwd(device_type="cuda")``, with PyTorch's warning."""
    _deprecated("custom_bwd")
    return amp.custom_bwd(bwd, device_type="cuda")
