"""Cases of pooling and its gradients."""

from functools import partial
from typing import Any

import numpy as np

from minitorch.kernels.reference import REFERENCE
from tests.kernels.check import Row, normal

# x, kernel_size, stride, padding, dilation, ceil_mode
MAX_PLANES = {
    "halves": ((2, 3, 6, 8), (2, 2), (2, 2), (0, 0), (1, 1), False),
    "halves, odd size": ((2, 3, 7, 5), (2, 2), (2, 2), (0, 0), (1, 1), False),
    "halves, odd size, ceil": ((2, 3, 7, 5), (2, 2), (2, 2), (0, 0), (1, 1), True),
    "overlapping": ((2, 2, 7, 7), (3, 3), (2, 2), (1, 1), (1, 1), False),
    "overlapping, ceil": ((2, 2, 8, 7), (3, 3), (2, 2), (1, 1), (1, 1), True),
    "uneven": ((1, 2, 9, 8), (3, 2), (2, 3), (1, 0), (1, 2), False),
    "dilated with padding": ((1, 2, 9, 9), (3, 3), (1, 2), (1, 1), (3, 2), False),
    "gaps between windows": ((1, 2, 9, 9), (2, 2), (4, 3), (0, 0), (1, 1), True),
    "whole plane": ((2, 2, 3, 4), (3, 4), (3, 4), (0, 0), (1, 1), False),
    "wide": ((1, 1, 7, 75), (3, 3), (2, 2), (1, 1), (1, 1), True),
    "wide thirds": ((1, 2, 6, 70), (2, 3), (3, 3), (0, 0), (1, 1), True),
    "many planes": ((2, 130, 4, 4), (2, 2), (2, 2), (0, 0), (1, 1), False),
    "large window": ((1, 1, 18, 17), (17, 17), (1, 1), (8, 8), (1, 1), False),
    "one image, one channel, overhang": ((1, 1, 3, 2), (2, 2), (2, 2), (0, 0), (1, 1), True),
    "empty batch": ((0, 2, 4, 4), (2, 2), (2, 2), (0, 0), (1, 1), False),
}
MAX_LINES = {
    f"line: {name}": ((*x[:2], x[3]), *(p[1:] for p in window), ceil_mode)
    for name, (x, *window, ceil_mode) in MAX_PLANES.items()
}
ONCE = (1, 1, 1)
MAX_VOLUMES = {
    "volume: halves": ((2, 2, 4, 2, 6), (2, 2, 2), (2, 2, 2), (0, 0, 0), ONCE, False),
    "volume: overlapping": ((1, 2, 5, 4, 5), (3, 3, 2), (2, 1, 2), (1, 1, 1), ONCE, False),
    "volume: ceil": ((1, 2, 5, 4, 5), (2, 3, 2), (2, 2, 3), (1, 0, 1), ONCE, True),
    "volume: dilated": ((1, 1, 5, 6, 4), (2, 3, 2), (1, 2, 1), (1, 1, 0), (2, 2, 3), False),
    "volume: many codes": ((1, 1, 7, 7, 7), (7, 7, 7), ONCE, (3, 3, 3), ONCE, False),
    "volume: empty batch": ((0, 2, 3, 3, 3), (2, 2, 2), ONCE, (0, 0, 0), ONCE, False),
}
MAX_CASES: dict[str, tuple[Any, ...]] = MAX_PLANES | MAX_LINES | MAX_VOLUMES

