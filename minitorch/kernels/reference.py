"""Every kernel as plain loops: slow, obvious, the oracle that the fast ones are tested against.

Sums run in Python floats (float64) and are rounded once to the input's dtype.
"""

import math
from typing import Any

import numpy as np

from minitorch.kernels.record import (
    Array,
    Kernels,
    Pair,
    Shape,
    conv_output_size,
    pool_output_size,
)


def conv_taps(
    x_shape: Shape,
    weight_shape: Shape,
    stride: Pair,
    padding: Pair,
    dilation: Pair,
    groups: int,
) -> Any:
    """Yield (n, k, oh, ow, c, kh, kw, h, w): each product that a convolution sums."""
    n_images, _, height, width = x_shape
    c_out, c_group, k_h, k_w = weight_shape
    out_h = conv_output_size(height, k_h, stride[0], padding[0], dilation[0])
    out_w = conv_output_size(width, k_w, stride[1], padding[1], dilation[1])
    for n, k, oh, ow in np.ndindex(n_images, c_out, out_h, out_w):
        first_channel = k // (c_out // groups) * c_group
        for c, kh, kw in np.ndindex(c_group, k_h, k_w):
            h = oh * stride[0] - padding[0] + kh * dilation[0]
            w = ow * stride[1] - padding[1] + kw * dilation[1]
            if 0 <= h < height and 0 <= w < width:
                yield n, k, oh, ow, first_channel + c, c, kh, kw, h, w


def conv2d(
    x: Array,
    weight: Array,
    bias: Array | None,
    stride: Pair,
    padding: Pair,
    dilation: Pair,
    groups: int,
) -> Array:
    """Cross-correlation: (N, C_in, H, W), (C_out, C_in/groups, KH, KW) -> (N, C_out, OH, OW)."""
    out_h = conv_output_size(x.shape[2], weight.shape[2], stride[0], padding[0], dilation[0])
    out_w = conv_output_size(x.shape[3], weight.shape[3], stride[1], padding[1], dilation[1])
    out = np.zeros((x.shape[0], weight.shape[0], out_h, out_w))
    taps = conv_taps(x.shape, weight.shape, stride, padding, dilation, groups)
    for n, k, oh, ow, channel, c, kh, kw, h, w in taps:
        out[n, k, oh, ow] += float(x[n, channel, h, w]) * float(weight[k, c, kh, kw])
    if bias is not None:
        for k in range(weight.shape[0]):
            out[:, k] += float(bias[k])
    return out.astype(x.dtype)


def conv2d_input_grad(
    grad: Array,
    weight: Array,
    input_shape: Shape,
    stride: Pair,
    padding: Pair,
    dilation: Pair,
    groups: int,
) -> Array:
    """Gradient of `conv2d` with respect to its images: -> (N, C_in, H, W)."""
    grad_x = np.zeros(input_shape)
    taps = conv_taps(input_shape, weight.shape, stride, padding, dilation, groups)
    for n, k, oh, ow, channel, c, kh, kw, h, w in taps:
        grad_x[n, channel, h, w] += float(grad[n, k, oh, ow]) * float(weight[k, c, kh, kw])
    return grad_x.astype(grad.dtype)


def conv2d_weight_grad(
    grad: Array,
    x: Array,
    weight_shape: Shape,
    stride: Pair,
    padding: Pair,
    dilation: Pair,
    groups: int,
) -> Array:
    """Gradient of `conv2d` with respect to its weight: -> (C_out, C_in/groups, KH, KW)."""
    grad_weight = np.zeros(weight_shape)
    taps = conv_taps(x.shape, weight_shape, stride, padding, dilation, groups)
    for n, k, oh, ow, channel, c, kh, kw, h, w in taps:
        grad_weight[k, c, kh, kw] += float(grad[n, k, oh, ow]) * float(x[n, channel, h, w])
    return grad_weight.astype(grad.dtype)


