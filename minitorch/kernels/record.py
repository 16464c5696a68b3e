"""The record of structured kernels: what a back end provides, field by field."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Pair = tuple[int, int]
Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Kernels:
    """Functions on arrays that a back end may replace, one by one, with `dataclasses.replace`.

    The contract (purity, strides, dtypes, edge cases) stands in `minitorch/kernels/README.md`.
    """

    name: str

    # (x, weight, bias | None, stride, padding, dilation, groups) -> (N, C_out, OH, OW)
    conv2d: Callable[[Array, Array, Array | None, Pair, Pair, Pair, int], Array]
    # (grad, weight, input_shape, stride, padding, dilation, groups) -> input_shape
    conv2d_input_grad: Callable[[Array, Array, Shape, Pair, Pair, Pair, int], Array]
    # (grad, x, weight_shape, stride, padding, dilation, groups) -> weight_shape
    conv2d_weight_grad: Callable[[Array, Array, Shape, Pair, Pair, Pair, int], Array]

    # (x, kernel_size, stride, padding, dilation, ceil_mode) -> (out, codes)
    max_pool2d: Callable[[Array, Pair, Pair, Pair, Pair, bool], tuple[Array, Array]]
    # (codes, input_shape, kernel_size, stride, padding, dilation) -> int64 positions in H*W
    window_indices: Callable[[Array, Shape, Pair, Pair, Pair, Pair], Array]
    # (grad, codes, input_shape, kernel_size, stride, padding, dilation) -> input_shape
    scatter_windows: Callable[[Array, Array, Shape, Pair, Pair, Pair, Pair], Array]
    # (x, codes, kernel_size, stride, padding, dilation) -> shape of codes
    gather_windows: Callable[[Array, Array, Pair, Pair, Pair, Pair], Array]

    # (x, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override | None)
    avg_pool2d: Callable[[Array, Pair, Pair, Pair, bool, bool, int | None], Array]
    # (grad, input_shape, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor)
    avg_pool2d_grad: Callable[[Array, Shape, Pair, Pair, Pair, bool, bool, int | None], Array]
    # (x, output_size) -> (N, C, *output_size)
    adaptive_avg_pool2d: Callable[[Array, Pair], Array]
    # (grad, input_shape) -> input_shape
    adaptive_avg_pool2d_grad: Callable[[Array, Shape], Array]

    # (x, weight | None, bias | None, eps) -> (out, mean, invstd); statistics over all dims but 1
    batch_norm: Callable[[Array, Array | None, Array | None, float], tuple[Array, Array, Array]]
    # (grad, x, weight | None, mean, invstd) -> (grad_x, grad_weight, grad_bias)
    batch_norm_grad: Callable[
        [Array, Array, Array | None, Array, Array], tuple[Array, Array, Array]
    ]

    # (x, dim) -> x.shape
    softmax: Callable[[Array, int], Array]
    # (grad, out, dim) -> out.shape
    softmax_grad: Callable[[Array, Array, int], Array]
    # (x, dim) -> x.shape
    log_softmax: Callable[[Array, int], Array]
    # (grad, out, dim) -> out.shape
    log_softmax_grad: Callable[[Array, Array, int], Array]

    # (log_probs, target, weight | None, ignore_index) -> (losses, weights), both target.shape
    nll_loss: Callable[[Array, Array, Array | None, int], tuple[Array, Array]]
    # (grad, target, weight | None, ignore_index, input_shape) -> input_shape
    nll_loss_grad: Callable[[Array, Array, Array | None, int, Shape], Array]

    # (values, index, shape) -> zeros(shape) with values added at [index], repeats adding up
    index_add: Callable[[Array, Any, Shape], Array]

    # (param, grad, momentum_buffer | None, lr, momentum, dampening, weight_decay, nesterov,
    #  maximize) -> momentum_buffer | None; writes param and the buffer
    sgd_: Callable[
        [Array, Array, Array | None, float, float, float, float, bool, bool], Array | None
    ]


def conv_output_size(size: int, kernel: int, stride: int, padding: int, dilation: int) -> int:
    """Length of a convolution's output along one axis."""
    return (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1


def pool_output_size(
    size: int, kernel: int, stride: int, padding: int, dilation: int, ceil_mode: bool
) -> int:
    """Length of a pooling's output along one axis.

    With `ceil_mode` a last window may hang over the end, but must start inside the input or its
    left padding.
    """
    spare = size + 2 * padding - dilation * (kernel - 1) - 1
    out = (spare + (stride - 1 if ceil_mode else 0)) // stride + 1
    if ceil_mode and (out - 1) * stride >= size + padding:
        out -= 1
    return out


def working_dtype(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """The dtype to compute in: float16 sums are kept in float32, as PyTorch does on a CPU."""
    return np.dtype(np.float32) if dtype == np.float16 else dtype
