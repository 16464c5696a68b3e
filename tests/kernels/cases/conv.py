"""Cases of convolution and its gradients."""

from functools import partial
from typing import Any

from minitorch.kernels import conv_output_sizes
from tests.kernels.check import Row, normal

# x, weight, stride, padding, dilation, groups
PLANES = {
    "one pixel": ((1, 1, 1, 1), (1, 1, 1, 1), (1, 1), (0, 0), (1, 1), 1),
    "plain": ((2, 3, 6, 5), (4, 3, 3, 2), (1, 1), (0, 0), (1, 1), 1),
    "same size": ((2, 3, 5, 5), (2, 3, 3, 3), (1, 1), (1, 1), (1, 1), 1),
    "uneven everything": ((2, 2, 9, 8), (3, 2, 3, 2), (2, 3), (1, 2), (2, 1), 1),
    "stride leaves a rest": ((1, 2, 8, 8), (2, 2, 3, 3), (3, 3), (0, 0), (1, 1), 1),
    "stride beyond the kernel": ((1, 2, 9, 9), (2, 2, 2, 2), (4, 4), (0, 0), (1, 1), 1),
    "padding beyond the kernel": ((1, 2, 4, 4), (2, 2, 2, 2), (1, 1), (3, 3), (1, 1), 1),
    "groups": ((2, 4, 5, 5), (6, 2, 3, 3), (1, 1), (1, 1), (1, 1), 2),
    "groups, fewer out": ((2, 6, 5, 5), (2, 3, 3, 3), (1, 1), (1, 1), (1, 1), 2),
    "depthwise": ((2, 3, 5, 6), (3, 1, 3, 3), (1, 1), (1, 1), (1, 1), 3),
    "depthwise, two each": ((2, 3, 5, 6), (6, 1, 3, 3), (2, 2), (1, 1), (1, 1), 3),
    "pointwise": ((2, 3, 4, 4), (5, 3, 1, 1), (1, 1), (0, 0), (1, 1), 1),
    "pointwise, groups": ((2, 4, 4, 4), (6, 2, 1, 1), (1, 1), (0, 0), (1, 1), 2),
    "pointwise, strided": ((2, 3, 5, 5), (5, 3, 1, 1), (2, 2), (0, 0), (1, 1), 1),
    "pointwise, padded": ((2, 3, 4, 4), (5, 3, 1, 1), (1, 1), (1, 1), (1, 1), 1),
    "wide plane": ((2, 2, 10, 10), (3, 2, 3, 3), (1, 1), (1, 1), (1, 1), 1),
    "wide plane, pointwise": ((2, 4, 9, 9), (3, 4, 1, 1), (1, 1), (0, 0), (1, 1), 1),
    "wide plane, more out": ((2, 2, 10, 10), (5, 2, 3, 3), (1, 1), (1, 1), (1, 1), 1),
    "wide stride": ((2, 2, 7, 23), (3, 2, 2, 5), (2, 2), (0, 3), (1, 1), 1),
    "three apart": ((1, 2, 8, 20), (2, 2, 3, 4), (1, 3), (1, 1), (1, 2), 1),
    "one place": ((3, 2, 5, 5), (9, 2, 5, 5), (1, 1), (0, 0), (1, 1), 1),
    "lines longer than vectors": ((1, 1, 3, 37), (2, 1, 2, 2), (1, 2), (0, 1), (1, 1), 1),
    "many channels out": ((1, 2, 4, 5), (20, 2, 2, 2), (1, 1), (1, 0), (1, 1), 1),
    "many channels in": ((2, 19, 3, 3), (2, 19, 2, 2), (1, 1), (1, 1), (1, 1), 1),
    "far apart": ((1, 1, 1, 1030), (1, 1, 1, 2), (1, 1), (0, 0), (1, 1028), 1),
    "groups, far apart": ((1, 2, 1, 1030), (2, 1, 1, 2), (1, 1), (0, 0), (1, 1028), 2),
    "groups, strided": ((2, 6, 6, 7), (4, 3, 3, 2), (2, 1), (1, 1), (1, 2), 2),
    "depthwise, dilated": ((2, 3, 9, 8), (3, 1, 3, 3), (1, 2), (2, 3), (3, 2), 3),
    "groups, empty batch": ((0, 4, 5, 5), (6, 2, 3, 3), (1, 1), (1, 1), (1, 1), 2),
    "empty batch": ((0, 3, 5, 5), (4, 3, 3, 3), (1, 1), (1, 1), (1, 1), 1),
    "empty batch, pointwise": ((0, 3, 5, 5), (4, 3, 1, 1), (1, 1), (0, 0), (1, 1), 1),
}
LINES = {
    f"line: {name}": ((*x[:2], x[3]), (*w[:2], w[3]), *(p[1:] for p in window), groups)
    for name, (x, w, *window, groups) in PLANES.items()
}
VOLUMES = {
    "volume: one": ((1, 1, 1, 1, 1), (1, 1, 1, 1, 1), (1, 1, 1), (0, 0, 0), (1, 1, 1), 1),
    "volume: same size": ((2, 2, 3, 4, 3), (3, 2, 3, 3, 3), (1, 1, 1), (1, 1, 1), (1, 1, 1), 1),
    "volume: uneven": ((1, 2, 6, 5, 4), (2, 2, 2, 3, 1), (2, 1, 3), (1, 2, 0), (2, 1, 1), 1),
    "volume: a rest": ((1, 1, 6, 5, 6), (2, 1, 3, 2, 2), (2, 2, 3), (0, 0, 0), (1, 1, 1), 1),
    "volume: far padding": ((1, 1, 2, 2, 2), (2, 1, 2, 1, 2), (1, 1, 1), (3, 1, 2), (1, 1, 1), 1),
    "volume: only padding": ((1, 1, 1, 2, 2), (2, 1, 2, 1, 1), (5, 1, 1), (4, 0, 0), (3, 1, 1), 1),
    "volume: groups": ((2, 4, 3, 3, 3), (2, 2, 2, 2, 2), (1, 2, 1), (0, 1, 0), (1, 1, 1), 2),
    "volume: depthwise": ((1, 3, 3, 2, 3), (6, 1, 2, 2, 2), (1, 1, 1), (0, 0, 1), (1, 1, 1), 3),
    "volume: pointwise": ((2, 3, 2, 3, 2), (4, 3, 1, 1, 1), (1, 1, 1), (0, 0, 0), (1, 1, 1), 1),
    "volume: empty batch": ((0, 2, 3, 3, 3), (3, 2, 2, 2, 2), (1, 1, 1), (1, 1, 1), (1, 1, 1), 1),
}
CASES: dict[str, tuple[Any, ...]] = PLANES | LINES | VOLUMES


