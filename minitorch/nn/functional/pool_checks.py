"""What the argument checks of pooling share."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from minitorch.kernels import Shape, Sizes, pool_output_sizes
from minitorch.nn.functional.checks import require_tensors
from minitorch.ops.dims import read_int
from minitorch.ops.shape.view import UnsafeView
from minitorch.tensor import Tensor


def read_sizes(value: Any, dims: int, name: str, function: str) -> Sizes:
    """Return one number as so many, and so many as they are.

    Raises:
        TypeError: for what is no integer.
        RuntimeError: for another count.
    """
    if type(value) is int:
        return (value,) * dims
    try:
        several = (value,) if hasattr(value, "__index__") else value
        numbers = tuple([read_int(v, name) for v in several])
    except TypeError:
        raise TypeError(
            f"{function}() received an invalid combination of arguments: argument '{name}' must be "
            f"an int or a tuple of {_COUNTS[dims]}, but got {name}={value!r}"
        ) from None
    if len(numbers) not in (1, dims):
        raise RuntimeError(
            f"{function}: {name} must either be a single int, or a tuple of {_COUNTS[dims]}, "
            f"but got {name}={numbers}"
        )
    return numbers if len(numbers) == dims else numbers * dims


_COUNTS = {1: "one int", 2: "two ints", 3: "three ints"}


def read_window(
    function: str, dims: int, input: Any, kernel: Any, stride: Any, padding: Any
) -> tuple[Sizes, Sizes, Sizes]:
    """Return kernel size, stride and padding for so many dimensions."""
    if not isinstance(input, Tensor):
        require_tensors(f"{function}(input)", input)
    size = read_sizes(kernel, dims, "kernel_size", function)
    is_left_out = stride is None or stride == [] or stride == ()
    step = size if is_left_out else read_sizes(stride, dims, "stride", function)
    return size, step, read_sizes(padding, dims, "padding", function)


def without_batch(out: Tensor) -> Tensor:
    """Return the one image of a batch that nobody else sees, as no view: (1, *) -> (*)."""
    alone: Tensor = UnsafeView.apply(out, shape=out._array.shape[1:])
    return alone


def of_one_row(input: Tensor, *sizes: Sizes) -> tuple[Tensor, Any]:
    """Turn lines into planes: (N, C, L) -> (N, C, 1, L), and so kernel, stride, padding, dilation.

    PyTorch does, too: its nodes in the graph have these names.
    """
    row = (1, 1, 0, 1)
    return input.unsqueeze(-2), [(one, *size) for one, size in zip(row, sizes, strict=True)]


@lru_cache(maxsize=1024, typed=True)  # of good ones; at batch 4 checking is a tenth of a pooling
def check_window(
    function: str,
    shape: Shape,
    kernel: Sizes,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes,
    ceil_mode: Any,
) -> None:
    """Refuse shapes and windows that do not fit, and a ``ceil_mode`` that is no bool."""
    if type(ceil_mode) is not bool:
        kind = type(ceil_mode).__name__
        raise TypeError(f"{function}(): argument 'ceil_mode' must be bool, not {kind}")
    dims = len(kernel)
    if len(shape) != dims + 2 or 0 in shape[1:]:
        expected = f"{dims + 1}D or {dims + 2}D (batch mode) tensor"
        raise RuntimeError(
            f"{function}: Expected {expected} with optional 0 dim batch size for input: non-empty "
            f"{expected} expected for input, with optional 0 dim batch size, but got: {list(shape)}"
        )
    if min(kernel) <= 0:
        raise RuntimeError(f"kernel size should be greater than zero, but got kernel_size={kernel}")
    if min(stride) <= 0:
        raise RuntimeError(f"stride should not be zero or negative, but got stride={stride}")
    if min(dilation) <= 0:
        raise RuntimeError(f"dilation should be greater than zero, but got dilation={dilation}")
    for k, p, d in zip(kernel, padding, dilation, strict=True):
        if p < 0:
            raise RuntimeError(f"pad must be non-negative, but got pad: {p}")
        if p > (d * (k - 1) + 1) // 2:
            raise RuntimeError(
                "pad should be at most half of effective kernel size, but got "
                f"pad={p}, kernel_size={k} and dilation={d}"
            )
    if function == "avg_pool3d" and any(n < k for n, k in zip(shape[2:], kernel, strict=True)):
        raise RuntimeError(f"input image {list(shape[2:])} smaller than kernel size {kernel}")
    out = pool_output_sizes(shape[2:], kernel, stride, padding, dilation, ceil_mode)
    if min(out) < 1:
        given, found = ("x".join(map(str, (shape[1], *sizes))) for sizes in (shape[2:], out))
        raise RuntimeError(
            f"Given input size: ({given}). Calculated output size: ({found}). Output size is too "
            f"small: a window of {kernel} does not fit"
            " [explain: kernel-too-large]"
        )


NEGATIVE = "elements of output_size must be greater than or equal to 0 but received"


def check_line(function: str, input: Tensor) -> None:
    """Refuse what is no line, or a batch of them."""
    shape = input._array.shape
    if len(shape) not in (2, 3):
        raise RuntimeError(
            f"Expected 2 to 3 dimensions, but got {len(shape)}-dimensional tensor for argument #1 "
            f"'self' (while checking arguments for {function}): its shape is {list(shape)}"
        )


def check_adaptive(function: str, dims: int, shape: Sizes, filled: Sizes) -> None:
    """Refuse other numbers of dimensions, and sizes of 0 among those that have to be filled.

    Args:
        function: its name.
        dims: spatial dimensions.
        shape: of the input.
        filled: sizes that cannot be 0.

    Raises:
        RuntimeError: then.
    """
    if len(shape) not in (dims + 1, dims + 2):
        raise RuntimeError(
            f"{function}(): Expected {dims + 1}D or {dims + 2}D tensor, but got {list(shape)}"
        )
    if 0 in filled:
        raise RuntimeError(
            f"{function}(): Expected input to have non-zero size for non-batch dimensions, "
            f"but input has sizes {list(shape)}"
        )


def adaptive_size(function: str, dims: int, shape: Sizes, output_size: Any) -> Sizes:
    """Return the sizes of the output, with the input's own in place of None.

    Args:
        function: its name.
        dims: spatial dimensions.
        shape: of the input.
        output_size: as the user gave it.

    Raises:
        RuntimeError: for negative sizes and other counts of them.
        ValueError: for more sizes than the input has.
    """
    wanted = output_size
    if not isinstance(wanted, tuple | list):
        if len(shape) < dims and wanted != 1:
            check_adaptive(function, dims, shape, ())
        wanted = (wanted,) * dims
    elif len(shape) <= len(wanted):
        raise ValueError(
            f"Input dimension should be at least {len(wanted) + 1}, but the input has shape "
            f"{list(shape)}"
        )
    if len(wanted) != dims:
        raise RuntimeError(f"{function}: output_size must be {dims}, but got {output_size}")
    filled = [shape[i - dims] if n is None else n for i, n in enumerate(wanted)]
    size = read_sizes(filled, dims, "output_size", function)
    if min(size) < 0:
        raise RuntimeError(f"{function}: {NEGATIVE} {size}")
    return size
