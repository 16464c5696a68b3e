"""Dropout, of elements and of channels."""

from __future__ import annotations

from minitorch.autograd.sites import warn_user
from minitorch.core.dtypes import is_float, scalar_name
from minitorch.creation import ones_like
from minitorch.nn.functional.checks import require_tensors
from minitorch.ops.layers import dropout as noise
from minitorch.tensor import Tensor


def check_probability(p: float, error: type[Exception] = ValueError) -> None:
    """Require a probability.

    Raises:
        ValueError: if p is not within 0 and 1.
    """
    if not 0 <= p <= 1:
        raise error(f"dropout probability has to be between 0 and 1, but got {p}")


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """In training, set each element to zero with probability p and divide the others by 1 − p.

    Shapes: (*) -> (*).

    Args:
        input: (*).
        p: probability of a zero.
        training: else the input is returned.
        inplace: write into the input.

    Raises:
        ValueError: if p is not within 0 and 1.

    Source: https://arxiv.org/abs/1207.0580;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.dropout.html
    """
    require_tensors("dropout(input)", input)
    check_probability(p)
    if not _drops("dropout", input, p, training):
        return input
    if p == 1:
        return input.mul_(0) if inplace else input * 0
    if inplace:
        return input.mul_(noise.dropout(ones_like(input), p))
    return noise.dropout(input, p)


def dropout1d(
    input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False
) -> Tensor:
    """In training, zero whole channels with probability p and divide the others by 1 − p.

    Shapes: (N, C, L) -> (N, C, L), or (C, L) -> (C, L).

    Args:
        input: the lines.
        p: probability that a channel is zeroed.
        training: else the input is returned.
        inplace: write into the input.

    Raises:
        ValueError: if p is not within 0 and 1.
        RuntimeError: for inputs of other dimensions.

    Source: https://arxiv.org/abs/1411.4280;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.dropout1d.html
    """
    require_tensors("dropout1d(input)", input)
    check_probability(p)
    ndim = input._array.ndim
    if ndim not in (2, 3):
        raise RuntimeError(
            f"dropout1d: Expected 2D or 3D input, but received a {ndim}D input. Note that "
            "dropout1d exists to provide channel-wise dropout on inputs with 1 spatial dimension, "
            "a channel dimension, and an optional batch dimension (i.e. 2D or 3D inputs)."
        )
    return _batch_of_one(input, ndim == 2, p, training, inplace)


def dropout2d(
    input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False
) -> Tensor:
    """In training, zero whole channels with probability p and divide the others by 1 − p.

    Shapes: (N, C, H, W) -> (N, C, H, W). Of three dimensions the second one counts as channels, as
    in PyTorch, which says that this will change.

    Args:
        input: the images.
        p: probability that a channel is zeroed.
        training: else the input is returned.
        inplace: write into the input.

    Raises:
        ValueError: if p is not within 0 and 1.
        RuntimeError: for inputs without channels.

    Source: https://arxiv.org/abs/1411.4280;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.dropout2d.html
    """
    require_tensors("dropout2d(input)", input)
    check_probability(p)
    ndim = input._array.ndim
    if ndim not in (3, 4):
        _warn_of_dimensions("dropout2d", ndim, 2)
    if ndim == 3:
        warn_user(
            "dropout2d: Received a 3D input to dropout2d and assuming that channel-wise 1D dropout "
            "behavior is desired - input is interpreted as shape (N, C, L), where C is the channel "
            "dim. This behavior will change in a future release to interpret the input as one "
            "without a batch dimension, i.e. shape (C, H, W). To maintain the 1D channel-wise "
            "dropout behavior, please switch to using dropout1d instead.",
        )
    return drop_channels(input, p, training, inplace)


def dropout3d(
    input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False
) -> Tensor:
    """In training, zero whole channels with probability p and divide the others by 1 − p.

    Shapes: (N, C, D, H, W) -> the same, or (C, D, H, W) -> the same.

    Args:
        input: the volumes.
        p: probability that a channel is zeroed.
        training: else the input is returned.
        inplace: write into the input.

    Raises:
        ValueError: if p is not within 0 and 1.
        RuntimeError: for inputs without channels.

    Source: https://arxiv.org/abs/1411.4280;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.dropout3d.html
    """
    require_tensors("dropout3d(input)", input)
    check_probability(p)
    ndim = input._array.ndim
    if ndim not in (4, 5):
        _warn_of_dimensions("dropout3d", ndim, 3)
    return _batch_of_one(input, ndim != 5, p, training, inplace)


