"""Cases of normalisation and its gradient."""

from functools import partial
from typing import Any

import numpy as np

from minitorch.kernels.reference import REFERENCE
from tests.kernels.check import Row, normal

SHAPES = [
    (5, 3),
    (4, 3, 5),
    (2, 3, 4, 5),
    (2, 1, 2, 3, 2),
    (1, 2, 3, 3),
    (3, 2, 11, 13),
    (0, 3, 2, 2),
]
EPS = 1e-5


def batch(shape: Any, affine: bool, dtype: Any) -> tuple[Any, ...]:
    x = normal(shape, dtype) * dtype(2) + dtype(3)
    if not affine:
        return x, None, None, EPS
    return x, normal(shape[1:2], dtype, 1), normal(shape[1:2], dtype, 2), EPS


def batch_grad(shape: Any, affine: bool, dtype: Any) -> tuple[Any, ...]:
    x, weight, _, _ = batch(shape, affine, dtype)
    _, mean, invstd = REFERENCE.norm.batch(x, None, None, EPS)
    return normal(shape, dtype, 3), x, weight, mean, invstd


def _batch_norm(torch: Any, x: Any, weight: Any, bias: Any, eps: float) -> Any:
    x, weight, bias = (None if a is None else torch.as_tensor(a) for a in (x, weight, bias))
    return torch.nn.functional.batch_norm(x, None, None, weight, bias, training=True, eps=eps)


def _batch_of(torch: Any, x: Any, weight: Any, bias: Any, eps: float) -> Any:
    out = _batch_norm(torch, x, weight, bias, eps)
    _, mean, invstd = torch.native_batch_norm(torch.tensor(x), None, None, None, None, True, 0, eps)
    return out, mean, invstd


def _batch_grad_of(torch: Any, grad: Any, x: Any, weight: Any, *_: Any) -> Any:
    channels = torch.ones(x.shape[1], dtype=torch.float64) if weight is None else weight
    leaves = [torch.tensor(a, requires_grad=True) for a in (x, np.asarray(channels))]
    bias = torch.zeros(x.shape[1], dtype=torch.float64, requires_grad=True)
    out = _batch_norm(torch, *leaves, bias, EPS)
    return torch.autograd.grad(out, (*leaves, bias), torch.tensor(grad))


ROWS_SHAPES = [(5, 3), (2, 40), (1, 7), (700, 129), (2, 5000), (0, 3), (2, 0)]
GROUPED = [
    ((5, 6), 2),
    ((2, 4, 5), 2),
    ((2, 4, 3, 2), 1),
    ((3, 4, 1, 2, 2), 4),
    ((70, 8, 33, 5), 2),
]
GROUPED += [((0, 4, 2), 2), ((2, 0, 2), 3), ((2, 4, 0), 2)]


def rows(shape: Any, affine: bool, dtype: Any) -> tuple[Any, ...]:
    x = normal(shape, dtype) * dtype(2) + dtype(3)
    weights = [normal(shape[1:], dtype, seed) if affine else None for seed in (1, 2)]
    return x, *weights, EPS


def rows_grad(shape: Any, affine: bool, dtype: Any) -> tuple[Any, ...]:
    x, weight, _, _ = rows(shape, affine, dtype)
    _, mean, invstd = REFERENCE.norm.layer(x, None, None, EPS)
    return normal(shape, dtype, 3), x, weight, mean, invstd


def rms(shape: Any, affine: bool, dtype: Any) -> tuple[Any, ...]:
    x, weight, _, _ = rows(shape, affine, dtype)
    return x, weight, EPS


def rms_grad(shape: Any, affine: bool, dtype: Any) -> tuple[Any, ...]:
    x, weight, _ = rms(shape, affine, dtype)
    return normal(shape, dtype, 3), x, weight, REFERENCE.norm.rms(x, None, EPS)[1]


def group(case: Any, affine: bool, dtype: Any) -> tuple[Any, ...]:
    shape, groups = case
    x, weight, bias, _ = batch(shape, affine, dtype)
    return x, weight, bias, groups, EPS


