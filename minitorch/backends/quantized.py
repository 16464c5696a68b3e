"""The engine of quantized tensors: there are none."""

from minitorch.backends import flags as _flags

engine: str = "none"
supported_engines: list[str] = ["none"]

_flags.seal(__name__)