def alpha_dropout(
    input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False
) -> Tensor:
    """In training, set elements to SELU's lowest value with probability p, and keep the moments.

    Shapes: (*) -> (*). What has mean 0 and variance 1 has them afterwards.

    Args:
        input: (*), the output of SELU.
        p: probability that an element is set.
        training: else the input is returned.
        inplace: write into the input.

    Raises:
        ValueError: if p is not within 0 and 1.

    Source: https://arxiv.org/abs/1706.02515;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.alpha_dropout.html
    """
    require_tensors("alpha_dropout(input)", input)
    check_probability(p)
    return _alpha(input, p, training, inplace, by_channel=False)


def feature_alpha_dropout(
    input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False
) -> Tensor:
    """In training, set whole channels as :func:`alpha_dropout` sets elements.

    Shapes: (N, C, *) -> (N, C, *).

    Args:
        input: (N, C, *), the output of SELU.
        p: probability that a channel is set.
        training: else the input is returned.
        inplace: write into the input.

    Raises:
        ValueError: if p is not within 0 and 1.
        RuntimeError: for inputs without channels.

    Source: https://arxiv.org/abs/1706.02515;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.feature_alpha_dropout.html
    """
    require_tensors("feature_alpha_dropout(input)", input)
    check_probability(p)
    return _alpha(input, p, training, inplace, by_channel=True)


def _drops(function: str, input: Tensor, p: float, training: bool) -> bool:
    """Whether there is anything to do; what cannot be scaled is refused."""
    x = input._array
    if not training or p == 0 or x.size == 0:
        return False
    if not is_float(x.dtype) and p != 1:
        raise RuntimeError(
            f"result type Float can't be cast to the desired output type {scalar_name(x)}: "
            f"{function} needs a floating-point input; convert it with .float()"
        )
    return True


def _check_channels(input: Tensor) -> None:
    if input._array.ndim < 2:
        raise RuntimeError(
            "Feature dropout requires at least 2 dimensions in the input, but got "
            f"{input._array.ndim}: (N, C, *)"
        )


def drop_channels(input: Tensor, p: float, training: bool, inplace: bool) -> Tensor:
    """In training, zero whole channels: (N, C, *) -> (N, C, *)."""
    if not _drops("feature_dropout", input, p, training):
        return input
    _check_channels(input)
    scale = noise.scale_of(input, p, True)
    return input.mul_(scale) if inplace else input * scale


def _batch_of_one(input: Tensor, is_one: bool, p: float, training: bool, inplace: bool) -> Tensor:
    """Call :func:`drop_channels`, of a single example as of a batch of one."""
    if not is_one:
        return drop_channels(input, p, training, inplace)
    batch = input.unsqueeze_(0) if inplace else input.unsqueeze(0)
    dropped = drop_channels(batch, p, training, inplace)
    return dropped.squeeze_(0) if inplace else dropped.squeeze(0)


def _warn_of_dimensions(function: str, ndim: int, spatial: int) -> None:
    warn_user(
        f"{function}: Received a {ndim}-D input to {function}, which is deprecated and will result "
        "in an error in a future release. To retain the behavior and silence this warning, please "
        f"use dropout instead. Note that {function} exists to provide channel-wise dropout on "
        f"inputs with {spatial} spatial dimensions, a channel dimension, and an optional batch "
        f"dimension (i.e. {spatial + 1}D or {spatial + 2}D inputs)."
    )


def _alpha(input: Tensor, p: float, training: bool, inplace: bool, by_channel: bool) -> Tensor:
    if not _drops("alpha_dropout", input, p, training):
        return input
    if by_channel:
        _check_channels(input)
    factor, shift = noise.affine_of(input, p, by_channel)
    if p == 1:
        return input.mul_(factor) if inplace else input * factor
    return input.mul_(factor).add_(shift) if inplace else input * factor + shift
