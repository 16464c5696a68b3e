"""The three discrete Fourier transforms that all others are made of.

Each is linear, and its adjoint is a transform the other way round with the other scale: what
divides by the size forwards multiplies by nothing backwards. ``norm`` is where NumPy and PyTorch
divide by the size: "backward" (in inverse transforms), "forward", or "ortho" (by the root, in
both).
"""

from __future__ import annotations

import cmath
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.conjugates import OWN
from minitorch.autograd.op import Array, Grads, Op
from minitorch.core.dtypes import complex_of, real_of
from minitorch.ops.batches import along_dims
from minitorch.ops.dims import Shape
from minitorch.ops.layers.padding import pad
from minitorch.ops.shape.as_real import real_part

if TYPE_CHECKING:
    from minitorch.autograd.vmap.batch import Batch
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor

ADJOINT = {"backward": "forward", "forward": "backward", "ortho": "ortho"}


def _plain(x: Array, dims: Shape, norm: str, inverse: bool) -> Array:
    """Transform by sums of products."""
    out: Array = np.asarray(x, np.complex128)
    for dim in dims:
        n = out.shape[dim]
        sign = 2j if inverse else -2j
        waves = np.array(
            [[cmath.exp(sign * math.pi * j * k / n) for j in range(n)] for k in range(n)]
        )
        out = np.moveaxis(np.tensordot(waves, out, (1, dim)), 0, dim) * _scale(n, norm, inverse)
    return out


def _scale(n: int, norm: str, inverse: bool) -> float:
    if norm == "ortho":
        return 1 / math.sqrt(n)
    return 1 / n if (norm == "backward") is inverse else 1.0


def _order(x: Array, dims: Shape, last: Shape = ()) -> list[int]:
    """Return the dimensions in the order in which PyTorch lays a transform out.

    First those that are not transformed, then those that are, each by the steps of the input, and
    ``last`` at the end.
    """
    steps = [-step for step in x.strides]
    others = [d for d in range(x.ndim) if d not in dims and d not in last]
    return [*sorted(others, key=steps.__getitem__), *sorted(dims, key=steps.__getitem__), *last]


def _laid_out(transform: Any, x: Array, order: list[int], dims: Shape, **options: Any) -> Array:
    """Transform, and have the result's dimensions lie in an order."""
    out = transform(x.transpose(order), axes=[order.index(d) for d in dims], **options)
    return np.ascontiguousarray(out).transpose(np.argsort(order))


class FftC2c(Op):
    """Transform of complex numbers along dimensions: (*) -> (*)."""

    name = "FftC2CBackward0"
    complex = OWN
    linear = True

    @staticmethod
    def forward(x: Array, *, dims: Shape, norm: str, inverse: bool) -> Array:
        transform: Any = np.fft.ifftn if inverse else np.fft.fftn
        return _laid_out(transform, x, _order(x, dims), dims, norm=norm).astype(x.dtype, copy=False)

    batched = classmethod(along_dims)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return FftC2c.apply(grad, dims=ctx.dims, norm=ADJOINT[ctx.norm], inverse=not ctx.inverse)

    @staticmethod
    def parity(torch: Any, x: Any, *, dims: Shape, norm: str, inverse: bool) -> Any:
        return (torch.fft.ifftn if inverse else torch.fft.fftn)(x, dim=dims, norm=norm)

    reference = staticmethod(_plain)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.complex(2, 3), dims=(1,), norm="backward", inverse=False)
        yield s(s.complex(2, 4, 3), dims=(2, 0), norm="ortho", inverse=True)
        yield s(s.complex(4), dims=(0,), norm="forward", inverse=True)


