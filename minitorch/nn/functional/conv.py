"""Convolution over lines, planes and volumes, and its transpose."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from minitorch.core.dtypes import (
    Array,
    c_type_name,
    is_bool,
    is_complex,
    is_differentiable,
    is_float,
    scalar_name,
)
from minitorch.kernels import Shape, Sizes
from minitorch.nn.functional.checks import as_sizes, require_tensors
from minitorch.ops.layers import conv, padding as padding_ops
from minitorch.tensor import Tensor


def conv1d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: int | Sequence[int] = 1,
    padding: str | int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
) -> Tensor:
    """Correlate: (N, C_in, L), (C_out, C_in/groups, K), (C_out) -> (N, C_out, OL).

    As :func:`conv2d`, over lines instead of planes.

    Raises:
        RuntimeError: if sizes or dtypes do not fit.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.conv1d.html
    """
    return _convolve("conv1d", 1, input, weight, bias, stride, padding, dilation, groups)


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
    return _convolve("conv2d", 2, input, weight, bias, stride, padding, dilation, groups)


def conv3d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: int | Sequence[int] = 1,
    padding: str | int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
) -> Tensor:
    """Correlate: (N, C_in, D, H, W), (C_out, C_in/groups, KD, KH, KW) -> (N, C_out, OD, OH, OW).

    As :func:`conv2d`, over volumes instead of planes.

    Raises:
        RuntimeError: if sizes or dtypes do not fit.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.conv3d.html
    """
    return _convolve("conv3d", 3, input, weight, bias, stride, padding, dilation, groups)


def conv_transpose1d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: int | Sequence[int] = 1,
    padding: int | Sequence[int] = 0,
    output_padding: int | Sequence[int] = 0,
    groups: int = 1,
    dilation: int | Sequence[int] = 1,
) -> Tensor:
    """Spread: (N, C_in, L), (C_in, C_out/groups, K), (C_out) -> (N, C_out, OL).

    As :func:`conv_transpose2d`, over lines instead of planes.

    Raises:
        RuntimeError: if sizes or dtypes do not fit.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.conv_transpose1d.html
    """
    window = stride, padding, output_padding, groups, dilation
    return _convolve_transposed("conv_transpose1d", 1, input, weight, bias, *window)


def conv_transpose2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: int | Sequence[int] = 1,
    padding: int | Sequence[int] = 0,
    output_padding: int | Sequence[int] = 0,
    groups: int = 1,
    dilation: int | Sequence[int] = 1,
) -> Tensor:
    """Spread: (N, C_in, H, W), (C_in, C_out/groups, KH, KW), (C_out) -> (N, C_out, OH, OW).

    Each element adds its multiple of the kernel to the output, which is the gradient of
    :func:`conv2d` for its input. OH = (H - 1)·stride - 2·padding + dilation·(KH - 1) +
    output_padding + 1.

    Args:
        input: images; N may be left out.
        weight: one kernel per input channel and output channel of its group.
        bias: one number per output channel.
        stride: step between the places where kernels are added; one number or two, so for all.
        padding: rows and columns that the output lacks on each side.
        output_padding: rows and columns that it has more at the end; smaller than stride or
            dilation.
        groups: blocks of channels that are treated separately.
        dilation: step between the elements of a kernel.

    Raises:
        RuntimeError: if sizes or dtypes do not fit.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.conv_transpose2d.html
    """
    window = stride, padding, output_padding, groups, dilation
    return _convolve_transposed("conv_transpose2d", 2, input, weight, bias, *window)


def conv_transpose3d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: int | Sequence[int] = 1,
    padding: int | Sequence[int] = 0,
    output_padding: int | Sequence[int] = 0,
    groups: int = 1,
    dilation: int | Sequence[int] = 1,
) -> Tensor:
    """Spread: (N, C_in, D, H, W), (C_in, C_out/groups, KD, KH, KW) -> (N, C_out, OD, OH, OW).

    As :func:`conv_transpose2d`, over volumes instead of planes.

    Raises:
        RuntimeError: if sizes or dtypes do not fit.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.conv_transpose3d.html
    """
    window = stride, padding, output_padding, groups, dilation
    return _convolve_transposed("conv_transpose3d", 3, input, weight, bias, *window)


def conv_tbc(input: Tensor, weight: Tensor, bias: Tensor, pad: int = 0) -> Tensor:
    """Correlate over time, the first dimension: (T, N, C_in), (K, C_in, C_out) -> (OT, N, C_out).

    Args:
        input: sequences.
        weight: the kernel.
        bias: one number per output channel.
        pad: zeros before and after.

    Raises:
        RuntimeError: if sizes do not fit.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.conv_tbc.html
    """
    require_tensors("conv_tbc(input, weight, bias)", input, weight, bias)
    x, w, b = input._array.shape, weight._array.shape, bias._array.shape
    problems = (
        (len(x) != 3, "Input must have 3 dims: time, batch, in_channel"),
        (len(w) != 3, "Weight tensor must have 3 dims: kernel_width, in_channels, out_channels."),
        (len(b) != 1, "Bias must be 1-D"),
        (x[-1:] != w[1:2], "Input dim 2 (input channels) is not == dim 1 in the weight tensor"),
        (b != w[2:], "Bias size must equal dim 2 in the weight tensor (output channels)."),
    )
    for is_so, message in problems:
        if is_so:
            raise RuntimeError(f"{message.rstrip('.')}. Got {list(x)}, {list(w)} and {list(b)}")
    out = conv1d(input.permute(1, 2, 0), weight.permute(2, 1, 0), bias, padding=pad)
    return out.permute(2, 0, 1).contiguous()


def _convolve(
    function: str,
    dims: int,
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: Any,
    padding: Any,
    dilation: Any,
    groups: int,
) -> Tensor:
    """Check and convolve over so many dimensions."""
    require_tensors(f"{function}(input, weight, bias)", input, weight, bias, required=2)
    stride = as_sizes(stride, dims, "stride", function)
    dilation = as_sizes(dilation, dims, "dilation", function)
    if isinstance(padding, str):
        input, padding = _resolve(input, weight, padding, stride, dilation)
    padding = as_sizes(padding, dims, "padding", function)
    if type(groups) is not int:
        (groups,) = as_sizes(groups, 1, "groups", function)
    if input._array.ndim == dims + 1:
        batch = input.unsqueeze(0)
        window = stride, padding, dilation, groups
        return _convolve(function, dims, batch, weight, bias, *window).squeeze(0)
    x, w = input._array, weight._array
    channels = None if bias is None else bias._array.shape
    _check_operands(x.shape, w.shape, channels, groups, False, dims, function)
    _check_dtypes(x, w, bias)
    _check_window(x.shape[2:], w.shape[2:], stride, padding, dilation)
    if is_complex(x.dtype):
        rest: Any = stride, padding, dilation, groups
        return _of_parts(lambda *args: conv.convolve(*args, *rest), input, weight, bias)
    if not is_float(x.dtype):
        _check_integers(x, "slow_conv_dilated<>" if max(dilation) > 1 else None)
    return conv.convolve(input, weight, bias, stride, padding, dilation, groups)


def _convolve_transposed(
    function: str,
    dims: int,
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: Any,
    padding: Any,
    output_padding: Any,
    groups: int,
    dilation: Any,
) -> Tensor:
    """Check and convolve, transposed, over so many dimensions."""
    require_tensors(f"{function}(input, weight, bias)", input, weight, bias, required=2)
    stride = as_sizes(stride, dims, "stride", function)
    padding = as_sizes(padding, dims, "padding", function)
    output_padding = as_sizes(output_padding, dims, "output_padding", function)
    dilation = as_sizes(dilation, dims, "dilation", function)
    if type(groups) is not int:
        (groups,) = as_sizes(groups, 1, "groups", function)
    if input._array.ndim == dims + 1:
        batch = input.unsqueeze(0)
        window = stride, padding, output_padding, groups, dilation
        return _convolve_transposed(function, dims, batch, weight, bias, *window).squeeze(0)
    x, w = input._array, weight._array
    channels = None if bias is None else bias._array.shape
    _check_operands(x.shape, w.shape, channels, groups, True, dims, function)
    if not is_differentiable(x.dtype):
        _check_integers(x, "slow_conv_transpose_cpu")
    _check_dtypes(x, w, bias)
    _check_transposed(x.shape, w.shape, stride, padding, output_padding, dilation)
    if any([extra >= step for extra, step in zip(output_padding, stride, strict=True)]):
        # A whole step more is what another element, zero, would have added.
        more = [extra // step for extra, step in zip(output_padding, stride, strict=True)]
        pads = [size for count in reversed(more) for size in (0, count)]
        input = padding_ops.pad(input, tuple(pads), "constant", 0.0)
        output_padding = tuple([e % step for e, step in zip(output_padding, stride, strict=True)])
    rest: Any = stride, padding, output_padding, dilation, groups
    if is_complex(x.dtype):
        return _of_parts(lambda *args: conv.convolve_transposed(*args, *rest), input, weight, bias)
    return conv.convolve_transposed(input, weight, bias, *rest)


def _of_parts(convolve: Callable[..., Any], x: Tensor, weight: Tensor, bias: Any) -> Tensor:
    """Convolve complex numbers by three convolutions of real ones, as PyTorch does."""
    from minitorch.ops.shape.as_real import complex  # few programs have use for it

    of_bias = (None, None) if bias is None else (bias.real, bias.imag)
    both = None if bias is None else bias.real + bias.imag
    real, imag = convolve(x.real, weight.real, of_bias[0]), convolve(x.imag, weight.imag, None)
    mixed = convolve(x.real + x.imag, weight.real + weight.imag, both)
    return complex(real - imag, mixed - real - imag)


def _resolve(
    input: Tensor, weight: Tensor, padding: str, stride: Sizes, dilation: Sizes
) -> tuple[Tensor, Sizes]:
    """Turn "same" or "valid" into numbers; an odd row or column goes to the end, onto the input."""
    if padding == "valid":
        return input, (0,) * len(stride)
    if padding != "same":
        raise RuntimeError(f"Invalid padding string: '{padding}'; use 'same', 'valid' or numbers")
    if max(stride) > 1:
        raise RuntimeError(
            f"padding='same' is not supported for strided convolutions, but got stride={stride}"
        )
    kernel = weight._array.shape[2:]
    totals = [d * (k - 1) for d, k in zip(dilation, kernel, strict=False)]
    if any([total % 2 for total in totals]):
        odd = [size for total in reversed(totals) for size in (0, total % 2)]
        input = padding_ops.pad(input, tuple(odd), "constant", 0.0)
    return input, tuple([total // 2 for total in totals])


_CHANNELS_FIRST = {
    1: "Sequences are (N, C, L); transpose(1, 2) brings channels forward.",
    2: "Images are (N, C, H, W); permute(0, 3, 1, 2) brings channels forward.",
    3: "Volumes are (N, C, D, H, W); permute(0, 4, 1, 2, 3) brings channels forward.",
}


@lru_cache(maxsize=1024)  # of good ones; at batch 4 checking is a hundredth of a step
def _check_operands(
    x: Shape,
    w: Shape,
    bias: Shape | None,
    groups: int,
    transposed: bool,
    dims: int,
    function: str,
) -> None:
    if len(w) < dims + 2:
        raise RuntimeError(
            f"expected stride to be a single integer value or a list of {len(w) - 2} values to "
            f"match the convolution dimensions: {function} needs a {dims + 2}D weight "
            f"{'(C_in, C_out/groups' if transposed else '(C_out, C_in/groups'}, *kernel), "
            f"but got one of size {list(w)}"
        )
    if len(x) != dims + 2:
        raise RuntimeError(
            f"Expected {dims + 1}D (unbatched) or {dims + 2}D (batched) input to {function}, "
            f"but got input of size: {list(x)}"
            " [explain: conv-dims]"
        )
    if len(w) > dims + 2:
        raise RuntimeError(_other_dimensions(x, w))
    if groups <= 0:
        raise RuntimeError(f"non-positive groups is not supported: groups={groups}")
    if w[0] < groups:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be at least {groups} at dimension 0, "
            f"but got weight of size {list(w)} instead"
        )
    if w[0] % groups:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be divisible by {groups} at dimension 0, "
            f"but got weight of size [{list(w)}] instead"
        )
    given = f"Given transposed=1, weight of size {list(w)}" if transposed else ""
    channels = w[0] if transposed else w[1] * groups
    if x[1] != channels:
        raise RuntimeError(
            f"{given or f'Given groups={groups}, weight of size {list(w)}'}, expected "
            f"input{list(x)} to have {channels} channels, but got {x[1]} channels instead. "
            f"{_CHANNELS_FIRST.get(dims, '')}"
            " [explain: conv-channels]"
        )
    c_out = w[1] * groups if transposed else w[0]
    if bias is not None and bias != (c_out,):
        raise RuntimeError(
            f"{given or f'Given weight of size {list(w)}'}, expected bias to be 1-dimensional "
            f"with {c_out} elements, but got bias of size {list(bias)} instead"
        )


def _other_dimensions(x: Shape, w: Shape) -> str:
    return (
        f"Expected {len(w)}-dimensional input for {len(w)}-dimensional weight {list(w)}, "
        f"but got {len(x)}-dimensional input of size {list(x)} instead"
    )


def _check_dtypes(x: Array, w: Array, bias: Tensor | None) -> None:
    if x.dtype == w.dtype and (bias is None or bias._array.dtype == x.dtype):
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
        " [explain: dtype-mismatch]"
    )


def _check_integers(x: Array, loops: str | None) -> None:
    """Refuse integers where PyTorch has no loops; ``loops`` are there for int64 alone."""
    if is_bool(x.dtype) or (loops is not None and x.dtype != np.int64):
        raise NotImplementedError(
            f"\"{loops or 'slow_conv_cpu'}\" not implemented for '{scalar_name(x)}': convert with "
            ".float() first"
        )


def _check_numbers(kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes) -> None:
    if min(stride) <= 0:
        raise RuntimeError(f"non-positive stride is not supported: stride={stride}")
    if min(padding) < 0:
        raise RuntimeError(f"negative padding is not supported: padding={padding}")
    if min(dilation) <= 0:
        raise RuntimeError(f"non-positive dilation is not supported: dilation={dilation}")
    if min(kernel) == 0:
        raise RuntimeError(f"kernel size should be greater than zero, but got {list(kernel)}")


@lru_cache(maxsize=1024)
def _check_window(
    size: Sizes, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes
) -> None:
    _check_numbers(kernel, stride, padding, dilation)
    padded = [n + 2 * p for n, p in zip(size, padding, strict=True)]
    window = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    if any([k > n for k, n in zip(window, padded, strict=True)]):
        raise RuntimeError(
            f"Calculated padded input size per channel: ({' x '.join(map(str, padded))}). Kernel "
            f"size: ({' x '.join(map(str, window))}). Kernel size can't be greater than actual "
            "input size"
            " [explain: kernel-too-large]"
        )


@lru_cache(maxsize=1024)
def _check_transposed(
    x: Shape,
    w: Shape,
    stride: Sizes,
    padding: Sizes,
    output_padding: Sizes,
    dilation: Sizes,
) -> None:
    _check_numbers(w[2:], stride, padding, dilation)
    if min(output_padding) < 0:
        raise RuntimeError(
            f"negative output_padding is not supported: output_padding={output_padding}"
        )
    if 0 in x[2:]:
        raise RuntimeError(
            f"Only zero batch or zero channel inputs are supported, but got input shape: {list(x)}"
        )
    limits = map(max, stride, dilation)
    if any([extra >= limit for extra, limit in zip(output_padding, limits, strict=True)]):
        raise RuntimeError(
            "output padding must be smaller than either stride or dilation, but got "
            f"output_padding={output_padding}, stride={stride}, dilation={dilation}"
        )
    sizes = conv.transposed_sizes(x[2:], w[2:], output_padding, stride, padding, dilation)
    if min(sizes) <= 0:
        raise RuntimeError(
            f"Given input size per channel: {list(x[2:])}. Calculated output size per channel: "
            f"{list(sizes)}. Output size is too small: padding={padding} leaves nothing"
        )
