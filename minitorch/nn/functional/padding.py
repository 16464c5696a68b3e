"""Padding."""

from __future__ import annotations

from collections.abc import Sequence

from minitorch.core.dtypes import Array, checked_number
from minitorch.nn.functional.checks import require_numbers, require_tensors
from minitorch.ops.dims import sizes_of
from minitorch.ops.layers import padding as padding_ops
from minitorch.tensor import Tensor


def pad(
    input: Tensor, pad: Sequence[int], mode: str = "constant", value: float | None = None
) -> Tensor:
    """Add elements at the ends of the last dimensions, or with negative sizes take them away.

    Shapes: (*, L) -> (*, before + L + after), and so for each dimension that is padded.

    Args:
        input: (*), or for modes other than "constant" as many dimensions as are padded plus one
            or two.
        pad: sizes before and after the last dimension, then the one before it, and so on.
        mode: "constant", "reflect" (the edge is the mirror), "replicate" (the edge is repeated) or
            "circular" (the other end follows).
        value: of the constant; 0 if left out.

    Raises:
        TypeError: for sizes or a value that are no numbers.
        RuntimeError: if the sizes do not fit the input.
        NotImplementedError: for other modes.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.pad.html
    """
    require_tensors("pad(input)", input)
    if not isinstance(pad, tuple | list):
        raise TypeError(
            f"pad(): argument 'pad' (position 2) must be tuple of ints, not {type(pad).__name__}"
        )
    sizes = sizes_of((pad,), None, "pad")
    if len(sizes) % 2:
        raise RuntimeError(f"Padding length must be divisible by 2, but got pad={list(sizes)}")
    x = input._array
    if len(sizes) > 2 * x.ndim:
        raise RuntimeError(
            "Padding length should be less than or equal to two times the input dimension but got "
            f"padding length {len(sizes)} and input of dimension {x.ndim}"
        )
    if not isinstance(mode, str):
        raise TypeError(
            f"pad(): argument 'mode' (position 3) must be str, not {type(mode).__name__}"
        )
    if value is not None:
        require_numbers("pad", value=value)
        value = float(value) if hasattr(value, "ndim") else value  # a tensor of one number
    if mode == "constant":
        return _pad_constant(input, sizes, 0.0 if value is None else value)
    if mode not in ("reflect", "replicate", "circular"):
        raise NotImplementedError(
            f"Unrecognised padding mode {mode}; "
            "use 'constant', 'reflect', 'replicate' or 'circular'"
        )
    if value is not None and value != 0:
        raise RuntimeError(f'Padding mode "{mode}" doesn\'t take in value argument')
    _check_borders(x, sizes, mode)
    return padding_ops.pad(input, sizes, mode, 0.0)


def _pad_constant(input: Tensor, sizes: tuple[int, ...], value: float) -> Tensor:
    for axis, (before, after) in enumerate(zip(sizes[::2], sizes[1::2], strict=True)):
        length = input._array.shape[-1 - axis]
        if length + min(before, 0) + min(after, 0) < 0:
            raise RuntimeError(
                f"narrow(): length must be non-negative: pad=({before}, {after}) takes more than "
                f"the {length} elements of dimension {input.ndim - 1 - axis}"
            )
    return padding_ops.pad(input, sizes, "constant", checked_number(value, input._array.dtype))


def _check_borders(x: Array, sizes: tuple[int, ...], mode: str) -> None:
    padded = len(sizes) // 2
    if not padded or x.ndim not in (padded + 1, padded + 2):
        raise NotImplementedError(
            f"Padding size {len(sizes)} is not supported for {x.ndim}D input tensor.\n"
            "Supported combinations for non-constant padding:\n"
            "  - 2D or 3D input: padding size = 2 (pads last dimension)\n"
            "  - 3D or 4D input: padding size = 4 (pads last 2 dimensions)\n"
            "  - 4D or 5D input: padding size = 6 (pads last 3 dimensions)"
        )
    if mode != "circular" and 0 in x.shape[-padded - 1 :]:
        raise RuntimeError(
            "Expected a tensor with possibly 0 batch size and other non-zero dimensions for input, "
            f"but got: {list(x.shape)}"
        )
    for axis, pair in enumerate(zip(sizes[::2], sizes[1::2], strict=True)):
        length = x.shape[-1 - axis]
        where = f"padding {pair} at dimension {x.ndim - 1 - axis} of input {list(x.shape)}"
        if mode == "reflect" and max(pair) >= length:
            raise RuntimeError(
                "Padding size should be less than the corresponding input dimension, "
                f"but got: {where}"
            )
        # What is cropped cannot be wrapped around; PyTorch would show what the memory held.
        if mode == "circular" and max(pair) > length + min(*pair, 0):
            raise RuntimeError(f"Padding value causes wrapping around more than once. {where}")
        if length + sum(pair) < (0 if mode == "circular" else 1):
            raise RuntimeError(f"Nothing of the input is left: {where}")
