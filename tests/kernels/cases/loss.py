"""Cases of the negative log likelihood and its gradient."""

from functools import partial
from itertools import product
from typing import Any

import numpy as np

from tests.kernels.check import Row, normal

SHAPES = [(4, 5), (0, 5), (3, 4, 2), (2, 3, 2, 3)]


def _target(shape: Any, ignore_index: int) -> Any:
    target = np.random.default_rng(0).integers(0, shape[1], (shape[0], *shape[2:]))
    target.reshape(-1)[:1] = ignore_index
    return target


def _weight(shape: Any, weighted: bool, dtype: Any) -> Any:
    return np.abs(normal((shape[1],), dtype, 1)) if weighted else None


def nll(shape: Any, weighted: bool, ignore_index: int, dtype: Any) -> tuple[Any, ...]:
    weight = _weight(shape, weighted, dtype)
    return normal(shape, dtype), _target(shape, ignore_index), weight, ignore_index


def nll_grad(shape: Any, weighted: bool, ignore_index: int, dtype: Any) -> tuple[Any, ...]:
    target = _target(shape, ignore_index)
    weight = _weight(shape, weighted, dtype)
    return normal(target.shape, dtype, 2), target, weight, ignore_index, shape


def _loss(torch: Any, x: Any, target: Any, weight: Any, ignore_index: int) -> Any:
    weight = None if weight is None else torch.tensor(weight)
    return torch.nn.functional.nll_loss(
        x, torch.tensor(target), weight, ignore_index=ignore_index, reduction="none"
    )


def _nll_of(torch: Any, x: Any, *rest: Any) -> Any:
    ones = -torch.ones(x.shape, dtype=torch.float64)
    return _loss(torch, torch.tensor(x), *rest), _loss(torch, ones, *rest)


def _nll_grad_of(
    torch: Any, grad: Any, target: Any, weight: Any, ignore_index: int, shape: Any
) -> Any:
    x = torch.zeros(shape, dtype=torch.float64, requires_grad=True)
    out = _loss(torch, x, target, weight, ignore_index)
    return torch.autograd.grad(out, x, torch.tensor(grad))[0]


def _all(build: Any) -> dict[str, Any]:
    return {
        f"{shape}{', weighted' if weighted else ''}, without {ignored}": partial(
            build, shape, weighted, ignored
        )
        for shape, weighted, ignored in product(SHAPES, (True, False), (-100, 1))
    }


ROWS = {
    "loss.nll": Row(_all(nll), _nll_of),
    "loss.nll_grad": Row(_all(nll_grad), _nll_grad_of),
}
