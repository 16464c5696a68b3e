"""Flags of oneDNN, which is not there: they may be set, and nothing depends on them."""

from contextlib import AbstractContextManager

from minitorch.backends import flags as _flags

enabled: bool = True
deterministic: bool = False
allow_tf32: bool | None = None
fp32_precision: str = "none"


def is_available() -> bool:
    """Return False: NumPy and its BLAS compute."""
    return False


def flags(
    enabled: bool = False,
    deterministic: bool = False,
    allow_tf32: bool | None = True,
    fp32_precision: str = "none",
) -> AbstractContextManager[None]:
    """Set all flags for a ``with`` block."""
    return _flags.flags(
        __name__,
        enabled=enabled,
        deterministic=deterministic,
        allow_tf32=allow_tf32,
        fp32_precision=fp32_precision,
    )


_flags.seal(__name__)
