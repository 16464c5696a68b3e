"""One call in minitorch and in PyTorch: its value, its gradient, and the gradient of that."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

import minitorch as mt
import minitorch.nn.functional

Script = Callable[..., Any]


def value_and_derivatives(library: Any, script: Script, arrays: Any) -> list[Any]:
    """Arrays: the first output of the script, its gradients, and the gradients of those."""
    leaves = [library.from_numpy(np.array(a)) for a in arrays]
    leaves = [x.requires_grad_() if x.is_floating_point() else x for x in leaves]
    out = script(library, *leaves)
    floats = [x for x in leaves if x.requires_grad]
    found = [out]
    random = np.random.default_rng(1)

    def weighted(x: Any) -> Any:
        weight = np.asarray(random.standard_normal(tuple(x.shape)))
        return library.from_numpy(weight).requires_grad_()

    weights = weighted(out)
    total = (out * weights).sum()
    first = library.autograd.grad(total, floats, create_graph=True, allow_unused=True)
    found += first
    # Seeds for all first gradients, so that both libraries draw as many.
    parts = [(g * weighted(g)).sum() for g in first if g is not None]
    second = sum(parts[1:], parts[0])
    found += library.autograd.grad(second, [*floats, weights], allow_unused=True)
    return [None if x is None else x.detach().numpy() for x in found]


def assert_all_orders(
    torch: ModuleType, script: Script, *arrays: Any, rtol: float = 1e-9, atol: float = 1e-9
) -> None:
    """Both libraries agree on everything; a gradient that one leaves out is zero in the other."""
    ours = value_and_derivatives(mt, script, arrays)
    theirs = value_and_derivatives(torch, script, arrays)
    for mine, yours in zip(ours, theirs, strict=True):
        if mine is None or yours is None:
            assert not np.any(mine if yours is None else yours)
            continue
        assert mine.shape == yours.shape
        assert mine.dtype == yours.dtype
        np.testing.assert_allclose(mine, yours, rtol=rtol, atol=atol)


def real(*shape: int, seed: int = 0) -> Any:
    """Normally distributed float64 numbers."""
    return np.asarray(np.random.default_rng(seed).standard_normal(shape))


def distinct(*shape: int, seed: int = 0) -> Any:
    """Numbers of either sign, at least 0.1 apart and 0.05 from zero: no ties, no kinks."""
    size = int(np.prod(shape))
    spread = (np.arange(size) - size // 2) * 0.1 + 0.05
    return np.random.default_rng(seed).permutation(spread).reshape(shape)


def forbidden(*_: Any) -> Any:
    """A kernel that nobody should call."""
    raise AssertionError("this kernel should not have been called")