def _code_position(
    code: int, oh: int, ow: int, kernel_size: Pair, stride: Pair, padding: Pair, dilation: Pair
) -> Pair:
    """Row and column of the input that a window's code names."""
    kh, kw = divmod(code, kernel_size[1])
    h = oh * stride[0] - padding[0] + kh * dilation[0]
    w = ow * stride[1] - padding[1] + kw * dilation[1]
    return h, w


def max_pool2d(
    x: Array, kernel_size: Pair, stride: Pair, padding: Pair, dilation: Pair, ceil_mode: bool
) -> tuple[Array, Array]:
    """Largest value of each window and its code kh * KW + kw; a NaN wins, the last of several."""
    n_images, channels, height, width = x.shape
    out_h = pool_output_size(height, kernel_size[0], stride[0], padding[0], dilation[0], ceil_mode)
    out_w = pool_output_size(width, kernel_size[1], stride[1], padding[1], dilation[1], ceil_mode)
    lowest = -math.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min
    out = np.full((n_images, channels, out_h, out_w), lowest, x.dtype)
    codes = np.zeros(out.shape, np.int64)
    for n, c, oh, ow in np.ndindex(*out.shape):
        codes[n, c, oh, ow] = _first_code(oh, ow, kernel_size, stride, padding, dilation)
        for code in range(kernel_size[0] * kernel_size[1]):
            h, w = _code_position(code, oh, ow, kernel_size, stride, padding, dilation)
            if not (0 <= h < height and 0 <= w < width):
                continue
            value = x[n, c, h, w]
            if value > out[n, c, oh, ow] or value != value:
                out[n, c, oh, ow] = value
                codes[n, c, oh, ow] = code
    return out, codes


def _first_code(
    oh: int, ow: int, kernel_size: Pair, stride: Pair, padding: Pair, dilation: Pair
) -> int:
    """Code of the first place not in the padding above or to the left: where all are -inf."""
    for code in range(kernel_size[0] * kernel_size[1]):
        if min(_code_position(code, oh, ow, kernel_size, stride, padding, dilation)) >= 0:
            return code
    raise AssertionError("padding is at most half the kernel")


def window_indices(
    codes: Array,
    input_shape: Shape,
    kernel_size: Pair,
    stride: Pair,
    padding: Pair,
    dilation: Pair,
) -> Array:
    """Codes as positions h * W + w in the input's plane, int64: what PyTorch returns as indices."""
    indices = np.zeros(codes.shape, np.int64)
    for n, c, oh, ow in np.ndindex(*codes.shape):
        code = int(codes[n, c, oh, ow])
        h, w = _code_position(code, oh, ow, kernel_size, stride, padding, dilation)
        indices[n, c, oh, ow] = h * input_shape[3] + w
    return indices


def scatter_windows(
    grad: Array,
    codes: Array,
    input_shape: Shape,
    kernel_size: Pair,
    stride: Pair,
    padding: Pair,
    dilation: Pair,
) -> Array:
    """Add each value to the place of the input that its code names: the gradient of max pooling."""
    grad_x = np.zeros(input_shape)
    for n, c, oh, ow in np.ndindex(*codes.shape):
        code = int(codes[n, c, oh, ow])
        h, w = _code_position(code, oh, ow, kernel_size, stride, padding, dilation)
        if h < input_shape[2] and w < input_shape[3]:  # else the window has no place inside
            grad_x[n, c, h, w] += float(grad[n, c, oh, ow])
    return grad_x.astype(grad.dtype)


def gather_windows(
    x: Array, codes: Array, kernel_size: Pair, stride: Pair, padding: Pair, dilation: Pair
) -> Array:
    """Read the input at each window's code: the transpose of `scatter_windows`."""
    out = np.zeros(codes.shape, x.dtype)
    for n, c, oh, ow in np.ndindex(*codes.shape):
        code = int(codes[n, c, oh, ow])
        h, w = _code_position(code, oh, ow, kernel_size, stride, padding, dilation)
        if h < x.shape[2] and w < x.shape[3]:
            out[n, c, oh, ow] = x[n, c, h, w]
    return out