# x, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
AVERAGE_PLANES = {
    "halves": ((2, 3, 6, 8), (2, 2), (2, 2), (0, 0), False, True, None),
    "overlapping": ((2, 2, 7, 7), (3, 3), (2, 2), (1, 1), False, True, None),
    "padding not counted": ((2, 2, 7, 7), (3, 3), (2, 2), (1, 1), False, False, None),
    "ceil": ((2, 2, 8, 7), (3, 3), (2, 2), (1, 1), True, True, None),
    "ceil, padding not counted": ((2, 2, 8, 7), (3, 2), (2, 3), (1, 1), True, False, None),
    "ceil, no padding": ((1, 2, 7, 8), (2, 3), (2, 3), (0, 0), True, True, None),
    "divisor": ((1, 2, 7, 8), (2, 3), (2, 1), (0, 1), True, True, 5),
    "gaps between windows": ((1, 2, 9, 9), (2, 2), (4, 3), (0, 0), True, False, None),
    "wide": ((1, 1, 7, 75), (3, 3), (2, 2), (1, 1), True, False, None),
    "many planes": ((2, 130, 4, 4), (2, 2), (2, 2), (0, 0), False, True, None),
    "one image, one channel, overhang": ((1, 1, 3, 2), (2, 2), (2, 2), (0, 0), True, True, None),
    "empty batch": ((0, 2, 4, 4), (2, 2), (2, 2), (0, 0), False, True, None),
}
AVERAGE_LINES = {
    f"line: {name}": ((*x[:2], x[3]), kernel[1:], stride[1:], padding[1:], *rest)
    for name, (x, kernel, stride, padding, *rest) in AVERAGE_PLANES.items()
}
AVERAGE_VOLUMES = {
    "volume: halves": ((2, 2, 4, 2, 6), (2, 2, 2), (2, 2, 2), (0, 0, 0), False, True, None),
    "volume: overlapping": ((1, 2, 5, 4, 5), (3, 3, 2), (2, 1, 2), (1, 1, 1), False, False, None),
    "volume: ceil": ((1, 2, 5, 4, 5), (2, 3, 2), (2, 2, 3), (1, 0, 1), True, True, None),
    "volume: divisor": ((1, 1, 5, 4, 5), (2, 1, 3), ONCE, (0, 0, 1), True, False, 7),
    "volume: empty batch": ((0, 2, 3, 3, 3), (2, 2, 2), ONCE, (0, 0, 0), False, True, None),
}
AVERAGE_CASES: dict[str, tuple[Any, ...]] = AVERAGE_PLANES | AVERAGE_LINES | AVERAGE_VOLUMES

# x, output_size
ADAPTIVE_CASES: dict[str, tuple[Any, ...]] = {
    f"{shape} to {size}": (shape, size)
    for shape, sizes in {
        (2, 2, 7, 8): [(1, 1), (2, 4), (3, 3), (3, 4), (7, 8), (9, 10)],
        (1, 1, 6, 75): [(1, 1), (2, 2), (3, 25)],
        (0, 2, 7, 8): [(1, 1), (2, 4), (3, 3), (7, 8), (9, 10)],
        (2, 2, 7): [(1,), (3,), (7,), (9,)],
        (1, 2, 3, 4, 5): [(1, 1, 1), (2, 3, 2), (3, 4, 5), (4, 2, 7)],
    }.items()
    for size in sizes
}