class FftR2c(Op):
    """The first half of the transform of real numbers, which tells the other: (*, N) -> (*, M).

    M is N // 2 + 1, along the last of ``dims``. The inverse is the conjugate of the forward one.
    """

    name = "FftR2CBackward0"
    complex = OWN
    in_own_dtype = True  # halves are refused
    linear = True

    @staticmethod
    def forward(x: Array, *, dims: Shape, norm: str, inverse: bool) -> Array:
        order = _order(x, dims[:-1], dims[-1:])
        if inverse:  # the last dimension first, and then the others of what that gives
            order = _order(x, (), dims[-1:])
            order.sort(key=dims[:-1].__contains__)
        out = _laid_out(np.fft.rfftn, x, order, dims, norm=ADJOINT[norm] if inverse else norm)
        out = np.conjugate(out, out=out) if inverse else out
        return out.astype(complex_of(x.dtype), copy=False)

    batched = classmethod(along_dims)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        shape, last = ctx.input_shapes[0], ctx.dims[-1]
        missing = shape[last] - shape[last] // 2 - 1
        whole = pad(grad, (0, 0) * (len(shape) - 1 - last) + (0, missing))
        back = FftC2c.apply(whole, dims=ctx.dims, norm=ADJOINT[ctx.norm], inverse=not ctx.inverse)
        return real_part(back)

    @staticmethod
    def parity(torch: Any, x: Any, *, dims: Shape, norm: str, inverse: bool) -> Any:
        return (torch.fft.ihfftn if inverse else torch.fft.rfftn)(x, dim=dims, norm=norm)

    @staticmethod
    def reference(x: Array, *, dims: Shape, norm: str, inverse: bool) -> Array:
        half = np.arange(x.shape[dims[-1]] // 2 + 1)
        return _plain(x, dims, norm, inverse).take(half, dims[-1])

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 5), dims=(1,), norm="backward", inverse=False)
        yield s(s.real(2, 4, 3), dims=(2, 1), norm="ortho", inverse=True)
        yield s(s.real(3, 2, 4), dims=(1, 2), norm="forward", inverse=False)


class FftC2r(Op):
    """Real numbers of the first half of their transform: (*, N // 2 + 1) -> (*, N).

    N is ``size``, along the last of ``dims``. The forward one is that of the conjugates.
    """

    name = "FftC2RBackward0"
    complex = OWN
    linear = True

    @staticmethod
    def forward(x: Array, *, dims: Shape, size: int, norm: str, inverse: bool) -> Array:
        sizes = [*[x.shape[d] for d in dims[:-1]], size]
        half = x if inverse else np.conjugate(x)
        order = _order(x, dims[:-1], dims[-1:])
        norm = norm if inverse else ADJOINT[norm]
        out = _laid_out(np.fft.irfftn, half, order, dims, s=sizes, norm=norm)
        return out.astype(real_of(x.dtype), copy=False)

    @classmethod
    def batched(cls, batch: Batch, x: Array, *, dims: Shape, **params: Any) -> Array:
        return cls.forward(x, dims=batch.dims(dims, x), **params)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        dims, size = ctx.dims, ctx.size
        half = FftR2c.apply(grad, dims=dims, norm=ADJOINT[ctx.norm], inverse=not ctx.inverse)
        count = half._array.shape[dims[-1]]
        twice = np.full(
            count, 2, grad._array.dtype
        )  # all but those that are their own mirror image
        twice[0] = 1
        if size % 2 == 0:
            twice[-1] = 1
        after = half._array.ndim - 1 - dims[-1]
        return half * grad._plain(twice.reshape(-1, *(1,) * after))

    @staticmethod
    def parity(torch: Any, x: Any, *, dims: Shape, size: int, norm: str, inverse: bool) -> Any:
        sizes = [*[x.shape[d] for d in dims[:-1]], size]
        return (torch.fft.irfftn if inverse else torch.fft.hfftn)(x, sizes, dims, norm)

    @staticmethod
    def reference(x: Array, *, dims: Shape, size: int, norm: str, inverse: bool) -> Array:
        *others, last = dims
        half = _plain(x, tuple(others), norm, inverse)
        mirrored = half.take(np.arange((size - 1) // 2, 0, -1), last).conj()
        ends = [i for i in (0, size // 2) if i == 0 or size % 2 == 0]  # whose own mirror image is
        for i in ends:
            at = (slice(None),) * last + (i,)
            half[at] = half[at].real
        return _plain(np.concatenate([half, mirrored], last), (last,), norm, inverse).real

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.complex(2, 3), dims=(1,), size=4, norm="backward", inverse=True)
        yield s(s.complex(2, 3), dims=(1,), size=5, norm="forward", inverse=False)
        yield s(s.complex(3, 2, 4), dims=(2, 0), size=5, norm="ortho", inverse=True)
        yield s(s.complex(4), dims=(0,), size=6, norm="backward", inverse=False)