def _average_window(start: int, kernel: int, size: int, padding: int) -> tuple[int, int, int]:
    """First and last+1 input position of a window along one axis, and its length with padding."""
    end = min(start + kernel, size + padding)
    return max(start, 0), min(end, size), end - start


def average_windows(
    input_shape: Shape,
    kernel_size: Pair,
    stride: Pair,
    padding: Pair,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor_override: int | None,
) -> Any:
    """Yield (oh, ow, rows, columns, divisor) for every window of an average pooling."""
    height, width = input_shape[2:]
    out_h = pool_output_size(height, kernel_size[0], stride[0], padding[0], 1, ceil_mode)
    out_w = pool_output_size(width, kernel_size[1], stride[1], padding[1], 1, ceil_mode)
    for oh, ow in np.ndindex(out_h, out_w):
        h0, h1, full_h = _average_window(
            oh * stride[0] - padding[0], kernel_size[0], height, padding[0]
        )
        w0, w1, full_w = _average_window(
            ow * stride[1] - padding[1], kernel_size[1], width, padding[1]
        )
        divisor = full_h * full_w if count_include_pad else (h1 - h0) * (w1 - w0)
        yield oh, ow, slice(h0, h1), slice(w0, w1), divisor_override or divisor


def avg_pool2d(
    x: Array,
    kernel_size: Pair,
    stride: Pair,
    padding: Pair,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor_override: int | None,
) -> Array:
    """Mean of each window, with PyTorch's divisors at the borders."""
    out_h = pool_output_size(x.shape[2], kernel_size[0], stride[0], padding[0], 1, ceil_mode)
    out_w = pool_output_size(x.shape[3], kernel_size[1], stride[1], padding[1], 1, ceil_mode)
    out = np.zeros((*x.shape[:2], out_h, out_w))
    windows = average_windows(
        x.shape, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
    )
    for oh, ow, rows, columns, divisor in windows:
        for n, c in np.ndindex(*x.shape[:2]):
            out[n, c, oh, ow] = math.fsum(x[n, c, rows, columns].ravel().tolist()) / divisor
    return out.astype(x.dtype)


def avg_pool2d_grad(
    grad: Array,
    input_shape: Shape,
    kernel_size: Pair,
    stride: Pair,
    padding: Pair,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor_override: int | None,
) -> Array:
    """Gradient of `avg_pool2d`: each window hands its share to every place it covers."""
    grad_x = np.zeros(input_shape)
    windows = average_windows(
        input_shape, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
    )
    for oh, ow, rows, columns, divisor in windows:
        for n, c in np.ndindex(*input_shape[:2]):
            grad_x[n, c, rows, columns] += float(grad[n, c, oh, ow]) / divisor
    return grad_x.astype(grad.dtype)


