"""Batch norms in evaluation, multiplied into the layer before them."""

from __future__ import annotations

import copy
from typing import Any, TypeVar

from minitorch.creation import ones_like, zeros_like
from minitorch.nn.modules.module import Module
from minitorch.nn.parameter import Parameter
from minitorch.tensor import Tensor

__all__ = [
    "fuse_conv_bn_eval",
    "fuse_conv_bn_weights",
    "fuse_linear_bn_eval",
    "fuse_linear_bn_weights",
]

_M = TypeVar("_M", bound=Module)


def fuse_conv_bn_eval(conv: _M, bn: Any, transpose: bool = False) -> _M:
    """Return a convolution that does what it and the batch norm after it do in evaluation.

    Args:
        conv: a convolution, which is copied.
        bn: a batch norm with running statistics.
        transpose: whether it is a transposed one.

    Raises:
        AssertionError: in training mode, or without running statistics.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.fuse_conv_bn_eval.html
    """
    made: Any = _copy_for(conv, bn)
    made.weight, made.bias = fuse_conv_bn_weights(
        *(made.weight, made.bias, bn.running_mean, bn.running_var),
        *(bn.eps, bn.weight, bn.bias, transpose),
    )
    return made


def _copy_for(layer: _M, bn: Any) -> _M:
    if layer.training or bn.training:
        raise AssertionError("Fusion only for eval!")
    if bn.running_mean is None or bn.running_var is None:
        raise AssertionError("bn.running_mean and bn.running_var must not be None")
    return copy.deepcopy(layer)


def fuse_conv_bn_weights(
    conv_w: Tensor,
    conv_b: Tensor | None,
    bn_rm: Tensor,
    bn_rv: Tensor,
    bn_eps: float,
    bn_w: Tensor | None,
    bn_b: Tensor | None,
    transpose: bool = False,
) -> tuple[Parameter, Parameter]:
    """Return weight and bias of the fused convolution: those of both layers in one.

    Shapes: weight (C_out, C_in, *), or (C_in, C_out, *) with ``transpose``; all others (C_out).

    Source: https://docs.pytorch.org/docs/stable/generated/
        torch.nn.utils.fuse_conv_bn_weights.html
    """
    shape = [1, -1] if transpose else [-1, 1]
    return _fuse(
        *(conv_w, conv_b, bn_rm, bn_rv, bn_eps),
        ones_like(bn_rm) if bn_w is None else bn_w,
        zeros_like(bn_rm) if bn_b is None else bn_b,
        shape + [1] * (conv_w.ndim - 2),
    )


def fuse_linear_bn_eval(linear: _M, bn: Any) -> _M:
    """Return a linear layer that does what it and the batch norm after it do in evaluation.

    Args:
        linear: which is copied.
        bn: a batch norm with running statistics, over as many features as come out, or one.

    Raises:
        AssertionError: in training mode, without running statistics, or if the sizes do not fit.

    Source: https://docs.pytorch.org/docs/stable/generated/
        torch.nn.utils.fuse_linear_bn_eval.html
    """
    made: Any = _copy_for(linear, bn)
    if bn.num_features not in (1, made.out_features):
        raise AssertionError(
            "To fuse, linear.out_features == bn.num_features or bn.num_features == 1, got "
            f"linear.out_features={made.out_features} and bn.num_features={bn.num_features}"
        )
    made.weight, made.bias = fuse_linear_bn_weights(
        made.weight, made.bias, bn.running_mean, bn.running_var, bn.eps, bn.weight, bn.bias
    )
    return made


def fuse_linear_bn_weights(
    linear_w: Tensor,
    linear_b: Tensor | None,
    bn_rm: Tensor,
    bn_rv: Tensor,
    bn_eps: float,
    bn_w: Tensor,
    bn_b: Tensor,
) -> tuple[Parameter, Parameter]:
    """Return weight and bias of the fused linear layer.

    Shapes: weight (out_features, in_features); all others (out_features).

    Source: https://docs.pytorch.org/docs/stable/generated/
        torch.nn.utils.fuse_linear_bn_weights.html
    """
    return _fuse(linear_w, linear_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b, [-1, 1])


def _fuse(
    weight: Tensor,
    bias: Tensor | None,
    mean: Tensor,
    var: Tensor,
    eps: float,
    scale: Tensor,
    shift: Tensor,
    shape: list[int],
) -> tuple[Parameter, Parameter]:
    dtype = weight.dtype if bias is None else bias.dtype
    bias = zeros_like(mean) if bias is None else bias
    factor = scale * (var + eps).rsqrt()
    fused = (weight * factor.reshape(shape)).to(dtype=weight.dtype)
    moved = ((bias - mean) * factor + shift).to(dtype=dtype)
    return Parameter(fused, weight.requires_grad), Parameter(moved, bias.requires_grad)
