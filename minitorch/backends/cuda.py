"""Flags of CUDA's libraries, which are not there: they may be set, and nothing depends on them."""

from __future__ import annotations

from dataclasses import dataclass

from minitorch import settings


@dataclass(slots=True)
class Matmul:
    """What products may do on a GPU; another attribute raises AttributeError."""

    allow_fp16_reduced_precision_reduction: bool = True
    allow_bf16_reduced_precision_reduction: bool = True
    allow_fp16_accumulation: bool = False
    fp32_precision: str = "none"

    @property
    def allow_tf32(self) -> bool:
        """Whether :func:`minitorch.get_float32_matmul_precision` is below "highest"."""
        return settings.get_float32_matmul_precision() != "highest"

    @allow_tf32.setter
    def allow_tf32(self, value: bool) -> None:
        if not isinstance(value, bool):
            raise RuntimeError(
                f"set_allow_tf32_cublas expects a bool, but got {type(value).__name__}"
            )
        settings.set_float32_matmul_precision("high" if value else "highest")


@dataclass(slots=True)
class _Attention:
    flash: bool = True
    mem_efficient: bool = True
    math: bool = True
    cudnn: bool = True


matmul = Matmul()
_attention = _Attention()


def is_built() -> bool:
    """Return False."""
    return False


def is_flash_attention_available() -> bool:
    """Return False."""
    return False


def flash_sdp_enabled() -> bool:
    """Return what :func:`enable_flash_sdp` set."""
    return _attention.flash


def enable_flash_sdp(enabled: bool) -> None:
    """Set a flag of attention on a GPU; here there is one way to compute it."""
    _attention.flash = bool(enabled)


def mem_efficient_sdp_enabled() -> bool:
    """Return what :func:`enable_mem_efficient_sdp` set."""
    return _attention.mem_efficient


def enable_mem_efficient_sdp(enabled: bool) -> None:
    """Set a flag of attention on a GPU; here there is one way to compute it."""
    _attention.mem_efficient = bool(enabled)


def math_sdp_enabled() -> bool:
    """Return what :func:`enable_math_sdp` set."""
    return _attention.math


def enable_math_sdp(enabled: bool) -> None:
    """Set a flag of attention on a GPU; here there is one way to compute it."""
    _attention.math = bool(enabled)


def cudnn_sdp_enabled() -> bool:
    """Return what :func:`enable_cudnn_sdp` set."""
    return _attention.cudnn


def enable_cudnn_sdp(enabled: bool) -> None:
    """Set a flag of attention on a GPU; here there is one way to compute it."""
    _attention.cudnn = bool(enabled)
