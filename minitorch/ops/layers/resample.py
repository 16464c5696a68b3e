"""Resampling of lines, planes and volumes: axis by axis, each a sparse matrix."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array, Grads
from minitorch.autograd.variable import TensorBase
from minitorch.core.dtypes import is_float
from minitorch.kernels import working_dtype
from minitorch.ops.batches import last_dims
from minitorch.ops.layers.taps import Taps, make_taps
from minitorch.ops.linear_map import LinearMap

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class Resample(LinearMap):
    """Each of the last axes multiplied by its matrix: (*, *S) -> (*, *O)."""

    @staticmethod
    def forward(x: Array, *, axes: tuple[Taps, ...]) -> Array:
        if not is_float(x.dtype):
            return _rounded(x, axes)
        out = x.astype(working_dtype(x.dtype), copy=False)
        lead = x.ndim - len(axes)
        # Those that shrink come first: the others have less to do then.
        for i in sorted(range(len(axes)), key=lambda i: axes[i].out_size / max(axes[i].size, 1)):
            if not axes[i].is_identity:
                out = axes[i].along(out, lead + i)
        return np.array(out, x.dtype, order="C", copy=True if out is x else None)

    batched = classmethod(last_dims)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return Resample.apply(grad, axes=tuple([taps.transposed for taps in ctx.axes]))

    @staticmethod
    def reference(x: Array, *, axes: tuple[Taps, ...]) -> Array:
        out = x.astype(np.float64)
        for i, taps in enumerate(axes):
            axis = x.ndim - len(axes) + i
            matrix = np.zeros((taps.out_size, taps.size))
            np.add.at(matrix, (taps.targets, taps.sources), taps.weights)
            out = np.moveaxis(np.moveaxis(out, axis, -1) @ matrix.T, -1, axis)
        return np.ascontiguousarray(out.astype(x.dtype))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        up, down = ("linear", 3, 7), ("cubic", 5, 2)
        for shape, *cases in (
            ((2, 2, 3), up),
            ((1, 2, 5, 3), down, up),
            ((2, 1, 3, 4), ("nearest", 3, 6), ("nearest-exact", 4, 3)),
            ((1, 1, 2, 3, 3), ("nearest", 2, 2), up, ("linear", 3, 1)),
            ((0, 1, 3), up),
        ):
            axes = [make_taps(*case, None, False, False, np.float64) for case in cases]
            yield s(s.real(*shape), axes=tuple(axes))
        wide = make_taps("linear", 80, 1, None, False, True, np.float64)
        yield s(s.real(1, 80), axes=(wide,))


def _rounded(x: Array, axes: tuple[Taps, ...]) -> Array:
    """Resample bytes: PyTorch rounds after each axis, the last one first.

    Its weights are integers; so where a value is close to a half, it may differ by 1 from ours.
    """
    lead = x.ndim - len(axes)
    for i, taps in reversed(list(enumerate(axes))):
        values = np.floor(taps.along(x.astype(np.float32), lead + i) + 0.5)
        x = np.clip(values, 0, 255).astype(x.dtype)
    return x


@lru_cache(maxsize=32)
def _named(node: str) -> type[Resample]:
    """The op under another name: PyTorch has one for each mode and number of dimensions."""

    class Named(Resample):
        name = node

    return Named


def resample(input: TensorBase, name: str, axes: tuple[Taps, ...]) -> Tensor:
    """Return the input at other sizes; see :func:`nn.functional.interpolate`."""
    return _named(name).apply(input, axes=axes)
