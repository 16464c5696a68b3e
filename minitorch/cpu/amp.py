"""The old names of :mod:`minitorch.amp` for the CPU."""

from minitorch import amp
from minitorch.autograd.sites import warn_user
from minitorch.core.dtypes import bfloat16, dtype as DType

__all__ = ["GradScaler", "autocast"]


def _deprecated(name: str) -> None:
    warn_user(
        f"`torch.cpu.amp.{name}(args...)` is deprecated. Please use `torch.amp.{name}('cpu', "
        "args...)` instead.",
        FutureWarning,
    )


class autocast(amp.autocast):
    """``amp.autocast("cpu")``, with PyTorch's warning."""

    def __init__(
        self, enabled: bool = True, dtype: DType = bfloat16, cache_enabled: bool = True
    ) -> None:
        _deprecated("autocast")
        super().__init__("cpu", dtype=dtype, enabled=enabled, cache_enabled=cache_enabled)


class GradScaler(amp.GradScaler):
    """``amp.GradScaler("cpu")``, with PyTorch's warning."""

    def __init__(
        self,
        init_scale: float = 2.0**16,
        growth_factor: float = 2.0,
        backoff_factor: float = 0.5,
        growth_interval: int = 2000,
        enabled: bool = True,
    ) -> None:
        _deprecated("GradScaler")
        super().__init__("cpu", init_scale, growth_factor, backoff_factor, growth_interval, enabled)
