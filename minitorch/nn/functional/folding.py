"""Windows of images as columns, and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from minitorch.core.dtypes import Array, is_integer, scalar_name
from minitorch.kernels import Pair
from minitorch.nn.functional.checks import require_tensors
from minitorch.ops.dims import sizes_of, wrap_dim
from minitorch.ops.layers import fold as fold_ops
from minitorch.tensor import Tensor

Window = dict[str, Pair]


def unfold(
    input: Tensor,
    kernel_size: int | Sequence[int],
    dilation: int | Sequence[int] = 1,
    padding: int | Sequence[int] = 0,
    stride: int | Sequence[int] = 1,
) -> Tensor:
    """Lay out each window of an image as a column: (N, C, H, W) -> (N, C·KH·KW, OH·OW).

    Args:
        input: images; N may be left out.
        kernel_size: KH and KW of the windows, or one number for both; so for the next three.
        dilation: step between the elements of a window.
        padding: rows and columns of zeros on each side.
        stride: step between windows.

    Raises:
        IndexError: for fewer than three dimensions.
        RuntimeError: if sizes do not fit.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.unfold.html
    """
    require_tensors("unfold(input)", input)
    window = _window(kernel_size, dilation, padding, stride)
    shape = input._array.shape
    for dim in (1, 2):  # PyTorch reads these sizes before it counts dimensions
        wrap_dim(dim, len(shape), of_scalars=False)
    if len(shape) not in (3, 4) or 0 in shape[-3:]:
        raise RuntimeError(
            "Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero "
            f"dimensions for input, but got: {list(shape)}"
        )
    places = fold_ops.sliding_sizes((shape[-2], shape[-1]), **window)
    if min(places) < 1:
        raise RuntimeError(
            f"Given input with spatial size {shape[-2:]}, {_written(window)}, calculated shape of "
            f"the array of sliding blocks as {places}, but its components must be at least one."
        )
    _refuse_integers("im2col_out_cpu", input._array)
    return fold_ops.unfold_windows(input, **window)


def fold(
    input: Tensor,
    output_size: int | Sequence[int],
    kernel_size: int | Sequence[int],
    dilation: int | Sequence[int] = 1,
    padding: int | Sequence[int] = 0,
    stride: int | Sequence[int] = 1,
) -> Tensor:
    """Add columns up to the images whose windows they are: (N, C·KH·KW, OH·OW) -> (N, C, H, W).

    It undoes :func:`unfold` but for that an element is added once for each window it is in.

    Args:
        input: columns; N may be left out.
        output_size: H and W, or one number for both; so for the next four.
        kernel_size: KH and KW of the windows.
        dilation: step between the elements of a window.
        padding: rows and columns on each side that windows reach into.
        stride: step between windows.

    Raises:
        RuntimeError: if sizes do not fit.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.fold.html
    """
    require_tensors("fold(input)", input)
    size = _pair(output_size, "output_size")
    window = _window(kernel_size, dilation, padding, stride)
    shape = input._array.shape
    if len(shape) not in (2, 3) or 0 in shape[-2:]:
        raise RuntimeError(
            "Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and "
            f"non-zero dimensions for input, but got: {list(shape)}"
        )
    k_h, k_w = window["kernel_size"]
    if shape[-2] % (k_h * k_w):
        raise RuntimeError(
            f"Expected size of input's dimension {len(shape) - 2} to be divisible by the product "
            f"of kernel_size, but got input.size({len(shape) - 2})={shape[-2]} and "
            f"kernel_size={window['kernel_size']}."
        )
    down, across = fold_ops.sliding_sizes(size, **window)
    if shape[-1] != down * across or min(size) <= 0 or min(down, across) <= 0:
        raise RuntimeError(
            f"Given output_size={size}, {_written(window)}, expected size of input's dimension "
            f"{len(shape) - 1} to match the calculated number of sliding blocks {down} * {across} "
            f"= {down * across}, but got input.size({len(shape) - 1})={shape[-1]}."
        )
    _refuse_integers("col2im_out_cpu", input._array)
    return fold_ops.fold_windows(input, size, **window)


def _pair(value: Any, name: str) -> Pair:
    pair = (value, value) if isinstance(value, int | float) else value
    sizes = sizes_of((pair,), None, name)
    if len(sizes) != 2:
        raise RuntimeError(f"It is expected {name} equals to 2, but got size {len(sizes)}")
    return sizes[0], sizes[1]


def _window(kernel_size: Any, dilation: Any, padding: Any, stride: Any) -> Window:
    """Read what a window is, and refuse one that cannot be."""
    window = {
        "kernel_size": _pair(kernel_size, "kernel_size"),
        "dilation": _pair(dilation, "dilation"),
        "padding": _pair(padding, "padding"),
        "stride": _pair(stride, "stride"),
    }
    for name, pair in window.items():
        if name == "padding" and min(pair) < 0:
            raise RuntimeError(f"padding should be non-negative, but got padding={pair}")
        if name != "padding" and min(pair) <= 0:
            said = name.replace("_", " ")
            raise RuntimeError(f"{said} should be greater than zero, but got {name}={pair}")
    return window


def _written(window: Window) -> str:
    return ", ".join(f"{name}={pair}" for name, pair in window.items())


def _refuse_integers(loops: str, x: Array) -> None:
    if is_integer(x.dtype):
        raise NotImplementedError(
            f"\"{loops}\" not implemented for '{scalar_name(x)}': convert with .float() first"
        )
