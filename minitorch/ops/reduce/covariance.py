"""How much variables vary with each other, from observations of them."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.variable import TensorBase
from minitorch.core.dtypes import from_numpy, is_bool, is_complex, is_float, is_integer
from minitorch.ops.arguments import need_tensors, takes_tensors
from minitorch.ops.dims import read_int
from minitorch.ops.shape.as_real import Complex, view_as_real
from minitorch.ops.shape.diagonal import diagonal

if TYPE_CHECKING:
    from minitorch.tensor import Tensor


@takes_tensors
def cov(
    input: TensorBase,
    *,
    correction: int = 1,
    fweights: TensorBase | None = None,
    aweights: TensorBase | None = None,
) -> Tensor:
    """Return the covariances of variables, each a row of observations.

    Shapes: (V, N) -> (V, V); (N) or () -> ().

    Args:
        input: the observations.
        correction: what is taken from the number of observations to divide by.
        fweights: how often each was observed, (N) of integers.
        aweights: how much each counts, (N) of floats.

    Raises:
        RuntimeError: for more dimensions, bools, or weights that do not fit.
    """
    x: Any = input
    correction = read_int(correction, "correction")
    _check_observations("cov", x)
    if is_bool(x._array.dtype):
        raise RuntimeError("cov(): bool dtype is not supported for input")
    x = x if x.dim() == 2 else x.reshape(1, -1)
    count = x.shape[1]
    weights: Any = None
    kinds = (("fweights", fweights, is_integer), ("aweights", aweights, is_float))
    for name, given, is_wanted in kinds:
        if given is not None:
            _check_weights(name, given._array, is_wanted, count)
            weights = given if weights is None else weights * given
    total = count if weights is None else weights.sum()
    if weights is not None and not float(total):
        raise RuntimeError("cov(): weights sum to zero, can't be normalized")
    mean = (x if weights is None else x * weights).sum(1) / total
    freedom: Any = total - correction
    if aweights is not None and correction:
        freedom = total - correction * (weights * aweights).sum() / total
    if freedom <= 0:
        warnings.warn(
            "cov(): degrees of freedom is <= 0. Correction should be strictly less than the number "
            "of observations.",
            UserWarning,
            stacklevel=3,
        )
        freedom = freedom * 0
    x = x - mean.unsqueeze(1)
    products = x.mm((x if weights is None else x * weights).t().conj())
    return (products / freedom).squeeze()


@takes_tensors
def corrcoef(input: TensorBase) -> Tensor:
    """Return the correlations of variables, each a row of observations: (V, N) -> (V, V).

    Raises:
        RuntimeError: for more than two dimensions.
    """
    _check_observations("corrcoef", input)
    found: Any = cov(input)
    if found.dim() == 0:
        return found / found
    deviation: Any = diagonal(found).sqrt()
    found = found / deviation.reshape(-1, 1) / deviation.reshape(1, -1)
    if is_complex(found._array.dtype):
        return Complex.apply(view_as_real(found).clip(-1, 1))
    return found.clip(-1, 1)


def _check_observations(name: str, x: TensorBase) -> None:
    need_tensors(x)
    if x._array.ndim > 2:
        raise RuntimeError(
            f"{name}(): expected input to have two or fewer dimensions but got an input with "
            f"{x._array.ndim} dimensions"
        )


def _check_weights(name: str, weights: Any, is_wanted: Any, count: int) -> None:
    if weights.ndim > 1:
        raise RuntimeError(
            f"cov(): expected {name} to have one or fewer dimensions but got {name} with "
            f"{weights.ndim} dimensions"
        )
    if not is_wanted(weights.dtype):
        wanted = "integral" if is_wanted is is_integer else "floating point"
        raise RuntimeError(
            f"cov(): expected {name} to have {wanted} dtype but got {name} with "
            f"{from_numpy(weights.dtype)} dtype"
        )
    if weights.size != count:
        raise RuntimeError(
            f"cov(): expected {name} to have the same numel as there are observations in the "
            f"input but got {weights.size} numel != {count}"
        )
    if np.any(weights < 0):
        raise RuntimeError(f"cov(): {name} cannot be negative")
