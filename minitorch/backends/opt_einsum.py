"""Flags of opt_einsum, which is not used: ``einsum`` finds its order by itself."""

from minitorch.backends import flags as _flags

enabled: bool = False
strategy: str | None = None


def is_available() -> bool:
    """Return False."""
    return False


_flags.seal(__name__)
