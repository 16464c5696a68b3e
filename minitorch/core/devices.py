"""``device``: where a tensor lives. There is one place, the CPU's memory."""

from __future__ import annotations

from typing import Any

# The names that PyTorch knows; any may be spoken of, only "cpu" holds tensors.
_TYPES = (
    "cpu", "cuda", "ipu", "xpu", "mkldnn", "opengl", "opencl", "ideep", "hip", "ve", "fpga", "maia",
    "xla", "lazy", "vulkan", "mps", "meta", "hpu", "mtia", "privateuseone",
)  # fmt: skip


class device:
    """Name of a device, for example ``minitorch.device("cpu")``.

    Args:
        type: "cpu", "cuda", "cuda:1", ..., or another device.
        index: which of several.

    Raises:
        RuntimeError: for a name that PyTorch does not know either.

    Source: https://docs.pytorch.org/docs/stable/tensor_attributes.html#torch.device; like PyTorch's
    it does not equal the string it was made of: compare ``device.type``.
    """

    __slots__ = ("index", "type")

    type: str
    index: int | None

    def __init__(self, type: str | int | device, index: int | None = None) -> None:
        if isinstance(type, device):
            self._set(type.type, type.index)
            return
        if isinstance(type, int):
            raise RuntimeError("Cannot access accelerator device when none is available: use 'cpu'")
        if not isinstance(type, str):
            raise TypeError(
                f"device(): argument 'type' must be str, not {_name_of(type)}: {type!r}"
            )
        name, colon, number = type.partition(":")
        if name not in _TYPES:
            raise RuntimeError(
                f"Expected one of {', '.join(_TYPES)} device type at start of device string: "
                f"{type}. Only 'cpu' holds tensors here."
            )
        is_plain = number.isdecimal() and (number == "0" or number[0] != "0")
        if colon and (index is not None or not is_plain):
            raise RuntimeError(f"Invalid device string: {type!r}: expected 'type' or 'type:index'")
        self._set(name, int(number) if colon else index)

    def _set(self, type: str, index: int | None) -> None:
        object.__setattr__(self, "type", type)
        object.__setattr__(self, "index", index)

    def __setattr__(self, name: str, value: object) -> None:
        if name in self.__slots__:
            raise AttributeError(f"attribute '{name}' of 'torch.device' objects is not writable")
        raise AttributeError(f"'torch.device' object has no attribute '{name}'")

    def __repr__(self) -> str:
        index = "" if self.index is None else f", index={self.index}"
        return f"device(type={self.type!r}{index})"

    def __str__(self) -> str:
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, device):
            return NotImplemented
        return (self.type, self.index) == (other.type, other.index)

    def __hash__(self) -> int:
        return hash((self.type, self.index))

    def __reduce__(self) -> tuple[Any, ...]:
        return device, (self.type, self.index)

    def __enter__(self) -> device:
        """Make the device the default one of a ``with`` block, which it is already."""
        check_device(self)
        return self

    def __exit__(self, *exception: object) -> None:
        pass


def _name_of(value: object) -> str:
    return value.__class__.__name__


CPU = device("cpu")


def check_device(given: device | str | int | None) -> None:
    """Require the CPU, or nothing in particular.

    Raises:
        AssertionError: for a CUDA or XPU device, as from a PyTorch without it.
        RuntimeError: for another device, or none that there is.
    """
    if given is None or given is CPU:
        return
    name = given if isinstance(given, device) else device(given)
    if name.type in ("cuda", "xpu"):
        raise AssertionError(
            f"Torch not compiled with {name.type.upper()} enabled: all computing is on the CPU."
            " [explain: no-cuda]"
        )
    if name.type != "cpu":
        raise RuntimeError(f"Expected device 'cpu', the only one there is, got {str(name)!r}")
