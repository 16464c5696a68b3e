"""Cases of attention and its gradient."""

from functools import partial
from typing import Any

import numpy as np

from minitorch.kernels.reference import REFERENCE
from tests.kernels.check import Row, kernel_of, normal

# (N, H, L, S, E, V), mask, causal; of the mask "some" are seen, or numbers are added.
CASES = {
    "square": ((2, 3, 5, 5, 4, 4), None, False),
    "causal": ((2, 3, 5, 5, 4, 4), None, True),
    "causal, fewer keys": ((1, 2, 5, 3, 4, 2), None, True),
    "causal, more keys": ((1, 2, 3, 5, 4, 2), None, True),
    "some": ((2, 2, 4, 6, 3, 5), "some", False),
    "some, causal": ((2, 2, 4, 6, 3, 5), "some", True),
    "added": ((2, 2, 4, 6, 3, 5), "added", False),
    "seen by nobody": ((2, 1, 3, 4, 3, 2), "none", False),
    "several tiles": ((3, 2, 150, 170, 2, 2), "some", False),
    "several blocks": ((1, 2, 270, 260, 2, 2), "added", True),
    "no example": ((0, 2, 3, 4, 3, 2), None, False),
    "no query": ((2, 2, 0, 4, 3, 2), None, True),
    "no key": ((2, 2, 3, 0, 3, 2), None, False),
    "no number": ((2, 2, 3, 4, 0, 2), None, False),
}


def _arguments(case: Any, dtype: Any) -> tuple[Any, ...]:
    (n, h, queries, keys, e, v), kind, causal = case
    mask = normal((n, h, queries, keys), dtype, 3)
    if kind is not None and kind != "added":
        mask = mask > (0 if kind == "some" else np.inf)
    return (
        normal((n, h, queries, e), dtype),
        normal((n, h, keys, e), dtype, 1),
        normal((n, h, keys, v), dtype, 2),
        None if kind is None else mask,
        causal,
        0.7,
    )


def _grad_arguments(case: Any, dtype: Any) -> tuple[Any, ...]:
    *tensors, causal, scale = _arguments(case, dtype)
    out, logsumexp = kernel_of(REFERENCE, "attention.forward")(*tensors, causal, scale)
    return normal(out.shape, dtype, 4), *tensors, logsumexp, causal, scale


def _forward(torch: Any, q: Any, k: Any, v: Any, mask: Any, causal: bool, scale: float) -> Any:
    q, k, v = (torch.tensor(x).requires_grad_() for x in (q, k, v))
    mask = None if mask is None else torch.tensor(mask)
    if causal and mask is not None:  # PyTorch takes one of both
        future = torch.ones(mask.shape, dtype=torch.bool).triu(1)
        mask = mask & ~future if mask.dtype == torch.bool else mask.masked_fill(future, -torch.inf)
        causal = False
    out = torch.nn.functional.scaled_dot_product_attention(
        q, k, v, mask, is_causal=causal, scale=scale
    )
    return out, None, (q, k, v)


def _out(torch: Any, *args: Any) -> Any:
    return _forward(torch, *args)[0].detach(), None


def _grads(torch: Any, grad: Any, *args: Any) -> Any:
    *tensors, _, causal, scale = args
    out, _, inputs = _forward(torch, *tensors, causal, scale)
    return torch.autograd.grad(out, inputs, torch.tensor(grad))


ROWS = {
    "attention.forward": Row(
        {name: partial(_arguments, case) for name, case in CASES.items()}, _out, follows=True
    ),
    "attention.grad": Row(
        {name: partial(_grad_arguments, case) for name, case in CASES.items()},
        _grads,
        follows=True,
    ),
}
