"""Cases of the negative log likelihoods and their gradients."""

from functools import partial
from itertools import product
from typing import Any

import numpy as np

from minitorch.kernels.reference import REFERENCE
from tests.kernels.check import Row, normal

SHAPES = [(4, 5), (0, 5), (3, 4, 2), (2, 3, 2, 3)]


def _target(shape: Any, ignore_index: int) -> Any:
    target = np.random.default_rng(0).integers(0, shape[1], (shape[0], *shape[2:]))
    target.reshape(-1)[:1] = ignore_index
    return target


def _weight(shape: Any, weighted: bool, dtype: Any) -> Any:
    return np.abs(normal((shape[1],), dtype, 1)) if weighted else None


def nll(
    shape: Any, weighted: bool, ignore_index: int, reduction: str, dtype: Any
) -> tuple[Any, ...]:
    weight = _weight(shape, weighted, dtype)
    return normal(shape, dtype), _target(shape, ignore_index), weight, ignore_index, reduction


def nll_grad(
    shape: Any, weighted: bool, ignore_index: int, reduction: str, dtype: Any
) -> tuple[Any, ...]:
    target = _target(shape, ignore_index)
    weight = _weight(shape, weighted, dtype)
    grad = normal(target.shape if reduction == "none" else (), dtype, 2)
    return grad, target, weight, ignore_index, reduction, shape


def _nll_of(torch: Any, x: Any, target: Any, weight: Any, ignore_index: int, reduction: str) -> Any:
    weight = None if weight is None else torch.tensor(weight)
    return torch.nn.functional.nll_loss(
        torch.as_tensor(x),
        torch.tensor(target),
        weight,
        ignore_index=ignore_index,
        reduction=reduction,
    )


def _nll_grad_of(torch: Any, grad: Any, *options_and_shape: Any) -> Any:
    *options, shape = options_and_shape
    x = torch.zeros(shape, dtype=torch.float64, requires_grad=True)
    return torch.autograd.grad(_nll_of(torch, x, *options), x, torch.tensor(grad))[0]


def _all(build: Any) -> dict[str, Any]:
    return {
        f"{shape}{', weighted' if weighted else ''}, without {ignored}, {reduction}": partial(
            build, shape, weighted, ignored, reduction
        )
        for shape, weighted, ignored, reduction in product(
            SHAPES, (True, False), (-100, 1), ("none", "mean", "sum")
        )
        if shape[0] or reduction != "mean"  # which is NaN
    }


# (T, N, C, S), lengths of inputs and of targets, blank
CTC = {
    "targets of all lengths": ((6, 4, 5, 3), (6, 6, 6, 6), (3, 2, 1, 0), 0),
    "inputs of all lengths, another blank": ((6, 4, 5, 3), (6, 5, 4, 0), (3, 2, 3, 0), 4),
    "repeated labels": ((7, 3, 2, 3), (7, 6, 5), (3, 3, 3), 1),
    "too short an input": ((4, 3, 4, 4), (4, 3, 0), (3, 4, 1), 0),
    "no labels": ((3, 2, 4, 0), (3, 2), (0, 0), 1),
    "no sequences": ((3, 0, 4, 2), (), (), 0),
    "no chance": ((5, 2, 3, 2), (5, 5), (2, 2), 0),
    "NaN beyond the ends": ((6, 3, 4, 3), (6, 4, 2), (3, 2, 0), 0),
}


def ctc(name: str, dtype: Any) -> tuple[Any, ...]:
    (T, N, C, S), input_lengths, target_lengths, blank = CTC[name]
    x = normal((T, N, C), np.float64)
    x -= np.log(np.exp(x).sum(2, keepdims=True))
    if name == "no chance":
        x[2, 0] = x[2, 1, 1] = -np.inf
    if name == "NaN beyond the ends":
        x[4, 1] = x[5, 1:] = np.nan
    labels = [c for c in range(C) if c != blank]
    targets = np.random.default_rng(0).choice(labels, (N, S))
    for row, length in zip(targets, target_lengths, strict=True):
        row[length:] = blank
    lengths = (np.array(n, np.int64) for n in (input_lengths, target_lengths))
    return x.astype(dtype), targets, *lengths, blank


def ctc_grad(name: str, dtype: Any) -> tuple[Any, ...]:
    arguments = ctc(name, dtype)
    losses, log_alpha = REFERENCE.loss.ctc(*arguments)
    return normal(losses.shape, dtype, 1), *arguments, losses, log_alpha


def _ctc_of(torch: Any, x: Any, targets: Any, *lengths_and_blank: Any) -> Any:
    *lengths, blank = lengths_and_blank
    tensors = (torch.as_tensor(a) for a in (x, targets, *lengths))
    return torch.nn.functional.ctc_loss(*tensors, blank, "none"), None


def _ctc_grad_of(torch: Any, grad: Any, x: Any, *rest: Any) -> Any:
    x = torch.tensor(x, requires_grad=True)
    losses, _ = _ctc_of(torch, x, *rest[:-2])
    return torch.autograd.grad(losses, x, torch.tensor(grad))[0]


def _each_ctc(build: Any) -> dict[str, Any]:
    return {name: partial(build, name) for name in CTC}


ROWS = {
    "loss.nll": Row(_all(nll), _nll_of),
    "loss.nll_grad": Row(_all(nll_grad), _nll_grad_of),
    "loss.ctc": Row(_each_ctc(ctc), _ctc_of, refused=("no sequences",)),
    "loss.ctc_grad": Row(_each_ctc(ctc_grad), _ctc_grad_of, refused=("no sequences",)),
}
