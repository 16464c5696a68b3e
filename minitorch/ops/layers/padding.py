"""Padding: elements added at the ends of the last dimensions; negative sizes take them away.

``pad`` is as PyTorch writes it: before and after the last dimension, then the one before it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from minitorch import kernels
from minitorch.autograd.conjugates import LINEAR
from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.core.dtypes import is_bool
from minitorch.core.layout import copied, empty_in, suggested_format
from minitorch.ops.batches import last_dims
from minitorch.ops.elementwise.constant import flat, stand_in
from minitorch.ops.linear_map import LinearMap

if TYPE_CHECKING:
    from minitorch.autograd.vmap.batch import Batch
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor

Pads = tuple[int, ...]


def _by_dim(pad: Pads, ndim: int) -> list[tuple[int, int]]:
    """The two sizes of each dimension, the first dimension first."""
    pairs = list(zip(pad[::2], pad[1::2], strict=True))[::-1]
    return [(0, 0)] * (ndim - len(pairs)) + pairs


def _kept(shape: tuple[int, ...], cuts: list[tuple[int, int]]) -> tuple[slice, ...]:
    """Index of what is left when so much is cut from the ends of each dimension."""
    return tuple([slice(a, n - b) for n, (a, b) in zip(shape, cuts, strict=True)])


class ConstantPad(Op):
    """The input in a frame of one value: (*) -> (*)."""

    complex = LINEAR
    name = "ConstantPadNdBackward0"

    @staticmethod
    def forward(x: Array, *, pad: Pads, value: float) -> Array:
        if not any(pad):
            return copied(x)
        pairs = _by_dim(pad, x.ndim)
        shape = tuple([n + a + b for n, (a, b) in zip(x.shape, pairs, strict=True)])
        if x.flags.c_contiguous:
            out = np.full(shape, value, x.dtype)
        else:
            out = empty_in(suggested_format(x), shape, x.dtype)
            out[...] = value
        kept = x[_kept(x.shape, [(max(-a, 0), max(-b, 0)) for a, b in pairs])]
        out[_kept(shape, [(max(a, 0), max(b, 0)) for a, b in pairs])] = kept
        return out

    batched = classmethod(last_dims)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return ConstantPad.apply(grad, pad=tuple([-size for size in ctx.pad]), value=0)

    @staticmethod
    def parity(torch: Any, x: Any, *, pad: Pads, value: float) -> Any:
        return torch.nn.functional.pad(x, pad, value=value)

    @staticmethod
    def reference(x: Array, *, pad: Pads, value: float) -> Array:
        pairs = _by_dim(pad, x.ndim)
        out = np.full([n + a + b for n, (a, b) in zip(x.shape, pairs, strict=True)], value, x.dtype)
        for place in np.ndindex(out.shape):
            source = tuple(i - a for i, (a, _) in zip(place, pairs, strict=True))
            if all(0 <= i < n for i, n in zip(source, x.shape, strict=True)):
                out[place] = x[source]
        return out

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(3), pad=(2, 1), value=0)
        yield s(s.real(2, 3, 2, 2), pad=(1, 0, -1, 2), value=0)
        yield s(s.real(2, 3, 4), pad=(1, 2, 0, 1), value=1.5)
        yield s(s.real(2, 3, 4), pad=(-1, 2, 1, -2), value=0)
        yield s(s.real(2, 3), pad=(-2, -1), value=0)
        yield s(s.real(2, 3), pad=(), value=0)
        yield s(s.real(0, 3), pad=(1, 1), value=2)


def _sources(size: int, before: int, after: int, mode: str) -> Array:
    """Along one dimension, the place of the input that each place of the output shows."""
    if mode == "circular":  # what is left after the cuts goes round
        kept = size + min(before, 0) + min(after, 0)
        return np.arange(-max(before, 0), kept + max(after, 0)) % kept - min(before, 0)
    places = np.arange(-before, size + after)
    if mode == "replicate":
        return np.clip(places, 0, size - 1)
    return size - 1 - np.abs(size - 1 - np.abs(places))


@lru_cache(maxsize=256)
def _runs(size: int, before: int, after: int, mode: str) -> list[tuple[slice, slice]]:
    """Along one dimension, the places of the output that show a run of the input, and that run."""
    sources = _sources(size, before, after, mode).tolist()
    found: list[tuple[slice, slice]] = []
    start = 0
    while start < len(sources):
        end = start + 1
        step = sources[end] - sources[start] if end < len(sources) else 1
        if abs(step) != 1:  # repeated, or from the other end
            step = 1
        else:
            while end < len(sources) and sources[end] - sources[end - 1] == step:
                end += 1
        stop = sources[end - 1] + step
        run = slice(sources[start], None if stop < 0 else stop, step)
        found.append((slice(start, end), run))
        start = end
    return found


def _along(x: Array, pad: Pads, mode: str) -> list[tuple[int, list[tuple[slice, slice]]]]:
    """The runs of each dimension that is padded, of an input of that shape."""
    pairs = zip(pad[::2], pad[1::2], strict=True)
    return [
        (x.ndim - 1 - i, _runs(x.shape[-1 - i], before, after, mode))
        for i, (before, after) in enumerate(pairs)
    ]


class BorderPad(LinearMap):
    """The input with borders made of its own elements: (*) -> (*).

    The other ops of this family differ in their names alone, which are PyTorch's.
    """

    complex = LINEAR
    name = "CopySlices"
    mode: ClassVar[str] = "circular"
    padded: ClassVar[tuple[int, ...]] = (1, 2, 3)  # how many dimensions

    @staticmethod
    def forward(x: Array, *, pad: Pads, mode: str) -> Array:
        for axis, runs in _along(x, pad, mode):
            shape = (*x.shape[:axis], runs[-1][0].stop if runs else 0, *x.shape[axis + 1 :])
            out = np.empty(shape, x.dtype)
            source, target = x.swapaxes(0, axis), out.swapaxes(0, axis)
            for places, run in runs:
                target[places] = source[run]
            x = out
        return x

    batched = classmethod(last_dims)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return BorderPadGrad.apply(grad, stand_in(ctx), pad=ctx.pad, mode=ctx.mode)

    @staticmethod
    def parity(torch: Any, x: Any, *, pad: Pads, mode: str) -> Any:
        return torch.nn.functional.pad(x, pad, mode=mode)

    @staticmethod
    def reference(x: Array, *, pad: Pads, mode: str) -> Array:
        names = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}
        if mode == "circular":
            cut = tuple(-min(size, 0) for size in pad)
            x, pad = x[_kept(x.shape, _by_dim(cut, x.ndim))], tuple(max(size, 0) for size in pad)
        pairs = _by_dim(pad, x.ndim)
        out = np.pad(x, [(max(a, 0), max(b, 0)) for a, b in pairs], names[mode])  # type: ignore[call-overload]
        return out[_kept(out.shape, [(max(-a, 0), max(-b, 0)) for a, b in pairs])]

    @classmethod
    def samples(cls, s: Sampler) -> Samples:
        for padded in cls.padded:
            pad = (1, 2, 2, 0, 1, 1)[: 2 * padded]
            yield s(s.real(2, *(3, 4, 3)[:padded]), pad=pad, mode=cls.mode)
            yield s(s.real(0, 2, *(3, 4, 3)[:padded]), pad=pad, mode=cls.mode)


class ReflectionPad1d(BorderPad):
    """Borders that mirror the input, in one dimension."""

    name, mode, padded = "ReflectionPad1DBackward0", "reflect", (1,)


class ReflectionPad2d(BorderPad):
    """Borders that mirror the input, in two dimensions."""

    name, mode, padded = "ReflectionPad2DBackward0", "reflect", (2,)


class ReflectionPad3d(BorderPad):
    """Borders that mirror the input, in three dimensions."""

    name, mode, padded = "ReflectionPad3DBackward0", "reflect", (3,)


class ReplicationPad1d(BorderPad):
    """Borders that repeat the outermost elements, in one dimension."""

    name, mode, padded = "ReplicationPad1DBackward0", "replicate", (1,)


class ReplicationPad2d(BorderPad):
    """Borders that repeat the outermost elements, in two dimensions."""

    name, mode, padded = "ReplicationPad2DBackward0", "replicate", (2,)


class ReplicationPad3d(BorderPad):
    """Borders that repeat the outermost elements, in three dimensions."""

    name, mode, padded = "ReplicationPad3DBackward0", "replicate", (3,)


class BorderPadGrad(LinearMap):
    """Each element added to the place it was read from: (*P), (*) -> (*)."""

    complex = LINEAR

    @staticmethod
    def forward(grad: Array, x: Array, *, pad: Pads, mode: str) -> Array:
        total = grad.astype(kernels.working_dtype(grad.dtype), copy=False)
        for axis, runs in reversed(_along(x, pad, mode)):
            shape = (*total.shape[:axis], x.shape[axis], *total.shape[axis + 1 :])
            out = np.zeros(shape, total.dtype)
            source, target = total.swapaxes(0, axis), out.swapaxes(0, axis)
            for places, run in runs:
                target[run] += source[places]
            total = out
        return total.astype(grad.dtype, copy=False)

    @staticmethod
    def batched(batch: Batch, grad: Array, x: Array, *, pad: Pads, mode: str) -> Array:
        return BorderPadGrad.forward(batch.full(grad, 0), batch.full(x, 1), pad=pad, mode=mode)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return BorderPad.apply(grad, pad=ctx.pad, mode=ctx.mode), flat(ctx, 1)

    @staticmethod
    def reference(grad: Array, x: Array, *, pad: Pads, mode: str) -> Array:
        places = np.arange(x.size).reshape(x.shape)
        out = np.zeros(x.shape, grad.dtype)
        sources = BorderPad.reference(places, pad=pad, mode=mode)
        for place, value in zip(sources.flat, grad.flat, strict=True):
            out.flat[place] += value
        return out

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for mode in ("reflect", "replicate", "circular"):
            yield s(s.real(2, 6, 6), s.real(2, 3, 3), pad=(1, 2, 2, 1), mode=mode)
            yield s(s.real(2, 4), s.real(2, 3), pad=(-1, 2), mode=mode)


_BORDER_PADS: dict[str, list[type[BorderPad]]] = {
    "reflect": [ReflectionPad1d, ReflectionPad2d, ReflectionPad3d],
    "replicate": [ReplicationPad1d, ReplicationPad2d, ReplicationPad3d],
    "circular": [BorderPad] * 3,
}


def pad(input: TensorBase, pad: Pads, mode: str = "constant", value: float = 0.0) -> Tensor:
    """Return the padded input; see :func:`nn.functional.pad`, where sizes and mode are checked.

    Raises:
        NotImplementedError: for truth values, unless they are padded with a constant or circularly.
    """
    if mode == "constant":
        return ConstantPad.apply(input, pad=pad, value=value)
    op = _BORDER_PADS[mode][len(pad) // 2 - 1]
    if is_bool(input._array.dtype) and op is not BorderPad:  # PyTorch copies circular ones
        name = "reflection_pad" if mode == "reflect" else "replication_pad"
        raise NotImplementedError(
            f"\"{name}{len(pad) // 2}d\" not implemented for 'Bool': convert with .int() first"
        )
    return op.apply(input, pad=pad, mode=mode)