def adaptive_window(i: int, size: int, out_size: int) -> slice:
    """The i-th of `out_size` windows that cover `size` places as evenly as PyTorch does."""
    return slice(i * size // out_size, -(-(i + 1) * size // out_size))


def adaptive_avg_pool2d(x: Array, output_size: Pair) -> Array:
    """Mean over windows chosen so that the output has `output_size`."""
    out = np.zeros((*x.shape[:2], *output_size))
    for n, c, oh, ow in np.ndindex(*out.shape):
        rows = adaptive_window(oh, x.shape[2], output_size[0])
        columns = adaptive_window(ow, x.shape[3], output_size[1])
        values = x[n, c, rows, columns].ravel().tolist()
        out[n, c, oh, ow] = math.fsum(values) / len(values)
    return out.astype(x.dtype)


def adaptive_avg_pool2d_grad(grad: Array, input_shape: Shape) -> Array:
    """Gradient of `adaptive_avg_pool2d`."""
    grad_x = np.zeros(input_shape)
    for n, c, oh, ow in np.ndindex(*grad.shape):
        rows = adaptive_window(oh, input_shape[2], grad.shape[2])
        columns = adaptive_window(ow, input_shape[3], grad.shape[3])
        covered = grad_x[n, c, rows, columns]
        covered += float(grad[n, c, oh, ow]) / covered.size
    return grad_x.astype(grad.dtype)


def batch_norm(
    x: Array, weight: Array | None, bias: Array | None, eps: float
) -> tuple[Array, Array, Array]:
    """Normalise every channel by its own mean and biased variance over all other dims."""
    out = np.zeros(x.shape)
    channels = x.shape[1]
    means, invstds = np.zeros(channels), np.zeros(channels)
    for c in range(channels):
        values = x[:, c].ravel().tolist()
        count = max(len(values), 1)
        means[c] = math.fsum(values) / count
        variance = math.fsum((v - means[c]) ** 2 for v in values) / count
        invstds[c] = 1 / math.sqrt(variance + eps)
        scale = 1.0 if weight is None else float(weight[c])
        shift = 0.0 if bias is None else float(bias[c])
        out[:, c] = (x[:, c].astype(np.float64) - means[c]) * invstds[c] * scale + shift
    return out.astype(x.dtype), means.astype(x.dtype), invstds.astype(x.dtype)


def batch_norm_grad(
    grad: Array, x: Array, weight: Array | None, mean: Array, invstd: Array
) -> tuple[Array, Array, Array]:
    """Gradients of `batch_norm` with respect to x, weight and bias."""
    channels = x.shape[1]
    grad_x = np.zeros(x.shape)
    grad_weight, grad_bias = np.zeros(channels), np.zeros(channels)
    for c in range(channels):
        g = grad[:, c].astype(np.float64)
        normal = (x[:, c].astype(np.float64) - float(mean[c])) * float(invstd[c])
        count = max(g.size, 1)
        grad_bias[c] = math.fsum(g.ravel().tolist())
        grad_weight[c] = math.fsum((g * normal).ravel().tolist())
        scale = (1.0 if weight is None else float(weight[c])) * float(invstd[c])
        grad_x[:, c] = scale * (g - grad_bias[c] / count - normal * grad_weight[c] / count)
    return grad_x.astype(x.dtype), grad_weight.astype(x.dtype), grad_bias.astype(x.dtype)


def _rows(x: Array, dim: int) -> Array:
    """The array as float64 rows along `dim`, copied: (*, K)."""
    moved = np.moveaxis(x.astype(np.float64), dim, -1)
    return moved.reshape(-1, x.shape[dim]) if x.size else moved.reshape(0, x.shape[dim])


def _unrows(rows: Array, like: Array, dim: int) -> Array:
    """Rows back to the shape and dtype of `like`."""
    shape = np.moveaxis(like, dim, -1).shape
    return np.ascontiguousarray(np.moveaxis(rows.reshape(shape), -1, dim)).astype(like.dtype)


def softmax(x: Array, dim: int) -> Array:
    """Shares exp(x) / sum(exp(x)) along `dim`."""
    rows = _rows(x, dim)
    for row in rows:
        largest = max(row, default=0.0)
        exponentials = [math.exp(v - largest) for v in row]
        row[:] = [e / math.fsum(exponentials) for e in exponentials]
    return _unrows(rows, x, dim)


def softmax_grad(grad: Array, out: Array, dim: int) -> Array:
    """Gradient of `softmax`: out * (grad - sum(grad * out))."""
    rows, out_rows = _rows(grad, dim), _rows(out, dim)
    for g, y in zip(rows, out_rows, strict=True):
        g[:] = y * (g - math.fsum(g * y))
    return _unrows(rows, grad, dim)


def log_softmax(x: Array, dim: int) -> Array:
    """Logarithm of `softmax`: x - log(sum(exp(x))) along `dim`."""
    rows = _rows(x, dim)
    for row in rows:
        largest = max(row, default=0.0)
        row -= largest + math.log(math.fsum(math.exp(v - largest) for v in row) or 1.0)
    return _unrows(rows, x, dim)


def log_softmax_grad(grad: Array, out: Array, dim: int) -> Array:
    """Gradient of `log_softmax`: grad - exp(out) * sum(grad)."""
    rows, out_rows = _rows(grad, dim), _rows(out, dim)
    for g, y in zip(rows, out_rows, strict=True):
        g -= np.exp(y) * math.fsum(g)
    return _unrows(rows, grad, dim)


def nll_loss(
    log_probs: Array, target: Array, weight: Array | None, ignore_index: int
) -> tuple[Array, Array]:
    """Per sample: -weight[target] * log_probs[target], and weight[target]; 0 where ignored."""
    losses = np.zeros(target.shape, log_probs.dtype)
    weights = np.zeros(target.shape, log_probs.dtype)
    for place in np.ndindex(*target.shape):
        label = int(target[place])
        if label == ignore_index:
            continue
        w = 1.0 if weight is None else float(weight[label])
        losses[place] = -w * float(log_probs[place[0], label, *place[1:]])
        weights[place] = w
    return losses, weights


def nll_loss_grad(
    grad: Array, target: Array, weight: Array | None, ignore_index: int, input_shape: Shape
) -> Array:
    """Gradient of the per-sample losses with respect to log_probs."""
    grad_log_probs = np.zeros(input_shape, grad.dtype)
    for place in np.ndindex(*target.shape):
        label = int(target[place])
        if label == ignore_index:
            continue
        w = 1.0 if weight is None else float(weight[label])
        grad_log_probs[place[0], label, *place[1:]] = -w * float(grad[place])
    return grad_log_probs


def index_add(values: Array, index: Any, shape: Shape) -> Array:
    """Add values into zeros of `shape` at `index`, which may name a place many times."""
    out = np.zeros(shape, np.float64 if values.dtype.kind == "f" else values.dtype)
    places = np.arange(out.size).reshape(shape)[index]
    flat = out.reshape(-1)
    for place, value in zip(
        places.ravel(), np.broadcast_to(values, places.shape).ravel(), strict=True
    ):
        flat[place] += value
    return out.astype(values.dtype)


def sgd_(
    param: Array,
    grad: Array,
    momentum_buffer: Array | None,
    lr: float,
    momentum: float,
    dampening: float,
    weight_decay: float,
    nesterov: bool,
    maximize: bool,
) -> Array | None:
    """One step of PyTorch's SGD, element by element; the first step starts the buffer."""
    started = momentum_buffer is not None
    if momentum and momentum_buffer is None:
        momentum_buffer = np.zeros(param.shape, param.dtype)
    for place in np.ndindex(*param.shape):
        p = float(param[place])
        g = (-1 if maximize else 1) * float(grad[place]) + weight_decay * p
        if momentum_buffer is not None and momentum:
            b = float(momentum_buffer[place])
            b = momentum * b + (1 - dampening) * g if started else g
            momentum_buffer[place] = b
            g = g + momentum * b if nesterov else b
        param[place] = p - lr * g
    return momentum_buffer


REFERENCE = Kernels(
    name="reference",
    conv2d=conv2d,
    conv2d_input_grad=conv2d_input_grad,
    conv2d_weight_grad=conv2d_weight_grad,
    max_pool2d=max_pool2d,
    window_indices=window_indices,
    scatter_windows=scatter_windows,
    gather_windows=gather_windows,
    avg_pool2d=avg_pool2d,
    avg_pool2d_grad=avg_pool2d_grad,
    adaptive_avg_pool2d=adaptive_avg_pool2d,
    adaptive_avg_pool2d_grad=adaptive_avg_pool2d_grad,
    batch_norm=batch_norm,
    batch_norm_grad=batch_norm_grad,
    softmax=softmax,
    softmax_grad=softmax_grad,
    log_softmax=log_softmax,
    log_softmax_grad=log_softmax_grad,
    nll_loss=nll_loss,
    nll_loss_grad=nll_loss_grad,
    index_add=index_add,
    sgd_=sgd_,
)
