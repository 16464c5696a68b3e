"""Elements that change places between channels and places, or among channels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.conjugates import LINEAR
from minitorch.autograd.op import Array, Grads
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.batches import last_dims, merged
from minitorch.ops.linear_map import LinearMap

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class PixelShuffle(LinearMap):
    """Groups of r² channels over r x r places: (*, C r², H, W) -> (*, C, H r, W r)."""

    complex = LINEAR

    @staticmethod
    def forward(x: Array, *, upscale_factor: int) -> Array:
        r = upscale_factor
        *lead, channels, height, width = x.shape
        n, c = len(lead), channels // (r * r)
        apart = x.reshape(*lead, c, r, r, height, width)
        places = apart.transpose(*range(n), n, n + 3, n + 1, n + 4, n + 2)
        return np.array(places, order="C").reshape(*lead, c, height * r, width * r)

    batched = classmethod(last_dims)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return PixelUnshuffle.apply(grad, downscale_factor=ctx.upscale_factor)

    @staticmethod
    def parity(torch: Any, x: Any, *, upscale_factor: int) -> Any:
        return torch.pixel_shuffle(x, upscale_factor)

    @staticmethod
    def reference(x: Array, *, upscale_factor: int) -> Array:
        r = upscale_factor
        *lead, channels, height, width = x.shape
        out = np.empty((*lead, channels // (r * r), height * r, width * r), x.dtype)
        for c, h, w in np.ndindex(*out.shape[-3:]):
            out[..., c, h, w] = x[..., (c * r + h % r) * r + w % r, h // r, w // r]
        return out

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 8, 2, 3), upscale_factor=2)
        yield s(s.real(9, 1, 2), upscale_factor=3)
        yield s(s.real(2, 3, 2, 2), upscale_factor=1)


class PixelUnshuffle(LinearMap):
    """r x r places as r² channels: (*, C, H r, W r) -> (*, C r², H, W)."""

    complex = LINEAR

    @staticmethod
    def forward(x: Array, *, downscale_factor: int) -> Array:
        r = downscale_factor
        *lead, c, height, width = x.shape
        n, size = len(lead), (height // r, width // r)
        apart = x.reshape(*lead, c, size[0], r, size[1], r)
        places = apart.transpose(*range(n), n, n + 2, n + 4, n + 1, n + 3)
        return np.array(places, order="C").reshape(*lead, c * r * r, *size)

    batched = classmethod(last_dims)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return PixelShuffle.apply(grad, upscale_factor=ctx.downscale_factor)

    @staticmethod
    def parity(torch: Any, x: Any, *, downscale_factor: int) -> Any:
        return torch.pixel_unshuffle(x, downscale_factor)

    @staticmethod
    def reference(x: Array, *, downscale_factor: int) -> Array:
        r = downscale_factor
        *lead, channels, height, width = x.shape
        out = np.empty((*lead, channels * r * r, height // r, width // r), x.dtype)
        for c, h, w in np.ndindex(*x.shape[-3:]):
            out[..., (c * r + h % r) * r + w % r, h // r, w // r] = x[..., c, h, w]
        return out

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 1, 4, 6), downscale_factor=2)
        yield s(s.real(2, 3, 3), downscale_factor=3)
        yield s(s.real(2, 3, 2, 2), downscale_factor=1)


class ChannelShuffle(LinearMap):
    """One channel of each group in turn: (N, C, *) -> (N, C, *)."""

    complex = LINEAR

    @staticmethod
    def forward(x: Array, *, groups: int) -> Array:
        n, channels, *places = x.shape
        apart = x.reshape(n, groups, channels // groups, *places)
        return np.array(apart.swapaxes(1, 2), order="C").reshape(x.shape)

    batched = classmethod(merged)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        channels = grad._array.shape[1]
        return ChannelShuffle.apply(grad, groups=max(channels // ctx.groups, 1))

    @staticmethod
    def parity(torch: Any, x: Any, *, groups: int) -> Any:
        return torch.channel_shuffle(x, groups)

    @staticmethod
    def reference(x: Array, *, groups: int) -> Array:
        out = np.empty_like(x)
        for c in range(x.shape[1]):
            group, i = divmod(c, x.shape[1] // groups)
            out[:, i * groups + group] = x[:, c]
        return out

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 6, 3), groups=2)
        yield s(s.real(1, 4, 2, 2), groups=4)
        yield s(s.real(2, 3, 2), groups=1)
        yield s(s.real(0, 4, 2), groups=2)


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
    channels = input.shape[-3]
    if channels % (r * r):
        raise RuntimeError(
            "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square "
            f"of upscale_factor, but input.size(-3)={channels} is not divisible by {r * r}"
        )
    return PixelShuffle.apply(input, upscale_factor=r)


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
    height, width = input.shape[-2:]
    for name, dim, size in (("height", -2, height), ("width", -1, width)):
        if size % r:
            raise RuntimeError(
                f"pixel_unshuffle expects {name} to be divisible by downscale_factor, but "
                f"input.size({dim})={size} is not divisible by {r}"
            )
    return PixelUnshuffle.apply(input, downscale_factor=r)


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
    channels = input.shape[1]
    if channels % groups:
        raise RuntimeError(
            f"Number of channels must be divisible by groups. Got {channels} channels and "
            f"{groups} groups."
        )
    return ChannelShuffle.apply(input, groups=groups)


@takes_tensors
def native_channel_shuffle(input: Any, groups: int) -> Tensor:
    """Return :func:`channel_shuffle`, which PyTorch has under two names: (N, C, *) -> (N, C, *).

    Raises:
        RuntimeError: as :func:`channel_shuffle`.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.channel_shuffle.html
    """
    return channel_shuffle(input, groups)


def _int(function: str, name: str, value: Any) -> int:
    if isinstance(value, bool) or not hasattr(value, "__index__"):
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