def group_grad(case: Any, affine: bool, dtype: Any) -> tuple[Any, ...]:
    x, weight, _, groups, _ = group(case, affine, dtype)
    _, mean, invstd = REFERENCE.norm.group(x, None, None, groups, EPS)
    return normal(x.shape, dtype, 3), x, weight, mean, invstd


def _layer_of(torch: Any, x: Any, weight: Any, bias: Any, eps: float) -> Any:
    x, weight, bias = (None if a is None else torch.tensor(a) for a in (x, weight, bias))
    out, mean, invstd = torch.native_layer_norm(x, x.shape[1:], weight, bias, eps)
    return out, mean[:, 0], invstd[:, 0]


def _group_of(torch: Any, x: Any, weight: Any, bias: Any, groups: int, eps: float) -> Any:
    x, weight, bias = (None if a is None else torch.tensor(a) for a in (x, weight, bias))
    n, c = x.shape[:2]
    return torch.native_group_norm(x, weight, bias, n, c, x[0, 0].numel(), groups, eps)


def _rms_of(torch: Any, x: Any, weight: Any, eps: float) -> Any:
    weight = None if weight is None else torch.tensor(weight)
    return torch.rms_norm(torch.tensor(x), x.shape[1:], weight, eps), None


def _slopes(torch: Any, norm: Any, count: int, *given: Any) -> Any:
    """Gradients of what `norm` makes of x and as many weights as there are channels."""
    grad, x, weight = given[:3]
    given = [x, np.ones(x.shape[1], x.dtype) if weight is None else weight]
    given = [*given, np.zeros(x.shape[1], x.dtype)][:count]
    leaves = [torch.tensor(a, requires_grad=True) for a in given]
    return torch.autograd.grad(norm(*leaves), leaves, torch.tensor(grad))


def _layer_grad_of(torch: Any, *given: Any) -> Any:
    def norm(x: Any, *affine: Any) -> Any:
        return torch.layer_norm(x, x.shape[1:], *affine, EPS)

    return _slopes(torch, norm, 3, *given)


def _rms_grad_of(torch: Any, *given: Any) -> Any:
    def norm(x: Any, weight: Any) -> Any:
        return torch.rms_norm(x, x.shape[1:], weight, EPS)

    return _slopes(torch, norm, 2, *given)


def _group_grad_of(torch: Any, *given: Any) -> Any:
    def norm(x: Any, *affine: Any) -> Any:
        return torch.group_norm(x, given[3].shape[1], *affine, EPS)

    return _slopes(torch, norm, 3, *given)


def _both(build: Any, cases: Any) -> dict[str, Any]:
    return {
        f"{case}, affine" if affine else f"{case}": partial(build, case, affine)
        for case in cases
        for affine in (True, False)
    }


# Statistics of nothing.
_NOTHING = ["(0, 3, 2, 2)", "(2, 0)", "((0, 4, 2), 2)", "((2, 0, 2), 3)", "((2, 4, 0), 2)"]
EMPTY = tuple(f"{case}{affine}" for case in _NOTHING for affine in ("", ", affine"))

ROWS = {
    "norm.batch": Row(_both(batch, SHAPES), _batch_of, refused=EMPTY),
    "norm.batch_grad": Row(_both(batch_grad, SHAPES), _batch_grad_of, refused=EMPTY),
    "norm.layer": Row(_both(rows, ROWS_SHAPES), _layer_of, refused=EMPTY),
    "norm.layer_grad": Row(_both(rows_grad, ROWS_SHAPES), _layer_grad_of),
    "norm.rms": Row(_both(rms, ROWS_SHAPES), _rms_of),
    "norm.rms_grad": Row(_both(rms_grad, ROWS_SHAPES), _rms_grad_of),
    "norm.group": Row(_both(group, GROUPED), _group_of, refused=EMPTY),
    "norm.group_grad": Row(_both(group_grad, GROUPED), _group_grad_of, refused=EMPTY),
}
