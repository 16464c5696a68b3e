"""Elements that change places between channels and places, or among channels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minitorch.ops.arguments import takes_tensors

if TYPE_CHECKING:
    from minitorch.tensor import Tensor


@takes_tensors
def pixel_shuffle(input: Any, upscale_factor: int) -> Tensor:
    """Spread groups of r² channels over r x r places: (*, C r², H, W) -> (*, C, H r, W r).

    Args:
        input: (*, C r², H, W).
        upscale_factor: r.

    Raises:
        RuntimeError: for fewer than 3 dimensions, or channels that r² does not divide.

    Source: https://arxiv.org/abs/1609.05158; https://docs.pytorch.org/docs/stable/
        generated/torch.nn.functional.pixel_shuffle.html
    """
    r = _factor("pixel_shuffle", "upscale_factor", input, upscale_factor)
    *lead, channels, height, width = input.shape
    if channels % (r * r):
        raise RuntimeError(
            "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square "
            f"of upscale_factor, but input.size(-3)={channels} is not divisible by {r * r}"
        )
    n, c = len(lead), channels // (r * r)
    apart = input.reshape(*lead, c, r, r, height, width)
    places = apart.permute(*range(n), n, n + 3, n + 1, n + 4, n + 2)
    shuffled: Tensor = places.reshape(*lead, c, height * r, width * r)
    return shuffled


@takes_tensors
def pixel_unshuffle(input: Any, downscale_factor: int) -> Tensor:
    """Gather r x r places as r² channels: (*, C, H r, W r) -> (*, C r², H, W).

    Args:
        input: (*, C, H r, W r).
        downscale_factor: r.

    Raises:
        RuntimeError: for fewer than 3 dimensions, or sizes that r does not divide.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.pixel_unshuffle.html
    """
    r = _factor("pixel_unshuffle", "downscale_factor", input, downscale_factor)
    *lead, channels, height, width = input.shape
    for name, dim, size in (("height", -2, height), ("width", -1, width)):
        if size % r:
            raise RuntimeError(
                f"pixel_unshuffle expects {name} to be divisible by downscale_factor, but "
                f"input.size({dim})={size} is not divisible by {r}"
            )
    n = len(lead)
    apart = input.reshape(*lead, channels, height // r, r, width // r, r)
    places = apart.permute(*range(n), n, n + 2, n + 4, n + 1, n + 3)
    gathered: Tensor = places.reshape(*lead, channels * r * r, height // r, width // r)
    return gathered


@takes_tensors
def channel_shuffle(input: Any, groups: int) -> Tensor:
    """Take one channel of each group in turn: (N, C, *) -> (N, C, *).

    Args:
        input: (N, C, *).
        groups: into which the channels are divided.

    Raises:
        RuntimeError: for fewer than 3 dimensions, or channels that the groups cannot share.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.channel_shuffle.html
    """
    if input._array.ndim < 3:
        raise RuntimeError(
            f"channel_shuffle expects input with > 2 dims, but got input with sizes "
            f"{list(input.shape)}"
        )
    groups = _int("channel_shuffle", "groups", groups)
    if groups < 1:
        raise RuntimeError(
            f"Number of groups to divide channels in must be positive. Value of groups:{groups}"
        )
    n, channels, *places = input.shape
    if channels % groups:
        raise RuntimeError(
            f"Number of channels must be divisible by groups. Got {channels} channels and "
            f"{groups} groups."
        )
    apart = input.reshape(n, groups, channels // groups, *places)
    shuffled: Tensor = apart.transpose(1, 2).reshape(input.shape)
    return shuffled


@takes_tensors
def native_channel_shuffle(input: Any, groups: int) -> Tensor:
    """Return :func:`channel_shuffle`, which PyTorch has under two names: (N, C, *) -> (N, C, *).

    Raises:
        RuntimeError: as :func:`channel_shuffle`.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.channel_shuffle.html
    """
    return channel_shuffle(input, groups)


def _int(function: str, name: str, value: Any) -> int:
    if not hasattr(value, "__index__"):
        raise TypeError(
            f"{function}(): argument '{name}' (position 2) must be int, not {type(value).__name__}"
        )
    return int(value)


def _factor(function: str, name: str, input: Any, value: Any) -> int:
    ndim = input._array.ndim
    if ndim < 3:
        raise RuntimeError(
            f"{function} expects input to have at least 3 dimensions, but got input with {ndim} "
            "dimension(s)"
        )
    factor = _int(function, name, value)
    if factor < 1:
        raise RuntimeError(f"{function} expects a positive {name}, but got {factor}")
    return factor
