"""Convolution and padding."""

from __future__ import annotations

from collections.abc import Sequence

from minitorch.core.dtypes import Array, c_type_name, scalar_name
from minitorch.nn.functional.checks import Pair, as_pair, require_float, require_tensors
from minitorch.ops.dims import sizes_of
from minitorch.ops.layers import conv, padding as padding_ops
from minitorch.tensor import Tensor


def conv2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: int | Sequence[int] = 1,
    padding: str | int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
) -> Tensor:
    """Correlate: (N, C_in, H, W), (C_out, C_in/groups, KH, KW), (C_out) -> (N, C_out, OH, OW).

    Args:
        input: images; N may be left out.
        weight: one kernel per output channel.
        bias: one number per output channel.
        stride: step between windows, one number or two; so for the next two.
        padding: rows and columns of zeros on each side; "same" keeps H and W, "valid" adds none.
        dilation: step between the elements of a window.
        groups: blocks of channels that are convolved separately.

    Raises:
        RuntimeError: if sizes or dtypes do not fit.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.conv2d.html
    """
    require_tensors("conv2d(input, weight, bias)", input, weight, bias, required=2)
    steps = as_pair(stride, "stride"), as_pair(dilation, "dilation")
    if isinstance(padding, str):
        input, padding = _resolve(input, weight, padding, *steps)
    border = as_pair(padding, "padding")
    if input._array.ndim == 3:
        batch = input.unsqueeze(0)
        return conv2d(batch, weight, bias, steps[0], border, steps[1], groups).squeeze(0)
    _check_operands(input._array, weight._array, bias, groups)
    _check_geometry(input._array, weight._array, steps[0], border, steps[1])
    return conv.conv2d(input, weight, bias, steps[0], border, steps[1], groups)


def _resolve(
    input: Tensor, weight: Tensor, padding: str, stride: Pair, dilation: Pair
) -> tuple[Tensor, Pair]:
    """Turn "same" or "valid" into numbers; an odd row or column goes to the end, onto the input."""
    if padding == "valid":
        return input, (0, 0)
    if padding != "same":
        raise RuntimeError(f"Invalid padding string: '{padding}'; use 'same', 'valid' or numbers")
    if stride != (1, 1):
        raise RuntimeError(
            f"padding='same' is not supported for strided convolutions, but got stride={stride}"
        )
    kh, kw = weight.shape[-2:]
    rows, columns = dilation[0] * (kh - 1), dilation[1] * (kw - 1)
    if rows % 2 or columns % 2:
        input = padding_ops.pad(input, (0, columns % 2, 0, rows % 2), "constant", 0.0)
    return input, (rows // 2, columns // 2)


def _check_operands(x: Array, w: Array, bias: Tensor | None, groups: int) -> None:
    if w.ndim != 4:
        raise RuntimeError(
            "expected stride to be a single integer value or a list of 2 values to match the "
            f"convolution dimensions: conv2d needs a 4D weight (C_out, C_in/groups, KH, KW), "
            f"but got one of size {list(w.shape)}"
        )
    if x.ndim != 4:
        raise RuntimeError(
            "Expected 3D (unbatched) or 4D (batched) input to conv2d, but got input of size: "
            f"{list(x.shape)}"
        )
    _check_dtypes(x, w, bias)
    if groups <= 0:
        raise RuntimeError(f"non-positive groups is not supported: groups={groups}")
    if w.shape[0] % groups:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be divisible by {groups} at dimension 0, "
            f"but got weight of size [{list(w.shape)}] instead"
        )
    if x.shape[1] != w.shape[1] * groups:
        raise RuntimeError(
            f"Given groups={groups}, weight of size {list(w.shape)}, expected input{list(x.shape)} "
            f"to have {w.shape[1] * groups} channels, but got {x.shape[1]} channels instead. "
            "Images are (N, C, H, W); permute(0, 3, 1, 2) brings channels forward."
        )
    if bias is not None and bias._array.shape != w.shape[:1]:
        raise RuntimeError(
            f"Given weight of size {list(w.shape)}, expected bias to be 1-dimensional with "
            f"{w.shape[0]} elements, but got bias of size {list(bias.shape)} instead"
        )


def _check_dtypes(x: Array, w: Array, bias: Tensor | None) -> None:
    if x.dtype == w.dtype and (bias is None or bias._array.dtype == x.dtype):
        require_float("conv2d", x)
        return
    ours, theirs = scalar_name(x), scalar_name(w)
    if bias is not None and bias._array.dtype != x.dtype:
        theirs = scalar_name(bias._array)
        difference = (
            f"Input type ({c_type_name(x)}) and bias type ({c_type_name(bias._array)}) "
            "should be the same"
        )
    else:
        difference = (
            f"expected scalar type {ours} but found {theirs}: Input type (torch.{ours}Tensor) "
            f"and weight type (torch.{theirs}Tensor) should be the same"
        )
    raise RuntimeError(
        f"{difference}. Convert the input with .{theirs.lower()}(), or the module with .double(), "
        ".float() or .half()."
    )


def _check_geometry(x: Array, w: Array, stride: Pair, padding: Pair, dilation: Pair) -> None:
    if min(stride) <= 0:
        raise RuntimeError(f"non-positive stride is not supported: stride={stride}")
    if min(padding) < 0:
        raise RuntimeError(f"negative padding is not supported: padding={padding}")
    if min(dilation) <= 0:
        raise RuntimeError(f"non-positive dilation is not supported: dilation={dilation}")
    height, width = x.shape[2] + 2 * padding[0], x.shape[3] + 2 * padding[1]
    kh, kw = dilation[0] * (w.shape[2] - 1) + 1, dilation[1] * (w.shape[3] - 1) + 1
    if kh > height or kw > width:
        raise RuntimeError(
            f"Calculated padded input size per channel: ({height} x {width}). Kernel size: "
            f"({kh} x {kw}). Kernel size can't be greater than actual input size"
        )


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
    if mode == "constant":
        return _pad_constant(input, sizes, 0.0 if value is None else value)
    if mode not in ("reflect", "replicate", "circular"):
        raise NotImplementedError(
            f"Unrecognised padding mode {mode}; "
            "use 'constant', 'reflect', 'replicate' or 'circular'"
        )
    if value is not None:
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
    return padding_ops.pad(input, sizes, "constant", value)


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