def forward(case: Any, dtype: Any) -> tuple[Any, ...]:
    x_shape, weight_shape, *window = case
    bias = normal(weight_shape[:1], dtype, 3)
    return normal(x_shape, dtype, 1), normal(weight_shape, dtype, 2), bias, *window


def without_bias(case: Any, dtype: Any) -> tuple[Any, ...]:
    x, weight, _, *window = forward(case, dtype)
    return x, weight, None, *window


def _grad(case: Any, dtype: Any) -> Any:
    x_shape, weight_shape, stride, padding, dilation, _ = case
    sizes = conv_output_sizes(x_shape[2:], weight_shape[2:], stride, padding, dilation)
    return normal((x_shape[0], weight_shape[0], *sizes), dtype, 4)


def input_grad(case: Any, dtype: Any) -> tuple[Any, ...]:
    x_shape, weight_shape, *window = case
    return _grad(case, dtype), normal(weight_shape, dtype, 2), x_shape, *window


def weight_grad(case: Any, dtype: Any) -> tuple[Any, ...]:
    x_shape, weight_shape, *window = case
    return _grad(case, dtype), normal(x_shape, dtype, 1), weight_shape, *window


def conv(torch: Any, x: Any, weight: Any, bias: Any, *window: Any) -> Any:
    """PyTorch's convolution over as many dimensions as the window has."""
    tensors = [None if a is None else torch.as_tensor(a) for a in (x, weight, bias)]
    return getattr(torch.nn.functional, f"conv{len(window[0])}d")(*tensors, *window)


def _input_grad_of(torch: Any, grad: Any, weight: Any, shape: Any, *window: Any) -> Any:
    x = torch.zeros(shape, dtype=torch.float64, requires_grad=True)
    return torch.autograd.grad(conv(torch, x, weight, None, *window), x, torch.tensor(grad))[0]


def _weight_grad_of(torch: Any, grad: Any, x: Any, shape: Any, *window: Any) -> Any:
    weight = torch.zeros(shape, dtype=torch.float64, requires_grad=True)
    out = conv(torch, x, weight, None, *window)
    return torch.autograd.grad(out, weight, torch.tensor(grad))[0]


ROWS = {
    "conv.forward": Row(
        {name: partial(forward, case) for name, case in CASES.items()}
        | {f"{name}, no bias": partial(without_bias, case) for name, case in CASES.items()},
        conv,
    ),
    "conv.input_grad": Row(
        {name: partial(input_grad, case) for name, case in CASES.items()}, _input_grad_of
    ),
    "conv.weight_grad": Row(
        {name: partial(weight_grad, case) for name, case in CASES.items()}, _weight_grad_of
    ),
}