def between(case: Any, dtype: Any) -> tuple[Any, ...]:
    """Windows of an adaptive pooling, and some that differ from plane to plane."""
    shape, size = case
    axes = [np.arange(o) * s // o for s, o in zip(shape[2:], size, strict=True)]
    ends = [-(-np.arange(1, o + 1) * s // o) for s, o in zip(shape[2:], size, strict=True)]
    return normal(shape, dtype), tuple(axes), tuple(ends)


def between_by_plane(case: Any, dtype: Any) -> tuple[Any, ...]:
    shape, size = case
    random = np.random.default_rng(3)
    sizes = list(zip(shape[2:], size, strict=True))
    starts = [random.integers(0, max(s - 1, 1), (*shape[:2], o)) for s, o in sizes]
    ends = [np.minimum(axis + 2, s) for axis, s in zip(starts, shape[2:], strict=True)]
    return normal(shape, dtype), tuple(starts), tuple(ends)


def largest(case: Any, dtype: Any) -> tuple[Any, ...]:
    return normal(case[0], dtype), *case[1:]


def codes_of(case: Any, dtype: Any) -> Any:
    return REFERENCE.pool.max(*largest(case, dtype))[1]


def indices(case: Any, dtype: Any) -> tuple[Any, ...]:
    shape, *window, _ = case
    return codes_of(case, dtype), shape, *window


def scatter(case: Any, dtype: Any) -> tuple[Any, ...]:
    shape, *window, _ = case
    codes = codes_of(case, dtype)
    return normal(codes.shape, dtype, 5), codes, shape, *window


def gather(case: Any, dtype: Any) -> tuple[Any, ...]:
    shape, *window, _ = case
    return normal(shape, dtype), codes_of(case, dtype), *window


def average(case: Any, dtype: Any) -> tuple[Any, ...]:
    return normal(case[0], dtype), *case[1:]


def average_grad(case: Any, dtype: Any) -> tuple[Any, ...]:
    out = REFERENCE.pool.average(*average(case, np.float64))
    return normal(out.shape, dtype, 1), *case


def adaptive(case: Any, dtype: Any) -> tuple[Any, ...]:
    return normal(case[0], dtype), case[1]


def adaptive_grad(case: Any, dtype: Any) -> tuple[Any, ...]:
    shape, size = case
    return normal((*shape[:2], *size), dtype), shape


def max_pool(torch: Any, x: Any, *window: Any, return_indices: bool = False) -> Any:
    """PyTorch's pooling over as many dimensions as the window has."""
    pool = getattr(torch.nn.functional, f"max_pool{len(window[0])}d")
    return pool(torch.as_tensor(x), *window, return_indices=return_indices)


def _max_of(torch: Any, x: Any, *window: Any) -> Any:
    return max_pool(torch, x, *window), None  # codes are compared as indices, in test_pool.py


def _positions(torch: Any, codes: Any, shape: Any, window: Any) -> Any:
    return torch.tensor(REFERENCE.pool.indices(codes, shape, *window)).flatten(2)


def _scatter_of(torch: Any, grad: Any, codes: Any, shape: Any, *window: Any) -> Any:
    flat = torch.zeros(shape, dtype=torch.float64).flatten(2)
    flat.scatter_add_(2, _positions(torch, codes, shape, window), torch.tensor(grad).flatten(2))
    return flat.reshape(shape)


def _gather_of(torch: Any, x: Any, codes: Any, *window: Any) -> Any:
    flat = torch.tensor(x).flatten(2)
    return flat.gather(2, _positions(torch, codes, x.shape, window)).reshape(codes.shape)


def _average_of(torch: Any, x: Any, kernel: Any, *rest: Any) -> Any:
    if len(kernel) > 1:
        return getattr(torch.nn.functional, f"avg_pool{len(kernel)}d")(
            torch.as_tensor(x), kernel, *rest
        )
    stride, padding, *rest = rest  # avg_pool1d knows no divisor
    window = (1, *kernel), (1, *stride), (0, *padding)
    x = torch.as_tensor(x)[:, :, None]
    return torch.nn.functional.avg_pool2d(x, *window, *rest)[:, :, 0]


def _average_grad_of(torch: Any, grad: Any, shape: Any, *window: Any) -> Any:
    x = torch.zeros(shape, dtype=torch.float64, requires_grad=True)
    return torch.autograd.grad(_average_of(torch, x, *window), x, torch.tensor(grad))[0]


def _adaptive_of(torch: Any, x: Any, size: Any) -> Any:
    return getattr(torch.nn.functional, f"adaptive_avg_pool{len(size)}d")(torch.as_tensor(x), size)


def _adaptive_grad_of(torch: Any, grad: Any, shape: Any) -> Any:
    x = torch.zeros(shape, dtype=torch.float64, requires_grad=True)
    return torch.autograd.grad(_adaptive_of(torch, x, grad.shape[2:]), x, torch.tensor(grad))[0]


def _all(build: Any, cases: dict[str, tuple[Any, ...]]) -> dict[str, Any]:
    return {name: partial(build, case) for name, case in cases.items()}


def _between_of(torch: Any, x: Any, starts: Any, ends: Any) -> Any:
    """PyTorch has no such function: window by window, of planes that share them."""
    if starts[0].ndim > 1:
        return None, None
    size = tuple(len(axis) for axis in starts)
    pool = getattr(torch.nn.functional, f"adaptive_max_pool{len(size)}d")
    return pool(torch.as_tensor(x), size, return_indices=True)


ROWS = {
    "pool.max": Row(_all(largest, MAX_CASES), _max_of),
    "pool.indices": Row(_all(indices, MAX_CASES)),  # PyTorch's come with values: test_pool.py
    "pool.scatter": Row(_all(scatter, MAX_CASES), _scatter_of),
    "pool.gather": Row(_all(gather, MAX_CASES), _gather_of),
    "pool.average": Row(_all(average, AVERAGE_CASES), _average_of),
    "pool.average_grad": Row(_all(average_grad, AVERAGE_CASES), _average_grad_of),
    "pool.adaptive_average": Row(_all(adaptive, ADAPTIVE_CASES), _adaptive_of),
    "pool.max_between": Row(
        _all(between, ADAPTIVE_CASES)
        | {f"{n} by plane": partial(between_by_plane, c) for n, c in ADAPTIVE_CASES.items()},
        _between_of,
    ),
    "pool.adaptive_average_grad": Row(_all(adaptive_grad, ADAPTIVE_CASES), _adaptive_grad_of),
}
