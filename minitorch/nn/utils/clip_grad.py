"""Limits on gradients, between ``backward`` and the optimizer's step."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from minitorch.autograd.grad_mode import no_grad
from minitorch.autograd.sites import warn_user
from minitorch.autograd.versions import bump
from minitorch.core.dtypes import Array, get_default_dtype
from minitorch.core.silence import quiet
from minitorch.ops.reduce import vector_norm
from minitorch.ops.shape.joining import stack
from minitorch.tensor import Tensor


def clip_grad_norm_(
    parameters: Tensor | Iterable[Tensor],
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """Scale all gradients by one factor, so that their joint norm is at most ``max_norm``.

    Args:
        parameters: whose gradients; those without one are left out.
        max_norm: the limit.
        norm_type: p of the p-norm, also ``inf``.
        error_if_nonfinite: refuse a norm that is infinite or NaN.
        foreach: taken for PyTorch's sake; there is one way to compute this.

    Returns:
        The norm before scaling.

    Raises:
        RuntimeError: with ``error_if_nonfinite``.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_norm_.html
    """
    is_used_up = isinstance(parameters, Iterator)
    parameters = _listed(parameters)
    if is_used_up and not parameters:
        warn_user("`parameters` is an empty generator, no gradient clipping will occur.")
    total = get_total_norm(_grads(parameters), norm_type, error_if_nonfinite, foreach)
    clip_grads_with_norm_(parameters, max_norm, total, foreach)
    return total


def clip_grad_norm(*args: Any, **kwargs: Any) -> Tensor:
    """Do as :func:`clip_grad_norm_`, whose old name this is."""
    warn_user(
        "`torch.nn.utils.clip_grad_norm` is now deprecated in favor of "
        "`torch.nn.utils.clip_grad_norm_`.",
        FutureWarning,
    )
    return clip_grad_norm_(*args, **kwargs)


def get_total_norm(
    tensors: Tensor | Iterable[Tensor],
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """Return the joint norm of tensors, as if they were one vector: (*)... -> ().

    Args:
        tensors: one or several.
        norm_type: p of the p-norm, also ``inf``.
        error_if_nonfinite: refuse a norm that is infinite or NaN.
        foreach: taken for PyTorch's sake; there is one way to compute this.

    Raises:
        RuntimeError: with ``error_if_nonfinite``.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.get_total_norm.html
    """
    tensors, order = _listed(tensors), float(norm_type)
    if not tensors:
        return Tensor._wrap(np.zeros((), get_default_dtype().numpy))
    with no_grad():
        total = vector_norm.norm(stack([vector_norm.norm(x, order) for x in tensors]), order)
    if error_if_nonfinite and not math.isfinite(total.item()):
        raise RuntimeError(
            f"The total norm of order {norm_type} for gradients from `parameters` is non-finite, "
            "so it cannot be clipped. To disable this error and scale the gradients by the "
            "non-finite norm anyway, set `error_if_nonfinite=False`"
        )
    return total


def clip_grads_with_norm_(
    parameters: Tensor | Iterable[Tensor],
    max_norm: float,
    total_norm: Tensor,
    foreach: bool | None = None,
) -> None:
    """Scale all gradients by ``max_norm / total_norm``, if that is less than 1.

    Args:
        parameters: whose gradients; those without one are left out.
        max_norm: the limit.
        total_norm: what :func:`get_total_norm` gave.
        foreach: taken for PyTorch's sake; there is one way to compute this.

    Source: https://docs.pytorch.org/docs/stable/generated/
        torch.nn.utils.clip_grads_with_norm_.html
    """
    factor = (float(max_norm) / (total_norm + 1e-6)).clamp(max=1)._array
    for grad in _grads(parameters):
        _scale_(grad, factor)


@quiet
def _scale_(grad: Tensor, factor: Array) -> None:
    grad._array *= factor.astype(grad._array.dtype)
    bump(grad)


def clip_grad_value_(
    parameters: Tensor | Iterable[Tensor], clip_value: float, foreach: bool | None = None
) -> None:
    """Limit each element of the gradients to [−clip_value, clip_value].

    Args:
        parameters: whose gradients; those without one are left out.
        clip_value: the limit.
        foreach: taken for PyTorch's sake; there is one way to compute this.

    Raises:
        NotImplementedError: for complex gradients, which have no order.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_value_.html
    """
    limit = float(clip_value)
    with no_grad():
        for grad in _grads(parameters):
            grad.clamp_(-limit, limit)


def _listed(tensors: Tensor | Iterable[Tensor]) -> list[Tensor]:
    return [tensors] if isinstance(tensors, Tensor) else list(tensors)


def _grads(parameters: Tensor | Iterable[Tensor]) -> list[Tensor]:
    return [tensor.grad for tensor in _listed(parameters) if tensor.grad is not None]
