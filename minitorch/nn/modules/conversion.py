"""Conversion of modules: dtypes, devices, layouts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

from minitorch.autograd.sites import warn_user
from minitorch.core.dtypes import dtype, is_differentiable
from minitorch.core.strided import check_format, memory_format
from minitorch.creation import empty_like
from minitorch.tensor import Tensor


class Conversions:
    """Methods of modules that put other tensors in the place of theirs."""

    _apply: Callable[..., Self]

    def to(self, *args: Any, memory_format: memory_format | None = None, **kwargs: Any) -> Self:
        """Convert what is floating-point: ``to(dtype)``, ``to(device)``, ``to(tensor)``.

        With ``memory_format`` what has four or five dimensions is laid out in it.

        Raises:
            TypeError: if the dtype is not a floating-point one, or for what is no memory format.
        """
        if memory_format is not None:
            check_format(memory_format, "to")
        for arg in (*args, *kwargs.values()):
            target = arg.dtype if isinstance(arg, Tensor) else arg
            if isinstance(target, dtype) and target.is_complex:
                warn_user(
                    "Complex modules are a new feature under active development whose design may "
                    "change, and some modules might not work as expected when using complex "
                    "tensors as parameters or buffers."
                )
            elif isinstance(target, dtype) and not target.is_floating_point:
                raise TypeError(
                    "nn.Module.to only accepts floating point or complex dtypes, but got desired "
                    f"dtype={target}"
                )

        def convert(t: Tensor) -> Tensor:
            t = t.to(*args, **kwargs) if is_differentiable(t._array.dtype) else t
            return t.to(memory_format=memory_format) if memory_format and t.dim() > 3 else t

        return self._apply(convert)

    def to_empty(self, *, device: Any, recurse: bool = True) -> Self:
        """Give parameters and buffers new memory, whose values are arbitrary."""
        return self._apply(lambda t: empty_like(t, device=device), recurse)

    def type(self, dst_type: Any) -> Self:
        """Convert all parameters and buffers, integers too."""
        return self._apply(lambda t: t.type(dst_type))

    def float(self) -> Self:
        """Convert floating-point parameters and buffers to float32."""
        return self._apply(lambda t: t.float() if t.is_floating_point() else t)

    def double(self) -> Self:
        """Convert floating-point parameters and buffers to float64."""
        return self._apply(lambda t: t.double() if t.is_floating_point() else t)

    def half(self) -> Self:
        """Convert floating-point parameters and buffers to float16."""
        return self._apply(lambda t: t.half() if t.is_floating_point() else t)

    def bfloat16(self) -> Self:
        """Convert floating-point parameters and buffers to bfloat16."""
        return self._apply(lambda t: t.bfloat16() if t.is_floating_point() else t)

    def cpu(self) -> Self:
        """Do nothing: everything is on the CPU."""
        return self
