"""Cases of normalisation and its gradient."""

from functools import partial
from typing import Any

import numpy as np

from minitorch.kernels.reference import REFERENCE
from tests.kernels.check import Row, normal

SHAPES = [(5, 3), (4, 3, 5), (2, 3, 4, 5), (2, 1, 2, 3, 2), (1, 2, 3, 3), (0, 3, 2, 2)]
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


def _all(build: Any) -> dict[str, Any]:
    return {
        f"{shape}, affine" if affine else f"{shape}": partial(build, shape, affine)
        for shape in SHAPES
        for affine in (True, False)
    }


EMPTY = ("(0, 3, 2, 2)", "(0, 3, 2, 2), affine")  # statistics of nothing

ROWS = {
    "norm.batch": Row(_all(batch), _batch_of, refused=EMPTY),
    "norm.batch_grad": Row(_all(batch_grad), _batch_grad_of, refused=EMPTY),
}
